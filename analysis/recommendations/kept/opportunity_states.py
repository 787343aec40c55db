"""What becomes of opportunities: their states, who moves them where, and what drawing anew does."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from analysis.recommendations.kept.opportunities import Opportunity, OpportunityKind

DISMISSED = timedelta(days=90)
"""How long what was dismissed or done is not brought up again."""


class OpportunityState(StrEnum):
    """Where an opportunity is."""

    OPEN = "open"
    INVESTIGATING = "investigating"
    PLANNED = "planned"
    IMPLEMENTED = "implemented"
    DISMISSED = "dismissed"
    EXPIRED = "expired"


LIVE = frozenset({OpportunityState.OPEN, OpportunityState.INVESTIGATING, OpportunityState.PLANNED})
"""What somebody may still do something about."""

OPPORTUNITY_MOVES: Mapping[OpportunityState, frozenset[OpportunityState]] = {
    OpportunityState.OPEN: LIVE | {OpportunityState.DISMISSED, OpportunityState.IMPLEMENTED},
    OpportunityState.INVESTIGATING: LIVE
    | {OpportunityState.DISMISSED, OpportunityState.IMPLEMENTED},
    OpportunityState.PLANNED: LIVE | {OpportunityState.DISMISSED, OpportunityState.IMPLEMENTED},
    # With another amount or another resolution; and back, where it was a mistake.
    OpportunityState.IMPLEMENTED: frozenset({OpportunityState.IMPLEMENTED, OpportunityState.OPEN}),
    OpportunityState.DISMISSED: frozenset({OpportunityState.OPEN}),
    OpportunityState.EXPIRED: frozenset(),
}
"""To which states people move an opportunity, by the one that it is in."""


@dataclass(frozen=True, slots=True)
class KeptOpportunity:
    """An opportunity that is there, as far as it decides what becomes of it."""

    id: UUID
    key: str
    kind: OpportunityKind
    state: OpportunityState
    state_since: datetime


@dataclass(frozen=True, slots=True)
class NewOpportunity:
    """One that was not there."""

    opportunity: Opportunity


@dataclass(frozen=True, slots=True)
class UpdatedOpportunity:
    """One that nobody has planned yet, with new content; `is_back`: it is open again."""

    id: UUID
    opportunity: Opportunity
    is_back: bool = False


@dataclass(frozen=True, slots=True)
class ExpiredOpportunity:
    """One that nobody took up, and that is no longer there."""

    id: UUID


OpportunityChange = NewOpportunity | UpdatedOpportunity | ExpiredOpportunity


def merged_opportunities(
    kept: Sequence[KeptOpportunity],
    found: Iterable[Opportunity],
    now: datetime,
    judged: frozenset[OpportunityKind],
) -> list[OpportunityChange]:
    """What follows from opportunities drawn anew.

    Args:
        kept: the latest of each key, whatever its state.
        found: for the same organization.
        now: UTC.
        judged: the kinds that were drawn without an error.
    """
    by_key = {one.key: one for one in found}
    changes: list[OpportunityChange] = []
    for key, opportunity in by_key.items():
        one = next((there for there in kept if there.key == key), None)
        change = _drawn_again(one, opportunity, now)
        if change is not None:
            changes.append(change)
    changes += [
        ExpiredOpportunity(one.id)
        for one in kept
        if one.state is OpportunityState.OPEN and one.kind in judged and one.key not in by_key
    ]
    return changes


def _drawn_again(
    one: KeptOpportunity | None, opportunity: Opportunity, now: datetime
) -> OpportunityChange | None:
    if one is None:
        return NewOpportunity(opportunity)
    match one.state:
        case OpportunityState.OPEN | OpportunityState.INVESTIGATING:
            return UpdatedOpportunity(one.id, opportunity)
        case OpportunityState.EXPIRED:
            return UpdatedOpportunity(one.id, opportunity, is_back=True)
        case OpportunityState.PLANNED:
            return None
        case OpportunityState.DISMISSED | OpportunityState.IMPLEMENTED:
            is_settled = now < one.state_since + DISMISSED
            return None if is_settled else NewOpportunity(opportunity)
