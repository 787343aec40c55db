"""Opportunities: what belongs together as one, and what drawing anew does with it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from uuid import UUID

import pytest

from analysis.prices import TokenUsage
from analysis.recommendations.caching.reuse import Reuse
from analysis.recommendations.cells import EvidencePeriod, PricedCell, Route, Timing, UsageCell
from analysis.recommendations.kept.opportunities import Opportunity, OpportunityKind, opportunities
from analysis.recommendations.kept.opportunity_states import (
    DISMISSED,
    ExpiredOpportunity,
    KeptOpportunity,
    NewOpportunity,
    OpportunityChange,
    OpportunityState,
    UpdatedOpportunity,
    merged_opportunities,
)
from analysis.recommendations.proposal import Difficulty, Kind
from tests.recommendations.proposals import proposal
from tests.recommendations.usage_makers import MONTH

ROUTE = Route("acme", "openai", "gpt-4", "/chat")
NOW = MONTH.now


def cell(requests: int, failed: int, cost: str, model: str = "gpt-4") -> PricedCell:
    route = replace(ROUTE, model=model)
    tokens = TokenUsage(fresh_input=requests * 100, output=requests, requests=requests)
    made = UsageCell(route, 0, 0, Timing.INTERACTIVE, tokens, Decimal(cost), 0, failed)
    return PricedCell(made, None)


def repeated(cost: str, hours: int = 24, model: str = "gpt-4") -> Reuse:
    return Reuse(
        replace(ROUTE, model=model),
        timedelta(hours=hours),
        requests=1_000,
        hashed=500,
        repeats=90,
        repeated_cost=Decimal(cost),
    )


def drawn(period: EvidencePeriod = MONTH, **evidence: object) -> dict[str, Opportunity]:
    given = {"proposals": (), "cells": (), "reuse": (), **evidence}
    found = opportunities("acme", period=period, **given)  # pyright: ignore[reportArgumentType]
    return {one.kind.value: one for one in found}


def test_recommendations_of_a_kind_are_one_opportunity_that_counts_no_dollar_twice() -> None:
    some = [
        proposal("gpt-4", "40"),
        replace(proposal("gpt-4", "30"), variant="other", difficulty=Difficulty.HARD),
        proposal("claude-3-opus", "20"),
        proposal("gpt-4", "50", kind=Kind.BATCH_PROCESSING),
    ]
    found = drawn(proposals=some)
    assert list(found) == ["expensive_model_overuse", "off_peak_usage_potential"]
    one = found["expensive_model_overuse"]
    assert (one.potential_savings, one.current_cost) == (Decimal(60), Decimal(200))
    assert one.affected == {"model": ("gpt-4", "claude-3-opus"), "provider": ("openai",)}
    assert one.hours_to_implement == 2 + 24 + 2
    assert one.confidence == Decimal("0.8")


def test_caches_of_answers_and_of_beginnings_are_two_opportunities() -> None:
    repeats = replace(proposal(kind=Kind.CACHING), variant="repeats")
    prefixes = replace(proposal(saved="20", kind=Kind.CACHING), variant="prefixes")
    assert drawn(proposals=[repeats]) == {}
    found = drawn(proposals=[repeats, prefixes], reuse=[repeated("12")])
    assert {name: one.potential_savings for name, one in found.items()} == {
        "low_cache_hit_rate": Decimal(20),
        "duplicate_requests": Decimal(12),
    }


def test_failures_count_beyond_what_is_usual_on_routes_that_fail_often() -> None:
    cells = [cell(900, 90, "200"), cell(100, 10, "100"), cell(10_000, 400, "5000", "gpt-4o")]
    one = drawn(cells=cells)
    assert one == {}, "24 dollars are less than 1 % of 5,300"
    one = drawn(cells=cells[:2])["high_error_rate"]
    assert (one.potential_savings, one.current_cost) == (Decimal(24), Decimal(300))
    assert one.data["routes"] == [
        {
            "model": "gpt-4",
            "endpoint": "/chat",
            "requests": 1_000,
            "failed": 100,
            "share": "0.1000",
            "cost": "300.00",
        }
    ]


def test_clean_usage_gives_no_opportunity() -> None:
    few = [cell(10_000, 150, "900"), cell(150, 100, "20", "gpt-4o")]
    assert drawn(cells=few, reuse=[repeated("0"), repeated("4", model="gpt-4o")]) == {}


def test_repeats_count_once_at_the_longest_lifetime() -> None:
    reuse = [repeated("6", hours=1), repeated("12"), repeated("3", model="gpt-4o")]
    one = drawn(reuse=reuse)["duplicate_requests"]
    assert one.potential_savings == Decimal(15)
    assert one.affected["model"] == ("gpt-4", "gpt-4o")
    assert one.confidence == Decimal("0.45")


FOUND = drawn(reuse=[repeated("12")])["duplicate_requests"]
ID = UUID(int=1)
ALL = frozenset(OpportunityKind)


def kept(state: OpportunityState, since: timedelta = timedelta(0)) -> KeptOpportunity:
    return KeptOpportunity(ID, FOUND.key, FOUND.kind, state, NOW - since)


@pytest.mark.parametrize(
    ("one", "changes"),
    [
        (kept(OpportunityState.OPEN), [UpdatedOpportunity(ID, FOUND)]),
        (kept(OpportunityState.INVESTIGATING), [UpdatedOpportunity(ID, FOUND)]),
        (kept(OpportunityState.PLANNED), []),
        (kept(OpportunityState.EXPIRED), [UpdatedOpportunity(ID, FOUND, is_back=True)]),
        (kept(OpportunityState.DISMISSED), []),
        (kept(OpportunityState.DISMISSED, DISMISSED), [NewOpportunity(FOUND)]),
        (kept(OpportunityState.IMPLEMENTED, DISMISSED / 2), []),
    ],
    ids=str,
)
def test_what_is_found_again(one: KeptOpportunity, changes: list[OpportunityChange]) -> None:
    assert merged_opportunities([one], [FOUND], NOW, ALL) == changes


@pytest.mark.parametrize("state", OpportunityState)
def test_only_what_nobody_took_up_expires(state: OpportunityState) -> None:
    expired = [ExpiredOpportunity(ID)] if state is OpportunityState.OPEN else []
    assert merged_opportunities([kept(state)], [], NOW, ALL) == expired
    assert merged_opportunities([kept(state)], [], NOW, frozenset()) == []


def test_what_was_not_there_is_new() -> None:
    assert merged_opportunities([], [FOUND], NOW, ALL) == [NewOpportunity(FOUND)]
