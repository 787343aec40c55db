"""What a move makes of where a recommendation stands."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal

from analysis.recommendations.kept.states import UNDO, Move, State, after
from storage.records.recommendation import Standing


@dataclass(frozen=True, slots=True)
class Decision:
    """A move, with all that it says.

    Attributes:
        move: what is done.
        at: when, UTC.
        by: see `Actor.key`; None: costbot itself, by time or by new evidence.
        reason: why; empty: it was not said.
        until: first instant at which a snoozed or rejected one may come back, UTC.
        savings: USD a month, of a verification.
    """

    move: Move
    at: datetime
    by: str | None = None
    reason: str = ""
    until: datetime | None = None
    savings: Decimal | None = None


def moved(standing: Standing, decision: Decision) -> Standing:
    """Where it stands afterwards.

    Raises:
        ValueError: the move is not possible from there.
    """
    move, at = decision.move, decision.at
    target = after(move, standing.state, standing.before)
    now = replace(
        standing,
        state=target,
        since=at,
        before=standing.state if move in (Move.ACCEPT, Move.REJECT, Move.SNOOZE) else None,
    )
    if decision.by is not None:
        now = replace(now, decided_by=decision.by, decided_reason=decision.reason)
    return _undone(now, standing.state) if move is Move.UNDO else _dated(now, decision)


def _dated(now: Standing, decision: Decision) -> Standing:
    """With the instants that a move sets, and without those that it makes void."""
    at = decision.at
    match decision.move:
        case Move.ACCEPT:
            return replace(now, accepted_at=at)
        case Move.REJECT:
            return replace(now, dismissed_until=decision.until)
        case Move.SNOOZE:
            return replace(now, snoozed_until=decision.until)
        case Move.IMPLEMENT:
            return replace(now, accepted_at=now.accepted_at or at, implemented_at=at)
        case Move.VERIFY:
            return replace(
                now,
                accepted_at=now.accepted_at or at,
                implemented_at=now.implemented_at or at,
                verified_at=at,
                verified_savings=decision.savings,
                verified_by=decision.by,
            )
        case Move.REOPEN | Move.WAKE | Move.RETURN:
            return replace(
                now,
                accepted_at=None,
                implemented_at=None,
                snoozed_until=None,
                dismissed_until=None,
            )
        case Move.ARCHIVE:
            return replace(now, archived_at=at)
        case _:
            return now


def undo_until(standing: Standing) -> datetime | None:
    """The last instant at which the last decision can be taken back; None: it cannot at all."""
    return None if standing.before is None else standing.since + UNDO


def _undone(now: Standing, undone: State) -> Standing:
    """Without what the decision had added; what was there before it is there still."""
    match undone:
        case State.ACCEPTED:
            return replace(now, accepted_at=None)
        case State.REJECTED:
            return replace(now, dismissed_until=None)
        case _:
            return replace(now, snoozed_until=None)
