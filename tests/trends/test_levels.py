"""Since when a cost is at another level, what the next week will cost, and the picture of both."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

from bot.blocks.trends import trends_answer
from bot.pictures.chart import DailyChart
from handlers.forecasts.levels import level_changes
from handlers.forecasts.requests import ForecastRequest
from handlers.forecasts.results import DailySeries
from handlers.trends import TrendsRequest, TrendsResult
from tests.compare.asked import ADMIN, asking
from tests.facts import Fact
from tests.forecast_handler.days import DAY, WEEKEND, WORKDAY, weekly

LAST = date(2026, 11, 19)
FIRST = date(2026, 9, 1)
CHANGED = date(2026, 11, 2)
STEADY = weekly(FIRST, LAST)
RISEN = [*weekly(FIRST, CHANGED - DAY), *weekly(CHANGED, LAST, "2")]
WEEK = 5 * WORKDAY + 2 * WEEKEND


async def answered(home: Path, facts: list[Fact], request: TrendsRequest) -> TrendsResult:
    async with asking(home, "2026-11-20 13:37", facts) as parts:
        return await parts.handlers.trends.trends(request, ADMIN)


def chart_of(result: TrendsResult) -> DailyChart:
    chart = trends_answer(result, ADMIN).chart
    assert isinstance(chart, DailyChart)
    return chart


async def test_a_new_level_is_told_with_its_day_and_both_levels(tmp_path: Path):
    result = await answered(tmp_path, RISEN, TrendsRequest())
    [change] = result.changes
    assert (change.day, change.until) == (CHANGED, LAST)
    assert (change.before, change.after) == (Decimal(WEEK) / 7, Decimal(2 * WEEK) / 7)
    said = trends_answer(result, ADMIN).text
    assert (
        "Since Monday 2026-11-02 at a new level: $32.00 a day in place of $16.00 (+100.0 %)."
        in said
    )


async def test_the_picture_marks_the_day_and_draws_the_levels(tmp_path: Path):
    chart = chart_of(await answered(tmp_path, RISEN, TrendsRequest()))
    assert [(mark.day, mark.label) for mark in chart.marks] == [(CHANGED, "$32.00 a day")]
    lines = {line.name: line.values for line in chart.lines}
    assert {len(values) for values in lines.values()} == {28 + 7}
    assert lines["Level"][:10] == (16.0,) * 10
    assert lines["Level"][10:28] == (32.0,) * 18
    assert lines["Level"][28:] == (None,) * 7
    assert lines["Forecast"][27] == lines["Cost"][27]
    assert None not in lines["Forecast"][28:]
    assert chart.title == "Since 2 Nov $32.00 a day in place of $16.00"


async def test_what_is_steady_has_no_new_level(tmp_path: Path):
    result = await answered(tmp_path, STEADY, TrendsRequest())
    assert result.changes == ()
    assert "new level" not in trends_answer(result, ADMIN).text
    assert chart_of(result).title == "No steady growth: $16.00 on an average day"


async def test_a_change_before_the_days_that_were_asked_for_is_not_their_news(tmp_path: Path):
    result = await answered(tmp_path, RISEN, TrendsRequest(days=14))
    assert result.changes == ()


async def test_the_next_week_is_that_of_the_forecast(tmp_path: Path):
    async with asking(tmp_path, "2026-11-20 13:37", STEADY) as parts:
        trends = await parts.handlers.trends.trends(TrendsRequest(), ADMIN)
        forecast = await parts.handlers.forecasts.forecast(ForecastRequest(horizon=7), ADMIN)
    assert trends.ahead is not None
    assert forecast.total is not None
    assert trends.ahead == forecast.total.forecast
    assert "The next 7 days: $112.00 expected" in trends_answer(trends, ADMIN).text


async def test_with_too_little_history_nothing_is_said_of_the_next_week(tmp_path: Path):
    result = await answered(tmp_path, weekly(LAST - 12 * DAY, LAST), TrendsRequest())
    assert result.ahead is None
    assert "next 7 days" not in trends_answer(result, ADMIN).text
    assert chart_of(result).today is None


def test_levels_are_averages_of_whole_weeks():
    costs = [Decimal(10), *[Decimal(10)] * 34, *[Decimal(30)] * 20, Decimal(90)]
    series = DailySeries(FIRST, tuple(costs))
    [change] = level_changes(series, FIRST)
    assert change.day == FIRST + 35 * DAY
    assert (change.before, change.after) == (10, (20 * 30 + 90) / Decimal(21))
