"""What one request costs: worked cases as literals."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from analysis.prices import (
    PriceSource,
    TokenUsage,
    UnitPrice,
    price_in_force,
    request_cost,
)

START = datetime(2024, 1, 1, tzinfo=UTC)
PRICE = UnitPrice(
    provider="openai",
    model="gpt-4-turbo",
    input=Decimal(10),
    output=Decimal(30),
    effective_from=START,
    effective_until=None,
    source=PriceSource.LIST,
    reference="a test",
)


def test_a_million_tokens_of_each_class_cost_what_the_list_says() -> None:
    price = replace(
        PRICE, cached_input=Decimal(5), cache_write=Decimal("12.5"), reasoning=Decimal(40)
    )
    million = 10**6
    assert request_cost(TokenUsage(fresh_input=million), price) == 10
    assert request_cost(TokenUsage(cached_input=million), price) == 5
    assert request_cost(TokenUsage(cache_write=million), price) == Decimal("12.5")
    assert request_cost(TokenUsage(output=million), price) == 30
    assert request_cost(TokenUsage(reasoning=million), price) == 40
    assert request_cost(TokenUsage(million, million, million, million, million), price) == Decimal(
        "97.5"
    )


def test_a_class_without_a_price_costs_what_it_belongs_to_costs() -> None:
    usage = TokenUsage(fresh_input=1, cached_input=2, cache_write=3, output=4, reasoning=5)
    assert request_cost(usage, PRICE) == Decimal("0.000060") + Decimal("0.000270")


@pytest.mark.parametrize(
    ("batch_prices", "cost"),
    [
        ({}, "45"),
        ({"batch_input": Decimal(5), "batch_output": Decimal(15)}, "25"),
        ({"batch_input": Decimal(5)}, "40"),
        ({"batch_input": Decimal(5), "batch_cached_input": None, "batch_output": None}, "40"),
        ({"batch_input": Decimal(5), "batch_cached_input": Decimal(1)}, "36"),
    ],
)
def test_a_batch_costs_its_own_prices_where_there_are_any(
    batch_prices: dict[str, Any], cost: str
) -> None:
    price = replace(PRICE, cached_input=Decimal(5), **batch_prices)
    usage = TokenUsage(fresh_input=10**6, cached_input=10**6, output=10**6, batch=True)
    assert request_cost(usage, price) == Decimal(cost)
    assert request_cost(replace(usage, batch=False), price) == 45


def test_a_batch_price_of_input_holds_for_cached_input_that_has_none() -> None:
    usage = TokenUsage(cached_input=10**6, batch=True)
    assert request_cost(usage, replace(PRICE, batch_input=Decimal(4))) == 4


def test_the_cost_of_one_token_is_exact() -> None:
    price = replace(PRICE, input=Decimal("0.123456789"))
    assert str(request_cost(TokenUsage(fresh_input=1), price)) == "1.23456789E-7"
    assert request_cost(TokenUsage(fresh_input=10**12), price) == Decimal("123456.789")


def test_a_fee_is_paid_for_each_request() -> None:
    price = replace(PRICE, per_request=Decimal("0.012"))
    assert request_cost(TokenUsage(fresh_input=1000, requests=3), price) == Decimal("0.046")


def test_a_hundred_requests_are_tiered_one_by_one_and_not_by_their_sum() -> None:
    tiers = (PRICE, replace(PRICE, input=Decimal(20), above_input_tokens=200_000))
    one = TokenUsage(fresh_input=3000)
    hundred = TokenUsage(fresh_input=300_000, requests=100)
    chosen = price_in_force(tiers, START, None, hundred.mean_input)
    assert chosen == PRICE
    assert request_cost(hundred, PRICE) == 100 * request_cost(one, PRICE) == 3


@pytest.mark.parametrize(
    ("tokens", "requests", "price"),
    [(200, 1, 10), (201, 1, 20), (400, 2, 10), (401, 2, 20), (0, 1, 10)],
)
def test_a_tier_begins_above_its_mark(tokens: int, requests: int, price: int) -> None:
    tiers = (PRICE, replace(PRICE, input=Decimal(20), above_input_tokens=200))
    usage = TokenUsage(cached_input=tokens, requests=requests)
    chosen = price_in_force(tiers, START, None, usage.mean_input)
    assert chosen is not None
    assert chosen.input == price


def test_a_price_holds_from_its_first_instant_to_the_one_before_the_next() -> None:
    change = START + timedelta(days=30)
    prices = (
        replace(PRICE, effective_until=change),
        replace(PRICE, input=Decimal(8), effective_from=change),
    )
    instant = timedelta(microseconds=1)
    assert price_in_force(prices, START - instant, None, 1) is None
    assert price_in_force(prices, START, None, 1) == prices[0]
    assert price_in_force(prices, change - instant, None, 1) == prices[0]
    assert price_in_force(prices, change, None, 1) == prices[1]


def test_negotiated_goes_before_list_and_list_before_the_public_one() -> None:
    agreed = replace(
        PRICE,
        organization="acme",
        input=Decimal(1),
        source=PriceSource.NEGOTIATED,
        effective_from=START + timedelta(days=1),
    )
    public = replace(
        PRICE,
        input=Decimal(99),
        source=PriceSource.FALLBACK,
        effective_from=START - timedelta(days=99),
        above_input_tokens=0,
    )
    prices = (public, PRICE, agreed)
    later = START + timedelta(days=2)
    assert price_in_force(prices, later, "acme", 1) == agreed
    assert price_in_force(prices, later, "globex", 1) == PRICE
    assert price_in_force(prices, later, None, 1) == PRICE
    assert price_in_force(prices, START, "acme", 1) == PRICE
    assert price_in_force(prices, START - timedelta(days=1), "acme", 1) == public


def test_a_better_name_goes_before_a_later_date_and_a_higher_tier() -> None:
    exact = replace(PRICE, model="gpt-4-turbo-2024-04-09")
    plain = replace(PRICE, above_input_tokens=10, effective_from=START + timedelta(days=1))
    assert price_in_force((exact, plain), START + timedelta(days=2), None, 99) == exact
