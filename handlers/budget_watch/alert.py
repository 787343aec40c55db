"""An alert: what is told of a budget, and how what was told is kept."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import cast
from uuid import UUID

from analysis.budgets.alerts import AlertState, Decision
from analysis.budgets.levels import Level
from analysis.budgets.status import Status
from storage.records.alert_state import StoredAlertState, ToldLevel
from storage.records.budget import Budget
from storage.records.delivery import NewDelivery


@dataclass(frozen=True, slots=True)
class Alert:
    """What has to be told of a budget.

    Attributes:
        budget: as it was decided.
        status: where it stands.
        state: what is kept once this is told; `roots` are those from before it.
        decision: what the message is about; None: nothing new, but what stands already is shown
            as it is now (somebody acknowledged it, or muted it).
        drivers: what moved its spend lately, sentences; names from the data are not escaped.
        at: the present instant, UTC.
        names: how people are called, by `Actor.key`; not escaped.
    """

    budget: Budget
    status: Status
    state: StoredAlertState
    decision: Decision | None
    drivers: tuple[str, ...]
    at: datetime
    names: Mapping[str, str] = field(default_factory=dict[str, str])


@dataclass(frozen=True, slots=True)
class Composed:
    """An alert as messages.

    Attributes:
        deliveries: for the outbox, in their order.
        roots: see `StoredAlertState.roots`, with those of this alert.
    """

    deliveries: tuple[NewDelivery, ...] = ()
    roots: Mapping[str, str] = field(default_factory=dict[str, str])


Compose = Callable[[Alert], Composed]
"""Writes the messages of an alert: how they look is a surface's affair."""


def has_contacts(budget: Budget) -> bool:
    """Whether anybody would hear of it."""
    return bool(budget.emails or budget.slack_channels or budget.slack_users or budget.webhooks)


@dataclass(frozen=True, slots=True)
class Told:
    """What is kept about the periods of a budget.

    Attributes:
        rows: in no order.
    """

    rows: tuple[StoredAlertState, ...] = ()

    def of(self, first: date) -> StoredAlertState | None:
        """What is kept of the period that begins on a day."""
        return next((row for row in self.rows if row.period_first == first), None)

    def before(self, first: date) -> StoredAlertState | None:
        """What is kept of the latest period that begins before a day."""
        earlier = (row for row in self.rows if row.period_first < first)
        return max(earlier, key=lambda row: row.period_first, default=None)

    def muted_until(self, first: date) -> datetime | None:
        """Until when nothing is to be heard in a period: a mute outlives the one it began in."""
        row = self.of(first) or self.before(first)
        return None if row is None else row.muted_until

    def to_begin_with(self, budget: Budget, first: date) -> StoredAlertState:
        """What is kept of a period, or what its first row is to be."""
        row = self.of(first)
        if row is not None:
            return row
        new = StoredAlertState(budget_id=budget.id, period_first=first)
        before = self.before(first)
        if before is None:
            return new
        return replace(new, muted_until=before.muted_until, muted_by=before.muted_by)


def told_by_budget(rows: Iterable[StoredAlertState]) -> dict[UUID, Told]:
    """What is kept, by the ids of the budgets."""
    found: dict[UUID, list[StoredAlertState]] = {}
    for row in rows:
        found.setdefault(row.budget_id, []).append(row)
    return {key: Told(tuple(some)) for key, some in found.items()}


def as_decided_upon(row: StoredAlertState) -> AlertState:
    """A kept state, for arithmetic."""
    return AlertState(
        period_first=row.period_first,
        limit=row.limit_told,
        told=Level(row.level_told),
        told_at={Level(level): at for level, at in row.told_at.items()},
        is_forecast_told=row.forecast_told,
        forecast_told_at=row.forecast_told_at,
        muted_until=row.muted_until,
        sequence=row.sequence,
    )


def as_kept(row: StoredAlertState, state: AlertState) -> StoredAlertState:
    """The state after a decision, on top of what was kept; a higher level is to be seen anew."""
    is_news = state.sequence > row.sequence
    return replace(
        row,
        limit_told=state.limit,
        level_told=_word(state.told),
        told_at={_word(level): at for level, at in state.told_at.items()},
        forecast_told=state.is_forecast_told,
        forecast_told_at=state.forecast_told_at,
        muted_until=state.muted_until,
        sequence=state.sequence,
        acknowledged_by=None if is_news else row.acknowledged_by,
        acknowledged_at=None if is_news else row.acknowledged_at,
    )


def _word(level: Level) -> ToldLevel:
    return cast("ToldLevel", level.value)
