"""How a month that is on will end."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from bot.blocks.forecast import forecast_answer
from handlers.complete import Asked
from handlers.forecasts.requests import ForecastRequest
from handlers.forecasts.results import PeriodOutlook
from tests.compare.asked import ADMIN, asking, gpu_on, on
from tests.facts import Fact
from tests.forecast_handler.days import DAY, usual, weekly

LAST = date(2026, 11, 19)
FIRST = date(2026, 9, 1)
STEADY = weekly(FIRST, LAST)
WITH_TODAY = [*STEADY, on("2026-11-20", "7")]
NOVEMBER = date(2026, 11, 1), date(2026, 11, 30)


async def outlook(
    home: Path, facts: list[Fact], now: str = "2026-11-20 13:37"
) -> PeriodOutlook | None:
    async with asking(home, now, facts) as parts:
        return await parts.handlers.forecasts.month_end(Asked(), ADMIN)


async def test_what_is_spent_is_added_to_what_is_foreseen(tmp_path: Path):
    found = await outlook(tmp_path, STEADY)
    assert found is not None
    assert (found.first, found.last, found.as_of) == (*NOVEMBER, LAST)
    assert found.spent == usual(NOVEMBER[0], LAST)
    assert found.provisional == 0
    assert abs(found.expected - usual(*NOVEMBER)) < 5
    assert found.lower <= found.expected <= found.upper
    assert (found.history_days, found.days_before_data) == (80, 0)


async def test_today_counts_as_spent_and_is_told_apart(tmp_path: Path):
    found = await outlook(tmp_path, WITH_TODAY)
    assert found is not None
    assert found.provisional == 7
    assert found.spent == usual(NOVEMBER[0], LAST) + 7
    assert abs(found.expected - usual(*NOVEMBER)) < 5


async def test_a_day_that_is_far_dearer_already_is_the_least_that_the_month_costs(tmp_path: Path):
    found = await outlook(tmp_path, [*STEADY, on("2026-11-20", "5000")])
    assert found is not None
    least = usual(NOVEMBER[0], LAST) + 5000
    assert found.spent == found.expected == found.lower == least
    assert found.upper >= least


async def test_on_the_first_of_a_month_nothing_of_it_is_complete(tmp_path: Path):
    facts = [*weekly(FIRST, date(2026, 11, 30)), on("2026-12-01", "3", 9)]
    found = await outlook(tmp_path, facts, "2026-12-01 10:00")
    assert found is not None
    assert (found.first, found.last) == (date(2026, 12, 1), date(2026, 12, 31))
    assert (found.spent, found.provisional) == (3, 3)
    assert abs(found.expected - usual(found.first, found.last)) < 10


async def test_days_that_the_data_lags_behind_into_the_month_before_are_not_in_it(tmp_path: Path):
    found = await outlook(tmp_path, weekly(FIRST, date(2026, 11, 27)), "2026-12-02 10:00")
    assert found is not None
    assert found.as_of == date(2026, 11, 27)
    assert found.spent == 0
    assert abs(found.expected - usual(found.first, found.last)) < 40


async def test_after_more_than_a_week_without_data_nothing_is_said(tmp_path: Path):
    assert await outlook(tmp_path, STEADY, "2026-11-27 10:00") is not None
    assert await outlook(tmp_path / "later", STEADY, "2026-11-28 10:00") is None


async def test_with_too_little_history_nothing_is_said(tmp_path: Path):
    assert await outlook(tmp_path, weekly(LAST - 12 * DAY, LAST)) is None


async def test_a_month_that_the_data_begins_in_says_what_is_missing(tmp_path: Path):
    facts = weekly(date(2026, 11, 4), LAST)
    found = await outlook(tmp_path, facts)
    assert found is not None
    assert found.days_before_data == 3
    assert found.spent == usual(date(2026, 11, 4), LAST)
    async with asking(tmp_path / "said", "2026-11-20 13:37", facts) as parts:
        result = await parts.handlers.forecasts.forecast(ForecastRequest(), ADMIN)
    assert "The data begins 3 days into the month" in str(forecast_answer(result, ADMIN).payload())


async def test_a_source_that_lags_keeps_the_others_days_provisional(tmp_path: Path):
    facts = [
        *STEADY,
        *(gpu_on(FIRST + place * DAY, "10", 23) for place in range(78)),  # to 17 November
    ]
    found = await outlook(tmp_path, facts)
    assert found is not None
    assert found.as_of == date(2026, 11, 17)
    assert found.provisional == usual(date(2026, 11, 18), LAST)
    assert found.spent == usual(NOVEMBER[0], LAST) + 170


@pytest.mark.parametrize("zone", ["Pacific/Auckland", "America/Los_Angeles"])
async def test_the_month_is_that_of_the_asker(tmp_path: Path, zone: str):
    caller = replace(ADMIN, zone=ZoneInfo(zone))
    facts = weekly(FIRST, date(2026, 11, 30))
    async with asking(tmp_path, "2026-12-01 02:00", facts) as parts:
        found = await parts.handlers.forecasts.month_end(Asked(), caller)
    assert found is not None
    expected = date(2026, 12, 1) if zone == "Pacific/Auckland" else NOVEMBER[0]
    assert found.first == expected
    assert isinstance(found.spent, Decimal)
