"""Offers beside the list: kept as they are entered, ended, taken and left."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from uuid import uuid4

import pytest

from analysis.errors import BadInput, NotFound
from analysis.recommendations.tiers.provider_offers import OfferKind
from storage import Store
from storage.records.offer import NewSubscription, Offer

SPRING = datetime(2026, 3, 1, tzinfo=UTC)
SUMMER = datetime(2026, 6, 1, tzinfo=UTC)
AUTUMN = datetime(2026, 9, 1, tzinfo=UTC)

COMMITMENT = Offer(
    kind=OfferKind.COMMITMENT,
    name="Annual 5k",
    provider="OpenAI",
    models=("GPT-4o", "gpt-4o-mini"),
    effective_from=SPRING,
    reference="order form 17",
    created_by="T1/U1",
    discount=Decimal("0.15"),
    from_usd=Decimal("5000.50"),
    term_months=12,
)

UNITS = Offer(
    kind=OfferKind.PROVISIONED_THROUGHPUT,
    name="PTU",
    provider="azure",
    effective_from=SPRING,
    reference="quote of May",
    created_by="T1/U1",
    unit_usd=Decimal("260.25"),
    tokens_per_minute=2_500,
    output_weight=Decimal(3),
    least_units=15,
)


async def test_an_offer_comes_back_as_it_was_entered(store: Store) -> None:
    await store.offers.add(UNITS)
    await store.offers.add(COMMITMENT)
    units, commitment = await store.offers.find_all()
    assert (units.unit_usd, units.tokens_per_minute, units.least_units) == (
        Decimal("260.25"),
        2_500,
        15,
    )
    assert (commitment.provider, commitment.models) == ("openai", ("gpt-4o", "gpt-4o-mini"))
    assert (commitment.discount, commitment.from_usd) == (Decimal("0.15"), Decimal("5000.5"))
    assert commitment.plain().id == str(commitment.id)


async def test_an_offer_of_the_same_name_is_refused_until_the_first_has_ended(
    store: Store,
) -> None:
    first = await store.offers.add(COMMITMENT)
    later = replace(COMMITMENT, effective_from=AUTUMN, discount=Decimal("0.2"))
    with pytest.raises(BadInput, match="has an offer named Annual 5k already"):
        await store.offers.add(later)
    await store.offers.end(first.id, SUMMER)
    await store.offers.add(later)
    assert [one.effective_until for one in await store.offers.find_all()] == [SUMMER, None]


async def test_what_is_ended_has_to_be_there_and_to_have_begun(store: Store) -> None:
    with pytest.raises(NotFound, match="no such offer"):
        await store.offers.end(uuid4(), SUMMER)
    offer = await store.offers.add(COMMITMENT)
    with pytest.raises(BadInput, match="begins on 2026-03-01"):
        await store.offers.end(offer.id, SPRING)


async def test_an_organization_takes_an_offer_once_at_a_time(store: Store) -> None:
    offer = await store.offers.add(UNITS)
    taking = NewSubscription(
        offer=offer.id, organization="acme", since=SUMMER, created_by="T1/U1", units=20
    )
    taken = await store.offers.subscribe(taking)
    with pytest.raises(BadInput, match="acme has taken PTU at that time already"):
        await store.offers.subscribe(replace(taking, since=AUTUMN))
    await store.offers.subscribe(replace(taking, organization="globex"))
    over = await store.offers.unsubscribe(offer.id, "acme", AUTUMN)
    assert (over.id, over.units, over.until) == (taken.id, 20, AUTUMN)
    await store.offers.subscribe(replace(taking, since=AUTUMN))
    (kept,) = await store.offers.find_all()
    whose = [(one.organization, one.since, one.until) for one in kept.seen_by("acme").subscriptions]
    assert whose == [("acme", SUMMER, AUTUMN), ("acme", AUTUMN, None)]
    plain = kept.plain()
    assert plain.taken_by("acme", SPRING) is None
    assert plain.taken_by("acme", SUMMER) == over
    with pytest.raises(NotFound, match="initech has not taken"):
        await store.offers.unsubscribe(offer.id, "initech", AUTUMN)


async def test_of_several_who_take_the_same_at_once_one_does(store: Store) -> None:
    offer = await store.offers.add(UNITS)
    taking = NewSubscription(offer=offer.id, organization="acme", since=SUMMER, created_by="T1/U1")
    done = await asyncio.gather(
        *(store.offers.subscribe(taking) for _ in range(6)), return_exceptions=True
    )
    assert sum(isinstance(one, BadInput) for one in done) == 5
    assert len((await store.offers.find_all())[0].subscriptions) == 1


async def test_an_offer_to_one_organization_is_nobody_elses(store: Store) -> None:
    offer = await store.offers.add(replace(UNITS, organization="acme"))
    taking = NewSubscription(offer=offer.id, organization="globex", since=SUMMER, created_by="T/U")
    with pytest.raises(BadInput, match="an offer to acme alone"):
        await store.offers.subscribe(taking)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"name": "  "}, "name is empty"),
        ({"discount": Decimal("1.2")}, "does not exist for a commitment"),
        ({"discount": Decimal("-0.2")}, "does not exist for a commitment"),
        ({"from_usd": None}, "needs the least amount a month"),
        ({"from_usd": Decimal(-3)}, "is no amount for an offer"),
        ({"from_usd": Decimal("NaN")}, "is no amount for an offer"),
        ({"effective_until": SPRING}, "ends before it begins"),
        ({"effective_from": datetime(2026, 1, 1)}, "has no offset"),  # noqa: DTZ001
        ({"kind": OfferKind.PROVISIONED_THROUGHPUT}, "needs the price of a unit"),
        ({"kind": OfferKind.SERVICE_TIER, "discount": Decimal(0)}, "needs a discount"),
        ({"term_months": 0}, "is no number of term months"),
    ],
)
def test_nonsense_is_refused_with_what_is_wrong(change: dict[str, object], sentence: str) -> None:
    with pytest.raises(BadInput, match=sentence):
        replace(COMMITMENT, **change)  # pyright: ignore[reportArgumentType]


def test_a_quicker_tier_may_cost_more() -> None:
    tier = replace(COMMITMENT, kind=OfferKind.SERVICE_TIER, discount=Decimal("-0.75"))
    assert tier.discount == Decimal("-0.75")
