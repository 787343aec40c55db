"""The budgets as they are watched: in memory, each in its present period, with what it has spent.

A million of them are a million small objects: what is alike is shared.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from uuid import UUID
from zoneinfo import ZoneInfo

from analysis.budgets.burn import KnownDays
from analysis.budgets.levels import Level, level_at
from analysis.budgets.rollover import SpentPeriod, carried_into
from analysis.budgets.terms import (
    BudgetPeriod,
    Kind,
    Terms,
    current_period,
    periods_between,
    previous_period,
)
from analysis.complete_days import DAY
from analysis.errors import BadInput
from handlers.turns import Turns
from queries.budget_spend import Spent
from storage.records.budget import BudgetColumns, WhenUnknown, scope_of

NOTHING = Decimal(0)

ROLES = 3
"""Numbers that a budget takes of those that its spend is added up by."""

PERIOD, RECENT, CLOSING = range(ROLES)
"""Of its period, of the days that its forecast rests on, and of the period before."""

LATE = timedelta(days=3)
"""For so long after its end a period is still told of: the costs of its last days come late."""

PAST = 1 << 30
"""From here on numbers are of earlier periods, whose rest is carried into the present one."""

MOST_PERIODS = 100_000
"""Periods that are remembered, so that budgets share them."""

log = logging.getLogger(__name__)


@dataclass(slots=True)
class Watched:
    """A budget in its present period.

    Attributes:
        number: its place in the watch.
        id, version, name, organization, limit, warning, critical, forecast, is_hard, when_unknown,
            rollover, alerts_enabled, paused, paused_until: see `storage.records.budget`.
        scope: see `BudgetColumns.scopes`.
        values: the same, read.
        terms: what its periods follow from; its limit and marks are not those of the budget.
        period: that its spend is added up for.
        spend: USD in the period; None: not known yet.
        unpriced: requests of the period without a price.
        recent: USD of the days that a forecast rests on, and of some more.
        raised: USD that are added to the limit today.
        carried: USD that were left of the periods before.
        past: these, with their numbers, the earliest first.
        closing: the period before, for as long as its last costs may still come.
        closed_spend: USD in that one; None: not known yet.
    """

    number: int
    id: UUID
    version: int
    name: str
    organization: str | None
    scope: str
    values: Mapping[str, frozenset[str]]
    limit: Decimal
    warning: Decimal
    critical: Decimal
    forecast: Decimal | None
    is_hard: bool
    when_unknown: WhenUnknown
    rollover: Decimal | None
    alerts_enabled: bool
    paused: bool
    paused_until: datetime | None
    terms: Terms
    period: BudgetPeriod
    spend: Decimal | None = None
    unpriced: int = 0
    recent: Decimal = NOTHING
    raised: Decimal = NOTHING
    carried: Decimal = NOTHING
    past: tuple[tuple[int, BudgetPeriod], ...] = ()
    closing: BudgetPeriod | None = None
    closed_spend: Decimal | None = None

    @property
    def zone(self) -> ZoneInfo:
        """In which its days begin."""
        return self.terms.zone

    @property
    def in_force(self) -> Decimal:
        """USD that may be spent in the period, as of today."""
        return self.limit + self.carried + self.raised

    @property
    def level(self) -> Level:
        """Of what is known to be spent."""
        return level_at(self.spend or NOTHING, self.in_force, self.warning, self.critical)

    def is_paused(self, now: datetime) -> bool:
        """Whether it neither alerts nor denies."""
        return self.paused and (self.paused_until is None or now < self.paused_until)

    def is_running(self, now: datetime) -> bool:
        """Whether it is a day of its period."""
        return self.terms.today(now) in self.period


_Key = tuple[str, str, date, date | None]


@dataclass(slots=True)
class Watch:
    """The budgets by number, by id and by organization.

    Attributes:
        all: by number.
        numbers: by id.
        of_organization: numbers by organization; None: the deployment's own.
        todays: the present day by zone, as of the last look.
        unanswerable: numbers of those that nothing can be said of.
        past: number of a budget, by that of one of its earlier periods.
        past_spend: USD by the number of an earlier period.
        closed: numbers of periods before that are not told of any more; whoever lets them go
            clears it.
    """

    all: dict[int, Watched] = field(default_factory=dict[int, Watched])
    numbers: dict[UUID, int] = field(default_factory=dict[UUID, int])
    of_organization: dict[str | None, set[int]] = field(default_factory=dict[str | None, set[int]])
    todays: dict[str, date] = field(default_factory=dict[str, date])
    unanswerable: set[int] = field(default_factory=set[int])
    past: dict[int, int] = field(default_factory=dict[int, int])
    past_spend: dict[int, Decimal] = field(default_factory=dict[int, Decimal])
    closed: set[int] = field(default_factory=set[int])
    _next: int = 0
    _next_past: int = PAST
    _terms: dict[_Key, Terms | None] = field(default_factory=dict[_Key, Terms | None])
    _periods: dict[tuple[int, date], BudgetPeriod] = field(
        default_factory=dict[tuple[int, date], BudgetPeriod]
    )
    _values: dict[str, Mapping[str, frozenset[str]]] = field(
        default_factory=dict[str, Mapping[str, frozenset[str]]]
    )
    _amounts: dict[Decimal, Decimal] = field(default_factory=dict[Decimal, Decimal])

    def take(self, columns: BudgetColumns, now: datetime) -> tuple[list[Watched], list[Watched]]:
        """Takes in what has changed; what it has of the same version stays as it is.

        Returns:
            Those that are new or others than before, and those that are gone.
        """
        come: list[Watched] = []
        gone: list[Watched] = []
        for place, key in enumerate(columns.ids):
            known = self._known(key)
            if known is not None and known.version >= columns.versions[place]:
                continue
            watched = None if columns.deleted[place] else self._watched(columns, place, now)
            if watched is None and not columns.deleted[place]:
                log.error("budget %s is not watched: its periods make no sense", key)
            if known is not None:
                self._forget(known)
            if watched is not None:
                if known is not None and _counts_alike(known, watched):
                    watched.spend, watched.unpriced = known.spend, known.unpriced
                self._keep(watched)
                come.append(watched)
            elif known is not None:
                gone.append(known)
        return come, gone

    @property
    def zones(self) -> set[str]:
        """In which days begin."""
        return {terms.zone.key for terms in self._terms.values() if terms is not None}

    async def advance(self, now: datetime) -> list[Watched]:
        """Puts each budget into the periods of its zone's present day; those that moved."""
        turns = Turns()
        days_before = self.todays
        self.todays = {zone: now.astimezone(ZoneInfo(zone)).date() for _, zone, *_ in self._terms}
        turned = {zone for zone, day in self.todays.items() if days_before.get(zone) != day}
        moved: list[Watched] = []
        for watched in self.all.values() if turned else ():
            await turns.take()
            if watched.zone.key not in turned:
                continue
            today = self.todays[watched.zone.key]
            before = watched.period, watched.closing
            period = self._period(watched.terms, today)
            if period != watched.period:
                watched.period = period
                # It has just begun: nothing of it is known to be spent, and until everything is
                # added up a gateway is not told that nothing is known.
                watched.spend = None if watched.spend is None else NOTHING
                watched.unpriced = 0
            self._close(watched, today)
            if (watched.period, watched.closing) != before:
                moved.append(watched)
        return moved

    def lay_out_past(self, watched: Watched, known: KnownDays | None) -> list[int]:
        """Numbers the earlier periods of which something may be carried.

        Args:
            watched: a budget; what it had before is forgotten.
            known: the days of its zone that are known; None: there is no data.

        Returns:
            The numbers that are not used any more.
        """
        free = [number for number, _ in watched.past]
        for number in free:
            del self.past[number]
            self.past_spend.pop(number, None)
        watched.past, watched.carried = (), NOTHING
        if watched.rollover is None or known is None:
            return free
        before = watched.period.first - DAY
        periods = [
            period
            for period in periods_between(watched.terms, known.first, before)
            if period.first >= known.first
        ]
        numbers = range(self._next_past, self._next_past + len(periods))
        self._next_past += len(periods)
        watched.past = tuple(zip(numbers, periods, strict=True))
        self.past.update((number, watched.number) for number in numbers)
        return free

    def heard(self, spent: Spent) -> set[int]:
        """Takes in what was spent; returns the numbers of the budgets that it concerns."""
        concerned: set[int] = set()
        columns = zip(spent.places, spent.costs, spent.unpriced_requests, strict=True)
        for place, cost, unpriced in columns:
            if place >= PAST:
                if place in self.past:
                    self.past_spend[place] = cost
                    concerned.add(self.past[place])
                continue
            number, role = divmod(place, ROLES)
            watched = self.all.get(number)
            if watched is None:
                continue
            concerned.add(number)
            match role:
                case 0:
                    watched.spend, watched.unpriced = cost, unpriced
                case 1:
                    watched.recent = cost
                case _:
                    watched.closed_spend = cost
        return concerned

    def carry(self, watched: Watched, known: KnownDays | None) -> None:
        """Says what is carried into a budget's period; nothing of one that is not all known."""
        before = [
            SpentPeriod(
                watched.limit,
                self.past_spend.get(number)
                if known is not None and period.last <= known.complete
                else None,
            )
            for number, period in watched.past
        ]
        watched.carried = carried_into(watched.rollover, before)

    def _close(self, watched: Watched, today: date) -> None:
        """Says which period is told of besides the present one."""
        closing = None
        if today < watched.period.first + LATE:
            closing = previous_period(watched.terms, watched.period)
        if closing != watched.closing:
            if closing is None:
                self.closed.add(watched.number * ROLES + CLOSING)
            watched.closing, watched.closed_spend = closing, None

    def _known(self, key: UUID) -> Watched | None:
        number = self.numbers.get(key)
        return None if number is None else self.all[number]

    def _keep(self, watched: Watched) -> None:
        self.all[watched.number] = watched
        self.numbers[watched.id] = watched.number
        self.of_organization.setdefault(watched.organization, set()).add(watched.number)

    def _forget(self, watched: Watched) -> None:
        del self.all[watched.number], self.numbers[watched.id]
        for number, _ in watched.past:
            del self.past[number]
            self.past_spend.pop(number, None)
        self.unanswerable.discard(watched.number)
        of_one = self.of_organization[watched.organization]
        of_one.discard(watched.number)
        if not of_one:
            del self.of_organization[watched.organization]

    def _watched(self, columns: BudgetColumns, place: int, now: datetime) -> Watched | None:
        """None: no budget can be held by what is kept."""
        terms = self._terms_of(columns, place)
        if terms is None:
            return None
        key = columns.ids[place]
        known = self.numbers.get(key)
        number = self._next if known is None else known
        self._next += known is None
        scope = columns.scopes[place]
        if scope not in self._values:
            read = scope_of(scope)
            self._values[scope] = {name: frozenset(values) for name, values in read.items()}
        watched = Watched(
            number=number,
            id=key,
            version=columns.versions[place],
            name=columns.names[place],
            organization=columns.organizations[place],
            scope=scope,
            values=self._values[scope],
            limit=self._amount(columns.limits[place]),
            warning=self._amount(columns.warnings[place]),
            critical=self._amount(columns.criticals[place]),
            forecast=self._maybe(columns.forecasts[place]),
            is_hard=columns.is_hard[place],
            when_unknown=columns.when_unknown[place],
            rollover=self._maybe(columns.rollovers[place]),
            alerts_enabled=columns.alerts_enabled[place],
            paused=columns.paused[place],
            paused_until=columns.paused_until[place],
            terms=terms,
            period=self._period(terms, terms.today(now)),
        )
        self._close(watched, terms.today(now))
        if watched.closing is None and known is not None:
            self.closed.add(number * ROLES + CLOSING)
        return watched

    def _terms_of(self, columns: BudgetColumns, place: int) -> Terms | None:
        kind, zone = columns.kinds[place], columns.zones[place]
        key = kind, zone, columns.starts[place], columns.ends[place]
        if key not in self._terms:
            try:
                terms = Terms(Decimal(1), Kind(kind), ZoneInfo(zone), key[2], key[3], forecast=None)
            except (BadInput, LookupError, ValueError):
                terms = None
            self._terms[key] = terms
        return self._terms[key]

    def _period(self, terms: Terms, day: date) -> BudgetPeriod:
        # Terms are shared, and kept: there are few pairs.
        pair = id(terms), day
        if pair not in self._periods:
            if len(self._periods) > MOST_PERIODS:
                self._periods.clear()
            self._periods[pair] = current_period(terms, day)
        return self._periods[pair]

    def _amount(self, amount: Decimal) -> Decimal:
        return self._amounts.setdefault(amount, amount)

    def _maybe(self, amount: Decimal | None) -> Decimal | None:
        return None if amount is None else self._amount(amount)

    def __iter__(self) -> Iterator[Watched]:
        return iter(self.all.values())


def _counts_alike(one: Watched, other: Watched) -> bool:
    """Whether what the one has spent is what the other has."""
    return (one.organization, one.scope, one.zone, one.period) == (
        other.organization,
        other.scope,
        other.zone,
        other.period,
    )
