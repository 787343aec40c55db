"""What is too little to be recommended."""

from __future__ import annotations

from decimal import Decimal

import pytest

from analysis.recommendations.floors import floor_of, is_worth_it


@pytest.mark.parametrize(
    ("cost", "floor"),
    [("0", "5"), ("500", "5"), ("500.01", "5.0001"), ("1000000", "10000")],
)
def test_the_floor_is_five_dollars_or_a_hundredth_of_everything(cost: str, floor: str) -> None:
    assert floor_of(Decimal(cost)) == Decimal(floor)


def test_what_reaches_the_floor_is_worth_it() -> None:
    assert is_worth_it(Decimal(10), Decimal(1000))
    assert not is_worth_it(Decimal("9.999"), Decimal(1000))
