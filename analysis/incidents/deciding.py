"""What follows from one look at a subject: the state machine of an incident.

How a subject stands and what people were told of it are kept apart; what is told is their
difference:

| the look finds | told before | what follows |
| --- | --- | --- |
| trouble | less, or nothing | it is told: opened, or escalated |
| trouble | the same | nothing, or a reminder where it has lasted |
| trouble | more | a quiet change; after `recover_after` looks a rise is told again |
| ok | anything | after `recover_after` looks in a row: recovered, and closed |
| no data | anything | told once, as no data: it never counts as ok |
| trouble | no data | the data is back |
| unknown | anything | nothing, and nothing is taken back |

Below `least` an incident is kept and shown, and nothing is told.

Muted: nothing is told, whatever happens, and nothing counts as told; the incident stays open, so
that the mute lasts as long as was said. When it ends, what holds then is compared with what was
told before it. Acknowledged: somebody is at it; only a rise to critical, which has to be seen anew,
and the recovery are told.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from analysis.incidents.levels import Level
from analysis.incidents.policy import Policy


class Move(StrEnum):
    """What is told of an incident."""

    OPENED = "opened"
    """The first word of it."""
    ESCALATED = "escalated"
    """A higher level than the one that was told."""
    NO_DATA = "no data"
    """Nothing can be said of it any more."""
    DATA_BACK = "data back"
    """There is data again, and the trouble is still there."""
    REMINDER = "reminder"
    """It lasts."""
    RECOVERED = "recovered"
    """It is over."""

    @property
    def is_loud(self) -> bool:
        """Whether a channel has to see it, and not only who follows the thread."""
        return self is Move.ESCALATED


@dataclass(frozen=True, slots=True, kw_only=True)
class Open:
    """An open incident, as far as it matters for what is told.

    Attributes:
        level: how it stands: trouble, or no data; `OK` while muted, or on its way to being over.
        worst: the worst trouble that it had; `OK`: none yet.
        told: the level of trouble that people know of; `OK`: of none.
        is_no_data_told: they were told that there is no data, and not that it is back.
        told_at: when something was told last, UTC; None: nothing was.
        good_looks: looks in a row that were ok, as far as they matter.
        calm_looks: looks in a row that found less trouble than was told, as far as they matter.
        is_acknowledged: somebody has seen it.
        muted_until: UTC; None: it is not muted.
    """

    level: Level
    worst: Level = Level.OK
    told: Level = Level.OK
    is_no_data_told: bool = False
    told_at: datetime | None = None
    good_looks: int = 0
    calm_looks: int = 0
    is_acknowledged: bool = False
    muted_until: datetime | None = None

    def is_muted(self, now: datetime) -> bool:
        """Whether nothing is told at an instant."""
        return self.muted_until is not None and now < self.muted_until


@dataclass(frozen=True, slots=True)
class Outcome:
    """What follows from one look.

    Attributes:
        state: to be kept, in the same transaction as what is told; None: there is, and was, no
            incident.
        move: what is told; None: nothing.
        is_over: the incident is closed.
    """

    state: Open | None
    move: Move | None = None
    is_over: bool = False


def decide(before: Open | None, level: Level, policy: Policy, now: datetime) -> Outcome:
    """What follows from a look.

    Args:
        before: the open incident; None: there is none.
        level: what the look found.
        policy: how it is told.
        now: the present instant, UTC.
    """
    if level is Level.UNKNOWN or (before is None and level is Level.OK):
        return Outcome(before)
    state = before or Open(level=level)
    if level is Level.OK:
        return _ok(state, policy, now)
    if level is Level.NO_DATA:
        return _no_data(state, now)
    return _trouble(state, level, policy, now)


def speak_again(before: Open, policy: Policy, now: datetime) -> Outcome:
    """What follows where a mute has ended: what holds is compared with what was told before it.

    Args:
        before: the open incident, as it was found last.
        policy: how it is told.
        now: the present instant, UTC.
    """
    state = replace(before, muted_until=None)
    if state.level is Level.OK or state.good_looks:
        return _over_or_waiting(state, policy, now)
    if state.level is Level.NO_DATA:
        return _no_data(state, now)
    return _trouble(state, state.level, policy, now)


def _ok(state: Open, policy: Policy, now: datetime) -> Outcome:
    # Counted no further than matters: a look that changes nothing is not written down.
    good, calm = (
        min(looks + 1, policy.recover_after) for looks in (state.good_looks, state.calm_looks)
    )
    state = replace(state, good_looks=good, calm_looks=calm)
    return _over_or_waiting(state, policy, now)


def _over_or_waiting(state: Open, policy: Policy, now: datetime) -> Outcome:
    if state.good_looks < policy.recover_after:
        return Outcome(state)
    over = replace(state, level=Level.OK)
    if state.is_muted(now):
        return Outcome(over)
    if over.told is Level.OK and not over.is_no_data_told:
        return Outcome(over, is_over=True)
    told = replace(over, told=Level.OK, is_no_data_told=False, told_at=now)
    return Outcome(told, Move.RECOVERED, is_over=True)


def _no_data(state: Open, now: datetime) -> Outcome:
    state = replace(state, level=Level.NO_DATA, good_looks=0)
    if state.is_no_data_told or state.is_acknowledged or state.is_muted(now):
        return Outcome(state)
    return Outcome(replace(state, is_no_data_told=True, told_at=now), Move.NO_DATA)


def _trouble(state: Open, level: Level, policy: Policy, now: datetime) -> Outcome:
    worst = max(state.worst, level, key=lambda one: one.rank)
    state = replace(state, level=level, worst=worst, good_looks=0)
    if state.is_muted(now):
        return Outcome(state)
    if level.rank < state.told.rank:
        calm = state.calm_looks + 1
        # It has eased for good: a rise from here on is news.
        told = level if calm >= policy.recover_after else state.told
        state = replace(state, told=told, calm_looks=0 if told is level else calm)
    else:
        state = replace(state, calm_looks=0)
    if level.rank > state.told.rank and level.rank >= policy.least.rank:
        return _risen(state, level, now)
    return _the_same(state, policy, now)


def _risen(state: Open, level: Level, now: datetime) -> Outcome:
    if state.is_acknowledged and level is not Level.CRITICAL:
        return Outcome(replace(state, is_no_data_told=False))
    move = Move.OPENED if state.told is Level.OK and state.told_at is None else Move.ESCALATED
    told = replace(
        state,
        told=level,
        told_at=now,
        is_no_data_told=False,
        is_acknowledged=False,
    )
    return Outcome(told, move)


def _the_same(state: Open, policy: Policy, now: datetime) -> Outcome:
    """Nothing worse than what was told: what is left is that data is back, and the reminder."""
    if state.is_no_data_told:
        state = replace(state, is_no_data_told=False)
        if not state.is_acknowledged:
            return Outcome(replace(state, told_at=now), Move.DATA_BACK)
    if _is_to_be_reminded(state, policy, now):
        return Outcome(replace(state, told_at=now), Move.REMINDER)
    return Outcome(state)


def _is_to_be_reminded(state: Open, policy: Policy, now: datetime) -> bool:
    if policy.remind_after is None or state.told_at is None or state.is_acknowledged:
        return False
    is_known = state.told is not Level.OK and state.level.rank >= policy.least.rank
    return is_known and now - state.told_at >= policy.remind_after
