"""Alerts: the level that spend has now, and the level that people were last told.

The two are kept apart, and what is sent is their difference:

| now | told | sent |
| --- | --- | --- |
| above what was told | | an alert; an escalation where a lower one was told before |
| the same | | nothing, however often it is looked at |
| below its mark by more than 2 points of the limit | | a recovery, which arms that mark again |
| unknown | | nothing, and nothing is taken back: no data is not ok |

Each mark alerts once a period. It is armed again by a new period, by a changed limit, and by a fall
below it. One that is crossed again within an hour of its last alert is held back until the hour is
over; another level never is, so no escalation waits. A level that was skipped is not made up for:
who hears of 95 % needs no word of 80 %. While a budget is muted nothing is sent and nothing counts
as told: when the mute ends, what holds then is compared with what was told before it.

The forecast is a track of its own with one mark. It is silent where spend has passed the limit.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum

from analysis.budgets.levels import HYSTERESIS, Level, level_at
from analysis.budgets.status import Status

COOLDOWN = timedelta(hours=1)
"""For how long after its alert a level is not told again."""

FORECAST_HYSTERESIS = Decimal("0.10")
"""Share of the limit by which the forecast has to fall below its mark before it counts as left.

A forecast wavers by more than spend, which only ever grows: at the usual mark of 110 % it is
recovered when it is back within the limit.
"""


class Notice(StrEnum):
    """What kind of message a decision calls for."""

    ALERT = "alert"
    """The first word of a period, or of a new limit."""
    ESCALATION = "escalation"
    """A higher level than the one that was told."""
    RECOVERY = "recovery"
    """Spend is below a mark again: by a correction, or by a higher limit."""
    FORECAST = "forecast"
    """The forecast reaches its mark."""
    FORECAST_RECOVERY = "forecast recovery"
    """The forecast has fallen below its mark."""


@dataclass(frozen=True, slots=True)
class Decision:
    """One message that has to go out, once.

    Attributes:
        notice: what kind of message.
        level: that counts as told with it; for the forecast's notices the level now.
        before: the level that was told before.
        limit_before: USD: what was in force at the look before, where it was another limit.
        sequence: numbers the decisions of a budget's period from 1 on, without a gap: budget,
            period and this name the message uniquely.
    """

    notice: Notice
    level: Level
    before: Level
    limit_before: Decimal | None
    sequence: int


@dataclass(frozen=True, slots=True)
class AlertState:
    """What people were told about a budget in one of its periods.

    Attributes:
        period_first: the first day of that period.
        limit: USD that was in force then; None while nothing has been looked at.
        told: the highest level that was told and has not been left since.
        told_at: instant of the last alert of each level, UTC, at this limit.
        is_forecast_told: the forecast was told to reach its mark, and has not left it since.
        forecast_told_at: instant of the forecast's last alert, UTC, at this limit.
        muted_until: instant, UTC, before which nothing is sent; None where it is not muted. It
            outlives the period.
        sequence: of the last decision; 0 before the first.
    """

    period_first: date
    limit: Decimal | None = None
    told: Level = Level.OK
    told_at: Mapping[Level, datetime] = field(default_factory=dict[Level, datetime])
    is_forecast_told: bool = False
    forecast_told_at: datetime | None = None
    muted_until: datetime | None = None
    sequence: int = 0


@dataclass(frozen=True, slots=True)
class Outcome:
    """What follows from one look at a budget.

    Attributes:
        state: to be kept, in the same transaction as the decisions' messages.
        decisions: what has to be sent, in this order; mostly nothing.
        look_again_at: instant, UTC, at which the same figures may lead to another decision; None
            where only other figures do.
    """

    state: AlertState
    decisions: tuple[Decision, ...] = ()
    look_again_at: datetime | None = None


def decide(state: AlertState | None, status: Status, now: datetime) -> Outcome:
    """What has to be told, and what is told once that is sent.

    Args:
        state: what was told in this period or in an earlier one; None before the first look.
        status: how the budget stands.
        now: the present instant, UTC.

    Raises:
        ValueError: the state is of a later period than the status.
    """
    state = _in_period(state, status.period.first)
    if status.level is Level.UNKNOWN:
        return Outcome(state)
    if state.muted_until is not None and now < state.muted_until:
        return Outcome(state, look_again_at=state.muted_until)
    before = state
    state = _at_limit(state, status.limit)
    by_level = _decide_level(before, state, status, now)
    by_forecast = _decide_forecast(before, by_level.state, status, now)
    waits = [at for at in (by_level.look_again_at, by_forecast.look_again_at) if at is not None]
    return Outcome(
        by_forecast.state,
        by_level.decisions + by_forecast.decisions,
        min(waits, default=None),
    )


def _in_period(state: AlertState | None, first: date) -> AlertState:
    if state is None:
        return AlertState(first)
    if state.period_first > first:
        message = f"what was told in the period from {state.period_first} says nothing of {first}"
        raise ValueError(message)
    if state.period_first < first:
        return AlertState(first, muted_until=state.muted_until)
    return state


def _at_limit(state: AlertState, limit: Decimal) -> AlertState:
    """Another limit arms every mark: nothing was told for it yet."""
    if state.limit == limit:
        return state
    return replace(
        state,
        limit=limit,
        told=Level.OK,
        told_at={},
        is_forecast_told=False,
        forecast_told_at=None,
    )


def _decide_level(before: AlertState, state: AlertState, status: Status, now: datetime) -> Outcome:
    is_new_limit = before.limit != state.limit
    # At a new limit a level below the one that was told is a recovery at once, at the same limit
    # only where spend has left the mark for good.
    reached = status.level if is_new_limit else max(status.level, _not_left(status))
    if reached < before.told:
        state = replace(state, told=reached)
        return _decided(before, state, status, Notice.RECOVERY, reached)
    if status.level <= state.told:
        return Outcome(state)
    told_at = state.told_at.get(status.level)
    if told_at is not None and abs(now - told_at) < COOLDOWN:
        return Outcome(state, look_again_at=told_at + COOLDOWN)
    is_escalation = Level.OK < before.told < status.level
    state = replace(
        state,
        told=status.level,
        told_at={**state.told_at, status.level: now},
    )
    notice = Notice.ESCALATION if is_escalation else Notice.ALERT
    return _decided(before, state, status, notice, status.level)


def _decide_forecast(
    before: AlertState, state: AlertState, status: Status, now: datetime
) -> Outcome:
    mark = status.terms.forecast
    if status.forecast is None or mark is None or status.level is Level.EXCEEDED:
        return Outcome(state)
    expected = status.forecast.expected
    if expected >= mark * status.limit:
        if state.is_forecast_told:
            return Outcome(state)
        told_at = state.forecast_told_at
        if told_at is not None and abs(now - told_at) < COOLDOWN:
            return Outcome(state, look_again_at=told_at + COOLDOWN)
        state = replace(state, is_forecast_told=True, forecast_told_at=now)
        return _decided(before, state, status, Notice.FORECAST, status.level)
    is_left = expected < (mark - FORECAST_HYSTERESIS) * status.limit
    is_new_limit = before.limit != state.limit
    if before.is_forecast_told and (is_left or is_new_limit):
        state = replace(state, is_forecast_told=False)
        return _decided(before, state, status, Notice.FORECAST_RECOVERY, status.level)
    return Outcome(state)


def _not_left(status: Status) -> Level:
    """The highest level that spend, once there, has not left: it lies within the hysteresis."""
    lifted = status.spend + HYSTERESIS * status.limit
    return level_at(lifted, status.limit, status.terms.warning, status.terms.critical)


def _decided(
    before: AlertState, state: AlertState, status: Status, notice: Notice, level: Level
) -> Outcome:
    sequence = state.sequence + 1
    is_new_limit = before.limit is not None and before.limit != status.limit
    limit_before = before.limit if is_new_limit else None
    decision = Decision(notice, level, before.told, limit_before, sequence)
    return Outcome(replace(state, sequence=sequence), (decision,))
