"""What providers offer, and what of the usage has to be known to hold it against that."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from analysis.recommendations.cells import MONTH, EvidencePeriod
from analysis.recommendations.tiers.provider_offers import OfferKind, ProviderOffer
from handlers.recommendations.evidence import Offered
from queries.recommendation_evidence.daily_costs import daily_costs
from queries.recommendation_evidence.model_loads import model_loads
from queries.recommendation_evidence.near_edges import near_edges
from queries.recommendation_evidence.reading import EvidenceReader
from storage.store import Store


async def offered_now(
    reader: EvidenceReader, store: Store, period: EvidencePeriod, organization: str | None
) -> Offered:
    """The offers of the store, and the load that they are about.

    Where no offer is about the minutes or the days, they are not read.

    Args:
        reader: of the mart.
        store: with offers and prices.
        period: the days.
        organization: only this one's load; None: everybody's.

    Raises:
        Unavailable: the store or the mart cannot be read.
    """
    now = period.now
    offers = [one.plain() for one in await store.offers.find_all()]
    alive = [one for one in offers if _matters(one, now)]
    units = [one for one in alive if one.kind is OfferKind.PROVISIONED_THROUGHPUT]
    edges = {
        price.above_input_tokens
        for price in await store.prices.find_all()
        if price.above_input_tokens and price.in_force(now)
    }
    return Offered(
        offers=alive,
        daily=await daily_costs(reader, period, organization) if alive else {},
        loads=await model_loads(
            reader, period, _least(units, period), _subscribed(units, now), organization
        )
        if units
        else (),
        near_edges=await near_edges(reader, period, edges, organization),
    )


def _matters(offer: ProviderOffer, now: datetime) -> bool:
    """Whether anybody can take it, or pays for it."""
    is_open = offer.effective_until is None or now < offer.effective_until
    return is_open or any(one.holds(now) for one in offer.subscriptions)


def _least(units: Sequence[ProviderOffer], period: EvidencePeriod) -> Decimal:
    """USD of these days below which no offer of throughput can pay for itself."""
    monthly = min((one.unit_usd or Decimal(0)) * one.least_units for one in units)
    return monthly * period.days / MONTH


def _subscribed(units: Sequence[ProviderOffer], now: datetime) -> set[tuple[str, str]]:
    """Models that somebody pays throughput for: whether it is used is looked at in any case."""
    return {
        (one.provider, model)
        for one in units
        if any(taken.holds(now) for taken in one.subscriptions)
        for model in one.models
    }
