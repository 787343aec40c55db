from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from analysis.errors import BadInput, Refused
from analysis.prices import PriceSource
from storage import Store
from storage.addresses import parse_address
from storage.database import Database
from storage.records.price import ModelPrice, StoredPrice
from storage.seeds import first_prices
from tests.stores import TestClock

NEW_YEAR = datetime(2027, 1, 1, tzinfo=UTC)

PRICE = ModelPrice(
    provider="openai",
    model="gpt-9",
    input=Decimal("1.25"),
    output=Decimal(10),
    effective_from=NEW_YEAR,
    source="published by OpenAI",
    reference="https://openai.com/api/pricing/",
    created_by="test",
)


def of(prices: list[StoredPrice], model: str) -> list[StoredPrice]:
    return [price for price in prices if price.model == model]


async def test_a_new_store_has_the_eleven_models_at_their_prices(store: Store) -> None:
    now = datetime(2026, 11, 20, tzinfo=UTC)
    first = {row["id"] for row in first_prices()}
    in_force = [
        price.unit_price()
        for price in await store.prices.find_all()
        if price.id in first and price.in_force(now)
    ]
    assert {(price.provider, price.model): (price.input, price.output) for price in in_force} == {
        ("openai", "gpt-4-turbo"): (Decimal(10), Decimal(30)),
        ("openai", "gpt-4"): (Decimal(30), Decimal(60)),
        ("openai", "gpt-3.5-turbo"): (Decimal("0.5"), Decimal("1.5")),
        ("openai", "gpt-3.5-turbo-16k"): (Decimal(3), Decimal(4)),
        ("anthropic", "claude-3-opus"): (Decimal(15), Decimal(75)),
        ("anthropic", "claude-3-sonnet"): (Decimal(3), Decimal(15)),
        ("anthropic", "claude-3-haiku"): (Decimal("0.25"), Decimal("1.25")),
        ("google", "gemini-pro"): (Decimal("0.5"), Decimal("1.5")),
        ("google", "gemini-ultra"): (Decimal(10), Decimal(30)),
        ("meta", "llama-2-70b"): (Decimal("0.7"), Decimal("0.9")),
        ("meta", "llama-2-13b"): (Decimal("0.2"), Decimal("0.3")),
    }
    assert {price.source for price in in_force} == {PriceSource.LIST}


async def test_every_first_price_says_where_it_comes_from(store: Store) -> None:
    first = {row["id"] for row in first_prices()}
    for price in await store.prices.find_all():
        if price.id not in first:
            continue
        published = price.source.startswith("published by ")
        assert published == price.reference.startswith("https://")
        assert published or price.source == "carried over from the previous system"
        assert price.quality_source.startswith("MMLU ")
        assert price.quality_score is not None
        assert price.context_window is not None
        assert price.capabilities


async def test_gpt_4_turbo_has_a_price_on_the_day_of_the_azure_traces(store: Store) -> None:
    then = datetime(2023, 11, 16, 18, 0, tzinfo=UTC)
    stored = of(await store.prices.find_all("openai"), "gpt-4-turbo")
    assert [(price.input, price.output) for price in stored if price.in_force(then)] == [
        (Decimal(10), Decimal(30))
    ]


async def test_a_price_ends_where_the_next_one_begins(store: Store) -> None:
    prices = of(await store.prices.find_all(), "gpt-3.5-turbo")
    assert [(price.input, price.effective_from.date().isoformat()) for price in prices] == [
        (Decimal(2), "2023-03-01"),
        (Decimal("1.5"), "2023-06-13"),
        (Decimal("0.5"), "2024-02-16"),
    ]
    ends = [price.effective_until for price in prices]
    assert ends == [prices[1].effective_from, prices[2].effective_from, None]
    for earlier, later in pairwise(prices):
        assert not earlier.in_force(later.effective_from)
        assert later.in_force(later.effective_from)


async def test_a_price_comes_back_as_it_was_given(store: Store, clock: TestClock) -> None:
    given = replace(
        PRICE,
        organization="Acme, Inc.",
        cached_input=Decimal("0.125"),
        cache_write=Decimal("1.5625"),
        reasoning=Decimal("0.000000001"),
        batch_input=Decimal(0),
        batch_output=Decimal("123456789.123456789"),
        context_window=400_000,
        max_output=128_000,
        capabilities=("chat", "tools"),
        quality_score=Decimal("0.911"),
        quality_source="MMLU",
        active=False,
        deprecated_at=datetime(2028, 1, 1, tzinfo=UTC),
        replacement="gpt-10",
    )
    added = await store.prices.add(given)
    assert added == StoredPrice(
        id=added.id,
        created_at=clock.now,
        effective_until=None,
        **{name: getattr(given, name) for name in ModelPrice.__slots__},
    )
    assert of(await store.prices.find_all(), "gpt-9") == [added]
    (unit_price,) = [u for u in await store.prices.unit_prices() if u.model == "gpt-9"]
    assert unit_price.source is PriceSource.NEGOTIATED
    assert unit_price.batch_output == Decimal("123456789.123456789")


async def test_names_are_kept_in_lower_case_and_found_in_any(store: Store) -> None:
    await store.prices.add(replace(PRICE, provider=" NewAI ", model="Big-Model"))
    (price,) = await store.prices.find_all("NEWAI")
    assert (price.provider, price.model) == ("newai", "big-model")


async def test_an_instant_in_another_zone_is_kept_in_utc(store: Store) -> None:
    tokyo = timezone(timedelta(hours=9))
    added = await store.prices.add(
        replace(PRICE, effective_from=datetime(2027, 1, 1, 9, tzinfo=tokyo))
    )
    assert added.effective_from == NEW_YEAR
    assert added.effective_from.tzinfo is UTC


async def test_the_same_list_price_twice_is_refused_though_its_organization_is_null(
    store: Store,
) -> None:
    await store.prices.add(PRICE)
    with pytest.raises(Refused, match="has a price from 2027-01-01 00:00 UTC on already"):
        await store.prices.add(replace(PRICE, input=Decimal(2)))
    assert [price.input for price in of(await store.prices.find_all(), "gpt-9")] == [
        Decimal("1.25")
    ]


async def test_the_database_itself_refuses_a_second_list_price(store: Store, address: str) -> None:
    await store.prices.add(PRICE)
    database = Database(parse_address(address))
    columns = (
        "provider, model, organization, above_input_tokens, input, output, capabilities, "
        "quality_source, active, effective_from, source, reference, created_by, created_at"
    )
    key = "'ffffffffffffffffffffffffffffffff'"
    copy = f"INSERT INTO model_pricing (id, {columns}) SELECT %s, {columns} FROM model_pricing"
    key = key if database.is_sqlite else f"{key}::uuid"
    with pytest.raises(IntegrityError):
        async with database.writing() as session:
            await session.execute(text(f"{copy % key} WHERE model = 'gpt-9'"))
    await database.close()


async def test_of_many_who_add_the_same_price_at_once_one_succeeds(store: Store) -> None:
    results = await asyncio.gather(
        *(store.prices.add(PRICE) for _ in range(8)), return_exceptions=True
    )
    assert sum(isinstance(result, StoredPrice) for result in results) == 1
    assert sum(isinstance(result, BadInput) for result in results) == 7


async def test_list_price_and_negotiated_rate_of_the_same_day_stand_beside_each_other(
    store: Store,
) -> None:
    listed = await store.prices.add(PRICE)
    acme = await store.prices.add(replace(PRICE, organization="acme", input=Decimal(1)))
    await store.prices.add(replace(PRICE, organization="globex", input=Decimal("1.1")))
    later = await store.prices.add(
        replace(PRICE, effective_from=NEW_YEAR + timedelta(days=90), input=Decimal("0.9"))
    )
    prices = of(await store.prices.find_all(), "gpt-9")
    assert [(price.organization, price.input) for price in prices] == [
        (None, Decimal("1.25")),
        (None, Decimal("0.9")),
        ("acme", Decimal(1)),
        ("globex", Decimal("1.1")),
    ]
    assert prices[0].effective_until == later.effective_from
    assert prices[2].effective_until is None
    assert listed.effective_until is None
    assert acme.organization == "acme"


async def test_a_price_in_between_ends_the_one_before_and_by_the_one_after(store: Store) -> None:
    first = await store.prices.add(PRICE)
    last = await store.prices.add(replace(PRICE, effective_from=NEW_YEAR + timedelta(days=60)))
    middle = await store.prices.add(replace(PRICE, effective_from=NEW_YEAR + timedelta(days=30)))
    assert middle.effective_until == last.effective_from
    prices = of(await store.prices.find_all(), "gpt-9")
    assert [price.id for price in prices] == [first.id, middle.id, last.id]
    assert prices[0].effective_until == middle.effective_from


async def test_tiers_end_together_even_where_the_next_price_has_none(store: Store) -> None:
    await store.prices.add(PRICE)
    await store.prices.add(replace(PRICE, above_input_tokens=200_000, input=Decimal("2.5")))
    flat = await store.prices.add(replace(PRICE, effective_from=NEW_YEAR + timedelta(days=30)))
    prices = of(await store.prices.find_all(), "gpt-9")
    assert [price.above_input_tokens for price in prices] == [0, 200_000, 0]
    assert [price.effective_until for price in prices] == [
        flat.effective_from,
        flat.effective_from,
        None,
    ]


async def test_a_tier_without_a_price_below_it_is_refused(store: Store) -> None:
    with pytest.raises(BadInput, match="Add the price without a tier first"):
        await store.prices.add(replace(PRICE, above_input_tokens=200_000))


async def test_what_is_not_active_is_left_out_when_asked_and_prices_past_requests_still(
    store: Store,
) -> None:
    await store.prices.add(PRICE)
    await store.prices.add(
        replace(PRICE, active=False, effective_from=NEW_YEAR + timedelta(days=30))
    )
    active = of(await store.prices.find_all(active_only=True), "gpt-9")
    assert [price.effective_until for price in active] == [NEW_YEAR + timedelta(days=30)]
    assert len([u for u in await store.prices.unit_prices() if u.model == "gpt-9"]) == 2


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"input": Decimal(-1)}, "does not exist"),
        ({"output": Decimal("NaN")}, "does not exist"),
        ({"batch_input": Decimal("Infinity")}, "does not exist"),
        ({"cached_input": Decimal("0.0000000001")}, "cannot be kept"),
        ({"input": Decimal(10) ** 9}, "cannot be kept"),
        ({"provider": "  "}, "provider is empty"),
        ({"model": "gpt\n4"}, "model is empty or no plain text"),
        ({"organization": ""}, "organization is empty"),
        ({"reference": ""}, "reference is empty"),
        ({"effective_from": datetime(2027, 1, 1)}, "has no offset"),  # noqa: DTZ001
        ({"above_input_tokens": -1}, "does not exist"),
        ({"context_window": 0}, "does not exist"),
        ({"quality_score": Decimal("1.01")}, "outside 0 to 1"),
    ],
)
def test_nonsense_is_refused_with_what_is_wrong(change: dict[str, object], sentence: str) -> None:
    with pytest.raises(BadInput, match=sentence):
        replace(PRICE, **change)  # pyright: ignore[reportArgumentType]


MONEY = st.decimals(min_value=0, max_value=999_999_999, places=9)


@given(MONEY)
def test_a_price_in_range_is_kept_to_its_last_digit(value: Decimal) -> None:
    assert replace(PRICE, input=value).input == value
