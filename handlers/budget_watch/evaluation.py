"""The evaluation of all budgets: what has changed is looked at, and what follows is written down.

What is told is a row of the outbox and what is kept of it a row of the alert states, both in one
transaction. Of two processes that find the same at once, one is outdated and writes nothing; one
that is killed in between has written nothing either, and its next look finds the same again.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from uuid import UUID

from analysis.budgets.alerts import Notice, Outcome, decide
from analysis.budgets.status import Status
from analysis.clock import Clock
from analysis.errors import BadInput, CostbotError, Outdated, Unavailable
from analysis.periods import EARLIEST
from handlers.budget_watch.alert import (
    Alert,
    Compose,
    Told,
    as_decided_upon,
    as_kept,
    has_contacts,
    told_by_budget,
)
from handlers.budget_watch.keeping import Keeper
from handlers.budget_watch.screen import is_closing_told, is_told_all
from handlers.budget_watch.watched import LATE, Watched
from handlers.budgets.outcomes import terms_of
from handlers.budgets.standing import Standings
from handlers.freshness import freshness_of
from handlers.turns import Turns
from queries.mart import Mart
from storage.records.alert_state import StoredAlertState
from storage.records.budget import Budget
from storage.store import Store, Transaction

log = logging.getLogger(__name__)

Drivers = Callable[[Budget, Status], Awaitable[tuple[str, ...]]]
"""What moved the spend of a budget lately, in sentences."""

RISES = frozenset({Notice.ALERT, Notice.ESCALATION, Notice.FORECAST})
"""The notices that say what drives the spend."""


@dataclass(frozen=True, slots=True)
class EvaluationLimits:
    """What an evaluation may take.

    Attributes:
        looked_at_once: budgets that are looked at closely with one pass over the facts.
        written_at_once: budgets whose alerts are written with one transaction.
        drivers_within: for all drivers of one evaluation together; what is not found by then is
            left out of its alert.
        drivers_each: for those of one alert.
        asked_at_once: budgets of which what was told is read with one query.
        all_told_from: with so many budgets to look at, all that is kept of alerts is read at once.
    """

    looked_at_once: int = 5_000
    written_at_once: int = 50
    drivers_within: timedelta = timedelta(seconds=20)
    drivers_each: timedelta = timedelta(seconds=3)
    asked_at_once: int = 100
    all_told_from: int = 20_000


@dataclass(frozen=True, slots=True)
class EvaluationReport:
    """What an evaluation has done.

    Attributes:
        at: instant, UTC.
        version: of the mart.
        budgets: that are watched.
        screened: of these, for which something had changed.
        looked_at: of these, that had to be looked at closely.
        alerts: that were decided upon.
        deliveries: messages that were put into the outbox.
        unanswerable: budgets that nothing can be said of here.
    """

    at: datetime
    version: int
    budgets: int
    screened: int
    looked_at: int
    alerts: int
    deliveries: int
    unanswerable: int


@dataclass(slots=True)
class _Found:
    """A budget for which something follows."""

    number: int
    budget: Budget
    status: Status
    drivers: tuple[str, ...] = ()


@dataclass(slots=True)
class _Screened:
    """Numbers of the budgets whose present period, or the one before, is looked at closely."""

    running: list[int] = field(default_factory=list[int])
    closing: list[int] = field(default_factory=list[int])


@dataclass(slots=True)
class _Counted:
    looked_at: int = 0
    alerts: int = 0
    deliveries: int = 0


_NOTHING = Told()


@dataclass(slots=True)
class Evaluator:
    """Evaluates all budgets, again and again.

    Attributes:
        store: with decisions, and what was told.
        mart: whose state says which days are known.
        keeper: knows what is watched.
        standings: looks at single budgets closely.
        compose: writes the messages.
        clock: the present.
        stale_after_hours: of a source.
        drivers: finds what moved the spend; None: nobody does.
        wake: tells the outbox of this process that there is something to send.
        limits: what an evaluation may take.
        last: the last evaluation; None: there was none yet.
    """

    store: Store
    mart: Mart
    keeper: Keeper
    standings: Standings
    compose: Compose
    clock: Clock
    stale_after_hours: float
    drivers: Drivers | None = None
    wake: Callable[[], None] | None = None
    limits: EvaluationLimits = field(default_factory=EvaluationLimits)
    last: EvaluationReport | None = None
    _again: dict[int, datetime] = field(default_factory=dict[int, datetime])
    _muted: set[int] = field(default_factory=set[int])
    _once_more: set[int] = field(default_factory=set[int])
    _lock: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def evaluate(self) -> EvaluationReport:
        """Looks at all budgets for which something may follow; one evaluation at a time.

        Where it fails, the next one does what it left undone.

        Raises:
            Unavailable: the store or the facts cannot be read.
        """
        async with self._lock:
            now = self.clock()
            freshness = freshness_of(self.mart.snapshot(), now, self.stale_after_hours)
            seen = await self.keeper.look(freshness)
            due = {number: at for number, at in self._again.items() if at <= now}
            before, self._once_more = self._once_more, set()
            concerned = seen.concerned | due.keys() | before | self._muted
            numbers = sorted(concerned & self.keeper.watch.all.keys())
            counted = _Counted()
            try:
                screened = await self._screened(numbers, now)
                await self._act(screened.closing, now, counted, is_closing=True)
                await self._act(screened.running, now, counted)
            except BaseException:
                self._once_more |= before
                raise
            await self.keeper.told()
            for number, at in due.items():
                if self._again[number] == at:
                    del self._again[number]
            self.last = EvaluationReport(
                at=now,
                version=seen.version,
                budgets=len(self.keeper.watch.all),
                screened=len(numbers),
                looked_at=counted.looked_at,
                alerts=counted.alerts,
                deliveries=counted.deliveries,
                unanswerable=len(self.keeper.watch.unanswerable),
            )
        if counted.deliveries and self.wake is not None:
            self.wake()
        return self.last

    async def _screened(self, numbers: Sequence[int], now: datetime) -> _Screened:
        """Those of some budgets that have to be looked at closely."""
        found, turns = _Screened(), Turns()
        everything = await self._all_told() if len(numbers) >= self.limits.all_told_from else None
        todays = self.keeper.watch.todays
        at_once = self.limits.asked_at_once
        for begin in range(0, len(numbers), at_once):
            some = [self.keeper.watch.all[one] for one in numbers[begin : begin + at_once]]
            some = [one for one in some if self._is_heard(one, now)]
            told = everything
            if told is None:
                rows = await self.store.alert_states.of_budgets([one.id for one in some])
                told = told_by_budget(rows)
            for watched in some:
                await turns.take()
                of_one = told.get(watched.id, _NOTHING)
                zone = watched.zone.key
                until = of_one.muted_until(watched.period.first) if of_one.rows else None
                if until is not None and now < until:
                    # Looked at each time: somebody may unmute it, in whatever process.
                    self._muted.add(watched.number)
                    continue
                self._muted.discard(watched.number)
                if watched.closing is not None and not is_closing_told(watched, of_one):
                    found.closing.append(watched.number)
                if not _is_on(watched, todays[zone]):
                    continue
                known, is_credited = self.keeper.known.get(zone), self.keeper.is_credited(watched)
                if not is_told_all(watched, of_one, known, now, is_credited=is_credited):
                    found.running.append(watched.number)
        return found

    def _is_heard(self, watched: Watched, now: datetime) -> bool:
        """Whether anything would be told of a budget at all."""
        if not watched.alerts_enabled:
            return False
        if watched.is_paused(now):
            if watched.paused_until is not None:
                self._look_again(watched.number, watched.paused_until, now)
            return False
        return True

    def _look_again(self, number: int, at: datetime, now: datetime) -> None:
        if at > now:
            waited_for = self._again.get(number, at)
            self._again[number] = min(at, waited_for) if waited_for > now else at

    async def _all_told(self) -> dict[UUID, Told]:
        rows: list[StoredAlertState] = []
        async for piece in self.store.alert_states.since(EARLIEST):
            rows += piece
        return told_by_budget(rows)

    async def _act(
        self, numbers: Sequence[int], now: datetime, counted: _Counted, *, is_closing: bool = False
    ) -> None:
        counted.looked_at += len(numbers)
        until = asyncio.get_running_loop().time() + self.limits.drivers_within.total_seconds()
        for begin in range(0, len(numbers), self.limits.looked_at_once):
            some = numbers[begin : begin + self.limits.looked_at_once]
            found = await self._looked_at(some, is_closing=is_closing)
            concerned = await self._for_which_something_follows(found, now)
            for one in concerned:
                one.drivers = await self._driven_by(one, until)
            for first in range(0, len(concerned), self.limits.written_at_once):
                await self._write(
                    concerned[first : first + self.limits.written_at_once], now, counted
                )

    async def _looked_at(self, numbers: Sequence[int], *, is_closing: bool) -> list[_Found]:
        by_id = {self.keeper.watch.all[number].id: number for number in numbers}
        budgets: list[Budget] = []
        for budget in await self.store.budgets.find_many(list(by_id)):
            if not has_contacts(budget) or not budget.alerts_enabled:
                continue
            try:
                terms_of(budget)
            except BadInput as error:
                log.error("budget %s cannot be held: %s", budget.id, error)
            else:
                budgets.append(budget)
        standings = await self.standings.of(budgets, past=int(is_closing))
        if is_closing:
            return [
                _Found(by_id[one.budget.id], one.budget, one.past[0].status)
                for one in standings
                if one.past
            ]
        return [_Found(by_id[one.budget.id], one.budget, one.status) for one in standings]

    async def _for_which_something_follows(
        self, found: Sequence[_Found], now: datetime
    ) -> list[_Found]:
        rows = await self.store.alert_states.of_budgets([one.budget.id for one in found])
        told = told_by_budget(rows)
        turns = Turns()
        concerned: list[_Found] = []
        for one in found:
            await turns.take()
            row, outcome = self._outcome(one, told.get(one.budget.id, Told()), now)
            if outcome.look_again_at is not None:
                self._look_again(one.number, outcome.look_again_at, now)
            if outcome.decisions or (row.version and as_kept(row, outcome.state) != row):
                concerned.append(one)
        return concerned

    @staticmethod
    def _outcome(found: _Found, told: Told, now: datetime) -> tuple[StoredAlertState, Outcome]:
        row = told.to_begin_with(found.budget, found.status.period.first)
        return row, decide(as_decided_upon(row), found.status, now)

    async def _driven_by(self, found: _Found, until: float) -> tuple[str, ...]:
        left = until - asyncio.get_running_loop().time()
        if self.drivers is None or left <= 0:
            return ()
        try:
            async with asyncio.timeout(min(left, self.limits.drivers_each.total_seconds())):
                return await self.drivers(found.budget, found.status)
        except (CostbotError, TimeoutError) as error:
            log.info("an alert of budget %s goes without its drivers: %s", found.budget.id, error)
            return ()

    async def _write(self, found: Sequence[_Found], now: datetime, counted: _Counted) -> None:
        """Writes the alerts of some budgets; where another process was quicker, one by one."""
        try:
            done = _Counted()
            async with self.store.transaction() as transaction:
                for one in found:
                    await self._write_one(transaction, one, now, done)
        except Unavailable:
            raise
        except Exception as error:
            if len(found) > 1:
                for one in found:
                    await self._write([one], now, counted)
                return
            self._once_more.add(found[0].number)
            if isinstance(error, Outdated):
                # What another process has told counts now: it is compared with that next time.
                log.info("another process has told of budget %s", found[0].budget.id)
            else:
                # One budget that cannot be told of keeps no other one silent.
                log.exception("budget %s could not be told of", found[0].budget.id)
            return
        counted.alerts += done.alerts
        counted.deliveries += done.deliveries

    async def _write_one(
        self, transaction: Transaction, found: _Found, now: datetime, counted: _Counted
    ) -> None:
        rows = await transaction.alert_states.of_budgets([found.budget.id])
        row, outcome = self._outcome(found, Told(tuple(rows)), now)
        state = as_kept(row, outcome.state)
        if not outcome.decisions and (not row.version or state == row):
            return
        deliveries = 0
        for decision in outcome.decisions:
            drivers = found.drivers if decision.notice in RISES else ()
            alert = Alert(found.budget, found.status, state, decision, drivers, now)
            composed = self.compose(alert)
            deliveries += len(await transaction.deliveries.add_many(composed.deliveries))
            state = replace(state, roots=dict(composed.roots))
        await transaction.alert_states.put(state)
        counted.alerts += len(outcome.decisions)
        counted.deliveries += deliveries


def _is_on(watched: Watched, today: date) -> bool:
    """Whether its period has begun, and has not ended for good long ago."""
    if watched.spend is None or today < watched.period.first:
        return False
    return today <= watched.period.last or today <= watched.period.last + LATE
