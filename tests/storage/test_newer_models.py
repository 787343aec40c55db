"""The models that the second list brought."""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import text

from analysis.prices import PriceSource
from analysis.recommendations.cells import ModelFacts
from analysis.recommendations.cheaper_models.quality import scores
from queries.prices.public_list import PublicList
from storage import Store
from storage.addresses import parse_address
from storage.database import Database
from storage.migrate import migrate
from storage.records.price import ModelPrice, StoredPrice
from storage.seeds import newer_prices
from tests.stores import TestClock

READ = datetime(2026, 11, 21, tzinfo=UTC)
"""When the public list was read."""

NEWER = {(f"{row['provider']}", f"{row['model']}") for row in newer_prices()}

NO_PUBLIC_BATCH = {"claude-3-5-sonnet", "claude-3-5-haiku"}
"""Their batches ended before the public list knew of any."""


async def newer(store: Store) -> list[StoredPrice]:
    return [
        price for price in await store.prices.find_all() if (price.provider, price.model) in NEWER
    ]


async def test_what_is_in_force_is_what_the_public_list_has(store: Store) -> None:
    here: dict[tuple[str, str], dict[int, tuple[Decimal | None, ...]]] = defaultdict(dict)
    for price in await newer(store):
        if price.in_force(READ):
            here[price.provider, price.model][price.above_input_tokens] = (
                price.input,
                price.output,
                price.cached_input,
                price.cache_write,
            )
    public = PublicList()
    there = {
        name: {
            price.above_input_tokens: (
                price.input,
                price.output,
                price.cached_input,
                price.cache_write,
            )
            for price in public.unit_prices(*name, READ, READ)
        }
        for name in here
    }
    assert here == there


async def test_batches_cost_what_the_public_list_says(store: Store) -> None:
    public = PublicList()
    compared = 0
    for price in await newer(store):
        if not price.in_force(READ) or price.model in NO_PUBLIC_BATCH:
            continue
        (other,) = (
            one
            for one in public.unit_prices(price.provider, price.model, READ, READ)
            if one.above_input_tokens == price.above_input_tokens
        )
        assert (price.batch_input or price.input) == other.batch_input
        assert (price.batch_output or price.output) == other.batch_output
        own = price.unit_price()
        assert (own.batch_cached_input or own.cached_input) == other.batch_cached_input
        assert (own.batch_cache_write or own.cache_write) == other.batch_cache_write
        compared += 1
    assert compared > 20


async def test_every_tier_has_a_base_and_every_model_what_a_proposal_needs(store: Store) -> None:
    prices = await newer(store)
    bases = {(p.model, p.effective_from) for p in prices if not p.above_input_tokens}
    assert {(p.model, p.effective_from) for p in prices} == bases
    for price in prices:
        assert price.context_window is not None
        assert price.max_output is not None
        assert price.reference.startswith("https://")
        assert "chat" in price.capabilities
        assert (price.deprecated_at is None) == (price.replacement is None)


async def test_scores_are_told_with_the_test_that_they_are_of(store: Store) -> None:
    for price in await store.prices.find_all():
        facts = ModelFacts(
            provider=price.provider,
            model=price.model,
            prices=(),
            context_window=None,
            max_output=None,
            capabilities=frozenset(),
            quality=price.quality_score,
            quality_source=price.quality_source,
            is_offered=True,
        )
        found = scores(facts)
        assert set(found) <= {"mmlu", "whatmodel"}
        assert (price.quality_score is None) == (not found)
        if price.quality_score is not None:
            assert next(iter(found.values())) == price.quality_score
            assert f"{100 * price.quality_score:.1f}" in price.quality_source


@pytest.mark.parametrize("organization", [None, "acme"])
async def test_a_list_price_of_the_deployment_is_left_alone(
    address: str, clock: TestClock, organization: str | None
) -> None:
    database = Database(parse_address(address))
    await migrate(database, "0006")
    async with database.altering() as connection:
        await connection.execute(
            text(
                "INSERT INTO model_pricing (id, provider, model, organization, above_input_tokens,"
                " input, output, capabilities, quality_source, active, effective_from, source,"
                " reference, created_by, created_at)"
                " SELECT :id, 'openai', 'gpt-4o', :organization, 0, input, output, capabilities,"
                " '', active, effective_from, 'contract', 'ours', 'ada', created_at"
                " FROM model_pricing WHERE model = 'gpt-4-turbo'"
            ),
            {"id": "0123456789abcdef0123456789abcdef", "organization": organization},
        )
        await connection.execute(
            text("UPDATE model_pricing SET quality_source = 'ours' WHERE model = 'claude-3-opus'")
        )
    store = Store(address, clock)
    await store.migrate()
    prices = await store.prices.find_all()
    listed = [p for p in prices if p.model == "gpt-4o" and p.organization is None]
    if organization is None:
        assert [price.reference for price in listed] == ["ours"]
    else:
        assert len(listed) == 2
    assert [price for price in prices if price.model == "gpt-4.1"]
    sources = {price.model: price.quality_source for price in prices}
    assert sources["claude-3-opus"] == "ours"
    assert "; whatmodel 56.3" in sources["gpt-4-turbo"]
    (ultra,) = (price for price in prices if price.model == "gemini-ultra")
    assert ultra.is_deprecated(clock())
    assert ultra.replacement == "gemini-2.5-pro"
    await store.close()
    await database.close()


async def test_a_price_ahead_is_known_and_not_yet_in_force(store: Store) -> None:
    prices = [price for price in await newer(store) if price.model == "gemini-3.8-flash"]
    now, ahead = prices
    assert now.in_force(READ)
    assert now.effective_until == ahead.effective_from == datetime(2027, 1, 1, tzinfo=UTC)


async def test_caches_in_batches_are_kept_with_a_price(store: Store, clock: TestClock) -> None:
    kept = await store.prices.add(
        ModelPrice(
            provider="openai",
            model="new",
            input=Decimal(2),
            output=Decimal(4),
            batch_cached_input=Decimal("0.1"),
            batch_cache_write=Decimal("1.25"),
            effective_from=clock() - timedelta(days=1),
            source="a test",
            reference="a test",
            created_by="ada",
        )
    )
    price = kept.unit_price()
    assert price.source is PriceSource.LIST
    assert (price.batch_cached_input, price.batch_cache_write) == (
        Decimal("0.1"),
        Decimal("1.25"),
    )
