"""Why a cost moved, from Slack, the terminal and the handler, over real facts in a real mart."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from analysis.errors import NotFound, NotUnderstood
from analysis.periods import Calendar, Dates, Last
from analysis.roles import Role
from bot.assembly import mart_of
from bot.cli.commands import app
from bot.grammar.parse import parse
from bot.grammar.why import WhyCommand, write_why
from bot.settings import Settings
from handlers.caller import Caller
from handlers.why import WhyRequest
from queries.dimensions import Dimensions, Source
from tests.facts import Fact, add, request
from tests.slack.conftest import Play, at
from tests.slack.conftest import play as play
from tests.slack.test_clicks import asked, click

ADMIN = Caller("T1", "U1", "Ada", None, Role.ADMIN, ZoneInfo("UTC"))
GLOBEX = replace(ADMIN, organization="globex", role=Role.USER)
BOTH_DAYS = WhyRequest(Dates(date(2026, 11, 19), date(2026, 11, 19)))


def gpu(day: int, requests: int, cost: str, **columns: object) -> Fact:
    return request(
        datetime(2026, 11, day, 9, 15, tzinfo=UTC),
        cost,
        source=Source.GPU,
        requests=requests,
        **{"product": "api", "result": "success", "model": "ltxv", **columns},
    )


FACTS: Sequence[Fact] = (
    gpu(18, 100, "10", endpoint="/v1/text-to-video", organization="acme"),
    gpu(18, 100, "20", endpoint="/v1/upscale", organization="acme", model="up"),
    gpu(18, 50, "5", endpoint="/v1/text-to-video", organization="globex"),
    gpu(19, 220, "22", endpoint="/v1/text-to-video", organization="acme"),
    gpu(19, 100, "20", endpoint="/v1/upscale", organization="acme", model="up"),
    gpu(19, 110, "11", endpoint="/v1/text-to-video", organization="globex"),
    request(at(20, 8), "1", organization="acme", model="gpt-4"),
    request(at(20, 8), None, organization="acme", model="aurora", requests=9),
    request(at(20, 12), "1", organization="acme", model="gpt-4"),
    request(at(20, 12), "1", source=Source.GPU, organization="acme", model="ltxv"),
)
"""The endpoint /v1/text-to-video gets 2.2 times its requests from the 18th to the 19th."""


async def test_yesterday_is_explained_against_the_day_before(play: Play):
    async with play(FACTS) as playing:
        result = await playing.parts.handlers.why.why(WhyRequest(), ADMIN)
    split, first = result.explanation.split, result.explanation.drivers[0]
    assert (split.before, split.now) == (35, 53)
    assert (split.volume + split.mix, split.rate) == (18, 0)
    assert (first.dimension, first.member, first.split.change) == (
        "endpoint",
        "/v1/text-to-video",
        18,
    )
    assert first.cause is not None
    assert first.cause.echoes == (("model", "ltxv"),)
    assert result.finding.summary == (
        "Cost rose 51.4 % (+$18.00): $53.00 yesterday, $35.00 the day before."
    )


async def test_a_caller_sees_the_own_organization_only(play: Play):
    async with play(FACTS) as playing:
        result = await playing.parts.handlers.why.why(WhyRequest(), GLOBEX)
    assert result.explanation.split.change == 6
    assert "acme" not in str(result)


async def test_a_period_that_is_named_is_what_it_is_compared_with(play: Play):
    versus = replace(
        WhyRequest(Dates(date(2026, 11, 18), date(2026, 11, 18))), versus=Calendar.YESTERDAY
    )
    async with play(FACTS) as playing:
        result = await playing.parts.handlers.why.why(versus, ADMIN)
    assert result.explanation.split.change == -18
    assert result.finding.summary == (
        "Cost fell 34.0 % (−$18.00): $35.00 on 2026-11-18, $53.00 yesterday."
    )


async def test_requests_without_a_price_make_none_seem_cheaper(play: Play):
    async with play(FACTS) as playing:
        versus = WhyRequest(Calendar.TODAY, versus=Calendar.YESTERDAY)
        result = await playing.parts.handlers.why.why(versus, ADMIN)
    assert result.explanation.split.requests_now == 1


@pytest.mark.parametrize(
    ("asked_for", "error", "says"),
    [
        (WhyRequest(Last(2, "d"), versus=Calendar.YESTERDAY), NotUnderstood, "overlap"),
        (WhyRequest(Last(7, "d")), NotFound, "cannot be compared"),
        (WhyRequest(filters={"model": ("ltxw",)}), NotFound, "no model"),
        (WhyRequest(filters={"modle": ("x",)}), NotUnderstood, "no dimension"),
    ],
)
async def test_what_cannot_be_compared_is_refused_in_words(
    play: Play, asked_for: WhyRequest, error: type[Exception], says: str
):
    async with play(FACTS) as playing:
        with pytest.raises(error, match=says):
            await playing.parts.handlers.why.why(asked_for, ADMIN)


async def test_slack_shows_the_finding_the_drivers_and_what_to_do(play: Play):
    async with play(FACTS) as playing:
        heard = await playing.stage.say("/cost why yesterday", "ada")
    shown = str(heard.ack["blocks"])
    assert "*Cost rose 51.4 % (+$18.00)" in shown
    assert "Endpoint /v1/text-to-video: requests +120.0 % (150 → 330)" in shown
    assert "*Volume* +$25.20 (250 → 430 requests) · *Mix* −$7.20 · *Rate* $0.00" in shown
    assert "*What to do:* Ask the owners of endpoint /v1/text-to-video" in shown
    assert "cause: volume" in shown


async def test_every_delta_offers_to_ask_why(play: Play):
    async with play(FACTS) as playing:
        message = await asked(playing, "/cost yesterday organization acme", "ada")
        await click(playing, message, "Why?", "ada")
    assert message.text.startswith("Cost of organization acme rose 40.0 % (+$12.00)")


async def test_the_driver_is_one_click_away(play: Play):
    async with play(FACTS) as playing:
        message = await asked(playing, "/cost why", "ada")
        await click(playing, message, "Why, in /v1/text-to-video?", "ada")
        inside = message.text
        again = await asked(playing, "/cost why", "ada")
        await click(playing, again, "/v1/text-to-video by model", "ada")
    assert inside.startswith("Cost of endpoint /v1/text-to-video rose 120.0 %")
    assert again.text.startswith("$33.00 yesterday · endpoint /v1/text-to-video")


async def test_a_finding_can_be_shared(play: Play):
    async with play(FACTS) as playing:
        message = await asked(playing, "/cost why", "ada")
        [shared] = await click(playing, message, "Share", "ada")
    assert shared.ephemeral_to is None
    assert "Shared by Ada Admin" in str(shared.blocks)


async def test_names_from_the_data_ping_nobody(play: Play):
    facts = [
        gpu(18, 10, "1", endpoint="<!channel>", organization="acme"),
        gpu(18, 10, "1", endpoint="/v1/b", organization="acme"),
        gpu(19, 100, "10", endpoint="<!channel>", organization="acme"),
        gpu(19, 10, "1", endpoint="/v1/b", organization="acme"),
        request(at(20, 12), "1", organization="acme"),
    ]
    async with play(facts) as playing:
        heard = await playing.stage.say("/cost why", "ada")
    actions = [block for block in heard.ack["blocks"] if block["type"] == "actions"]
    others = [block for block in heard.ack["blocks"] if block["type"] != "actions"]
    assert "&lt;!channel&gt;" in str(others)
    assert "<!channel>" not in str(others) + heard.ack["text"]
    labels = [element["text"]["text"] for element in actions[0]["elements"]]
    assert not any("<" in label for label in labels)


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ("why by model", "`why` does not go with `by`"),
        ("why yesterday vs", "`vs` needs a period."),
        ("why yesterday vs gpt", "`gpt` is none"),
        ("why today vs 7d vs 8d", "`vs` is there twice"),
        ("wyh", "Did you mean `why`"),
    ],
)
async def test_a_mistake_is_answered_with_what_would_work(play: Play, typed: str, says: str):
    async with play(FACTS) as playing:
        heard = await playing.stage.say(f"/cost {typed}", "ada")
    assert says in heard.ack["text"]


PERIODS = st.one_of(
    st.sampled_from(Calendar),
    st.builds(Last, st.integers(1, 99), st.sampled_from("hd")),
    st.dates(date(2020, 1, 1), date(2026, 1, 1)).map(lambda day: Dates(day, day)),
)


@given(
    st.builds(
        WhyRequest,
        PERIODS,
        st.none() | PERIODS,
        st.dictionaries(
            st.sampled_from(["model", "endpoint", "organization"]),
            st.lists(st.text(min_size=1, max_size=8) | st.just("vs"), min_size=1, unique=True).map(
                tuple
            ),
        ),
        customers_only=st.booleans(),
    )
)
def test_what_a_button_carries_asks_exactly_its_question(wanted: WhyRequest):
    assert parse(write_why(wanted), Dimensions(), Role.ADMIN) == WhyCommand(wanted)


def test_the_terminal_gives_the_split_as_json(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("COSTBOT_HOME", str(tmp_path))
    add(mart_of(Settings(home=tmp_path)), FACTS)
    days = ("--from", "2026-11-19", "--to", "2026-11-19")
    versus = ("--vs-from", "2026-11-18", "--vs-to", "2026-11-18")
    run = CliRunner().invoke(app, ["why", *days, *versus, "--json"], catch_exceptions=False)
    answer = json.loads(run.stdout)
    parts = [Decimal(answer[name]) for name in ("volume", "mix", "rate")]
    assert answer["change"] == "18"
    assert sum(parts) == Decimal(answer["change"])
    assert answer["drivers"][0]["dimension"] == "endpoint"
    assert answer["drivers"][0]["value"] == "/v1/text-to-video"
    assert answer["drivers"][0]["change"] == "18"
    assert set(answer["finding"]) == {"summary", "root_cause", "breakdown", "recommendation"}
    said = CliRunner().invoke(app, ["why", *days, *versus], catch_exceptions=False)
    assert "Cost rose 51.4 %" in said.stdout
