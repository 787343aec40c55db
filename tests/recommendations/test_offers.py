"""What other models would cost for the same requests, worked out fast."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.recommendations.cheaper_models.offers import Group
from analysis.recommendations.levers import Migrate, cost_with
from tests.recommendations.usage_makers import NOW, cell_of, model_of, price_of

LARGE = model_of("large", price_of("large", "10", "30", cached="1", batch=("5", "15")))
SMALL = model_of(
    "small",
    price_of("small", "0.3", "0.7", cached="0.1"),
    price_of("small", "0.9", "2.1", above=4_000),
)


@given(
    fresh=st.integers(1, 9_000),
    cached=st.integers(0, 9_000),
    output=st.integers(0, 5_000),
    billed=st.decimals("0.01", 1_000, places=4),
    batch=st.booleans(),
)
def test_it_costs_what_the_lever_says(
    fresh: int, cached: int, output: int, billed: Decimal, *, batch: bool
) -> None:
    cell = cell_of(
        LARGE, fresh=fresh, cached=cached, output=output, batch=batch, billed=f"{billed}"
    )
    offer = Group([cell], LARGE, NOW).offer(SMALL)
    assert offer is not None
    price = SMALL.prices[fresh + cached > 4_000]
    said = cost_with(cell, [Migrate(Decimal(1), price)])
    assert offer.cost_of_all == pytest.approx(said, rel=Decimal("1e-20"))


def test_requests_billed_without_a_price_in_force_stay() -> None:
    cell = replace(cell_of(LARGE, billed="10"), price=None)
    offer = Group([cell], LARGE, NOW).offer(SMALL)
    assert offer is not None
    assert (offer.moved, offer.cost_of_all, offer.answers_all) == ((), 10, False)
