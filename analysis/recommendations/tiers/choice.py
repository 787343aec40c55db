"""An offer beside what is paid now: what all kinds of offers are compared by."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from analysis.recommendations.cells import Route
from analysis.recommendations.proposal import Difficulty, Json, Savings
from analysis.recommendations.tiers.provider_offers import ProviderOffer


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """What it would be to take an offer.

    Attributes:
        offer: which.
        scope: what it is about, by dimension; nothing that changes daily.
        costs: USD a month now, of all requests of each route that it is about.
        saved: USD a month, likely, of each of these routes.
        savings: USD a month, all routes together.
        alike: how alike both halves of the days are; None: not known.
        requests: that it was seen on.
        known: 0 to 1: how much of it is known rather than assumed.
        difficulty: of taking it.
        title, what, steps: for people; `what` is one or two sentences without the savings.
        formula: how the savings were reckoned.
        action, evidence: for programs, and for people who doubt.
    """

    offer: ProviderOffer
    scope: Mapping[str, tuple[str, ...]]
    costs: Mapping[Route, Decimal]
    saved: Mapping[Route, Decimal]
    savings: Savings
    alike: Decimal | None
    requests: int
    known: Decimal
    difficulty: Difficulty
    title: str
    what: str
    steps: tuple[str, ...]
    formula: str
    action: Mapping[str, Json]
    evidence: Mapping[str, Json]


def shared_out(amount: Decimal, costs: Mapping[Route, Decimal]) -> dict[Route, Decimal]:
    """An amount shared out over routes in proportion to what they cost, never more than that."""
    whole = sum(costs.values(), Decimal(0))
    if whole <= 0:
        return dict.fromkeys(costs, Decimal(0))
    return {route: min(cost, amount * cost / whole) for route, cost in costs.items()}


def scope_of(offer: ProviderOffer) -> dict[str, tuple[str, ...]]:
    """What an offer is about, as it was entered: the same on every day."""
    scope = {"provider": (offer.provider,)}
    return scope | ({"model": offer.models} if offer.models else {})
