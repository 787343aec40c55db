"""The picture of a budget's period: spent, limit, and the fan of what is foreseen."""

from __future__ import annotations

from datetime import date

from bot.blocks.budget_history import history_answer
from bot.pictures.chart import DailyChart
from handlers.budgets.requests import HistoryRequest, Which
from tests.budgets.handlers.conftest import KEEPER, OpenDesk, daily, end_of

NOVEMBER = date(2026, 11, 1)
YESTERDAY = date(2026, 11, 19)


async def chart_of(desk: OpenDesk, cost: str, limit: str, first: date) -> DailyChart | None:
    facts = [*daily(first, YESTERDAY, cost), end_of(YESTERDAY)]
    async with desk(facts) as at:
        budget = await at.create(limit=limit)
        request = HistoryRequest(Which(str(budget.id)))
        answer = history_answer(await at.budgets.read.history(request, KEEPER), KEEPER)
    assert answer.chart is None or isinstance(answer.chart, DailyChart)
    return answer.chart


async def test_spend_is_added_up_against_the_limit_with_a_fan_to_the_end(desk: OpenDesk):
    chart = await chart_of(desk, "10", "1000", date(2026, 9, 1))
    assert chart is not None
    lines = {line.name: line for line in chart.lines}
    assert {len(line.values) for line in chart.lines} == {30}
    assert lines["Spent"].values[:3] == (10, 20, 30)
    assert lines["Spent"].values[19:] == (None,) * 11
    assert set(lines["Limit"].values) == {1000}
    assert lines["Even burn"].values[-1] == 1000
    assert lines["Forecast"].values[18:] == tuple(range(190, 310, 10))
    assert chart.bands[0].name == "80 % range"
    assert chart.bands[0].upper[-1] == 300
    assert (chart.first, chart.today) == (NOVEMBER, date(2026, 11, 20))
    assert chart.marks == ()
    assert chart.title == "Prod LLM: 30.0 % of its limit expected by 2026-11-30"


async def test_the_day_on_which_it_runs_out_is_marked_where_the_curve_meets_the_limit(
    desk: OpenDesk,
):
    chart = await chart_of(desk, "10", "250", date(2026, 9, 1))
    assert chart is not None
    assert [(mark.day, mark.label) for mark in chart.marks] == [(date(2026, 11, 25), "Runs out")]


async def test_a_limit_that_was_reached_is_marked_on_its_day(desk: OpenDesk):
    chart = await chart_of(desk, "10", "100", date(2026, 9, 1))
    assert chart is not None
    assert [(mark.day, mark.label) for mark in chart.marks] == [
        (date(2026, 11, 10), "Limit reached")
    ]


async def test_with_too_little_history_there_is_no_fan_and_of_a_day_no_picture(desk: OpenDesk):
    chart = await chart_of(desk, "10", "1000", date(2026, 11, 12))
    assert chart is not None
    assert chart.bands == ()
    assert "Forecast" not in [line.name for line in chart.lines]


async def test_of_a_single_day_there_is_no_picture(desk: OpenDesk):
    assert await chart_of(desk, "10", "1000", YESTERDAY) is None
