"""The course of a period: each known day, added up."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from analysis.budgets.burn import KnownDays
from analysis.budgets.course import course_of
from analysis.budgets.status import status_of
from analysis.budgets.terms import current_period
from tests.budgets.analysis.made import DAY, daily, worked

JANUARY = date(2026, 1, 1)
PERIOD = current_period(worked(), JANUARY)


def test_each_day_is_told_with_what_it_adds_up_to() -> None:
    known = KnownDays(JANUARY, JANUARY + 2 * DAY, JANUARY + DAY)
    first, second, third = course_of(
        PERIOD, Decimal(1000), daily(JANUARY, 100, 0, 50), JANUARY + 9 * DAY, known
    )
    assert (first.cost, first.cumulative, first.utilization) == (100, 100, Decimal("0.1"))
    assert (second.cost, second.cumulative, second.is_provisional) == (0, 100, False)
    assert (third.cumulative, third.utilization, third.is_provisional) == (
        150,
        Decimal("0.15"),
        True,
    )


def test_an_even_pace_reaches_the_limit_on_the_last_day() -> None:
    known = KnownDays(JANUARY, PERIOD.last, PERIOD.last)
    course = course_of(PERIOD, Decimal(1000), {}, PERIOD.last, known)
    assert (len(course), course[-1].pace) == (90, 1)
    assert course[44].pace == Decimal("0.5")


@given(
    st.lists(st.decimals("-50", "500", places=4), max_size=120),
    st.integers(-10, 100),
    st.integers(-10, 100),
    st.integers(-10, 100),
)
def test_a_course_ends_where_the_status_stands(
    costs: list[Decimal], asked: int, since: int, until: int
) -> None:
    spend = daily(JANUARY - 10 * DAY, *costs)
    as_of = JANUARY + asked * DAY
    known = KnownDays(JANUARY + since * DAY, JANUARY + until * DAY, JANUARY + until * DAY)
    status = status_of(worked(), Decimal(900), spend, as_of, known=known)
    course = course_of(PERIOD, Decimal(900), spend, as_of, known)
    assert (course[-1].day if course else None) == status.as_of
    assert (course[-1].cumulative if course else Decimal(0)) == status.spend
