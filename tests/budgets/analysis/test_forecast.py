"""The forecast of a period's end: by weekday, with a range that holds what it says."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from math import exp
from random import Random

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from analysis.budgets.burn import KnownDays, spend_between
from analysis.budgets.forecast import (
    COVERAGE,
    Forecast,
    fan_of,
    forecast_of,
    most_foreseen,
    weekday_model,
)
from analysis.budgets.status import status_of
from analysis.budgets.terms import BudgetPeriod
from tests.budgets.analysis.made import DAY, daily, even, terms, worked

MONDAY = date(2026, 1, 5)
JANUARY = date(2026, 1, 1)
JUNE = BudgetPeriod(date(2026, 6, 1), date(2026, 6, 30))
WEEK = (100, 110, 110, 100, 90, 40, 30)
COST = st.decimals("0", "500", places=4)


def foreseen(
    spend: dict[date, Decimal], as_of: date, *, since: date, complete: date | None = None
) -> Forecast | None:
    return forecast_of(JUNE, spend, as_of, KnownDays(since, as_of, complete or as_of))


@given(st.lists(COST, min_size=20, max_size=60), st.integers(3, 28), st.integers(0, 2))
def test_the_fan_ends_in_the_forecast_and_never_falls_below_what_is_spent(
    costs: list[Decimal], elapsed: int, open_days: int
) -> None:
    as_of = JUNE.first + (elapsed - 1) * DAY
    first = as_of - (len(costs) - 1) * DAY
    spend = {first + place * DAY: cost for place, cost in enumerate(costs)}
    known = KnownDays(first, as_of, as_of - open_days * DAY)
    fan = fan_of(JUNE, spend, as_of, known)
    end = forecast_of(JUNE, spend, as_of, known)
    if end is None:
        assert fan == ()
        return
    assert [one.day for one in fan] == [
        known.complete + place * DAY for place in range(1, (JUNE.last - known.complete).days + 1)
    ]
    assert fan[-1].forecast == end
    spent = spend_between(spend, max(JUNE.first, first), as_of)
    expected = [one.forecast.expected for one in fan]
    assert expected == sorted(expected)
    assert all(spent <= one.forecast.lower <= one.forecast.expected for one in fan)


def test_days_to_come_cost_what_their_weekday_does() -> None:
    model = weekday_model(MONDAY + 27 * DAY, [Decimal(cost) for cost in WEEK * 4])
    assert model is not None
    assert model.means == tuple(map(Decimal, WEEK))
    assert model.expected(MONDAY + 28 * DAY, 7) == sum(WEEK)
    assert model.expected(MONDAY + 34 * DAY, 2) == Decimal(30 + 100)  # a Sunday and a Monday
    assert model.expected(MONDAY + 28 * DAY, 0) == 0
    assert model.half_width(7) == 0


@given(st.lists(COST, min_size=14, max_size=28), st.integers(0, 6), st.integers(0, 40))
def test_the_expectation_is_the_sum_of_the_weekdays_means(
    costs: list[Decimal], offset: int, days: int
) -> None:
    first = MONDAY + offset * DAY
    last = first + (len(costs) - 1) * DAY
    model = weekday_model(last, costs)
    assert model is not None
    dated = [(first + place * DAY, cost) for place, cost in enumerate(costs)]
    expected = Decimal(0)
    for ahead in range(1, days + 1):
        weekday = (last + ahead * DAY).weekday()
        same = [cost for day, cost in dated if day.weekday() == weekday]
        expected += sum(same, Decimal(0)) / len(same)
    assert abs(model.expected(last + DAY, days) - expected) < Decimal("1e-15")


def test_a_weekend_ahead_is_not_priced_like_a_week() -> None:
    spend = daily(date(2026, 5, 4), *(WEEK * 8))  # a Monday; June ends on a Tuesday
    as_of = date(2026, 6, 26)  # a Friday
    forecast = foreseen(spend, as_of, since=date(2026, 5, 4))
    assert forecast is not None
    spent = sum((cost for day, cost in spend.items() if JUNE.first <= day <= as_of), Decimal(0))
    assert forecast.expected == spent + 40 + 30 + 100 + 110
    assert (forecast.lower, forecast.upper) == (forecast.expected, forecast.expected)
    assert forecast.history_days == 28


@pytest.mark.parametrize(("days", "speaks"), [(13, False), (14, True)])
def test_with_fewer_than_14_days_of_history_it_is_silent(days: int, speaks: bool) -> None:
    since = JUNE.first - 8 * DAY
    as_of = since + (days - 1) * DAY
    assert (foreseen(even(since, as_of, 10), as_of, since=since) is not None) == speaks


@pytest.mark.parametrize(("day", "speaks"), [(1, False), (2, False), (3, True)])
def test_before_a_tenth_of_the_period_is_complete_it_is_silent(day: int, speaks: bool) -> None:
    since, as_of = date(2026, 4, 1), date(2026, 6, day)
    assert (foreseen(even(since, as_of, 10), as_of, since=since) is not None) == speaks
    today = as_of + DAY
    open_day = foreseen(even(since, today, 10), today, since=since, complete=as_of)
    assert (open_day is not None) == speaks


def test_a_period_that_is_over_has_no_forecast_and_one_that_is_on_has() -> None:
    spend = even(JANUARY, date(2026, 3, 31), 10)
    assert status_of(worked(), Decimal(5000), spend, date(2026, 3, 31)).forecast == Forecast(
        Decimal(900), Decimal(900), Decimal(900), 28
    )
    assert status_of(worked(), Decimal(5000), spend, date(2026, 4, 1)).forecast is None


def test_days_before_the_period_are_history_and_not_spend() -> None:
    spend = even(date(2026, 5, 1), date(2026, 6, 3), 10)
    status = status_of(terms(), Decimal(5000), spend, date(2026, 6, 3))
    assert status.spend == Decimal(30)
    assert status.forecast is not None
    assert status.forecast.expected == Decimal(300)


def test_today_counts_with_what_is_usual_or_with_what_it_has_cost_already() -> None:
    since, complete, today = date(2026, 5, 1), date(2026, 6, 10), date(2026, 6, 11)
    usual = even(since, complete, 10)
    morning = foreseen(usual | {today: Decimal(2)}, today, since=since, complete=complete)
    incident = foreseen(usual | {today: Decimal(500)}, today, since=since, complete=complete)
    assert morning is not None
    assert incident is not None
    assert morning.expected == Decimal(300)
    assert incident.expected == Decimal(300 + 490)


@given(st.lists(st.decimals("-200", "500", places=2), min_size=45, max_size=60))
def test_the_range_holds_the_expectation_and_never_less_than_is_spent(
    costs: list[Decimal],
) -> None:
    since = date(2026, 5, 1)
    as_of = since + (len(costs) - 1) * DAY
    spend = daily(since, *costs)
    forecast = foreseen(spend, as_of, since=since)
    assert forecast is not None
    spent = sum((cost for day, cost in spend.items() if day >= JUNE.first), Decimal(0))
    assert spent <= forecast.lower <= forecast.expected <= forecast.upper


@given(st.lists(st.decimals("-200", "500", places=2), min_size=45, max_size=60), st.integers(0, 5))
def test_no_forecast_expects_more_than_the_dearest_day_every_day(
    costs: list[Decimal], open_days: int
) -> None:
    since = date(2026, 5, 1)
    as_of = since + (len(costs) - 1) * DAY
    complete = as_of - open_days * DAY
    spend = daily(since, *costs)
    forecast = foreseen(spend, as_of, since=since, complete=complete)
    history = [spend[complete - back * DAY] for back in range(28)]
    spent, whole = (spend_between(spend, JUNE.first, last) for last in (as_of, complete))
    most = most_foreseen(max(spent, whole), max(history), (JUNE.last - complete).days)
    assume(forecast is not None)
    assert forecast is not None
    assert forecast.expected <= most + Decimal("1e-20")


@given(st.lists(COST, min_size=14, max_size=28), st.integers(1, 60))
def test_the_range_grows_with_the_days_to_come(costs: list[Decimal], days: int) -> None:
    model = weekday_model(MONDAY, costs)
    assert model is not None
    assert model.half_width(days) <= model.half_width(days + 1)


def _even_noise(random: Random, days: int) -> list[float]:
    return [WEEK[day % 7] * (1 + 0.15 * random.gauss(0, 1)) for day in range(days)]


def _skewed(random: Random, days: int) -> list[float]:
    return [WEEK[day % 7] * exp(0.5 * random.gauss(0, 1)) for day in range(days)]


def _weeks_that_differ(random: Random, days: int) -> list[float]:
    state, costs = 0.0, list[float]()
    for day in range(days):
        state = 0.6 * state + 0.15 * random.gauss(0, 1)
        costs.append(WEEK[day % 7] * max(0.0, 1 + state))
    return costs


@pytest.mark.parametrize("make", [_even_noise, _skewed, _weeks_that_differ])
@pytest.mark.parametrize("days", [3, 12, 20])
def test_the_range_holds_the_outcome_about_as_often_as_it_says(
    make: Callable[[Random, int], list[float]], days: int
) -> None:
    random, trials, held = Random(days), 200, 0
    for _ in range(trials):
        costs = [Decimal(str(round(cost, 2))) for cost in make(random, 28 + days)]
        model = weekday_model(MONDAY + 27 * DAY, costs[:28])
        assert model is not None
        outcome = sum(costs[28:], Decimal(0))
        missed = abs(outcome - model.expected(MONDAY + 28 * DAY, days))
        held += missed <= model.half_width(days)
    # Three standard errors of 200 trials below what is said, and no range that holds everything.
    assert COVERAGE - Decimal("0.085") <= Decimal(held) / trials < Decimal("0.97")
