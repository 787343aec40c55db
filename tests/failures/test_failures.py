"""What failed requests cost, from the handler and from Slack, over real facts in a real mart."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from analysis.errors import NotAllowed, NotFound, NotUnderstood
from analysis.failures import Judged, Outcome
from analysis.periods import Calendar, Dates
from bot.stage import Heard
from handlers.failures import FailuresResult
from queries.dimensions import Source
from tests.facts import Fact, request
from tests.failures.asking import DAYS, Asking, asked
from tests.slack.conftest import Play, at
from tests.slack.conftest import play as play
from tests.slack.test_clicks import asked as message_of
from tests.slack.test_clicks import click
from tests.templates.conftest import ACME, gpu

D = Decimal
VIDEO = {"product": "api", "endpoint": "/v1/text-to-video", "model": "ltxv"}


def failed(day: int, requests: int, cost: str | None, **columns: object) -> Fact:
    kind = {"result": "failed", "error_type": "infrastructure", "organization": "acme"}
    return gpu(
        day, cost, **{**VIDEO, **kind, **columns}, requests=requests, failed_requests=requests
    )


def fine(day: int, requests: int, cost: str, **columns: object) -> Fact:
    kind = {"result": "success", "organization": "acme"}
    return gpu(day, cost, **{**VIDEO, **kind, **columns}, requests=requests)


STORM: Sequence[Fact] = (
    fine(1, 970, "970"),
    failed(1, 30, "30"),  # usually 3 in 100
    fine(10, 95, "95"),
    failed(10, 5, "5"),
    fine(18, 70, "70"),
    failed(18, 24, "18"),
    failed(18, 6, "6", result="timeout", error_type=None, organization="globex"),
    fine(18, 99, "9.9", product="studio", endpoint=None, process="render"),
    failed(18, 1, "0.1", product="studio", endpoint=None, process="render"),
    request(at(20, 8), "1", source=Source.GPU, organization="acme"),
    request(at(20, 8), "1", organization="acme"),
)
"""In the week to the 19th 30 of 100 videos fail, of which they usually waste $3.18 of $100."""


async def failures_of(asking: Asking) -> FailuresResult:
    return await asking.failures(DAYS)


def test_what_failed_is_counted_with_its_cost_and_its_share() -> None:
    result = asked(STORM, failures_of)
    now = result.whole.now
    assert (now.requests, now.failed, now.wasted, now.cost) == (200, 31, D("24.1"), D("104"))
    assert now.rate == D("0.155")
    assert result.before == Outcome(requests=100, failed=5, cost=D(100), wasted=D(5))
    assert [row.key for row in result.rows] == [
        ("api", "/v1/text-to-video", None),
        ("studio", None, "render"),
    ]
    assert [(row.result, row.error_type, row.outcome.failed) for row in result.errors] == [
        ("failed", "infrastructure", 25),
        ("timeout", None, 6),
    ]


def test_a_storm_is_named_with_what_it_cost_beyond_the_usual() -> None:
    result = asked(STORM, failures_of)
    assert [row.key[1] for row in result.storms] == ["/v1/text-to-video"]
    usual = D(35) / 1100
    assert result.storms[0].judged.usual == usual
    # 30 % failed and wasted $24; at the usual 3.18 % it would have been 24 x 0.0318 / 0.3.
    assert result.avoidable == D(24) * (1 - usual / D("0.3"))


@pytest.mark.parametrize(
    ("requests", "failures", "usual", "is_storm"),
    [
        (1000, 41, "0.02", True),
        (1000, 40, "0.02", False),  # twice the usual is not more than twice
        (100, 19, "0.02", False),  # too few
        (100, 20, "0.02", True),
        (10_000, 99, "0.0001", False),  # less than one in a hundred
        (10_000, 100, "0.0001", True),
        (100, 20, "0", True),
        (100, 20, None, False),
    ],
)
def test_a_storm_is_more_than_twice_the_usual_and_more_than_chance(
    requests: int, failures: int, usual: str | None, is_storm: bool
) -> None:
    now = Outcome(requests=requests, failed=failures, cost=D(10), wasted=D(1))
    assert Judged(now, None if usual is None else D(usual)).is_storm is is_storm


def test_fewer_failures_than_usual_avoid_nothing_and_the_unpriced_are_not_nothing() -> None:
    now = Outcome(requests=100, failed=1, cost=D(10), wasted=D(1))
    assert Judged(now, D("0.02")).avoidable == 0
    assert Judged(replace(now, unpriced_failed=1), D("0.001")).avoidable is None
    assert Judged(Outcome(), D("0.02")).avoidable is None


def test_a_caller_of_one_organization_sees_the_own_failures() -> None:
    result = asked(STORM, lambda asking: asking.failures(DAYS, ACME))
    assert result.whole.now.failed == 25
    assert [row.result for row in result.errors] == ["failed"]
    assert "globex" not in str(result)


def test_a_day_is_held_against_the_usual_of_all_days() -> None:
    by_day = replace(DAYS, by=("day",))
    result = asked(STORM, lambda asking: asking.failures(by_day))
    (row,) = result.rows
    assert (row.judged.usual, row.judged.is_storm) == (D(35) / 1100, True)


def test_days_are_shown_in_order_whatever_their_number_of_digits() -> None:
    by_day = replace(DAYS, period=Dates(date(2026, 11, 8), date(2026, 11, 11)), by=("day",))
    facts = [failed(day, 1, "1") for day in (11, 9, 8, 10)]
    result = asked(facts, lambda asking: asking.failures(by_day))
    assert [row.key for row in result.rows] == [(date(2026, 11, day),) for day in (8, 9, 10, 11)]


def test_internal_traffic_is_included_and_told_unless_customers_are_asked_for() -> None:
    facts = [fine(18, 1, "1"), failed(18, 1, "2", is_internal=True)]
    facts.append(failed(18, 1, "4", is_internal=None))
    everybody = asked(facts, failures_of)
    assert everybody.whole.now.wasted == 6
    assert (everybody.origin.internal_cost, everybody.origin.unknown_cost) == (2, 4)
    customers = asked(facts, lambda asking: asking.failures(replace(DAYS, customers_only=True)))
    assert customers.whole.now.wasted == 0
    assert customers.origin.is_left_out


@pytest.mark.parametrize(
    ("question", "error"),
    [
        (replace(DAYS, by=("user",)), NotAllowed),
        (replace(DAYS, by=("modle",)), NotUnderstood),
        (replace(DAYS, by=("model", "product", "result")), NotUnderstood),
        (replace(DAYS, filters={"organization": ("globex",)}), NotFound),
    ],
)
def test_what_may_not_be_asked_is_refused(question: object, error: type[Exception]) -> None:
    assert isinstance(question, type(DAYS))
    with pytest.raises(error):
        asked(STORM, lambda asking: asking.failures(question, ACME))


def table_of(heard: Heard) -> list[list[str]]:
    tables = [block for block in heard.ack["blocks"] if block["type"] == "table"]
    return [[cell["text"] for cell in row] for row in tables[0]["rows"]]


async def test_slack_tells_what_was_wasted_where_and_how(play: Play) -> None:
    async with play(STORM) as playing:
        heard = await playing.stage.say("/cost failures", "ada")
    assert (heard.status, heard.failure) == (200, "")
    shown = str(heard.ack["blocks"])
    assert "*$24.10 wasted*, the last 7 complete days, 23.2 % of cost" in shown
    assert "31 of 200 requests failed or timed out (15.5 %)" in shown
    assert "▲ *382.0 %* (+$19.10) against the 7 days before: $5.00, 5.0 % failed then" in shown
    assert (
        ":warning: Storm: api · /v1/text-to-video: *30.0 %* failed (usually 3.2 %), "
        "*$21.45* more than at the usual rate"
    ) in shown
    assert "failed, infrastructure $18.10 (25 requests) · timeout $6.00 (6 requests)" in shown
    assert "Baseline: 2026-11-01 to 2026-11-12 (12 days)" in shown
    assert table_of(heard)[1:] == [
        ["api · /v1/text-to-video", "30", "⚠ 30.0 %", "3.2 %", "$24.00", "25.5 %", "$21.45"],
        ["studio · render", "1", "1.0 %", "–", "$0.10", "1.0 %", "–"],
        ["Total", "31", "15.5 %", "3.2 %", "$24.10", "23.2 %", "$21.45"],
    ]


async def test_the_file_has_every_row_unrounded(play: Play) -> None:
    async with play(STORM) as playing:
        await playing.stage.say("/cost failures by model csv", "ada")
        files = [file for file in playing.stage.slack.workspace.files.values() if file.completed]
    (row,) = csv.DictReader(io.StringIO((files[0].content or b"").decode()))
    assert files[0].name == "failures-2026-11-13-2026-11-19-by-model.csv"
    assert (row["model"], row["failed_requests"], row["is_storm"]) == ("ltxv", "31", "true")
    assert (D(row["failure_cost"]), D(row["failure_rate"])) == (D("24.1"), D("0.155"))


async def test_why_asks_about_the_days_and_the_place_of_the_storm(play: Play) -> None:
    async with play(STORM) as playing:
        message = await message_of(playing, "/cost failures 2026-11-18", "ada")
        await click(playing, message, "By day", "ada")
        assert message.blocks[2]["rows"][0][0]["text"] == "Day"
        message = await message_of(playing, "/cost failures 2026-11-13..2026-11-19", "ada")
        await click(playing, message, "Why?", "ada")
    assert message.text.startswith("Cost of product api and endpoint /v1/text-to-video")


async def test_requests_without_a_price_are_counted_and_cost_not_nothing(play: Play) -> None:
    facts = [failed(18, 3, None), fine(18, 7, "7"), request(at(20, 8), "1", source=Source.GPU)]
    async with play(facts) as playing:
        heard = await playing.stage.say("/cost failures 7d", "ada")
    shown = str(heard.ack["blocks"])
    assert "*3 failed requests*, the last 7 complete days: none of them has a price" in shown
    assert table_of(heard)[1][4] == "unpriced"
    assert ":warning: 3 failed requests without a price, not in the dollars" in shown
    assert "$0.00" not in shown


@pytest.mark.parametrize(
    ("command", "says"),
    [
        ("/cost failures 2020-01-01", "No requests: on 2020-01-01."),
        ("/cost failures yesterday", "*No request failed*, yesterday: 1 request"),
        ("/cost failures today", "today to 09:00"),
    ],
)
async def test_nothing_is_said_in_words(play: Play, command: str, says: str) -> None:
    facts = [fine(18, 1, "1"), fine(19, 1, "1"), request(at(20, 8), "1"), request(at(20, 9), "1")]
    async with play(facts) as playing:
        heard = await playing.stage.say(command, "ada")
    assert says in str(heard.ack)


async def test_an_empty_mart_answers_too(play: Play) -> None:
    async with play([]) as playing:
        for word in ("failures", "efficiency", "utilization"):
            heard = await playing.stage.say(f"/cost {word} yesterday", "ada")
            assert (heard.status, heard.failure) == (200, "")
            assert "There is no data yet" in heard.ack["text"]


async def test_names_from_the_data_ping_nobody(play: Play) -> None:
    hostile = "<!channel>"
    facts = [
        failed(18, 50, "5", endpoint=hostile, error_type=hostile, model=hostile),
        fine(18, 50, "5", model=hostile),
        fine(10, 150, "5", model=hostile, endpoint=hostile),
        gpu(18, "1", cost_category="idle", model=hostile, requests=0),
        request(at(20, 8), "1", source=Source.GPU),
    ]
    async with play(facts) as playing:
        for word in ("failures", "efficiency", "utilization by model"):
            heard = await playing.stage.say(f"/cost {word}", "ada")
            others = [block for block in heard.ack["blocks"] if block["type"] != "actions"]
            assert "&lt;!channel&gt;" in str(others)
            assert hostile not in str(others) + heard.ack["text"]


def test_of_today_the_hours_count_that_both_days_have() -> None:
    today = replace(DAYS, period=Calendar.TODAY)
    facts = [*STORM, request(at(20, 9), "1", source=Source.GPU, requests=5, failed_requests=5)]
    facts += [request(at(20, 13), "1", source=Source.GPU), request(at(20, 13), "1")]
    result = asked(facts, lambda asking: asking.failures(today))
    assert result.whole.now.failed == 5
    assert result.pinned.label == "today to 13:00"
