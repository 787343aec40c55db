"""Keeping the watch up: budgets as they are decided, periods as they come, spend as it is."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from analysis.budgets.burn import KnownDays
from analysis.budgets.terms import BudgetPeriod
from handlers.budget_watch.screen import recent_days
from handlers.budget_watch.watched import (
    CLOSING,
    NOTHING,
    PAST,
    PERIOD,
    RECENT,
    ROLES,
    Watch,
    Watched,
)
from handlers.budgets.spend import known_days
from handlers.freshness import Freshness
from handlers.turns import Turns
from queries.budget_spend import BudgetPeriods, BudgetSpending, Refreshed, Spent
from storage.store import Store

MARGIN = timedelta(minutes=5)
"""A change is dated when it is made and seen when it is committed, by clocks that differ."""

AT_ONCE = 100
"""Figures that are heard at once: a fraction of a millisecond of work."""


@dataclass(slots=True)
class Seen:
    """What a look at everything has found.

    Attributes:
        version: of the mart.
        concerned: numbers of the budgets for which something may follow.
        is_complete: everything was added up anew.
    """

    version: int
    concerned: set[int]
    is_complete: bool


@dataclass(slots=True)
class Keeper:
    """Keeps a watch up with the store and the facts.

    Attributes:
        store: with the budgets and the raises.
        spending: with what they have spent.
        watch: that is kept up.
        known: the known days by zone, as of the last look.
        credited: organizations with costs below zero lately, as of the last look.
    """

    store: Store
    spending: BudgetSpending
    watch: Watch = field(default_factory=Watch)
    known: dict[str, KnownDays | None] = field(default_factory=dict[str, KnownDays | None])
    credited: frozenset[str | None] = frozenset()
    _read_at: datetime | None = None
    _recent: BudgetPeriod | None = None
    _raised: set[int] = field(default_factory=set[int])
    _to_put: set[int] = field(default_factory=set[int])
    _untold: set[int] = field(default_factory=set[int])

    async def look(self, freshness: Freshness) -> Seen:
        """Brings the watch up to date.

        What it finds is found again until `told` is called.

        Raises:
            Unavailable: the store or the facts cannot be read.
        """
        now = freshness.now
        self._to_put |= await self._read(now)
        self._to_put |= {watched.number for watched in await self.watch.advance(now)}
        turned = self._know(freshness)
        put = self._to_put & self.watch.all.keys()
        await self._put(put, now)
        carried = await self._lay_out_past(put, turned)
        self._to_put.clear()
        refreshed = await self.spending.refresh()
        self.credited = refreshed.credited
        concerned = await self._heard(refreshed)
        turns = Turns()
        for number in carried | concerned:
            await turns.take()
            watched = self.watch.all[number]
            if watched.past:
                self.watch.carry(watched, self.known.get(watched.zone.key))
        raised = await self._raise(now)
        self._untold |= concerned | carried | put | raised
        self._untold |= await self._forecast_in(turned)
        self._untold &= self.watch.all.keys()
        return Seen(refreshed.version, set(self._untold), refreshed.complete)

    def is_credited(self, watched: Watched) -> bool:
        """Whether some of the costs that a budget may count lie below zero."""
        if watched.organization is None:
            return bool(self.credited)
        return watched.organization in self.credited

    async def told(self) -> None:
        """Confirms that what the last look has found was acted upon."""
        await self.spending.told()
        self._untold.clear()

    async def _read(self, now: datetime) -> set[int]:
        """The numbers of the budgets that are new or others than before."""
        since = None if self._read_at is None else self._read_at - MARGIN
        come: set[int] = set()
        gone: list[int] = []
        async for columns in self.store.budgets.columns(changed_since=since):
            some, left = self.watch.take(columns, now)
            come |= {watched.number for watched in some}
            for watched in left:
                gone += range(watched.number * ROLES, (watched.number + 1) * ROLES)
                gone += [number for number, _ in watched.past]
            await asyncio.sleep(0)
        if gone:
            await self.spending.remove(gone)
        self._read_at = now
        return come

    def _know(self, freshness: Freshness) -> set[str]:
        """Which days are known now; the zones for which they are others than before."""
        turned: set[str] = set()
        for zone in self.watch.zones:
            info = ZoneInfo(zone)
            today = freshness.now.astimezone(info).date()
            known = known_days(freshness, info, today)
            if zone not in self.known or self.known[zone] != known:
                self.known[zone] = known
                turned.add(zone)
        return turned

    async def _put(self, numbers: Iterable[int], now: datetime) -> None:
        """Has the spend of these budgets added up, and that of recent days where a week began."""
        turns, recent = Turns(), recent_days(now)
        periods: list[tuple[int, Watched, BudgetPeriod]] = []
        for number in numbers:
            await turns.take()
            one = self.watch.all[number]
            periods.append((number * ROLES + PERIOD, one, one.period))
            if one.closing is not None:
                periods.append((number * ROLES + CLOSING, one, one.closing))
            if one.forecast is not None and recent == self._recent:
                periods.append((number * ROLES + RECENT, one, recent))
        for one in self.watch if recent != self._recent else ():
            await turns.take()
            if one.forecast is not None:
                periods.append((one.number * ROLES + RECENT, one, recent))
        if self.watch.closed:
            await self.spending.remove(self.watch.closed)
            self.watch.closed.clear()
        if periods:
            await self.spending.put(await _columns(periods))
        self._recent = recent

    async def _lay_out_past(self, put: Iterable[int], turned: set[str]) -> set[int]:
        """Has the spend of earlier periods added up of which something is carried.

        Returns:
            The numbers of those that this concerns.
        """
        anew = {number for number in put if self.watch.all[number].rollover is not None}
        turns = Turns()
        for one in self.watch if turned else ():
            await turns.take()
            if one.rollover is not None and one.zone.key in turned:
                anew.add(one.number)
        free: list[int] = []
        periods: list[tuple[int, Watched, BudgetPeriod]] = []
        for number in anew:
            await turns.take()
            watched = self.watch.all[number]
            free += self.watch.lay_out_past(watched, self.known.get(watched.zone.key))
            periods += [(place, watched, period) for place, period in watched.past]
        if free:
            await self.spending.remove(free)
        if periods:
            await self.spending.put(await _columns(periods))
        return anew

    async def _heard(self, refreshed: Refreshed) -> set[int]:
        changed, turns = refreshed.changed, Turns()
        concerned: set[int] = set()
        for begin in range(0, len(changed), AT_ONCE):
            some = slice(begin, begin + AT_ONCE)
            piece = Spent(
                changed.places[some],
                changed.costs[some],
                changed.requests[some],
                changed.unpriced_requests[some],
            )
            concerned |= self.watch.heard(piece)
            await turns.take()
        self.watch.unanswerable = {
            place // ROLES for place in refreshed.unanswerable if place < PAST
        }
        return concerned

    async def _raise(self, now: datetime) -> set[int]:
        """What limits are raised by today; the numbers of those for which that has changed."""
        earliest = (now - timedelta(days=1)).date()
        by_number: dict[int, Decimal] = {}
        for one in await self.store.raises.approved_since(earliest):
            number = self.watch.numbers.get(one.budget_id)
            if number is not None and one.in_force(self.watch.all[number].terms.today(now)):
                by_number[number] = by_number.get(number, NOTHING) + one.amount
        changed: set[int] = set()
        for number in self._raised | by_number.keys():
            watched = self.watch.all.get(number)
            amount = by_number.get(number, NOTHING)
            if watched is not None and watched.raised != amount:
                watched.raised = amount
                changed.add(number)
        self._raised = set(by_number)
        return changed

    async def _forecast_in(self, zones: set[str]) -> set[int]:
        """Those whose forecast may be another one because another day is complete."""
        turns, found = Turns(), set[int]()
        for one in self.watch if zones else ():
            await turns.take()
            if one.forecast is not None and one.zone.key in zones:
                found.add(one.number)
        return found


async def _columns(periods: Sequence[tuple[int, Watched, BudgetPeriod]]) -> BudgetPeriods:
    turns = Turns()
    places: list[int] = []
    organizations: list[str | None] = []
    scopes: list[str] = []
    zones: list[str] = []
    firsts: list[date] = []
    lasts: list[date] = []
    customers_only: list[bool] = []
    for place, one, period in periods:
        await turns.take()
        places.append(place)
        organizations.append(one.organization)
        scopes.append(one.scope)
        zones.append(one.zone.key)
        firsts.append(period.first)
        lasts.append(period.last)
        # As `handlers.budgets.spend.counts_customers_only` has it.
        customers_only.append(one.organization is not None)
    return BudgetPeriods(places, organizations, scopes, zones, firsts, lasts, customers_only)
