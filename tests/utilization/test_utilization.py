"""How well the GPUs are used, from the handler and from Slack, over real facts in a real mart."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from analysis.errors import NotAllowed, NotUnderstood
from analysis.periods import Dates
from handlers.days import DaysRequest
from handlers.utilization import UtilizationResult
from queries.dimensions import Source
from tests.facts import Fact, request
from tests.failures.asking import DAYS, Asking, asked
from tests.failures.test_failures import table_of
from tests.slack.conftest import Play, at
from tests.slack.conftest import play as play
from tests.slack.test_clicks import asked as message_of
from tests.slack.test_clicks import click
from tests.templates.conftest import ACME, gpu

D = Decimal


def day(number: int, inference: str, idle: str, **columns: object) -> list[Fact]:
    """A day on which a tenth of idle is carried by requests."""
    carried = str(D(idle) / 10)
    return [
        gpu(number, inference, attributed_idle_cost=carried, product="api", **columns),
        gpu(number, idle, cost_category="idle", requests=0, **columns),
    ]


TWO_WEEKS: Sequence[Fact] = (
    *day(5, "1", "1", model="m"),  # how much of its first day the data has nobody knows
    # 75 % of the week to the 12th is inference, 60 % of the one to the 19th.
    *(fact for number in range(6, 13) for fact in day(number, "75", "25", model="m")),
    *(fact for number in range(13, 20) for fact in day(number, "60", "40", model="m")),
    request(at(20, 8), "1", source=Source.GPU, model="m"),
    request(at(19, 8), "1000", model="gpt-4"),
)


async def utilization_of(asking: Asking) -> UtilizationResult:
    return await asking.utilization(DAYS)


def test_a_member_that_moves_cents_is_not_flagged_however_far() -> None:
    large = (fact for number in range(5, 20) for fact in day(number, "500", "500", model="m"))
    small = (
        fact
        for number in range(5, 20)
        for fact in day(number, "0.10" if number > 12 else "0.19", "0.10", model="s")
    )
    facts = [*large, *small, request(at(20, 8), "1", source=Source.GPU, model="m")]
    by_model = replace(DAYS, by=("model",))
    found = {row.key: row for row in asked(facts, lambda it: it.utilization(by_model)).rows}
    assert found["s"].shift is not None
    assert found["s"].shift < D("-0.15")
    assert [found[name].is_beyond for name in ("m", "s")] == [False, False]


def test_a_week_is_held_against_the_one_before_and_against_the_best() -> None:
    result = asked(TWO_WEEKS, utilization_of)
    whole = result.whole
    assert whole.now.infrastructure.usd == 700  # no LLM usage: it has no machines
    assert whole.now.utilization == D("0.6")
    assert whole.shift == D("-0.2")
    assert whole.is_beyond
    assert (whole.now.idle.spent, whole.now.idle.attributed) == (280, 28)
    assert result.best is not None
    assert result.best.days == Dates(date(2026, 11, 6), date(2026, 11, 12))
    # 420 of inference at 75 % takes 560.
    assert result.saving == 140
    assert result.waiting_a_day == 40


async def test_the_best_week_is_said_to_be_it_and_a_single_day_is_held_against_none(
    play: Play,
) -> None:
    better = [fact for number in range(13, 20) for fact in day(number, "400", "1", model="m")]
    async with play([*TWO_WEEKS, *better]) as playing:
        best = await playing.stage.say("/cost utilization 2026-11-13..2026-11-19", "ada")
        alone = await playing.stage.say("/cost utilization 2026-11-19", "ada")
    assert "went into requests that succeeded: no week of the last 2 was better" in str(best.ack)
    assert "higher than the Thursday before (75.0 %)" in str(alone.ack)
    assert "succeeded" not in str(alone.ack)


def test_days_are_held_against_the_same_weekday_a_week_before() -> None:
    result = asked(TWO_WEEKS, lambda asking: asking.utilization(replace(DAYS, by=("day",))))
    assert [row.key for row in result.rows] == [date(2026, 11, number) for number in range(13, 20)]
    assert {row.shift for row in result.rows} == {D("-0.2")}


def test_models_have_their_own_utilization_and_add_up() -> None:
    facts = [*day(18, "9", "1", model="a"), *day(18, "1", "9", model="b")]
    result = asked(facts, lambda asking: asking.utilization(replace(DAYS, by=("model",))))
    assert [(row.key, row.now.utilization) for row in result.rows] == [
        ("a", D("0.9")),
        ("b", D("0.1")),
    ]
    whole = sum((row.now.infrastructure.usd for row in result.rows), D(0))
    assert whole == result.whole.now.infrastructure.usd == 20
    assert result.unattributed_to == ()


def test_where_machines_name_no_product_no_product_has_a_utilization() -> None:
    by_product = replace(DAYS, by=("product",))
    result = asked(TWO_WEEKS, lambda asking: asking.utilization(by_product))
    assert result.unattributed_to == ("product",)
    assert [row.is_known for row in result.rows] == [False, False]
    assert result.whole.is_known
    api = replace(DAYS, filters={"product": ("api",)})
    filtered = asked(TWO_WEEKS, lambda asking: asking.utilization(api))
    assert not filtered.whole.is_known
    assert filtered.saving is None


def test_a_storm_of_failures_is_no_good_use_of_gpus() -> None:
    storm = [
        gpu(number, "100", result="failed", failed_requests=1, model="m")
        for number in range(13, 20)
    ]
    result = asked([*TWO_WEEKS, *storm], utilization_of)
    assert result.whole.now.utilization == D("0.8")
    assert result.whole.now.served == D("0.3")
    assert result.best is not None
    assert result.best.served == D("0.75")
    assert result.saving == 840  # 420 that succeeded take 560 of the 1,400


@pytest.mark.parametrize(
    "question",
    [
        replace(DAYS, by=("category",)),
        replace(DAYS, filters={"category": ("idle",)}),
        replace(DAYS, by=("model", "day")),
    ],
)
def test_what_makes_no_sense_is_refused(question: DaysRequest) -> None:
    with pytest.raises(NotUnderstood):
        asked(TWO_WEEKS, lambda asking: asking.utilization(question))


def test_machines_are_shared_so_one_organization_may_not_ask() -> None:
    with pytest.raises(NotAllowed, match="all organizations share"):
        asked(TWO_WEEKS, lambda asking: asking.utilization(DAYS, ACME))


async def test_slack_tells_how_well_gpus_are_used_and_what_more_would_save(play: Play) -> None:
    async with play(TWO_WEEKS) as playing:
        heard = await playing.stage.say("/cost utilization 2026-11-13..2026-11-19", "ada")
        refused = await playing.stage.say("/cost utilization", "ute")
    assert (heard.status, heard.failure) == (200, "")
    shown = str(heard.ack["blocks"])
    assert ("*60.0 % utilization*, 2026-11-13 to 2026-11-19 · infrastructure cost $700.00") in shown
    assert ":warning: ▼ *20.0 %* lower than the 7 days before (75.0 %)" in shown
    assert "Idle and unused capacity cost *$280.00*, $40.00 a day" in shown
    assert (
        "60.0 % of the cost went into requests that succeeded, 75.0 % in the best of the last 2 "
        "weeks (Fri 6 Nov to Thu 12 Nov): as in that one, the same results would have cost "
        "*$140.00* less, $20.00 a day"
    ) in shown
    assert "Of idle, $28.00 (10.0 %) is carried by requests" in shown
    assert table_of(heard)[1:3] == [
        ["Inference", "$420.00", "60.0 %", "–", "$525.00", "75.0 %"],
        ["Idle", "$280.00", "40.0 %", "$28.00", "$175.00", "25.0 %"],
    ]
    assert table_of(heard)[-1] == ["Total", "$700.00", "100.0 %", "$28.00", "$700.00", "100.0 %"]
    assert "all organizations share" in refused.ack["text"]
    assert "$" not in refused.ack["text"]


async def test_by_day_each_day_has_its_row_and_the_curve_its_block(play: Play) -> None:
    async with play(TWO_WEEKS) as playing:
        message = await message_of(playing, "/cost utilization 2026-11-06..2026-11-19", "ada")
        await click(playing, message, "By day", "ada")
    curve = next(block for block in message.blocks if block["block_id"] == "utilization-days")
    assert "Fri 6 Nov to Thu 19 Nov, between 60.0 % and 75.0 %" in str(curve)
    table = next(block for block in message.blocks if block["type"] == "table")
    assert len(table["rows"]) == 16
    assert [cell["text"] for cell in table["rows"][8]][:3] == [
        "Fri 2026-11-13",
        "60.0 %",
        "⚠ −20.0 %",
    ]


async def test_why_asks_for_the_infrastructure_cost_of_exactly_these_days(play: Play) -> None:
    async with play(TWO_WEEKS) as playing:
        message = await message_of(playing, "/cost utilization 2026-11-13..2026-11-19", "ada")
        await click(playing, message, "Why?", "ada")
    assert message.text.startswith("Infrastructure cost")
    assert "$1,700.00 for 2026-11-13 to 2026-11-19" in message.text


async def test_the_file_has_every_row_unrounded(play: Play) -> None:
    async with play(TWO_WEEKS) as playing:
        await playing.stage.say("/cost utilization 2026-11-13..2026-11-19 by model csv", "ada")
        files = [file for file in playing.stage.slack.workspace.files.values() if file.completed]
    (row,) = csv.DictReader(io.StringIO((files[0].content or b"").decode()))
    assert files[0].name == "utilization-2026-11-13-2026-11-19-by-model.csv"
    assert D(row["utilization"]) == D("0.6")
    assert (D(row["idle_cost"]), D(row["idle_attributed"])) == (280, 28)
    assert row["is_flagged"] == "true"


@pytest.mark.parametrize(
    ("facts", "says"),
    [
        ([request(at(19, 8), "1", model="gpt-4")], "No GPU cost: 2026-11-13 to 2026-11-19."),
        ([gpu(18, "1")], "There is no idle, overhead or unused capacity in the data"),
        ([gpu(18, None), *day(18, "1", "1")], "1 request without a price"),
        (
            day(18, "1", "1"),
            "Not compared with the period before: GPU data is whole from 2026-11-19 on",
        ),
        (day(15, "1", "1"), "GPU data ends on 15 Nov 09:00 UTC: the days after it"),
    ],
)
async def test_what_is_missing_is_said(play: Play, facts: list[Fact], says: str) -> None:
    async with play(facts) as playing:
        heard = await playing.stage.say("/cost utilization 2026-11-13..2026-11-19", "ada")
    assert (heard.status, heard.failure) == (200, "")
    assert says in str(heard.ack)
