"""What is carried into the next period, and the limit in force."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.budgets.rollover import (
    LimitInForce,
    Raise,
    SpentPeriod,
    carried_into,
    carry,
    limit_in_force,
)
from analysis.errors import BadInput

MONEY = st.decimals("0", "10000", places=2)
CAP = Decimal(300)


def carried(*spends: int | None, cap: Decimal | None = CAP, limit: int = 1000) -> Decimal:
    spent = (None if spend is None else Decimal(spend) for spend in spends)
    return carried_into(cap, [SpentPeriod(Decimal(limit), spend) for spend in spent])


@pytest.mark.parametrize(
    ("spends", "expected"),
    [
        ((), 0),
        ((900,), 100),
        ((1000,), 0),
        ((1100,), 0),
        ((0,), 300),
        ((-500,), 300),
        ((0, 0, 0), 300),
        ((800, 1100), 100),
        ((800, 1200), 0),
        ((1100, 900), 100),
        ((900, None), 0),
        ((None, 900), 100),
    ],
)
def test_what_is_unspent_is_carried_up_to_the_cap(
    spends: tuple[int | None, ...], expected: int
) -> None:
    assert carried(*spends) == expected


def test_without_a_rollover_nothing_is_carried() -> None:
    assert carried(0, 0, cap=None) == 0


@given(st.lists(st.tuples(MONEY, MONEY), max_size=12), MONEY)
def test_however_many_quiet_periods_no_more_than_the_cap_is_carried(
    periods: list[tuple[Decimal, Decimal]], cap: Decimal
) -> None:
    result = carried_into(cap, [SpentPeriod(limit, spend) for limit, spend in periods])
    assert 0 <= result <= cap
    if periods:
        limit, spend = periods[-1]
        assert result >= min(cap, max(Decimal(0), limit - spend))
        assert result == carry(
            cap, limit, carried_into(cap, [SpentPeriod(*period) for period in periods[:-1]]), spend
        )


def test_the_limit_in_force_holds_the_raises_of_that_day_alone() -> None:
    raises = [
        Raise(Decimal(500), date(2026, 3, 10), date(2026, 3, 12)),
        Raise(Decimal(70), date(2026, 3, 12), date(2026, 3, 31)),
    ]

    def total(day: int) -> Decimal:
        return limit_in_force(Decimal(1000), Decimal(100), raises, date(2026, 3, day)).total

    assert [total(day) for day in (9, 10, 11, 12, 13, 31)] == [1100, 1600, 1600, 1670, 1170, 1170]


def test_a_limit_in_force_says_what_it_is_made_of() -> None:
    more = Raise(Decimal(50), date(2026, 3, 1), date(2026, 3, 1))
    limit = limit_in_force(Decimal(1000), Decimal(100), [more], date(2026, 3, 1))
    assert limit == LimitInForce(Decimal(1000), Decimal(100), Decimal(50))
    assert limit.total == Decimal(1150)


@pytest.mark.parametrize("amount", ["0", "-1", "NaN", "Infinity"])
def test_a_raise_of_nothing_is_refused(amount: str) -> None:
    with pytest.raises(BadInput, match="raises nothing"):
        Raise(Decimal(amount), date(2026, 3, 1), date(2026, 3, 2))


def test_a_raise_that_ends_before_it_begins_is_refused() -> None:
    with pytest.raises(BadInput, match="before it begins"):
        Raise(Decimal(5), date(2026, 3, 2), date(2026, 3, 1))
