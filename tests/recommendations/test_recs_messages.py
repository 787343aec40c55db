"""Messages about recommendations: within Slack's limits, escaped, and readable."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any, cast
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from slackblocks import Block

from analysis.recommendations.kept.states import State
from analysis.recommendations.proposal import Json, Kind, Proposal, QualityImpact, Savings
from analysis.recommendations.together import Together
from analysis.roles import Role
from bot.blocks.answer import Answer
from bot.blocks.recs_card import Card, card_answer, public_card
from bot.blocks.recs_chart import chart_lines
from bot.blocks.recs_details import details_answer
from bot.blocks.recs_evidence import evidence_lines, evidence_table
from bot.blocks.recs_figures import together_words
from bot.blocks.recs_generated import generated_answer
from bot.blocks.recs_list import PAGE, Listed, list_answer
from handlers.caller import Caller
from handlers.recommendations.permissions import Act, acts_of, moves_of
from handlers.recommendations.requests import ListRequest
from handlers.recommendations.results import (
    Failure,
    Generated,
    RecommendationList,
    StateTotal,
    Totals,
)
from playground.blockkit.validation import problems_of_blocks
from storage.records.recommendation import Drawn, Recommendation, Standing
from tests.recommendations.proposals import proposal

NOW = datetime(2026, 11, 20, 13, 37, tzinfo=UTC)
BERLIN = ZoneInfo("Europe/Berlin")
LEAD = Caller("T1", "U2", "Kim", "acme", Role.ORG_ADMIN, BERLIN)
USER = replace(LEAD, role=Role.USER)
ADMIN = replace(LEAD, role=Role.ADMIN, organization=None)

hostile = st.text(max_size=80) | st.sampled_from(
    ["<!channel>", "&amp;", "*bold*`code`", "a\nb", "\u202egpt", "x" * 5000, "", "<@U0ADA00001>"]
)
money = st.decimals(0, 10**9, places=6)


def row_of(drawn: Proposal, number: int = 1, standing: Standing | None = None) -> Recommendation:
    """A recommendation as the store gives it."""
    last = date(2026, 11, 19)
    return Recommendation(
        id=UUID(int=number << 96),
        key=drawn.key,
        drawn=Drawn.of(drawn, last - timedelta(days=29), last),
        standing=standing or Standing(state=State.PENDING, since=NOW),
        first_seen=NOW,
        last_seen=NOW,
        cards=(),
        version=1,
    )


def listed(
    rows: list[Recommendation], caller: Caller = LEAD, request: ListRequest | None = None
) -> Listed:
    """A list of some."""
    savings = Together(Decimal(90), Decimal(70))
    totals = Totals((StateTotal(State.PENDING, len(rows), savings, Decimal(0)),), savings)
    result = RecommendationList(tuple(rows), len(rows), None, totals, acts_of(caller), None)
    return Listed(request or ListRequest(), result, {}, caller, NOW)


def card_of(row: Recommendation, caller: Caller = LEAD) -> Card:
    """A card for somebody."""
    return Card(row, {}, caller.zone, moves_of(caller, row.state), acts_of(caller))


def checked(answer: Answer) -> str:
    """All that a message shows, which Slack's stand-in takes, and which pings nobody."""
    payload = answer.payload()
    blocks = cast("list[dict[str, Any]]", payload["blocks"])
    problems = problems_of_blocks(cast("Any", blocks), lambda _: False)
    assert problems == [], problems
    ids = [block["block_id"] for block in blocks]
    assert len(ids) == len(set(ids))
    text = json.dumps(blocks, ensure_ascii=False)
    for ping in ("<!", "<@", "<#"):
        assert ping not in text + str(payload["text"])
    return text


def _blocks(*blocks: Block) -> list[dict[str, Any]]:
    return cast("list[dict[str, Any]]", Answer("blocks", blocks).payload()["blocks"])


json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**9), 10**9) | hostile | money.map(str),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(hostile, inner, max_size=4),
    max_leaves=12,
)
evidences = st.dictionaries(
    hostile | st.sampled_from(["tasks", "cost", "hit_rate", "chart"]), json_values, max_size=8
)


@st.composite
def proposals(draw: st.DrawFn) -> Proposal:
    """Recommendations with anything in their names and their evidence."""
    low, likely, high = sorted(draw(st.tuples(money, money, money)))
    return replace(
        proposal(organization=draw(st.none() | hostile)),
        kind=draw(st.sampled_from(Kind)),
        title=draw(hostile),
        description=draw(hostile),
        formula=draw(hostile),
        source=draw(hostile),
        steps=tuple(draw(st.lists(hostile, max_size=12))),
        evidence=cast("dict[str, Json]", draw(evidences)),
        current_cost=high,
        savings=Savings(low, likely, high),
        parts=(),
    )


standings = st.builds(
    Standing,
    state=st.sampled_from(State),
    since=st.just(NOW),
    before=st.none() | st.just(State.PENDING),
    decided_by=st.just("T1/U2"),
    decided_reason=hostile,
    snoozed_until=st.just(NOW),
    dismissed_until=st.just(NOW),
    assigned_to=st.none() | st.just("U0ADA00001"),
    verified_savings=st.none() | money,
)


@settings(max_examples=60)
@given(drawn=st.lists(proposals(), min_size=1, max_size=3), standing=standings)
def test_whatever_is_recommended_fits_and_pings_nobody(drawn: list[Proposal], standing: Standing):
    rows = [row_of(one, number + 1, standing) for number, one in enumerate(drawn)]
    rows = (rows * PAGE)[:PAGE]
    names = {"T1/U2": "<!here>", "U0ADA00001": "<!channel>"}
    checked(list_answer(replace(listed(rows), names=names)))
    decided = replace(card_of(rows[0]), names=names, undo_until=NOW)
    checked(list_answer(listed(rows), decided=decided))
    checked(card_answer(decided, notice="*Assigned*"))
    checked(card_answer(public_card(rows[0], names, BERLIN)))
    checked(details_answer(decided, [], ["Saved $4.00 so far"]))


@given(chart=json_values)
def test_anything_may_stand_where_a_chart_should(chart: Json):
    assert all(isinstance(line, str) for line in chart_lines(chart))


def test_a_few_points_are_bars_with_their_names():
    chart: Json = {
        "kind": "line",
        "x_label": "minutes after the last use",
        "y_label": "possible hit rate of input",
        "x": [5, 60, 1440],
        "y": ["0.3982", "0.7946", "0.8"],
        "labels": ["5 minutes", "an hour", "24 hours"],
    }
    assert chart_lines(chart) == [
        "*Possible hit rate of input by minutes after the last use*",
        "`▓▓▓▓▓░░░░░░░` 39.8 % 5 minutes",
        "`▓▓▓▓▓▓▓▓▓▓▓░` 79.5 % an hour",
        "`▓▓▓▓▓▓▓▓▓▓▓▓` 80.0 % 24 hours",
    ]


def test_cost_against_quality_has_a_line_for_each_model_the_cheapest_first():
    chart: Json = {
        "kind": "scatter",
        "x": ["100", "10"],
        "y": ["0.8", "0.79"],
        "labels": ["large", "small"],
        "on_front": [True, True],
    }
    assert chart_lines(chart)[1:] == [
        "`▓░░░░░░░░░░░` $10.00 · 0.79 small ★",
        "`▓▓▓▓▓▓▓▓▓▓▓▓` $100.00 · 0.8 large (now) ★",
    ]


def test_the_hours_of_a_week_are_a_line_a_day():
    chart: Json = {
        "x": list(range(168)),
        "y": ["0.5" if hour < 24 else "1" for hour in range(168)],
        "labels": {"title": "Utilization by hour of the week"},
    }
    lines = chart_lines(chart)
    assert len(lines) == 9
    assert lines[1].endswith("Mon")
    assert lines[1] != lines[2].replace("Tue", "Mon")
    assert lines[7] == f"`{'█' * 24}` Sun"


def test_many_points_are_one_curve_within_a_line():
    chart: Json = {"x": [str(n) for n in range(500)], "y": [str(n) for n in range(500)]}
    curve = chart_lines(chart)[1]
    assert len(curve) < 120
    assert "0 to 499, 11 to a block, 0 to 499" in curve


def test_evidence_is_read_by_the_names_of_its_fields():
    evidence: dict[str, Json] = {
        "first_day": "2026-10-22",
        "requests": 2787,
        "cost": "1147.155655",
        "migrated_requests_share": "0.9995",
        "needs_are_assumed": True,
        "quality": {"gpt-4": "0.563", "small": "0.751"},
        "usd_per_million_tokens": {"fresh_input": "3", "cached_input": "0.3"},
        "episodes": [{"from": "2026-11-11T16:00:00+00:00", "cost": "35.46", "requests": 144}],
    }
    assert evidence_lines(evidence) == [
        "Requests: 2,787",
        "Cost: $1,147.16",
        "Migrated requests share: 100.0 %",
        "Needs are assumed: yes",
        "Quality: gpt-4 0.563, small 0.751",
        "USD per million tokens: fresh input $3.00, cached input $0.30",
    ]
    found = evidence_table(evidence, "rows")
    assert found is not None
    rows = cast("list[list[dict[str, str]]]", _blocks(found[1])[0]["rows"])
    assert [[cell["text"] for cell in row] for row in rows] == [
        ["From", "Cost", "Requests"],
        ["2026-11-11 16:00 UTC", "$35.46", "144"],
    ]


@pytest.mark.parametrize(
    ("alone", "both", "said"),
    [
        ("90", "70", "together $70.00 a month, not the plain sum of $90.00: they overlap"),
        ("90", "90", "together $90.00 a month"),
        ("0", "0", "together $0.00 a month"),
    ],
)
def test_the_total_says_why_it_is_not_the_sum(alone: str, both: str, said: str):
    assert together_words(Together(Decimal(alone), Decimal(both))) == said


def test_quality_is_told_with_its_change():
    drawn = replace(proposal(), quality_impact=QualityImpact.LOW, quality_change=Decimal("-0.02"))
    text = checked(card_answer(card_of(row_of(drawn))))
    assert "easy to do · little effect on quality (−0.02 on a scale to 1)" in text


def test_who_may_not_decide_is_offered_nothing_to_decide_with():
    row = row_of(proposal())
    assert "recs_accept" not in checked(card_answer(card_of(row, USER)))
    assert "recs_accept" in checked(card_answer(card_of(row, LEAD)))
    assert Act.ACCEPT not in acts_of(USER)


def test_nothing_recommended_says_what_would_change_that():
    assert "`/recs generate` draws them" in checked(list_answer(listed([])))
    assert "once a day while costbot serves" in checked(list_answer(listed([], USER)))


def test_what_could_not_be_drawn_is_told():
    done = Generated(
        first_day=date(2026, 10, 22),
        last_day=date(2026, 11, 20),
        organizations=6,
        found=26,
        created=2,
        updated=22,
        expired=1,
        opportunities=7,
        failed=(Failure("caching", "An error that was not expected: KeyError.", 3),),
    )
    text = checked(generated_answer(done))
    assert "Drawn: 26 recommendations of 6 organizations" in text
    assert "2 new · 22 brought up to date · 1 expired" in text
    assert "caching could not be drawn (3 organizations): An error" in text


def test_an_admins_list_says_whose_each_is():
    rows = [row_of(proposal(f"m{n}", organization=f"org-{n}"), n + 1) for n in range(8)]
    text = checked(list_answer(listed(rows, ADMIN)))
    assert '"For"' in text
    assert "org-7" in text
