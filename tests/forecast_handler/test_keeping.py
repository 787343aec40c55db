"""Forecasts are kept day by day, held against what came, and told of."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

from analysis.roles import Role
from analysis.series import series_key
from bot.assembly import budgets_of
from bot.assembly.forecasts import forecast_keeper_of
from bot.blocks.budget import shown_answer
from bot.blocks.forecast import forecast_answer
from handlers.budgets.form import BudgetForm
from handlers.budgets.requests import CreateRequest, DeleteRequest, EditRequest, ShowRequest, Which
from handlers.forecasts.keeping import KeepReport
from handlers.forecasts.kept_budgets import BudgetForecasts
from handlers.forecasts.requests import ForecastRequest
from handlers.freshness import Freshness, freshness_of
from storage.records.budget import Budget
from storage.records.forecast import StoredForecast
from tests.compare.asked import ADMIN, on
from tests.forecast_handler.days import DAY, Living, living, usual, weekly

LAST = date(2026, 11, 19)
FIRST = date(2026, 8, 1)
STEADY = weekly(FIRST, LAST, organization="acme", product="api")
TO_OCTOBER = weekly(date(2026, 9, 1), date(2026, 10, 15), organization="acme", product="api")
ACME = replace(ADMIN, organization="acme", role=Role.ORG_ADMIN)


async def kept(at: Living) -> KeepReport:
    return await forecast_keeper_of(at.parts).keep()


def budgets_kept(at: Living) -> BudgetForecasts:
    keeper = forecast_keeper_of(at.parts)
    return BudgetForecasts(keeper.store, keeper.standings)


def fresh(at: Living) -> Freshness:
    return freshness_of(at.parts.engine.snapshot(), at.clock(), 48)


async def all_open(at: Living) -> list[StoredForecast]:
    return await at.parts.store.forecasts.open(date(2100, 1, 1))


async def test_everything_products_and_organizations_are_foreseen_once_a_day(tmp_path: Path):
    async with living(tmp_path, STEADY, LAST + DAY) as at:
        first, second = await kept(at), await kept(at)
        rows = await all_open(at)
    assert (first.made_on, first.made, second.made) == (LAST, 12, 0)
    assert {(row.subject, row.horizon) for row in rows} == {
        (subject, horizon)
        for subject in ("*/cost", "*/product/api/cost", "=acme/cost")
        for horizon in (7, 14, 30, 90)
    }
    [month] = [row for row in rows if (row.subject, row.horizon) == ("=acme/cost", 30)]
    assert (month.organization, month.made_on) == ("acme", LAST)
    assert (month.first_day, month.last_day) == (LAST + DAY, LAST + 30 * DAY)
    assert abs(month.expected - usual(month.first_day, month.last_day)) < 10
    assert (month.level, month.trend_direction, month.seasonality) == (Decimal("0.95"), "flat", 1)
    assert month.history_days == 111
    assert all(series_key(row.subject).measure.value == "cost" for row in rows)


async def test_two_replicas_that_keep_at_once_keep_each_forecast_once(tmp_path: Path):
    async with living(tmp_path, STEADY, LAST + DAY) as at:
        done = await asyncio.gather(*(kept(at) for _ in range(3)))
        rows = await all_open(at)
    assert len(rows) == len({row.key for row in rows}) == sum(one.made for one in done) == 12


async def test_what_came_is_filled_in_when_its_last_costs_are_in_and_is_told(tmp_path: Path):
    gone = weekly(LAST - 20 * DAY, LAST, organization="gone")
    async with living(tmp_path, [*STEADY, *gone], LAST + DAY) as at:
        await kept(at)
        at.spend(weekly(LAST + DAY, LAST + 9 * DAY, "2", organization="acme", product="api"))
        at.go_to(LAST + 10 * DAY)
        too_early = await kept(at)
        at.spend(weekly(LAST + 10 * DAY, LAST + 10 * DAY, organization="acme", product="api"))
        at.go_to(LAST + 11 * DAY)
        then, again = await kept(at), await kept(at)
        [week] = await at.parts.store.forecasts.came_true("=acme/cost", 7)
        [vanished] = await at.parts.store.forecasts.came_true("=gone/cost", 7)
        ask = at.parts.handlers.forecasts.forecast
        result = await ask(ForecastRequest(horizon=7, filters={"product": ("api",)}), ADMIN)
        own = await ask(ForecastRequest(horizon=7), ACME)
        other = await ask(ForecastRequest(horizon=7, customers_only=True), ADMIN)
    assert (too_early.settled, then.settled, again.settled) == (0, 4, 0)
    assert week.actual is not None
    assert week.actual == 2 * usual(LAST + DAY, LAST + 7 * DAY)
    assert week.error is not None
    assert week.error == ((week.expected - week.actual) / week.actual).quantize(Decimal("1e-6"))
    assert week.held is (week.lower <= week.actual <= week.upper)
    assert (vanished.actual, vanished.error, vanished.held) == (0, None, vanished.lower == 0)
    record = result.record
    assert record is not None
    assert (record.first, record.last, record.counted) == (LAST, LAST, 1)
    assert abs(record.error - Decimal("0.5")) < Decimal("0.02")
    assert own.record == record
    assert other.record is None
    said = str(forecast_answer(result, ADMIN).payload())
    assert f"Forecasts made 7 days ahead from {LAST} to {LAST} were off by 50.0 % (median)" in said


async def test_without_data_or_history_nothing_is_kept(tmp_path: Path):
    async with living(tmp_path, [], LAST + DAY) as at:
        assert await kept(at) == KeepReport(None)
    async with living(tmp_path / "a day", [on("2026-11-19", "1", 5)], LAST + DAY) as at:
        assert (await kept(at)).made == 0
    async with living(tmp_path / "short", weekly(LAST - 5 * DAY, LAST), LAST + DAY) as at:
        assert (await kept(at)).made == 0


async def test_old_forecasts_are_forgotten(tmp_path: Path):
    async with living(tmp_path, STEADY, LAST + DAY) as at:
        await kept(at)
        at.go_to(LAST + 500 * DAY)
        done = await kept(at)
        assert await all_open(at) == []
    assert done.forgotten + done.dropped == 12


async def test_a_budget_is_foreseen_to_its_end_and_says_how_that_came_true(tmp_path: Path):
    async with living(tmp_path, TO_OCTOBER, date(2026, 10, 16)) as at:
        budgets = budgets_of(at.parts, "cli")
        form = BudgetForm(name="Acme", limit="500", kind="monthly", organization="acme")
        form = replace(form, start="2026-10-01")
        budget = (await budgets.create.create(CreateRequest(form), ADMIN)).budget
        keeping = budgets_kept(at)
        made, again = await keeping.make(fresh(at)), await keeping.make(fresh(at))
        [row] = await all_open(at)
        at.spend(weekly(date(2026, 10, 16), LAST, organization="acme", product="api"))
        at.go_to(LAST + DAY)
        came, gone = await keeping.settle([row], fresh(at))
        await at.parts.store.forecasts.settle(came)
        shown = await budgets.read.show(ShowRequest(Which(str(budget.id))), ADMIN)
        before = await budgets.read.show(
            ShowRequest(Which(str(budget.id)), date(2026, 10, 20)), ADMIN
        )
        said = str(shown_answer(shown, ADMIN).payload())
    assert (made, again, len(came), gone) == (1, 0, 1, [])
    assert (row.made_on, row.horizon) == (date(2026, 10, 15), 16)
    assert (row.first_day, row.last_day) == (date(2026, 10, 1), date(2026, 10, 31))
    assert (row.level, row.model) == (Decimal("0.8"), "weekday mean")
    assert row.expected == usual(row.first_day, row.last_day)
    assert shown.record is not None
    assert (shown.record.error, shown.record.held, shown.record.counted) == (0, 1, 1)
    assert before.record is None
    assert "Foreseen by weekday halfway through the last period: off by 0.0 %" in said


async def test_of_a_budget_that_is_gone_or_counts_something_else_nothing_is_held(tmp_path: Path):
    async with living(tmp_path, TO_OCTOBER, date(2026, 10, 16)) as at:
        budgets = budgets_of(at.parts, "cli")
        made: list[Budget] = []
        for name in ("Gone", "Narrowed", "Kept"):
            form = BudgetForm(name=name, limit="500", kind="monthly", organization="acme")
            made.append((await budgets.create.create(CreateRequest(form), ADMIN)).budget)
        keeping = budgets_kept(at)
        await keeping.make(fresh(at))
        gone, narrowed, still = [Which(str(budget.id)) for budget in made]
        await budgets.change.delete(DeleteRequest(gone), ADMIN)
        await budgets.change.edit(
            EditRequest(narrowed, BudgetForm(scope={"product": ("api",)})), ADMIN
        )
        await budgets.change.edit(EditRequest(still, BudgetForm(limit="700")), ADMIN)
        at.spend(weekly(date(2026, 10, 16), LAST, organization="acme", product="api"))
        at.go_to(LAST + DAY)
        came, dropped = await keeping.settle(await all_open(at), fresh(at))
    assert [one.key[0] for one in came] == [f"budget|{made[2].id}"]
    assert {key[0] for key in dropped} == {f"budget|{budget.id}" for budget in made[:2]}
