"""What requests would have cost otherwise."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.prices import PriceSource, TokenUsage, UnitPrice, request_cost
from analysis.recommendations.cells import PricedCell, Route, Timing, UsageCell
from analysis.recommendations.levers import (
    Batch,
    Cache,
    Lever,
    Migrate,
    Remove,
    Shorten,
    cost_with,
    savings_with,
)

LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


def price(
    input_: str,
    output: str,
    *,
    cached: str | None = None,
    write: str | None = None,
    batch: str | None = None,
) -> UnitPrice:
    return UnitPrice(
        provider="p",
        model="m",
        input=Decimal(input_),
        output=Decimal(output),
        effective_from=LONG_AGO,
        effective_until=None,
        source=PriceSource.LIST,
        reference="a test",
        cached_input=None if cached is None else Decimal(cached),
        cache_write=None if write is None else Decimal(write),
        batch_input=None if batch is None else Decimal(batch),
    )


DEAR = price("10", "30", cached="1", write="12.5", batch="5")
CHEAP = price("1", "3")
TOKENS = TokenUsage(fresh_input=4_000_000, output=2_000_000, requests=1_000)


def cell(billed: str, tokens: TokenUsage = TOKENS, at: UnitPrice | None = DEAR) -> PricedCell:
    return PricedCell(
        UsageCell(Route("acme", "p", "m"), 0, 0, Timing.INTERACTIVE, tokens, Decimal(billed)), at
    )


def test_the_worked_case_40_percent_of_100_dollars_to_a_model_90_percent_cheaper_saves_36() -> None:
    assert savings_with([(cell("100"), [Migrate(Decimal("0.4"), CHEAP)])]) == 36


def test_no_lever_changes_nothing() -> None:
    assert cost_with(cell("123.45"), []) == Decimal("123.45")


def test_what_is_cached_is_read_at_a_tenth_and_written_with_a_premium() -> None:
    # 4 M fresh input at 10: 40; 2 M output at 30: 60. Half is read at 1, a tenth written at 12.5.
    after = cost_with(cell("100"), [Cache(Decimal("0.5"), Decimal("0.1"))])
    assert after == Decimal("1.6") * 10 + 2 * 1 + Decimal("0.4") * Decimal("12.5") + 60


def test_a_batch_takes_its_own_price_and_the_regular_one_where_it_has_none() -> None:
    assert cost_with(cell("100"), [Batch(Decimal(1))]) == 4 * 5 + 60


def test_a_bill_that_differs_from_the_list_keeps_its_level() -> None:
    assert cost_with(cell("50"), [Batch(Decimal(1))]) == 40


def test_removed_requests_cost_nothing_and_two_removals_act_one_on_what_the_other_leaves() -> None:
    levers = [Remove(Decimal("0.5")), Remove(Decimal("0.5"))]
    assert cost_with(cell("100"), levers) == 25


def test_what_has_no_price_can_be_migrated_all_the_same() -> None:
    assert cost_with(cell("100", at=None), [Migrate(Decimal("0.5"), CHEAP)]) == 55
    assert cost_with(cell("100", at=None), [Cache(Decimal(1))]) == 100


@pytest.mark.parametrize(
    "lever", [Remove(Decimal("1.1")), Cache(Decimal("0.9"), Decimal("0.2")), Batch(Decimal(-1))]
)
def test_a_share_beyond_all_of_it_is_refused(lever: Lever) -> None:
    with pytest.raises(ValueError, match="a share lies between 0 and 1"):
        cost_with(cell("100"), [lever])


shares = st.decimals(0, 1, places=3)
counts = st.integers(0, 10**9)


@given(counts, counts, counts, counts, counts, shares, shares, shares, shares)
def test_all_levers_at_once_cost_what_the_requests_cost_one_by_one(
    fresh: int,
    cached: int,
    output: int,
    reasoning: int,
    requests: int,
    removed: Decimal,
    shorter: Decimal,
    migrated: Decimal,
    batched: Decimal,
) -> None:
    tokens = TokenUsage(fresh * 1000, cached, 0, output * 1000, reasoning * 1000, requests + 1)
    billed = request_cost(tokens, DEAR)
    levers = [
        Remove(removed),
        Shorten(shorter, shorter),
        Migrate(migrated, CHEAP),
        Batch(batched),
    ]
    found = cost_with(cell(str(billed), tokens), levers)
    expected = Decimal(0)
    kept = 1 - shorter
    for at, share in ((DEAR, 1 - migrated), (CHEAP, migrated)):
        for is_batch, part in ((False, 1 - batched), (True, batched)):
            whole = TokenUsage(
                int(tokens.fresh_input * kept),
                cached,
                0,
                int(tokens.output * kept),
                int(tokens.reasoning * kept),
                requests + 1,
                batch=is_batch,
            )
            expected += share * part * request_cost(whole, at)
    expected *= 1 - removed
    assert abs(found - expected) <= Decimal("1e-9") * (1 + billed)
