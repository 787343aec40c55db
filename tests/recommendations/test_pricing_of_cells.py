"""Cells with prices, from a real price list."""

from __future__ import annotations

import time
from collections.abc import AsyncGenerator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from analysis.prices import PriceSource, TokenUsage, price_in_force
from analysis.recommendations.cells import EvidencePeriod, Route, Timing, UsageCell
from analysis.recommendations.cheaper_models.model_downgrade import propose
from handlers.recommendations.pricing_of_cells import PricingOfCells, pricing_of
from queries.prices.catalogue import Catalogue
from storage import Store
from storage.records.price import ModelPrice
from tests.stores import TestClock, sqlite_store

NOW = datetime(2026, 11, 21, 9, tzinfo=UTC)


@pytest.fixture
def clock() -> TestClock:
    return TestClock(NOW)


@pytest.fixture
async def store(tmp_path: Path, clock: TestClock) -> AsyncGenerator[Store]:
    async with sqlite_store(tmp_path, clock) as store:
        yield store


def cell(
    provider: str | None,
    model: str | None,
    *,
    organization: str | None = "acme",
    input_: int = 500,
    requests: int = 1_000,
) -> UsageCell:
    tokens = TokenUsage(fresh_input=input_ * requests, output=100 * requests, requests=requests)
    return UsageCell(
        Route(organization, provider, model, "/v1/chat/completions", "support"),
        input_band=0,
        output_band=0,
        timing=Timing.INTERACTIVE,
        tokens=tokens,
        billed_cost=Decimal(100),
        largest_input=input_,
        largest_output=100,
        needs=frozenset({"tools"}),
    )


async def at(store: Store, now: datetime = NOW) -> PricingOfCells:
    return await pricing_of(store.prices)(now)


async def rate(store: Store, model: str, usd: str, organization: str, above: int = 0) -> None:
    await store.prices.add(
        ModelPrice(
            provider="openai",
            model=model,
            organization=organization,
            input=Decimal(usd),
            output=Decimal(usd),
            above_input_tokens=above,
            effective_from=NOW - timedelta(days=40),
            source="contract",
            reference="a contract",
            created_by="ada",
        )
    )


@pytest.mark.parametrize(
    ("provider", "model", "listed"),
    [
        ("openai", "gpt-4-turbo", "gpt-4-turbo"),
        ("azure", "gpt-4-turbo-2024-04-09", "gpt-4-turbo"),
        (None, "gpt-4-turbo", "gpt-4-turbo"),
        ("bedrock", "us.anthropic.claude-haiku-4-5-20251001-v1:0", "claude-haiku-4-5"),
    ],
)
async def test_a_model_is_known_by_all_its_names(
    store: Store, provider: str | None, model: str, listed: str
) -> None:
    (found,) = (await at(store)).priced("acme", [cell(provider, model)])
    assert found.price is not None
    assert found.price.model == listed
    assert found.price.source is PriceSource.LIST
    assert found.model is not None
    assert found.model.model == listed


async def test_what_only_the_public_list_has_is_priced_and_not_known(store: Store) -> None:
    (found,) = (await at(store)).priced("acme", [cell("openai", "o3-mini")])
    assert found.price is not None
    assert found.price.source is PriceSource.FALLBACK
    assert found.model is None


@pytest.mark.parametrize(
    ("provider", "model"), [("inhouse", "aurora-7b-internal"), (None, None), (None, "unheard-of")]
)
async def test_what_nobody_knows_has_no_price(
    store: Store, provider: str | None, model: str | None
) -> None:
    (found,) = (await at(store)).priced("acme", [cell(provider, model)])
    assert (found.price, found.model) == (None, None)


async def test_the_tier_follows_the_mean_size(store: Store) -> None:
    small, edge, large = (await at(store)).priced(
        "acme",
        [cell("openai", "gpt-6-luna", input_=size) for size in (500, 272_000, 272_001)],
    )
    assert small.price == edge.price
    assert small.price is not None
    assert large.price is not None
    assert (small.price.input, large.price.input) == (Decimal("0.1"), Decimal("0.2"))


async def test_a_negotiated_rate_counts_for_who_has_it(store: Store) -> None:
    await rate(store, "gpt-4-turbo", "7", "acme")
    await rate(store, "gpt-4-turbo", "5", "acme", above=10_000)
    pricing = await at(store)
    (own,) = pricing.priced("acme", [cell("openai", "gpt-4-turbo")])
    (large,) = pricing.priced("acme", [cell("openai", "gpt-4-turbo", input_=20_000)])
    (other,) = pricing.priced("globex", [cell("openai", "gpt-4-turbo", organization="globex")])
    found = [priced.price.input for priced in (own, large, other) if priced.price is not None]
    assert found == [7, 5, 10]
    rates = {
        organization: next(
            price_in_force(model.prices, NOW, organization, 500)
            for model in pricing.models(organization)
            if model.model == "gpt-4-turbo"
        )
        for organization in ("acme", "globex")
    }
    assert {name: price and price.input for name, price in rates.items()} == {
        "acme": 7,
        "globex": 10,
    }


async def test_models_are_offered_until_their_end_is_announced(store: Store) -> None:
    before = datetime(2026, 10, 13, tzinfo=UTC)
    for now, offered in ((before, True), (NOW, False)):
        models = {model.model: model for model in (await at(store, now)).models("acme")}
        assert models["gpt-4o"].is_offered is offered
        assert (models["gpt-4o"].deprecated_at is None) is offered
        assert models["gpt-4o"].replacement == "gpt-6-luna"
        assert models["gpt-6-luna"].is_offered
    models = {model.model: model for model in (await at(store)).models("acme")}
    assert not models["gpt-4"].is_offered
    early = (await at(store, datetime(2024, 1, 1, tzinfo=UTC))).models("acme")
    assert "gpt-4o" not in {model.model for model in early}


async def test_it_says_what_a_look_up_of_each_would_say(store: Store) -> None:
    await rate(store, "gpt-4o", "2", "acme")
    prices = [price.unit_price() for price in await store.prices.find_all()]
    catalogue, pricing = Catalogue(prices), await at(store)
    names = [(price.provider, price.model) for price in prices] + [("openai", "gpt-5-mini")]
    for organization in ("acme", "globex", None):
        for name in names:
            for size in (1, 99_999, 100_001, 128_001, 200_001, 272_001):
                one = cell(*name, organization=organization, input_=size)
                (found,) = pricing.priced(organization, [one])
                candidates = catalogue.candidates(*name, NOW, NOW)
                assert found.price == price_in_force(candidates, NOW, organization, size)


async def test_from_an_old_model_to_one_on_offer_by_the_real_list(store: Store) -> None:
    pricing = await at(store)
    cells = pricing.priced("acme", [cell("openai", "gpt-4o")])
    period = EvidencePeriod(NOW.date() - timedelta(days=30), NOW.date() - timedelta(days=1), NOW)
    (found,) = propose(cells, pricing.models("acme"), period)
    assert found.action["to"] == {"provider": "openai", "model": "gpt-6-luna"}
    assert found.evidence["quality_test"] == "whatmodel"
    assert found.evidence["starts_thinking"] is True
    assert found.savings.likely < 97


async def test_ten_thousand_organizations_are_priced_in_seconds(store: Store) -> None:
    pricing = await at(store)
    names = ["gpt-4o", "gpt-4.1", "gpt-6-luna", "gpt-4-turbo", "unheard-of"]
    cells = [cell("openai", name, input_=size) for name in names for size in (500, 5_000)]
    began = time.perf_counter()
    for number in range(10_000):
        organization = f"organization-{number}"
        assert len(pricing.priced(organization, cells)) == len(cells)
        assert pricing.models(organization)
    assert time.perf_counter() - began < 20


async def test_rates_of_an_inactive_price_are_not_on_offer(store: Store) -> None:
    price = ModelPrice(
        provider="openai",
        model="quiet",
        input=Decimal(1),
        output=Decimal(1),
        effective_from=NOW - timedelta(days=40),
        source="a test",
        reference="a test",
        created_by="ada",
    )
    await store.prices.add(price)
    await store.prices.add(replace(price, model="quieter", active=False))
    models = {model.model: model.is_offered for model in (await at(store)).models(None)}
    assert models["quiet"]
    assert not models["quieter"]
