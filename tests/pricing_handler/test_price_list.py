from __future__ import annotations

from collections.abc import AsyncGenerator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from analysis.errors import BadInput, NotAllowed, NotFound
from analysis.roles import Role
from handlers.caller import Caller
from handlers.price_adding import PriceAdder
from handlers.pricing import PricingHandler
from storage import Store
from storage.records.price import ModelPrice
from storage.seeds import first_prices, newer_prices
from tests.stores import TestClock, sqlite_store

UTC_ZONE = ZoneInfo("UTC")
ADMIN = Caller("T1", "U1", "Ada", None, Role.ADMIN, UTC_ZONE)
ACME = Caller("T1", "U2", "Otto", "acme", Role.ORG_ADMIN, UTC_ZONE)
GLOBEX = Caller("T1", "U3", "Gil", "globex", Role.USER, UTC_ZONE)

RATE = ModelPrice(
    provider="newai",
    model="big",
    input=Decimal(4),
    output=Decimal(8),
    effective_from=datetime(2026, 6, 1, tzinfo=UTC),
    source="negotiated",
    reference="contract 17",
    created_by="somebody else",
    organization="acme",
)


@pytest.fixture
def clock() -> TestClock:
    return TestClock()


@pytest.fixture
async def store(tmp_path: Path, clock: TestClock) -> AsyncGenerator[Store]:
    async with sqlite_store(tmp_path, clock) as store:
        yield store


@pytest.fixture
def pricing(store: Store, clock: TestClock) -> PricingHandler:
    return PricingHandler(store.prices, clock)


@pytest.fixture
def adder(store: Store) -> PriceAdder:
    return PriceAdder(store, "cli")


async def test_the_list_has_one_price_for_each_model_and_tier(pricing: PricingHandler) -> None:
    result = await pricing.price_list(None, GLOBEX)
    assert result.providers == ("anthropic", "google", "meta", "openai")
    seeded = [*first_prices(), *newer_prices()]
    tiers = [(price.model, price.above_input_tokens) for price in result.current]
    assert len(tiers) == len(set(tiers))
    assert {model for model, _ in tiers} == {row["model"] for row in seeded}
    assert [(price.model, f"{price.effective_from:%F}") for price in result.upcoming] == [
        ("gemini-3.8-flash", "2027-01-01")
    ]


async def test_one_provider_may_be_asked_for_in_any_case(pricing: PricingHandler) -> None:
    result = await pricing.price_list(" OpenAI ", GLOBEX)
    assert result.provider == "openai"
    assert {price.provider for price in (*result.current, *result.upcoming)} == {"openai"}
    assert [price.model for price in result.current][:4] == [
        "gpt-3.5-turbo",
        "gpt-3.5-turbo-16k",
        "gpt-4",
        "gpt-4-turbo",
    ]


async def test_what_is_in_force_follows_the_clock(
    pricing: PricingHandler, clock: TestClock
) -> None:
    clock.now = datetime(2023, 11, 16, tzinfo=UTC)
    result = await pricing.price_list("openai", GLOBEX)
    turbo, *upcoming = [
        (price.model, price.input)
        for price in (*result.current, *result.upcoming)
        if price.model == "gpt-3.5-turbo"
    ]
    assert turbo == ("gpt-3.5-turbo", Decimal("1.5"))
    assert upcoming == [("gpt-3.5-turbo", Decimal("0.5"))]


async def test_a_price_dated_ahead_is_upcoming_until_its_instant(
    pricing: PricingHandler, adder: PriceAdder, clock: TestClock
) -> None:
    tomorrow = clock.now + timedelta(days=1)
    await adder.add(replace(RATE, organization=None), ADMIN)
    cheaper = replace(RATE, organization=None, input=Decimal(3), effective_from=tomorrow)
    await adder.add(cheaper, ADMIN)
    result = await pricing.price_list("newai", GLOBEX)
    assert [price.input for price in result.current] == [Decimal(4)]
    assert [price.input for price in result.upcoming] == [Decimal(3)]
    assert result.current[0].effective_until == tomorrow
    clock.now = tomorrow
    result = await pricing.price_list("newai", GLOBEX)
    assert [price.input for price in result.current] == [Decimal(3)]
    assert result.upcoming == ()


async def test_deprecated_models_are_marked_with_what_replaces_them(
    pricing: PricingHandler, clock: TestClock
) -> None:
    result = await pricing.price_list("openai", GLOBEX)
    replaced = {p.model: p.replacement for p in result.current if p.is_deprecated(result.now)}
    assert replaced["gpt-4-turbo"] == "gpt-5.6-sol"
    clock.now = datetime(2025, 1, 1, tzinfo=UTC)
    result = await pricing.price_list("openai", GLOBEX)
    assert [p.model for p in result.current if p.is_deprecated(result.now)] == ["gpt-3.5-turbo-16k"]


async def test_a_negotiated_rate_is_seen_by_its_organization_and_by_admins_alone(
    pricing: PricingHandler,
    adder: PriceAdder,
) -> None:
    await adder.add(replace(RATE, provider="openai", model="gpt-4"), ADMIN)

    async def rates(caller: Caller) -> list[str | None]:
        listed = await pricing.price_list("openai", caller)
        return [price.organization for price in listed.current if price.model == "gpt-4"]

    assert await rates(ACME) == [None, "acme"]
    assert await rates(ADMIN) == [None, "acme"]
    assert await rates(GLOBEX) == [None]


async def test_not_even_the_name_of_anothers_provider_is_told(
    pricing: PricingHandler, adder: PriceAdder
) -> None:
    await adder.add(RATE, ADMIN)
    assert "newai" in (await pricing.price_list(None, ACME)).providers
    assert "newai" not in (await pricing.price_list(None, GLOBEX)).providers
    for asked in ("newai", "newa", "big"):
        with pytest.raises(NotFound) as refused:
            await pricing.price_list(asked, GLOBEX)
        assert "newai" not in refused.value.hint


async def test_a_mistyped_provider_gets_the_nearest_one_and_the_list(
    pricing: PricingHandler,
) -> None:
    with pytest.raises(NotFound) as refused:
        await pricing.price_list("opnai", GLOBEX)
    assert refused.value.sentence == "The price list has no provider `opnai`."
    assert refused.value.hint == (
        "Did you mean `openai`? The list has `anthropic`, `google`, `meta`, `openai`."
    )


async def test_a_provider_like_none_gets_the_list_alone(pricing: PricingHandler) -> None:
    with pytest.raises(NotFound) as refused:
        await pricing.price_list("zzz", GLOBEX)
    assert refused.value.hint == "The list has `anthropic`, `google`, `meta`, `openai`."


async def test_a_model_in_place_of_a_provider_is_recognized(pricing: PricingHandler) -> None:
    with pytest.raises(NotFound) as refused:
        await pricing.price_list("gpt-4", GLOBEX)
    assert refused.value.hint == "That is a model: ask for its provider, `openai`."


async def test_only_admins_add_prices_and_are_named_as_their_authors(
    pricing: PricingHandler,
    adder: PriceAdder,
) -> None:
    for caller in (ACME, GLOBEX):
        with pytest.raises(NotAllowed, match="Only an admin changes the price list"):
            await adder.add(RATE, caller)
    assert (await adder.add(RATE, ADMIN)).created_by == "T1/U1"


async def test_the_same_price_again_is_refused(pricing: PricingHandler, adder: PriceAdder) -> None:
    await adder.add(RATE, ADMIN)
    with pytest.raises(BadInput, match="newai big for acme has a price from 2026-06-01 00:00 UTC"):
        await adder.add(RATE, ADMIN)


async def test_a_new_price_is_in_the_audit_trail(adder: PriceAdder) -> None:
    stored = await adder.add(RATE, ADMIN)
    (entry,) = await adder.store.audit.page()
    assert (entry.action, entry.object_id, entry.organization) == (
        "price.add",
        str(stored.id),
        "acme",
    )
    assert entry.before is None
    assert entry.after is not None
    assert entry.after["input"] == "4"
