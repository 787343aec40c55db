"""Where a cost is heading, from Slack, the terminal and the handler, over a real mart."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from analysis.errors import NotAllowed, NotFound, NotUnderstood
from analysis.periods import Dates
from analysis.roles import Role
from analysis.trends import Direction
from analysis.written import money
from bot.assembly import mart_of
from bot.blocks.trends import trends_answer
from bot.cli.commands import app
from bot.compare_csv import trends_csv
from bot.grammar.parse import parse
from bot.grammar.trends import TrendsCommand, write_trends
from bot.settings import Settings
from handlers.caller import Caller
from handlers.cost_results import CostRequest
from handlers.forecasts.results import usd
from handlers.trends import MemberTrend, TrendsRequest, TrendsResult
from queries.breakdown import Basis
from queries.dimensions import Dimensions
from tests.compare.asked import ADMIN, BERLIN, asking, every_day, gpu_on, on
from tests.facts import Fact, add
from tests.slack.conftest import Play
from tests.slack.conftest import play as play
from tests.slack.test_clicks import asked, click

NOW = "2026-11-20 13:37"
GLOBEX = replace(ADMIN, organization="globex", role=Role.USER)


def rising(model: str, start: int = 100) -> list[Fact]:
    """A model that costs a dollar more each day, from 25 September to 19 November 2026."""
    days = [date(2026, 9, 25) + timedelta(days=place) for place in range(56)]
    return [
        on(day, str(start + place), 23 if place == 55 else 0, model=model)
        for place, day in enumerate(days)
    ]


async def answered(
    home: Path,
    facts: Iterable[Fact],
    request: TrendsRequest | None = None,
    *,
    now: str = NOW,
    caller: Caller = ADMIN,
) -> TrendsResult:
    async with asking(home, now, facts) as parts:
        return await parts.handlers.trends.trends(request or TrendsRequest(), caller)


def total_of(result: TrendsResult) -> MemberTrend:
    assert result.total is not None
    return result.total


def shown(result: TrendsResult, caller: Caller = ADMIN) -> str:
    return str(trends_answer(result, caller).payload())


async def test_a_rising_cost_is_told_with_its_pace_and_its_baselines(tmp_path: Path):
    facts = [*rising("gpt-4"), on("2026-11-20", "9000", model="gpt-4")]
    result = await answered(tmp_path, facts)
    assert result.rows == ()
    assert result.ahead is not None
    assert trends_answer(result, ADMIN).text == (
        "LLM cost, the last 28 complete days: $3,962.00, $141.50 a day on average, from $128.00 "
        "(Fri 2026-10-23) to $155.00 (Thu 2026-11-19). "
        "↗ Rising: a day costs $7.00 more each week (+4.9 %). "
        "Thursday 2026-11-19 cost $155.00, +2.6 % on the average of the 7 days before it "
        "($151.00). "
        "Last 7 days: +4.8 % (+$49.00) on the 7 before · :warning: Last 28 days: +24.7 % "
        "(+$784.00) on the 28 before. "
        f"The next 7 days: {money(usd(result.ahead.total))} expected, in 95 % of cases between "
        f"{money(usd(result.ahead.total_lower))} and {money(usd(result.ahead.total_upper))}."
    )


async def test_missing_days_are_zeros_inside_the_data_and_nothing_outside_it(tmp_path: Path):
    facts = [
        on("2026-11-05", "0", 0, model="idle"),
        on("2026-11-19", "0", 23, model="idle"),
        on("2026-11-10", "5", model="gpt-4"),
    ]
    result = await answered(tmp_path, facts, TrendsRequest(by="model"))
    [gpt] = [row for row in result.rows if row.member == "gpt-4"]
    assert gpt.trend.first == date(2026, 11, 5)
    assert gpt.trend.costs == (*[0] * 5, 5, *[0] * 9)
    assert result.stretch.label == "the last 15 complete days"
    assert "LLM data is whole from 2026-11-05 on" in shown(result)


async def test_a_member_is_judged_from_the_day_on_that_its_source_begins(tmp_path: Path):
    facts = [
        *every_day("2026-09-20", "2026-11-20", "1", model="gpt-4", product="api"),
        *every_day("2026-09-20", "2026-11-20", "1", model="o4", product="web"),
        *(
            gpu_on(f"2026-11-{day:02}", "10", hour, product="studio")
            for day in range(15, 20)
            for hour in (0, 23)
        ),
    ]
    result = await answered(tmp_path, facts)
    lengths = {row.member: len(row.trend.costs) for row in result.rows}
    assert lengths == {"studio": 5, "api": 28, "web": 28}
    assert len(total_of(result).trend.costs) == 5
    assert total_of(result).trend.direction is Direction.UNKNOWN
    assert "GPU data is whole from 2026-11-15 on" in shown(result)
    assert "Too short for a direction" in shown(result)


async def test_a_source_that_ends_early_ends_the_trend_and_is_named(tmp_path: Path):
    facts = [
        *every_day("2026-09-20", "2026-11-20", "1"),
        *every_day("2026-09-20", "2026-11-16", "1"),
        *(gpu_on(date(2026, 10, 1) + timedelta(days=n), "10", 23) for n in range(48)),
    ]
    result = await answered(tmp_path, facts)
    assert result.stretch.days == Dates(date(2026, 10, 21), date(2026, 11, 17))
    assert "Nothing after 2026-11-17 is judged: GPU data ends on 17 Nov 23:15 UTC" in shown(result)


async def test_days_are_those_of_the_askers_zone_when_the_clock_changes(tmp_path: Path):
    # In Berlin 25 October lasts from 22:00 UTC on the 24th to 23:00 UTC on the 25th.
    facts = [
        *every_day("2026-10-01", "2026-11-20", "0"),
        on("2026-10-24", "10", 22),
        on("2026-10-25", "100", 22),
        on("2026-10-25", "1000", 23),
    ]
    result = await answered(tmp_path, facts, caller=replace(ADMIN, zone=BERLIN))
    trend = total_of(result).trend
    costs = {trend.day(place): cost for place, cost in enumerate(trend.costs)}
    assert costs[date(2026, 10, 25)] == 110
    assert costs[date(2026, 10, 26)] == 1000
    assert sum(costs.values()) == 1110


async def test_who_rises_and_who_stands_out_is_named(tmp_path: Path):
    facts = [
        *rising("gpt-4"),
        *every_day("2026-09-20", "2026-11-19", "20", model="o4"),
        on("2026-11-19", "30", model="o4"),
    ]
    result = await answered(tmp_path, facts, TrendsRequest(by="model"))
    text = trends_answer(result, ADMIN).text
    assert "Rising: gpt-4 (+4.9 % a week)." in text
    assert ":warning: Beyond 15 % on 2026-11-19: o4 +150.0 %." in text


async def test_a_caller_sees_the_own_customers_only(tmp_path: Path):
    facts = [
        *every_day("2026-10-01", "2026-11-20", "1", organization="globex", model="a"),
        *every_day("2026-10-01", "2026-11-20", "50", organization="acme", model="secret"),
        on("2026-11-19", "9", organization="globex", model="a", is_internal=True),
        on("2026-11-19", "8", organization="globex", model="a", is_internal=None),
    ]
    result = await answered(tmp_path, facts, TrendsRequest(by="model"), caller=GLOBEX)
    assert total_of(result).trend.total == 28
    assert [row.member for row in result.rows] == ["a"]
    assert "Traffic of unknown origin left out: 1 request" in shown(result, GLOBEX)
    assert "secret" not in shown(result, GLOBEX)


async def test_what_has_no_price_is_not_called_free(tmp_path: Path):
    facts = [
        *every_day("2026-10-01", "2026-11-20", "1", model="gpt-4"),
        on("2026-11-18", None, model="aurora", requests=4),
    ]
    result = await answered(tmp_path, facts, TrendsRequest(by="model"))
    assert {row.member: row.is_unpriced for row in result.rows} == {"gpt-4": False, "aurora": True}
    assert "unpriced" in shown(result)
    assert "4 requests without a price: not in these sums" in shown(result)


@pytest.mark.parametrize(
    ("request_", "caller", "error", "says"),
    [
        (TrendsRequest(days=7), ADMIN, NotUnderstood, "over 14 to 184 days, not 7"),
        (TrendsRequest(days=365), ADMIN, NotUnderstood, "over 14 to 184 days, not 365"),
        (TrendsRequest(by="hour"), ADMIN, NotUnderstood, "nothing to see by hour"),
        (TrendsRequest(by="user"), GLOBEX, NotAllowed, "user"),
        (TrendsRequest(filters={"model": ("gpt-5",)}), ADMIN, NotFound, "no model"),
    ],
)
async def test_what_has_no_trend_is_refused_in_words(
    tmp_path: Path, request_: TrendsRequest, caller: Caller, error: type[Exception], says: str
):
    facts = every_day("2026-11-02", "2026-11-20", model="gpt-4", organization="globex")
    async with asking(tmp_path, NOW, facts) as parts:
        with pytest.raises(error, match=says):
            await parts.handlers.trends.trends(request_, caller)


async def test_the_day_that_a_source_begins_in_is_not_judged(tmp_path: Path):
    facts = [
        *every_day("2026-10-01", "2026-11-19", "1", model="gpt-4"),
        gpu_on("2026-11-17", "500", 15, model="ltxv"),
        gpu_on("2026-11-18", "10", model="ltxv"),
        gpu_on("2026-11-19", "10", 23, model="ltxv"),
    ]
    result = await answered(tmp_path, facts, TrendsRequest(by="model"))
    assert {row.member: row.trend.costs[-3:] for row in result.rows} == {
        "gpt-4": (1, 1, 1),
        "ltxv": (10, 10),
    }
    assert total_of(result).trend.costs == (11, 11)


async def test_a_source_of_which_no_day_is_known_yet_leaves_the_others_their_trend(tmp_path: Path):
    facts = [
        *every_day("2026-10-01", "2026-11-18", "1", model="gpt-4"),
        gpu_on("2026-11-18", "500", 15, model="ltxv"),
        gpu_on("2026-11-19", "500", 23, model="ltxv"),
    ]
    result = await answered(tmp_path, facts, TrendsRequest(by="model"))
    assert [row.member for row in result.rows] == ["gpt-4"]
    assert len(total_of(result).trend.costs) == 28
    assert "GPU data is whole from 2026-11-19 on" in shown(result)


COSTS = st.decimals("-5", "1000", places=6, allow_nan=False)
DRAWN = st.lists(
    st.tuples(st.integers(1, 20), st.integers(0, 23), COSTS, st.sampled_from(["a", "b", None])),
    max_size=25,
)
ZONES = st.sampled_from(["UTC", "Europe/Berlin", "Asia/Kolkata", "America/New_York"])


@settings(max_examples=6)
@given(DRAWN, ZONES)
async def test_the_days_of_the_members_add_up_to_the_total_and_to_what_cost_says(
    drawn: list[tuple[int, int, Decimal, str | None]], zone: str
):
    facts = [
        on("2026-09-01", "1", 0, model="a"),
        on("2026-11-20", "1", 12, model="a"),
        *(
            on(date(2026, 11, day), str(cost), min(hour, 12 if day == 20 else 23), model=model)
            for day, hour, cost, model in drawn
        ),
    ]
    caller = replace(ADMIN, zone=ZoneInfo(zone))
    with TemporaryDirectory() as home:
        async with asking(Path(home), NOW, facts) as parts:
            result = await parts.handlers.trends.trends(TrendsRequest(by="model"), caller)
            cost = await parts.handlers.cost.cost(CostRequest(result.stretch.days), caller)
    if result.total is None:
        assert not cost.total.requests
        return
    days = zip(*(row.trend.costs for row in result.rows), strict=True)
    assert [sum(day) for day in days] == list(result.total.trend.costs)
    assert result.total.trend.total == cost.total.cost
    assert sum(result.total.requests) == cost.total.requests


async def test_the_file_has_every_member_and_every_day(tmp_path: Path):
    facts = [*rising("gpt-4"), *every_day("2026-11-01", "2026-11-19", "1", model="=1+1")]
    result = await answered(tmp_path, facts, TrendsRequest(by="model"))
    file = trends_csv(result)
    lines = list(csv.DictReader(io.StringIO(file.content)))
    assert [line["model"] for line in lines] == ["gpt-4", "'=1+1", ""]
    assert [line["is_total"] for line in lines] == ["False", "False", "True"]
    assert (lines[0]["direction"], Decimal(lines[0]["growth_per_week"])) == ("rising", 7)
    assert Decimal(lines[0]["2026-11-19"]) == 155
    assert [Decimal(line["total_cost"]) for line in lines] == [3962, 19, 3981]


FACTS = [
    *every_day("2026-10-01", "2026-11-20", "1", model="<!channel>", product="api"),
    *every_day("2026-10-01", "2026-11-20", "2", model="o4", product="web"),
]


async def test_slack_shows_the_curve_the_members_and_where_to_go_next(play: Play):
    async with play(FACTS) as playing:
        message = await asked(playing, "/cost trends", "ada")
        by_product = str(message.blocks)
        await click(playing, message, "By model", "ada")
        by_model = str(message.blocks)
        await click(playing, message, "Compare weeks", "ada")
        compared = message.text
        again = await asked(playing, "/cost trends by model", "ada")
        await click(playing, again, "CSV", "ada")
        files = list(playing.stage.slack.workspace.files.values())
    assert f"`{'█' * 28}` 2026-10-23 to 2026-11-19, a block a day" in by_product
    assert "'Days'" in by_product
    assert "'api'" in by_product
    assert "&lt;!channel&gt;" in by_model
    assert "<!channel>" not in by_model
    assert compared.startswith("LLM cost, the last 7 complete days: $21.00, as the 7 before.")
    csv = [file.name for file in files if file.name.endswith(".csv")]
    assert csv == ["trends-28d-by-model.csv"]


async def test_a_curve_of_weeks_says_so_and_so_does_its_column(play: Play):
    async with play(FACTS) as playing:
        message = await asked(playing, "/cost trends 45d", "ada")
    shown = str(message.blocks)
    assert f"`{'█' * 6}` 2026-10-09 to 2026-11-19, a block a week, its average day" in shown
    assert "'Weeks'" in shown
    assert "'Days'" not in shown


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ("trends 24h", "takes a number of days, not `24h`"),
        ("trends week", "takes a number of days, not `week`"),
        ("trends 28d 90d", "Two periods"),
        ("trends 5d", "over 14 to 184 days, not 5"),
        ("trends 999999999d", "over 14 to 184 days"),
        ("trends by model by user", "runs along one dimension, not 2"),
        ("trends <@U1>", "I don't know the word `&lt;@U1&gt;`"),
        ("trneds", "Did you mean `trends`"),
    ],
)
async def test_a_mistake_is_answered_with_what_would_work(play: Play, typed: str, says: str):
    async with play() as playing:
        heard = await playing.stage.say(f"/cost {typed}", "ada")
    assert says in heard.ack["text"]


@given(
    st.builds(
        TrendsRequest,
        days=st.integers(1, 400),
        by=st.none() | st.sampled_from(["model", "user", "billing_type"]),
        filters=st.dictionaries(
            st.sampled_from(["model", "endpoint", "organization"]),
            st.lists(st.text(min_size=1, max_size=8) | st.just("28d"), min_size=1, unique=True).map(
                tuple
            ),
        ),
        top=st.none() | st.integers(1, 99),
        basis=st.sampled_from(Basis),
        customers_only=st.booleans(),
    ),
    st.booleans(),
)
def test_what_a_button_carries_asks_exactly_its_question(wanted: TrendsRequest, csv_wanted: bool):
    command = TrendsCommand(wanted, csv=csv_wanted)
    assert parse(write_trends(command), Dimensions(), Role.ADMIN) == command


def test_the_terminal_gives_the_trend_as_json(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("COSTBOT_HOME", str(tmp_path))
    add(mart_of(Settings(home=tmp_path)), every_day("2024-10-01", "2024-11-19", "2", model="a"))
    run = CliRunner().invoke(app, ["trends", "--json"], catch_exceptions=False)
    answer = json.loads(run.stdout)["total"]
    assert (answer["total"], answer["average"], answer["min"], answer["max"]) == (
        "56",
        "2",
        "2",
        "2",
    )
    assert (answer["direction"], answer["growth_per_week"]) == ("flat", "0")
    assert len(answer["data_points"]) == 28
    assert answer["data_points"][-1] == {"day": "2024-11-19", "cost": "2", "requests": 1}
    said = CliRunner().invoke(app, ["trends"], catch_exceptions=False)
    assert "the 28 days to 2024-11-19: $56.00" in said.stdout
