"""What to do first."""

from __future__ import annotations

from decimal import Decimal
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from analysis.recommendations.priority import priority_of
from analysis.recommendations.proposal import Difficulty

USD = st.decimals(0, 5_000_000, places=2)
SHARE = st.decimals(0, 1, places=2)


def test_each_tenfold_of_savings_is_worth_seven_points() -> None:
    found = [
        priority_of(Decimal(10) ** power, Decimal(0), Difficulty.HARD) for power in range(2, 8)
    ]
    steps = [after - before for before, after in pairwise(found)]
    assert all(Decimal("6.9") <= step <= Decimal("7.3") for step in steps)


def test_100_dollars_a_month_do_not_count_as_much_as_10000() -> None:
    few = priority_of(Decimal(100), Decimal("0.9"), Difficulty.EASY)
    many = priority_of(Decimal(10_000), Decimal("0.9"), Difficulty.EASY)
    assert (few, many) == (Decimal("61.3"), Decimal("75.6"))


def test_all_points_are_a_hundred() -> None:
    assert priority_of(Decimal(10_000_000), Decimal(1), Difficulty.EASY) == 100


@given(USD, USD, SHARE, st.sampled_from(Difficulty))
def test_more_savings_never_come_later(
    one: Decimal, other: Decimal, confidence: Decimal, difficulty: Difficulty
) -> None:
    less, more = sorted((one, other))
    first = priority_of(more, confidence, difficulty)
    assert 0 <= priority_of(less, confidence, difficulty) <= first <= 100
