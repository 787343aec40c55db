"""What the days to come will cost: from the handler, in words, as a picture, as a file."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from analysis.errors import NotAllowed, NotFound, NotUnderstood
from analysis.roles import Role
from analysis.trends import Direction
from bot.blocks.forecast import forecast_answer
from bot.forecast_csv import forecast_csv
from handlers.caller import Caller
from handlers.forecasts.requests import ForecastRequest
from handlers.forecasts.results import ForecastResult, MemberForecast
from tests.compare.asked import ADMIN, asking, gpu_on, on
from tests.facts import Fact
from tests.forecast_handler.days import DAY, usual, weekly

NOW = "2026-11-20 13:37"
LAST = date(2026, 11, 19)
FIRST = LAST - 97 * DAY
STEADY = weekly(FIRST, LAST)
WITH_TODAY = [*STEADY, on("2026-11-20", "900")]
GLOBEX = replace(ADMIN, organization="globex", role=Role.USER)


async def answered(
    home: Path,
    facts: Iterable[Fact],
    request: ForecastRequest | None = None,
    *,
    now: str = NOW,
    caller: Caller = ADMIN,
) -> ForecastResult:
    async with asking(home, now, facts) as parts:
        return await parts.handlers.forecasts.forecast(request or ForecastRequest(), caller)


def total_of(result: ForecastResult) -> MemberForecast:
    assert result.total is not None
    return result.total


def shown(result: ForecastResult, caller: Caller = ADMIN) -> str:
    return str(forecast_answer(result, caller).payload())


def is_near(found: Decimal, wanted: int) -> bool:
    return abs(found - wanted) <= Decimal("0.02") * wanted


@pytest.mark.parametrize(("horizon", "step"), [(7, 7), (14, 7), (30, 7), (90, 14)])
async def test_a_steady_week_goes_on(tmp_path: Path, horizon: int, step: int):
    result = await answered(tmp_path, WITH_TODAY, ForecastRequest(horizon=horizon))
    ahead = total_of(result).total
    assert ahead is not None
    assert (ahead.first, ahead.last) == (LAST + DAY, LAST + horizon * DAY)
    assert is_near(ahead.expected, usual(ahead.first, ahead.last))
    assert ahead.lower <= ahead.expected <= ahead.upper
    assert result.weeks[-1] == ahead
    for week in result.weeks:
        assert week.expected == total_of(result).between(ahead.first, week.last)
        assert 0 <= week.lower <= week.expected <= week.upper
    assert [week.last for week in result.weeks[:-1]] == [
        LAST + days * DAY for days in range(step, horizon, step)
    ]
    assert result.direction is Direction.FLAT


async def test_the_answer_is_a_sentence_with_a_range_and_what_was_before(tmp_path: Path):
    result = await answered(tmp_path, STEADY)
    answer = forecast_answer(result, ADMIN)
    assert answer.text.startswith("LLM cost, the 30 days from today to 2026-12-19: $4")
    assert "expected, in 95 % of cases between $" in answer.text
    assert f"on the last 30 (${usual(LAST - 29 * DAY, LAST)}.00)." in answer.text
    assert "November: $" in answer.text
    assert "so far, $" in answer.text
    assert "from 98 complete days" in shown(result)


async def test_the_curve_has_a_border_between_what_was_and_what_is_foreseen(tmp_path: Path):
    week = await answered(tmp_path, STEADY, ForecastRequest(horizon=7))
    assert "█▃▃████┊█▃▃████` 2026-10-30 to 2026-11-26, a block a day" in shown(week)
    month = await answered(tmp_path, STEADY, ForecastRequest(horizon=30))
    assert f"{13 * '█'}┊{4 * '█'}` 2026-08-21 to 2026-12-19, a block a week" in shown(month)


async def test_the_picture_has_a_fan_behind_today(tmp_path: Path):
    result = await answered(tmp_path, STEADY)
    chart = forecast_answer(result, ADMIN).chart
    assert chart is not None
    assert chart.kind == "daily"
    assert chart.today == LAST + DAY
    lengths = {len(line.values) for line in chart.lines} | {len(band.upper) for band in chart.bands}
    assert lengths == {60 + 30}
    cost, forecast = chart.lines
    assert cost.values[60:] == (None,) * 30
    assert forecast.values[59] == cost.values[59]
    assert None not in forecast.values[60:]
    assert [mark.day for mark in chart.marks] == [date(2026, 11, 30)]
    assert "The next 30 days: $4" in chart.title


async def test_too_little_history_is_silence_that_says_when_it_ends(tmp_path: Path):
    result = await answered(tmp_path, weekly(LAST - 8 * DAY, LAST))
    assert total_of(result).forecast is None
    assert result.outlook is None
    answer = forecast_answer(result, ADMIN)
    assert answer.chart is None
    assert answer.text == (
        "LLM cost: too little history for a forecast: 9 complete days, and it takes 14. With data "
        "each day there will be one on 2026-11-25."
    )


async def test_it_speaks_on_the_day_that_it_named(tmp_path: Path):
    facts = weekly(LAST - 8 * DAY, date(2026, 11, 24))
    assert total_of(await answered(tmp_path / "a", facts, now="2026-11-25 00:10")).forecast
    facts = weekly(LAST - 8 * DAY, date(2026, 11, 23))
    assert not total_of(await answered(tmp_path / "b", facts, now="2026-11-24 23:50")).forecast


async def test_members_are_foreseen_one_by_one_and_the_rest_as_one(tmp_path: Path):
    facts = [
        *weekly(FIRST, LAST, "3", model="gpt-4"),
        *weekly(FIRST, LAST, "2", model="o4"),
        *weekly(FIRST, LAST, model="a"),
        *weekly(FIRST, LAST, model="b"),
        *weekly(LAST - 5 * DAY, LAST, "6", model="new"),
    ]
    result = await answered(tmp_path, facts, ForecastRequest(by="model", horizon=7, top=3))
    assert [(row.member, row.several) for row in result.rows] == [
        ("gpt-4", 1),
        ("o4", 1),
        ("new", 1),
        (None, 2),
    ]
    by_name = {row.member: row for row in result.rows}
    assert by_name["new"].forecast is None
    assert len(by_name["new"].series.costs) == 6
    others, dearest = by_name[None].total, by_name["gpt-4"].total
    assert others is not None
    assert dearest is not None
    assert is_near(others.expected, 2 * 112)
    assert is_near(dearest.expected, 3 * 112)
    said = shown(result)
    assert "others (2)" in said
    assert "only 6 days known" in said
    assert "together they need not be the total" in said


async def test_a_member_that_is_new_has_no_past_of_zeros(tmp_path: Path):
    facts = [*weekly(FIRST, LAST, model="old"), *weekly(LAST - 20 * DAY, LAST, "5", model="new")]
    result = await answered(tmp_path, facts, ForecastRequest(by="model", horizon=7))
    ahead = {row.member: row.total for row in result.rows}["new"]
    assert ahead is not None
    assert is_near(ahead.expected, 5 * 112)


async def test_data_that_ends_early_is_foreseen_from_there_and_said(tmp_path: Path):
    facts = weekly(FIRST, date(2026, 11, 8))
    result = await answered(tmp_path, facts)
    assert result.outlook is None
    said = shown(result)
    assert "the 30 days from 2026-11-09 to 2026-12-08" in said
    assert "Nothing after 2026-11-08 is judged" in said
    assert "stale" in said


async def test_a_source_that_ended_months_ago_is_no_part_of_what_comes(tmp_path: Path):
    facts = [
        *weekly(FIRST, LAST),
        *(gpu_on(FIRST + place * DAY, "500", 23) for place in range(30)),
    ]
    ahead = total_of(await answered(tmp_path, facts, ForecastRequest(horizon=7))).total
    assert ahead is not None
    assert is_near(ahead.expected, 112)


async def test_what_has_no_price_is_not_foreseen_as_nothing(tmp_path: Path):
    facts = [on(LAST - place * DAY, None, 23, model="aurora") for place in range(40)]
    result = await answered(tmp_path, facts)
    assert total_of(result).forecast is None
    assert "nothing is foreseen, no request has a price" in shown(result)
    assert result.outlook is None


async def test_no_cost_at_all_is_said(tmp_path: Path):
    facts = [
        *weekly(FIRST, LAST, model="a"),
        on("2026-11-01", "0", organization="acme", requests=0),
    ]
    result = await answered(tmp_path, facts, ForecastRequest(filters={"organization": ("acme",)}))
    assert result.total is None
    assert "none" in forecast_answer(result, ADMIN).text


async def test_a_caller_is_foreseen_the_own_customers_cost_only(tmp_path: Path):
    facts = [
        *weekly(FIRST, LAST, organization="globex", model="a"),
        *weekly(FIRST, LAST, "9", organization="acme", model="secret"),
        *weekly(FIRST, LAST, "7", organization="globex", model="a", is_internal=True),
    ]
    request = ForecastRequest(by="model", horizon=7)
    result = await answered(tmp_path, facts, request, caller=GLOBEX)
    ahead = total_of(result).total
    assert ahead is not None
    assert is_near(ahead.expected, 112)
    assert [row.member for row in result.rows] == ["a"]
    assert "secret" not in shown(result, GLOBEX)


@pytest.mark.parametrize(
    ("request_", "caller", "error", "says"),
    [
        (ForecastRequest(horizon=8), ADMIN, NotUnderstood, "7, 14, 30 or 90 days are forecast"),
        (ForecastRequest(by="day"), ADMIN, NotUnderstood, "nothing to see by day"),
        (ForecastRequest(by="user"), GLOBEX, NotAllowed, "user"),
        (ForecastRequest(filters={"model": ("gpt-5",)}), ADMIN, NotFound, "no model"),
    ],
)
async def test_what_cannot_be_foreseen_is_refused_in_words(
    tmp_path: Path, request_: ForecastRequest, caller: Caller, error: type[Exception], says: str
):
    facts = weekly(LAST - 3 * DAY, LAST, model="gpt-4", organization="globex")
    async with asking(tmp_path, NOW, facts) as parts:
        with pytest.raises(error, match=says):
            await parts.handlers.forecasts.forecast(request_, caller)


async def test_the_file_has_every_day_that_was_and_that_is_foreseen(tmp_path: Path):
    facts = weekly(LAST - 27 * DAY, LAST, model="=1+1")
    result = await answered(tmp_path, facts, ForecastRequest(by="model", horizon=14))
    file = forecast_csv(result)
    lines = list(csv.DictReader(io.StringIO(file.content)))
    assert file.name == "forecast-14d-by-model.csv"
    assert len(lines) == 2 * (28 + 14)
    assert {line["model"] for line in lines[: 28 + 14]} >= {"'=1+1"}
    was, ahead = lines[0], lines[28]
    assert (was["day"], was["kind"], was["expected"]) == ("2026-10-23", "actual", "")
    assert Decimal(was["cost"]) == 20
    assert (ahead["day"], ahead["kind"], ahead["cost"]) == ("2026-11-20", "forecast", "")
    assert Decimal(ahead["lower"]) <= Decimal(ahead["expected"]) <= Decimal(ahead["upper"])
