"""Subscribed offers of which little is used: see `unused_features`.

Of a commitment: saved = least amount − what is spent under it a month.
Of throughput: saved = units × price − what they answered, at what it would cost at the list.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from analysis.recommendations.cells import EvidencePeriod, PricedCell
from analysis.recommendations.confidence import confidence
from analysis.recommendations.plain_digits import dollars, share
from analysis.recommendations.proposal import (
    Difficulty,
    Kind,
    Part,
    Proposal,
    QualityImpact,
    Savings,
)
from analysis.recommendations.tiers.model_load import ModelLoad
from analysis.recommendations.tiers.provider_offers import (
    OfferKind,
    ProviderOffer,
    Subscription,
    offer_dollars_of,
)
from analysis.recommendations.tiers.throughput import (
    MINUTES_A_DAY,
    MOST_SPREAD,
    units_of,
    weight,
)
from analysis.written import money, percent, plural

MOST_USED = Decimal("0.2")
"""Of what is paid for. More than that is a matter of its size, not of having it."""

LEAST_DAYS = 14
"""That it is subscribed for, within the evidence: what is new may be about to be used."""

UNSEEN_CERTAINTY = Decimal("0.5")
"""What the confidence is multiplied by where no request of the provider is seen at all: it may
be used by what is not imported."""

VALID_DAYS = 14

_ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class _Use:
    """How an offer is used.

    Attributes:
        price: USD a month that is paid.
        at_the_list: USD a month that its use would cost without it.
        share: of what is paid for, of all days.
        recent: the same of the last week.
        requests: under it.
    """

    price: Decimal
    at_the_list: Decimal
    share: Decimal
    recent: Decimal
    requests: int


def unused_offers(
    offers: Iterable[ProviderOffer],
    cells: Sequence[PricedCell],
    loads: Sequence[ModelLoad],
    organization: str | None,
    period: EvidencePeriod,
) -> list[Proposal]:
    """The subscribed offers of which less than a fifth is used.

    Args:
        offers: of all providers.
        cells: of the organization.
        loads: of its models, by the minute.
        organization: whose subscriptions.
        period: the days.
    """
    if not cells:
        # Where nothing at all is known, nothing is known of its use either.
        return []
    found: list[Proposal] = []
    for offer in offers:
        taken = offer.taken_by(organization, period.now)
        if taken is None or (period.last_day - taken.since.date()).days + 1 < LEAST_DAYS:
            continue
        if period.days < LEAST_DAYS:
            continue
        use = _use(offer, taken, cells, loads, period)
        if use is None or max(use.share, use.recent) >= MOST_USED:
            continue
        if use.price > use.at_the_list:
            found.append(_proposal(offer, taken, use, organization, period))
    return found


def _use(
    offer: ProviderOffer,
    taken: Subscription,
    cells: Sequence[PricedCell],
    loads: Sequence[ModelLoad],
    period: EvidencePeriod,
) -> _Use | None:
    covered = [cell.cell for cell in cells if offer.covers(cell.cell.route, cell.model)]
    requests = sum(cell.tokens.requests for cell in covered)
    if offer.kind is OfferKind.COMMITMENT and offer.from_usd:
        spent = period.monthly(sum((cell.billed_cost for cell in covered), _ZERO))
        used = spent / offer.from_usd
        return _Use(offer.from_usd, spent, used, used, requests)
    if offer.kind is not OfferKind.PROVISIONED_THROUGHPUT or offer.unit_usd is None:
        return None
    routes = {(cell.route.provider, cell.route.model) for cell in covered}
    its = [load for load in loads if (load.provider, load.model) in routes]
    last = EvidencePeriod(period.last_day - timedelta(days=6), period.last_day, period.now)
    whole = [_served(offer, taken, load, period) for load in its]
    recent = [_served(offer, taken, _since(load, last), last) for load in its]
    return _Use(
        price=taken.units * offer.unit_usd,
        at_the_list=period.monthly(sum((cost for cost, _ in whole), _ZERO)),
        share=sum((used for _, used in whole), _ZERO),
        recent=sum((used for _, used in recent), _ZERO),
        requests=requests,
    )


def _served(
    offer: ProviderOffer, taken: Subscription, load: ModelLoad, period: EvidencePeriod
) -> tuple[Decimal, Decimal]:
    """What the units answered at most: USD at the list, and the share of their capacity.

    Where many requests came in rows that stand for several, their peaks are not known: then all
    of them count as answered.
    """
    if load.spread_requests <= MOST_SPREAD * load.requests:
        units = units_of(offer, load, period, taken.units)
        return sum(units.served, _ZERO), units.utilization
    capacity = taken.units * (offer.tokens_per_minute or 0) * MINUTES_A_DAY * period.days
    tokens = sum((weight(offer, one) for one in load.minutes), _ZERO)
    cost = sum((one.cost for one in load.minutes), _ZERO)
    return cost, tokens / capacity if capacity else _ZERO


def _since(load: ModelLoad, period: EvidencePeriod) -> ModelLoad:
    minutes = tuple(one for one in load.minutes if one.start.date() >= period.first_day)
    return ModelLoad(
        load.organization, load.provider, load.model, load.requests, load.spread_requests, minutes
    )


def _proposal(
    offer: ProviderOffer,
    taken: Subscription,
    use: _Use,
    organization: str | None,
    period: EvidencePeriod,
) -> Proposal:
    likely = use.price - use.at_the_list
    # What it is used for may grow to the share from where it is not spoken of any more.
    low = max(_ZERO, min(likely, use.price * (1 - MOST_USED)))
    trusted = confidence(
        days=min(period.days, (period.last_day - taken.since.date()).days + 1),
        requests=max(use.requests, period.days),
        stability=Decimal(1),
        known_share=Decimal(1),
    )
    certainty = Decimal(1) if use.requests else UNSEEN_CERTAINTY
    is_bound = taken.until is not None and taken.until > period.now
    until = "" if taken.until is None else f" It runs until {taken.until:%Y-%m-%d}."
    return Proposal(
        kind=Kind.UNUSED_FEATURES,
        organization=organization,
        scope={"provider": (offer.provider,)} | ({"model": offer.models} if offer.models else {}),
        variant=f"offer|{offer.id}",
        title=f"End {offer.name} of {offer.provider}: little of it is used",
        description=(
            f"{money(use.price)} a month are paid for {offer.name}, of which {percent(use.share)} "
            f"is used; at the list that would cost {money(use.at_the_list)} a month.{until}"
        ),
        current_cost=use.price,
        savings=Savings(low=min(low, likely), likely=likely, high=likely),
        confidence=(trusted * certainty).quantize(Decimal("0.001")),
        difficulty=Difficulty.MEDIUM,
        quality_impact=QualityImpact.NONE,
        formula="saved = what is paid a month − what its use would cost at the list",
        source=f"{offer.reference}; FinOps Framework, Rate Optimization",
        valid_until=period.now.date() + timedelta(days=VALID_DAYS),
        steps=(
            "Ask whoever signed it what it was taken for, and whether that is still to come.",
            "Where it has a term, end it with the term: "
            f"it was taken {taken.since:%Y-%m-%d}, for {plural(offer.term_months, 'month')} at "
            "least."
            if is_bound or offer.term_months > 1
            else "End it at the provider.",
            "Enter its end by `costbot pricing offer unsubscribe`.",
        ),
        parts=(Part(offer_dollars_of(offer, organization), use.price, likely),),
        action={"do": "end_offer", "offer": offer.id, "subscription": taken.id},
        evidence={
            "first_day": period.first_day.isoformat(),
            "last_day": period.last_day.isoformat(),
            "offer": {"name": offer.name, "kind": offer.kind.value, "provider": offer.provider},
            "units": taken.units,
            "subscribed_since": taken.since.date().isoformat(),
            "paid_monthly": dollars(use.price),
            "used_share": share(use.share),
            "used_share_last_week": share(use.recent),
            "requests": use.requests,
            "cost_at_the_list_monthly": dollars(use.at_the_list),
            "savings_range": "at the low end a fifth of it is used; at the high end as now",
        },
    )
