"""Tiers: a volume against what the provider offers beside its list, and requests beyond an edge.

Each kind of offer has its own module, with its formula and the conditions under which it stays
silent: `tier_discounts` (volume discounts, commitments), `tier_throughput` (provisioned
throughput), `tier_service` (slower tiers). Of several offers for the same dollars the one that
saves most is proposed; the others stand in its evidence. `tier_edges` needs no offer.

Source: FinOps Framework, capability "Rate Optimization"; the offers' own references.
Silent besides: of offers that are over or of others; of what is subscribed already; below the
floor of all recommendations; with less than two weeks of evidence.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from decimal import Decimal

from analysis.prices import PriceSource
from analysis.recommendations.cells import EvidencePeriod, PricedCell, Route, UsageCell, dollars_of
from analysis.recommendations.confidence import confidence
from analysis.recommendations.floors import is_worth_it
from analysis.recommendations.halves import Halves
from analysis.recommendations.plain_digits import dollars
from analysis.recommendations.proposal import Json, Kind, Part, Proposal, QualityImpact
from analysis.recommendations.tiers.choice import Choice
from analysis.recommendations.tiers.discounts import Volume, discounted
from analysis.recommendations.tiers.edges import NearEdge, below_the_edge
from analysis.recommendations.tiers.model_load import ModelLoad
from analysis.recommendations.tiers.provider_offers import OfferKind, ProviderOffer
from analysis.recommendations.tiers.service import slower
from analysis.recommendations.tiers.throughput import provisioned
from analysis.written import money

VALID_DAYS = 30
OTHERS = 10
"""Other offers for the same dollars that are listed at most."""

_ZERO = Decimal(0)


def propose(
    cells: Sequence[PricedCell],
    period: EvidencePeriod,
    *,
    offers: Iterable[ProviderOffer] = (),
    daily: Mapping[Route, Sequence[Decimal]] | None = None,
    loads: Iterable[ModelLoad] = (),
    near_edges: Iterable[NearEdge] = (),
    first_half: Iterable[UsageCell] = (),
    monthly_cost: Decimal | None = None,
) -> list[Proposal]:
    """What one organization could do about its tiers, the largest savings first.

    Args:
        cells: of one organization, with their prices.
        period: the days of the evidence.
        offers: of all providers.
        daily: USD of every day of the evidence, by route.
        loads: tokens by the minute, of models that an offer of throughput covers.
        near_edges: requests just beyond the edge of a context tier.
        first_half: its cells of the first half of the days; empty: not counted.
        monthly_cost: of everything that the organization spends, USD; None: of these cells.
    """
    if not cells:
        return []
    spent = sum((priced.cell.billed_cost for priced in cells), _ZERO)
    total = period.monthly(spent) if monthly_cost is None else monthly_cost
    halves = Halves((priced.cell for priced in cells), first_half, period)
    known = tuple(offers)
    desk = _Desk(_not_subscribed(cells, known, period), period, daily or {}, tuple(loads), halves)
    choices = [choice for offer in known for choice in desk.choices(offer)]
    found = [
        desk.proposal(choice, others)
        for choice, others in _cheapest(choices)
        if is_worth_it(choice.savings.likely, total)
    ]
    found += below_the_edge(near_edges, cells, period, halves, total)
    return sorted(found, key=lambda one: (-one.savings.likely, one.key))


class _Desk:
    """The usage of one organization, as offers are held against it."""

    def __init__(
        self,
        cells: Sequence[PricedCell],
        period: EvidencePeriod,
        daily: Mapping[Route, Sequence[Decimal]],
        loads: Sequence[ModelLoad],
        halves: Halves,
    ) -> None:
        self._cells = cells
        self._period = period
        self._daily = daily
        self._loads = loads
        self._halves = halves
        self._organization = cells[0].cell.route.organization if cells else None

    def choices(self, offer: ProviderOffer) -> list[Choice]:
        """What taking an offer would be; of throughput, one for each model."""
        now = self._period.now
        if not offer.is_open_to(self._organization, now):
            return []
        covered = [cell for cell in self._cells if offer.covers(cell.cell.route, cell.model)]
        if not covered:
            return []
        match offer.kind:
            case OfferKind.VOLUME_DISCOUNT | OfferKind.COMMITMENT:
                listed = _at_the_list(covered)
                one = discounted(offer, self._volume(listed), self._period) if listed else None
                found = [one]
            case OfferKind.PROVISIONED_THROUGHPUT:
                found = [self._provisioned(offer, load, covered) for load in self._loads]
            case OfferKind.SERVICE_TIER:
                listed = _at_the_list(covered)
                costs = _costs(covered, self._period)
                priced = _priced(listed)
                found = [slower(offer, listed, costs, self._period, self._halves, priced)]
        return [one for one in found if one is not None]

    def proposal(self, choice: Choice, others: Sequence[Choice]) -> Proposal:
        """A choice as a recommendation."""
        offer, period, savings = choice.offer, self._period, choice.savings
        others_shown: list[Json] = [
            {"offer": one.offer.name, "saved_monthly": dollars(one.savings.likely)}
            for one in others[:OTHERS]
        ]
        return Proposal(
            kind=Kind.TIER_MIGRATION,
            organization=self._organization,
            scope=choice.scope,
            variant=f"{offer.kind}|{offer.id}",
            title=choice.title,
            description=f"{choice.what} It saves {money(savings.likely)} a month.",
            current_cost=sum(choice.costs.values(), _ZERO),
            savings=savings,
            confidence=confidence(
                days=period.days,
                requests=choice.requests,
                stability=choice.alike,
                known_share=min(Decimal(1), choice.known),
            ),
            difficulty=choice.difficulty,
            quality_impact=QualityImpact.NONE,
            formula=choice.formula,
            source=f"{offer.reference}; FinOps Framework, Rate Optimization",
            valid_until=period.now.date() + timedelta(days=VALID_DAYS),
            steps=choice.steps,
            parts=tuple(
                Part(dollars_of(route), choice.costs[route], min(choice.costs[route], saved))
                for route, saved in sorted(choice.saved.items(), key=lambda pair: -pair[1])
            ),
            action=choice.action,
            evidence={
                "first_day": period.first_day.isoformat(),
                "last_day": period.last_day.isoformat(),
                "offer": {"name": offer.name, "kind": offer.kind.value, "provider": offer.provider},
                **choice.evidence,
                "other_offers": others_shown,
            },
        )

    def _provisioned(
        self, offer: ProviderOffer, load: ModelLoad, covered: Sequence[PricedCell]
    ) -> Choice | None:
        its = [
            cell
            for cell in covered
            if (cell.cell.route.provider, cell.cell.route.model) == (load.provider, load.model)
        ]
        if not its:
            return None
        return provisioned(offer, load, _costs(its, self._period), self._period, _priced(its))

    def _volume(self, cells: Sequence[PricedCell]) -> Volume:
        routes = {cell.cell.route for cell in cells}
        return Volume(
            daily={route: self._daily[route] for route in routes if route in self._daily},
            requests=sum(cell.cell.tokens.requests for cell in cells),
            priced=_priced(cells),
            tokens=sum(cell.cell.tokens.total for cell in cells),
        )


def _not_subscribed(
    cells: Sequence[PricedCell], offers: Sequence[ProviderOffer], period: EvidencePeriod
) -> list[PricedCell]:
    """Cells that no offer covers which is paid for already: what they cost may hold its terms."""
    whose = cells[0].cell.route.organization
    taken = [offer for offer in offers if offer.taken_by(whose, period.now) is not None]
    return [
        cell
        for cell in cells
        if not any(offer.covers(cell.cell.route, cell.model) for offer in taken)
    ]


def _cheapest(choices: Sequence[Choice]) -> list[tuple[Choice, list[Choice]]]:
    """The choices that save most, each with those that would have taken the same dollars."""
    ordered = sorted(choices, key=lambda one: (-one.savings.likely, one.offer.id))
    kept: list[tuple[Choice, list[Choice]]] = []
    for choice in ordered:
        for better, others in kept:
            if not better.saved.keys().isdisjoint(choice.saved):
                others.append(choice)
                break
        else:
            kept.append((choice, []))
    return kept


def _at_the_list(cells: Sequence[PricedCell]) -> list[PricedCell]:
    """Cells of routes of which nothing is priced by a negotiated rate."""
    negotiated = {
        cell.cell.route
        for cell in cells
        if cell.price is not None and cell.price.source is PriceSource.NEGOTIATED
    }
    return [cell for cell in cells if cell.cell.route not in negotiated]


def _costs(cells: Iterable[PricedCell], period: EvidencePeriod) -> dict[Route, Decimal]:
    costs: dict[Route, Decimal] = {}
    for cell in cells:
        route = cell.cell.route
        costs[route] = costs.get(route, _ZERO) + period.monthly(cell.cell.billed_cost)
    return costs


def _priced(cells: Iterable[PricedCell]) -> Decimal:
    """The share of the requests that have a price."""
    requests, unpriced = 0, 0
    for cell in cells:
        requests += cell.cell.tokens.requests
        unpriced += cell.cell.unpriced_requests
    return Decimal(max(0, requests - unpriced)) / requests if requests else _ZERO
