"""From when on a shift is worth a mark."""

from __future__ import annotations

from decimal import Decimal

import pytest

from analysis.shifts import Shift, least_worth


@pytest.mark.parametrize(
    ("now", "before", "whole", "is_beyond"),
    [
        ("1.40", "1.00", "100", False),  # 40 %, and forty cents
        ("3.50", "2.50", "100", True),
        ("11.50", "10", "100", False),  # 15 %, not beyond
        ("12.50", "10", "5000", False),  # 0.05 % of the whole
        ("15", "10", "5000", True),
        ("10", "15", "-5000", True),
        ("0.99", "0", "1", False),
        ("1", "0", "1", True),  # out of nothing
        ("0", "1", "0", True),  # gone, and nothing else is left
        ("0", "0", "0", False),
    ],
)
def test_a_shift_is_marked_beyond_15_percent_where_it_is_worth_money(
    now: str, before: str, whole: str, is_beyond: bool
) -> None:
    assert Shift(Decimal(now), Decimal(before), Decimal(whole)).is_beyond is is_beyond


def test_what_is_worth_a_mark_grows_with_the_whole_from_a_dollar_on() -> None:
    wholes = [Decimal(usd) for usd in (0, 999, 1000, 1001, 50_000)]
    assert [least_worth(whole) for whole in wholes] == [1, 1, 1, Decimal("1.001"), 50]
