"""What drawing recommendations anew does with those that are there.

What is open is brought up to date, what is claimed stays as it is, what was dismissed stays so
until its date, what is no longer true expires, and none is there twice. Nothing is ever moved by
evidence that cannot judge it: a type that failed, or fewer days than it was drawn from.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from analysis.recommendations.kept.states import State
from analysis.recommendations.proposal import Kind, Proposal

DISMISSED = timedelta(days=90)
"""How long a rejection holds where no date is given: a quarter, after which prices, models and
usage have moved enough to ask again."""

KEPT = timedelta(days=90)
"""How long what is over stays among the others before it is archived."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A recommendation that is there, as far as it decides what becomes of it.

    Attributes:
        id: its key in the store.
        key: see `Proposal.key`.
        kind: what is recommended.
        state: where it is.
        state_since: since when, UTC.
        valid_until: its last day, UTC.
        evidence_days: of how many days it was drawn.
        until: first instant, UTC, at which a snoozed or rejected one may come back; None: it is
            neither.
        is_by_hand: somebody made it, see `proposal.BY_HAND`: only time lets it expire.
    """

    id: UUID
    key: str
    kind: Kind
    state: State
    state_since: datetime
    valid_until: date
    evidence_days: int
    until: datetime | None = None
    is_by_hand: bool = False

    def is_held_back(self, now: datetime) -> bool:
        """Whether somebody does not want to hear of it yet."""
        return self.until is not None and now < self.until


@dataclass(frozen=True, slots=True)
class Created:
    """A recommendation that was not there."""

    proposal: Proposal


@dataclass(frozen=True, slots=True)
class Updated:
    """One that is open, with new content."""

    id: UUID
    proposal: Proposal


@dataclass(frozen=True, slots=True)
class CameBack:
    """One that is pending again, with new content where there is some."""

    id: UUID
    proposal: Proposal | None


@dataclass(frozen=True, slots=True)
class Expired:
    """One that is no longer true, or was not drawn anew in time."""

    id: UUID


@dataclass(frozen=True, slots=True)
class Archived:
    """One that has been over for long."""

    id: UUID


Change = Created | Updated | CameBack | Expired | Archived


def merged(
    kept: Sequence[Kept], proposals: Iterable[Proposal], now: datetime, judged: Mapping[Kind, int]
) -> list[Change]:
    """What follows from new proposals, and from time.

    Args:
        kept: all that one organization has and that is not archived.
        proposals: for that organization; of two with one key the one that saves more counts.
        now: UTC.
        judged: the kinds that were drawn without an error, each with the days of its evidence:
            only of these it is known that what was not found is not there.
    """
    found = by_key(proposals)
    known = {one.key for one in kept if one.state is not State.ARCHIVED}
    changes: list[Change] = [
        Created(proposal) for key, proposal in found.items() if key not in known
    ]
    for one in kept:
        change = _in_time(one, now)
        proposal = found.get(one.key)
        if proposal is not None:
            change = _found(one, proposal, now)
        elif not one.is_by_hand and one.evidence_days <= judged.get(one.kind, 0):
            change = _not_found(one, now) or change
        if change is not None:
            changes.append(change)
    return changes


def aged(kept: Iterable[Kept], now: datetime) -> list[Change]:
    """What follows from time alone: a snooze that is over, a last day, and 90 days."""
    changes = (_in_time(one, now) for one in kept)
    return [change for change in changes if change is not None]


def by_key(proposals: Iterable[Proposal]) -> Mapping[str, Proposal]:
    """Proposals by key; of two with one key the one that saves more."""
    found: dict[str, Proposal] = {}
    for proposal in proposals:
        key = proposal.key
        if key not in found or found[key].savings.likely < proposal.savings.likely:
            found[key] = proposal
    return found


def _found(one: Kept, proposal: Proposal, now: datetime) -> Change | None:
    match one.state:
        case State.PENDING:
            return Updated(one.id, proposal)
        case State.SNOOZED:
            held = one.is_held_back(now)
            return Updated(one.id, proposal) if held else CameBack(one.id, proposal)
        case State.REJECTED:
            return None if one.is_held_back(now) else CameBack(one.id, proposal)
        case State.EXPIRED:
            return CameBack(one.id, proposal)
        case _:
            return _in_time(one, now)


def _not_found(one: Kept, now: datetime) -> Change | None:
    is_awake = one.state is State.SNOOZED and not one.is_held_back(now)
    return Expired(one.id) if one.state is State.PENDING or is_awake else None


def _in_time(one: Kept, now: datetime) -> Change | None:
    match one.state:
        case State.PENDING:
            return Expired(one.id) if now.date() > one.valid_until else None
        case State.SNOOZED:
            if one.is_held_back(now):
                return None
            is_over = now.date() > one.valid_until
            return Expired(one.id) if is_over else CameBack(one.id, None)
        case State.VERIFIED | State.EXPIRED:
            return Archived(one.id) if now >= one.state_since + KEPT else None
        case State.REJECTED:
            # Counted from where it could have come back: it stays dismissed until its date.
            since = max(one.state_since, one.until or one.state_since)
            return Archived(one.id) if now >= since + KEPT else None
        case _:
            return None
