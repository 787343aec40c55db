"""What people do about an alert: they acknowledge it, or do not want to hear more of it for now."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from uuid import UUID

from analysis.budgets.terms import BudgetPeriod
from analysis.clock import Clock
from analysis.errors import NotFound, Outdated
from handlers.budget_watch.alert import Alert, Compose
from handlers.budgets.journal import BUDGET, actor_of, written
from handlers.budgets.permissions import Act, allow, sees, within
from handlers.budgets.standing import Standing, Standings
from handlers.caller import Caller
from storage.records.alert_state import StoredAlertState
from storage.records.audit import AuditEntry, Surface
from storage.records.budget import Budget
from storage.store import Store

_KEPT = ("acknowledged_by", "acknowledged_at", "muted_by", "muted_until")


class Mute(StrEnum):
    """For how long nothing is to be heard."""

    DAY = "day"
    WEEK = "week"
    PERIOD = "period"
    """To the end of the budget's period."""

    def until(self, now: datetime, period: BudgetPeriod, standing: Standing) -> datetime:
        """The instant, UTC, at which it ends."""
        if self is Mute.PERIOD:
            return period.window(standing.budget.zone).end
        return now + timedelta(days=1 if self is Mute.DAY else 7)


@dataclass(frozen=True, slots=True)
class Which:
    """The alert that somebody means.

    Attributes:
        budget_id: of which budget.
        period_first: the first day of its period.
    """

    budget_id: UUID
    period_first: date


@dataclass(frozen=True, slots=True)
class ActedOn:
    """An alert that somebody has acted on.

    Attributes:
        budget: whose.
        state: as it is now.
        is_new: False: it was so before.
    """

    budget: Budget
    state: StoredAlertState
    is_new: bool


@dataclass(frozen=True, slots=True)
class AlertHandler:
    """Acts on alerts; each decision with its entry in the audit trail, in one transaction.

    Attributes:
        store: with what was told.
        standings: looks at the budget for the message that is changed.
        compose: writes that.
        clock: the present.
        surface: where it is decided.
        wake: tells the outbox of this process that there is something to send.
    """

    store: Store
    standings: Standings
    compose: Compose
    clock: Clock
    surface: Surface
    wake: Callable[[], None] | None = None

    async def acknowledge(self, which: Which, caller: Caller) -> ActedOn:
        """Somebody has seen it; the next level asks for that again.

        Raises:
            NotAllowed: the role does not reach.
            NotFound: there is no such alert that the caller may know of.
            Outdated: its period is over, or somebody else acted at the same moment.
            Unavailable: the store does not answer.
        """
        allow(Act.ACKNOWLEDGE, caller)
        standing = await self._standing(which, caller)

        def acknowledged(state: StoredAlertState) -> StoredAlertState:
            if state.acknowledged_at is not None:
                return state
            by = actor_of(caller).key
            return replace(state, acknowledged_by=by, acknowledged_at=self.clock())

        return await self._act("alert.acknowledge", which, caller, standing, acknowledged)

    async def mute(self, which: Which, length: Mute, caller: Caller) -> ActedOn:
        """Nothing more is told of the budget for a while, whatever happens.

        Raises:
            NotAllowed: the role does not reach.
            NotFound: there is no such alert that the caller may know of.
            Outdated: its period is over, or somebody else acted at the same moment.
            Unavailable: the store does not answer.
        """
        allow(Act.MUTE, caller)
        standing = await self._standing(which, caller)
        now = self.clock()
        until = length.until(now, standing.status.period, standing)

        def muted(state: StoredAlertState) -> StoredAlertState:
            if state.muted_until is not None and state.muted_until >= until:
                return state
            return replace(state, muted_by=actor_of(caller).key, muted_until=until)

        return await self._act("alert.mute", which, caller, standing, muted)

    async def unmute(self, which: Which, caller: Caller) -> ActedOn:
        """What holds now is compared with what was told before the mute, and told.

        Raises:
            NotAllowed: the role does not reach.
            NotFound: there is no such alert that the caller may know of.
            Outdated: its period is over, or somebody else acted at the same moment.
            Unavailable: the store does not answer.
        """
        allow(Act.MUTE, caller)
        standing = await self._standing(which, caller)

        def heard(state: StoredAlertState) -> StoredAlertState:
            return replace(state, muted_by=None, muted_until=None)

        return await self._act("alert.unmute", which, caller, standing, heard)

    async def _standing(self, which: Which, caller: Caller) -> Standing:
        budget = await self.store.budgets.find(which.budget_id, within=within(caller))
        if budget is None or not sees(caller, budget, self.standings.dimensions):
            raise _not_found()
        standing = await self.standings.one(budget)
        if standing.status.period.first != which.period_first:
            sentence = f"The period of this alert is over, or the days of {budget.name} changed."
            raise Outdated(sentence, "`/budget list` shows where the budgets stand.")
        return standing

    async def _act(
        self,
        action: str,
        which: Which,
        caller: Caller,
        standing: Standing,
        change: Callable[[StoredAlertState], StoredAlertState],
    ) -> ActedOn:
        budget = standing.budget
        async with self.store.transaction() as transaction:
            before = await transaction.alert_states.find(which.budget_id, which.period_first)
            if not before.version:
                raise _not_found()
            after = change(before)
            if after == before:
                return ActedOn(budget, before, is_new=False)
            names = await self._names(after)
            alert = Alert(budget, standing.status, after, None, (), self.clock(), names)
            await transaction.deliveries.add_many(self.compose(alert).deliveries)
            kept = await transaction.alert_states.put(after)
            await transaction.audit.add(
                AuditEntry(
                    actor=actor_of(caller),
                    surface=self.surface,
                    action=action,
                    object_kind=BUDGET,
                    object_id=str(budget.id),
                    organization=budget.organization,
                    before=_written(before, which),
                    after=_written(after, which),
                )
            )
        if self.wake is not None:
            self.wake()
        return ActedOn(budget, kept, is_new=True)

    async def _names(self, state: StoredAlertState) -> dict[str, str]:
        """How those are called who acted; who is not listed, by the id in Slack."""
        names: dict[str, str] = {}
        for key in {state.acknowledged_by, state.muted_by} - {None}:
            team_id, _, user_id = str(key).partition("/")
            person = await self.store.people.find(team_id, user_id)
            names[str(key)] = user_id if person is None else person.name
        return names


def _written(state: StoredAlertState, which: Which) -> dict[str, object]:
    values = {name: written(getattr(state, name)) for name in _KEPT}
    return {"period_first": str(which.period_first), **values}


def _not_found() -> NotFound:
    return NotFound("There is no such alert.", "`/budget list` shows where the budgets stand.")
