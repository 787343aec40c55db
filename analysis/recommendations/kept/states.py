"""What can become of a recommendation: its states, and the moves between them, in one table.

From accepted on its content is frozen: what was promised stays what was promised, whatever is
drawn later. Moves without a role are costbot's own, made by time or by new evidence alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from analysis.roles import Role


class State(StrEnum):
    """Where a recommendation is."""

    PENDING = "pending"
    """Nobody has decided on it."""
    ACCEPTED = "accepted"
    """Somebody means to do it."""
    REJECTED = "rejected"
    """Nobody will; until its date it is not proposed again."""
    SNOOZED = "snoozed"
    """To be decided on later."""
    IMPLEMENTED = "implemented"
    """It was done."""
    VERIFIED = "verified"
    """What it saves is known."""
    ARCHIVED = "archived"
    """Kept for those who ask what there was."""
    EXPIRED = "expired"
    """It is no longer true, or was not drawn anew in time."""


OPEN = frozenset({State.PENDING, State.SNOOZED})
"""What new evidence changes."""

CLAIMED = frozenset({State.ACCEPTED, State.IMPLEMENTED, State.VERIFIED})
"""What new evidence never touches."""

UNDO = timedelta(days=1)
"""For how long a decision can be taken back."""


class Move(StrEnum):
    """What is done to a recommendation."""

    ACCEPT = "accept"
    REJECT = "reject"
    SNOOZE = "snooze"
    IMPLEMENT = "implement"
    VERIFY = "verify"
    REOPEN = "reopen"
    UNDO = "undo"
    WAKE = "wake"
    RETURN = "return"
    EXPIRE = "expire"
    ARCHIVE = "archive"


@dataclass(frozen=True, slots=True)
class Rule:
    """When a move is possible.

    Attributes:
        sources: the states from which it is.
        target: the state to which it leads; None: the one before the decision.
        least: the least role that may, within its reach; None: costbot alone.
    """

    sources: frozenset[State]
    target: State | None
    least: Role | None


def _rule(sources: tuple[State, ...], target: State | None, least: Role | None) -> Rule:
    return Rule(frozenset(sources), target, least)


_LEAD = Role.ORG_ADMIN

RULES: Mapping[Move, Rule] = {
    Move.ACCEPT: _rule((State.PENDING, State.SNOOZED), State.ACCEPTED, _LEAD),
    # Not from accepted: of two who accept and reject at once, one is told who was quicker.
    Move.REJECT: _rule((State.PENDING, State.SNOOZED), State.REJECTED, _LEAD),
    Move.SNOOZE: _rule((State.PENDING,), State.SNOOZED, _LEAD),
    Move.IMPLEMENT: _rule((State.PENDING, State.ACCEPTED), State.IMPLEMENTED, _LEAD),
    Move.VERIFY: _rule((State.ACCEPTED, State.IMPLEMENTED, State.VERIFIED), State.VERIFIED, _LEAD),
    Move.REOPEN: _rule(
        (State.ACCEPTED, State.REJECTED, State.SNOOZED, State.IMPLEMENTED), State.PENDING, _LEAD
    ),
    Move.UNDO: _rule((State.ACCEPTED, State.REJECTED, State.SNOOZED), None, _LEAD),
    Move.WAKE: _rule((State.SNOOZED,), State.PENDING, None),
    Move.RETURN: _rule((State.REJECTED, State.EXPIRED), State.PENDING, None),
    Move.EXPIRE: _rule((State.PENDING, State.SNOOZED), State.EXPIRED, None),
    Move.ARCHIVE: _rule((State.VERIFIED, State.REJECTED, State.EXPIRED), State.ARCHIVED, None),
}
"""Every move that there is."""


def is_possible(move: Move, state: State) -> bool:
    """Whether a move can be made from a state, time and role aside."""
    return state in RULES[move].sources


def after(move: Move, state: State, before: State | None = None) -> State:
    """The state to which a move leads.

    Args:
        move: what is done.
        state: in which it is.
        before: the state before the last decision, for an undo.

    Raises:
        ValueError: the move is not possible from there, or there is nothing to be undone.
    """
    rule = RULES[move]
    target = rule.target or before
    if state not in rule.sources or target is None:
        message = f"there is no way to {move} what is {state}"
        raise ValueError(message)
    return target
