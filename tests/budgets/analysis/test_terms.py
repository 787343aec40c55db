"""Periods of a budget: the calendar's, cut at its own start and end, in its own zone."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.budgets.terms import (
    LATEST,
    BudgetPeriod,
    Kind,
    current_period,
    is_cut,
    period_at,
    periods_between,
    previous_period,
)
from analysis.errors import BadInput
from tests.budgets.analysis.made import DAY, terms, worked

RENEWING = st.sampled_from([Kind.MONTHLY, Kind.QUARTERLY, Kind.ANNUAL])
DAYS = st.dates(date(2020, 1, 1), date(2032, 12, 31))


@pytest.mark.parametrize(
    ("kind", "day", "first", "last"),
    [
        (Kind.MONTHLY, date(2026, 11, 21), date(2026, 11, 1), date(2026, 11, 30)),
        (Kind.MONTHLY, date(2028, 2, 29), date(2028, 2, 1), date(2028, 2, 29)),
        (Kind.MONTHLY, date(2027, 2, 1), date(2027, 2, 1), date(2027, 2, 28)),
        (Kind.MONTHLY, date(2026, 12, 31), date(2026, 12, 1), date(2026, 12, 31)),
        (Kind.QUARTERLY, date(2026, 11, 21), date(2026, 10, 1), date(2026, 12, 31)),
        (Kind.QUARTERLY, date(2028, 3, 31), date(2028, 1, 1), date(2028, 3, 31)),
        (Kind.ANNUAL, date(2028, 2, 29), date(2028, 1, 1), date(2028, 12, 31)),
    ],
)
def test_a_period_is_a_stretch_of_the_calendar(
    kind: Kind, day: date, first: date, last: date
) -> None:
    assert period_at(terms(kind=kind), day) == BudgetPeriod(first, last)


def test_an_annual_period_over_a_leap_day_has_366_days() -> None:
    period = period_at(terms(kind=Kind.ANNUAL), date(2028, 7, 1))
    assert period is not None
    assert len(period) == 366
    assert date(2028, 2, 29) in period


def test_a_monthly_budget_begun_on_the_10th_counts_from_the_10th_in_its_first_period() -> None:
    begun = terms(start=date(2026, 1, 10))
    first, second = periods_between(begun, date(2026, 1, 1), date(2026, 2, 10))
    assert first == BudgetPeriod(date(2026, 1, 10), date(2026, 1, 31))
    assert second == BudgetPeriod(date(2026, 2, 1), date(2026, 2, 28))
    assert (is_cut(begun, first), is_cut(begun, second)) == (True, False)


def test_a_monthly_budget_begun_on_the_31st_renews_on_the_1st() -> None:
    begun = terms(start=date(2026, 1, 31))
    periods = list(periods_between(begun, date(2026, 1, 1), date(2026, 3, 1)))
    assert [str(period) for period in periods] == [
        "2026-01-31",
        "2026-02-01..2026-02-28",
        "2026-03-01..2026-03-31",
    ]


def test_an_end_cuts_the_last_period() -> None:
    ending = terms(end=date(2026, 2, 14))
    assert period_at(ending, date(2026, 2, 3)) == BudgetPeriod(date(2026, 2, 1), date(2026, 2, 14))
    assert period_at(ending, date(2026, 2, 15)) is None
    assert len(list(periods_between(ending, date(2025, 1, 1), date(2030, 1, 1)))) == 2


def test_a_custom_budget_has_one_period_with_both_of_its_ends() -> None:
    assert period_at(worked(), date(2025, 12, 31)) is None
    assert period_at(worked(), date(2026, 1, 1)) == period_at(worked(), date(2026, 3, 31))
    assert period_at(worked(), date(2026, 4, 1)) is None
    assert len(current_period(worked(), date(2026, 2, 1))) == 90


def test_before_the_start_the_first_period_is_the_current_one_and_after_the_end_the_last() -> None:
    ending = terms(start=date(2026, 1, 10), end=date(2026, 3, 20))
    assert current_period(ending, date(2020, 1, 1)).first == date(2026, 1, 10)
    assert current_period(ending, date(2030, 1, 1)).last == date(2026, 3, 20)


def test_the_period_before_the_first_is_none() -> None:
    first = current_period(terms(), date(2026, 1, 1))
    assert previous_period(terms(), first) is None
    assert previous_period(terms(), current_period(terms(), date(2026, 2, 1))) == first


@given(RENEWING, DAYS, DAYS)
def test_periods_follow_each_other_without_gap_or_overlap(
    kind: Kind, start: date, until: date
) -> None:
    periods = list(periods_between(terms(kind=kind, start=start), start, until))
    assert bool(periods) == (until >= start)
    if periods:
        assert periods[0].first == start
        assert until in periods[-1]
    for before, after in pairwise(periods):
        assert after.first == before.last + DAY


@given(RENEWING, DAYS, DAYS)
def test_every_day_from_the_start_on_lies_in_the_period_that_it_is_asked_for(
    kind: Kind, start: date, day: date
) -> None:
    period = period_at(terms(kind=kind, start=start), day)
    assert (period is None) == (day < start)
    if period is not None:
        assert day in period
        assert period == period_at(terms(kind=kind, start=start), period.first)
        assert period == period_at(terms(kind=kind, start=start), period.last)


def test_today_is_another_day_from_kiritimati_to_samoa() -> None:
    now = datetime(2026, 1, 31, 10, 30, tzinfo=UTC)
    east = terms(zone=ZoneInfo("Pacific/Kiritimati"))
    west = terms(zone=ZoneInfo("Pacific/Pago_Pago"))
    assert east.today(now) == date(2026, 2, 1)
    assert west.today(now) == date(2026, 1, 30)
    assert current_period(east, east.today(now)).first == date(2026, 2, 1)
    assert current_period(west, west.today(now)).first == date(2026, 1, 1)


@pytest.mark.parametrize(
    ("month", "hours"), [(2, 28 * 24), (3, 31 * 24 - 1), (10, 31 * 24 + 1), (11, 30 * 24)]
)
def test_a_month_with_a_clock_change_has_its_days_and_another_number_of_hours(
    month: int, hours: int
) -> None:
    berlin = ZoneInfo("Europe/Berlin")
    period = current_period(terms(zone=berlin), date(2026, month, 15))
    window = period.window(berlin)
    assert window.end - window.start == timedelta(hours=hours)
    assert (window.first_day, window.last_day) == (period.first, period.last)


def test_a_period_begins_at_local_midnight() -> None:
    kiritimati = ZoneInfo("Pacific/Kiritimati")
    window = current_period(terms(zone=kiritimati), date(2026, 3, 1)).window(kiritimati)
    assert window.start == datetime(2026, 2, 28, 10, tzinfo=UTC)


@pytest.mark.parametrize("limit", ["0", "-1", "0.009", "NaN", "Infinity", "1e13"])
def test_a_limit_that_cannot_be_held_is_refused(limit: str) -> None:
    with pytest.raises(BadInput, match="limit"):
        terms(limit)


def test_a_custom_budget_needs_an_end() -> None:
    with pytest.raises(BadInput, match="needs the day on which it ends"):
        terms(kind=Kind.CUSTOM)


def test_a_budget_that_ends_before_it_begins_is_refused() -> None:
    with pytest.raises(BadInput, match="before it begins"):
        terms(kind=Kind.CUSTOM, end=date(2025, 12, 31))


def test_a_custom_budget_of_one_day_is_held_and_one_of_eleven_years_is_not() -> None:
    assert len(current_period(terms(kind=Kind.CUSTOM, end=date(2026, 1, 1)), date(2026, 1, 1))) == 1
    with pytest.raises(BadInput, match="longer than ten years"):
        terms(kind=Kind.CUSTOM, end=date(2037, 1, 1))


@pytest.mark.parametrize(
    ("warning", "critical"),
    [("0.95", "0.80"), ("0.8", "0.8"), ("0", "0.9"), ("0.8", "1"), ("-1", "0.5"), ("NaN", "0.9")],
)
def test_marks_that_do_not_rise_towards_the_limit_are_refused(warning: str, critical: str) -> None:
    with pytest.raises(BadInput, match="do not rise towards 100 %"):
        terms(warning=warning, critical=critical)


@pytest.mark.parametrize("forecast", ["0", "-1", "10.01", "NaN"])
def test_a_mark_that_no_forecast_can_be_held_against_is_refused(forecast: str) -> None:
    with pytest.raises(BadInput, match="No forecast"):
        terms(forecast=forecast)


def test_a_rollover_needs_a_next_period_and_a_cap_above_zero() -> None:
    assert terms(rollover="500").rollover == Decimal(500)
    with pytest.raises(BadInput, match="no next period"):
        terms(kind=Kind.CUSTOM, end=date(2026, 2, 1), rollover="500")
    with pytest.raises(BadInput, match="can not be carried"):
        terms(rollover="0")


def test_the_last_period_of_all_ends_with_the_calendar_of_budgets() -> None:
    period = period_at(terms(kind=Kind.ANNUAL), LATEST)
    assert period is not None
    assert period.last == LATEST
    assert period_at(terms(), LATEST + DAY) is None
