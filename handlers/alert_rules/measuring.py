"""The figures of many rules at once: rules that are divided alike share one pass over the facts."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from zoneinfo import ZoneInfo

from analysis.alert_rules.baselines import LONGEST
from analysis.alert_rules.figures import NOTHING, DailySeries, Figures
from analysis.alert_rules.reading import cost_of
from analysis.alert_rules.terms import Baseline, Kind, Unit
from analysis.complete_days import DAY, first_complete_day, last_complete_day, window_of
from analysis.periods import Dates
from analysis.series import Measure
from handlers.alert_rules.scope import (
    MOST_MEMBERS,
    counts_customers_only,
    divided_by,
    filters_of,
)
from handlers.freshness import Freshness, SourceFreshness
from queries.dimensions import Dimensions, Source
from queries.engines.base import Engine
from queries.rule_cells import Members, RuleCell, rule_cells
from storage.records.alert_rule import AlertRuleDraft

RANKED_DAYS = 7
"""Days by which the largest members are found; the day that is on counts, too."""

CONCERNED_DAYS = 35
"""A source in which a rule has found nothing for so long does not concern it any more."""

MOST_VALUES = 256
"""Values of one dimension by which rows are narrowed: with more, all are read."""

NEAR = 13
"""Days that the 7 days before, and the calendar week before, reach back at most."""

GROUPS_AT_ONCE = 2
"""Passes that are asked of the engine at the same time: others ask it, too."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A rule to be measured.

    Attributes:
        rule: it.
        kept: members that are measured though they are not among the largest.
        is_kept_only: no others are measured.
    """

    rule: AlertRuleDraft
    kept: frozenset[str] = frozenset()
    is_kept_only: bool = False


@dataclass(frozen=True, slots=True)
class Measured:
    """The figures of a rule.

    Attributes:
        series: by member; by None where the rule divides by nothing.
        today: the day that is on, in the rule's zone.
        stale: the sources, of those that the rule finds anything in, that have gone stale.
        is_known: whether any source has data at all.
        left_out: members that are not among the largest, and have no series therefore.
    """

    series: Mapping[str | None, DailySeries]
    today: date
    stale: tuple[SourceFreshness, ...] = ()
    is_known: bool = True
    left_out: int = 0


async def measure(
    engine: Engine,
    dimensions: Dimensions,
    asked: Sequence[Asked],
    freshness: Freshness,
    days: int,
) -> list[Measured]:
    """The figures of some rules, in their order; none of them on freshness.

    Args:
        engine: to ask.
        dimensions: of this deployment; it has all that the rules name.
        asked: the rules.
        freshness: how old each source is.
        days: how many days before today are judged; the days that they are compared with are read,
            too.

    Raises:
        Unavailable: the engine cannot answer.
    """
    groups: dict[tuple[str, tuple[str, ...], bool], list[int]] = {}
    for place, one in enumerate(asked):
        # What looks far back is read apart: for one such rule, all others would be read so far.
        is_near = _reach(one.rule) <= NEAR
        key = one.rule.zone.key, divided_by(one.rule), is_near
        groups.setdefault(key, []).append(place)
    found: dict[int, Measured] = {}
    gate = asyncio.Semaphore(GROUPS_AT_ONCE)

    async def of_group(by: tuple[str, ...], places: list[int]) -> None:
        async with gate:
            group = _Group(engine, dimensions, [asked[place] for place in places], by, freshness)
            found.update(zip(places, await group.measured(days), strict=True))

    await asyncio.gather(*(of_group(by, places) for (_, by, _), places in groups.items()))
    return [found[place] for place in range(len(asked))]


_Chosen = tuple[tuple[str, ...], int] | None
"""The members that a rule has a series of, and how many it leaves out; None: it has one series."""

_Part = tuple[Source, bool]
"""A source, and whether the traffic is of customers."""


@dataclass(slots=True)
class _Member:
    """One combination of members, by day."""

    parts: dict[_Part, dict[date, Figures]] = field(
        default_factory=dict[_Part, dict[date, Figures]]
    )

    def of(self, rule: AlertRuleDraft) -> list[tuple[Source, dict[date, Figures]]]:
        """What counts for a rule, by source."""
        is_of_gpus = rule.terms.kind is Kind.UTILIZATION
        customers_only = counts_customers_only(rule)
        return [
            (source, days)
            for (source, is_customers), days in self.parts.items()
            if (is_customers or not customers_only) and (source is Source.GPU or not is_of_gpus)
        ]


@dataclass(slots=True)
class _Table:
    """The cells of a group, found by the values of any of its dimensions."""

    by: tuple[str, ...]
    members: dict[Members, _Member] = field(default_factory=dict[Members, _Member])
    index: dict[tuple[str, str | None], list[Members]] = field(
        default_factory=dict[tuple[str, "str | None"], list[Members]]
    )

    def fill(self, cells: Iterable[RuleCell]) -> _Table:
        for cell in cells:
            member = self.members.get(cell.members)
            if member is None:
                member = self.members[cell.members] = _Member()
                for name, value in zip(self.by, cell.members, strict=True):
                    self.index.setdefault((name, value), []).append(cell.members)
            days = member.parts.setdefault((cell.source, cell.is_customers), {})
            day = cell.day or date.min
            days[day] = days[day] + cell.figures if day in days else cell.figures
        return self

    def matching(self, filters: Mapping[str, tuple[str, ...]]) -> Iterable[Members]:
        """The combinations that filters accept."""
        if not filters:
            return self.members.keys()
        lists = {
            name: [one for value in values for one in self.index.get((name, value), ())]
            for name, values in filters.items()
        }
        shortest = min(lists, key=lambda name: len(lists[name]))
        places = [(self.by.index(name), set(values)) for name, values in filters.items()]
        return [one for one in lists[shortest] if all(one[at] in some for at, some in places)]


class _Group:
    """Rules of one zone that are divided by the same dimensions."""

    def __init__(
        self,
        engine: Engine,
        dimensions: Dimensions,
        asked: Sequence[Asked],
        by: tuple[str, ...],
        freshness: Freshness,
    ) -> None:
        self._engine = engine
        self._dimensions = dimensions
        self._asked = asked
        self._by = by
        self._freshness = freshness
        self._zone: ZoneInfo = asked[0].rule.zone
        self._today = freshness.now.astimezone(self._zone).date()

    async def measured(self, days: int) -> list[Measured]:
        chosen = await self._chosen()
        reach = max(_reach(one.rule) for one in self._asked)
        table = await self._read(self._today - (days + reach) * DAY, self._accepted(chosen))
        lately = table
        if any(one.is_stale for one in self._freshness.sources):
            # What has gone stale has no facts of the last days, and concerns a rule all the same.
            first = self._today - CONCERNED_DAYS * DAY
            lately = await self._read(first, self._accepted(chosen), daily=False)
        # Many thousand figures: in a thread of their own they keep nobody waiting.
        return await asyncio.to_thread(self._all, chosen, table, lately)

    def _all(self, chosen: Sequence[_Chosen], table: _Table, lately: _Table) -> list[Measured]:
        found: list[Measured] = []
        for one, members in zip(self._asked, chosen, strict=True):
            sources: set[Source] = set()
            for matching in lately.matching(filters_of(one.rule)):
                sources.update(source for source, _ in lately.members[matching].of(one.rule))
            found.append(self._one(one.rule, members, table, sources))
        return found

    async def _read(
        self, first: date, accepted: Mapping[str, tuple[str, ...]], *, daily: bool = True
    ) -> _Table:
        window = window_of(Dates(first, self._today), self._zone)
        cells = await rule_cells(
            self._engine, self._dimensions, window, self._by, accepted, daily=daily
        )
        return await asyncio.to_thread(_Table(self._by).fill, cells)

    async def _chosen(self) -> list[_Chosen]:
        """The members that each rule has a series of, and how many it leaves out."""
        if all(one.rule.each is None or one.is_kept_only for one in self._asked):
            return [_kept(one) for one in self._asked]
        narrowed = self._accepted([None] * len(self._asked))
        table = await self._read(self._today - RANKED_DAYS * DAY, narrowed, daily=False)
        return await asyncio.to_thread(self._ranked, table)

    def _ranked(self, table: _Table) -> list[_Chosen]:
        return [
            _kept(one)
            if one.rule.each is None or one.is_kept_only
            else _largest(one, one.rule.each, table)
            for one in self._asked
        ]

    def _accepted(self, chosen: Sequence[_Chosen]) -> dict[str, tuple[str, ...]]:
        """The values that any of the rules accepts, where all of them say which."""
        accepted: dict[str, tuple[str, ...]] = {}
        for name in self._by:
            values: set[str] = set()
            for one, members in zip(self._asked, chosen, strict=True):
                said = filters_of(one.rule).get(name)
                if name == one.rule.each and members is not None:
                    said = members[0]
                if said is None:
                    break
                values.update(said)
            else:
                if len(values) <= MOST_VALUES:
                    accepted[name] = _padded(sorted(values))
        return accepted

    def _one(
        self,
        rule: AlertRuleDraft,
        chosen: _Chosen,
        table: _Table,
        sources: set[Source],
    ) -> Measured:
        days: dict[str | None, dict[date, Figures]] = {}
        if chosen is None:
            days[None] = {}
        else:
            days.update((member, {}) for member in chosen[0])
        at = None if rule.each is None else self._by.index(rule.each)
        for members in table.matching(filters_of(rule)):
            series = days.get(None if at is None else members[at])
            if series is None:
                continue
            for _, some in table.members[members].of(rule):
                _add(series, some)
        return self._known(days, sources, 0 if chosen is None else chosen[1])

    def _known(
        self, days: Mapping[str | None, dict[date, Figures]], sources: set[Source], left_out: int
    ) -> Measured:
        feeds = [one for one in self._freshness.sources if one.source in sources]
        # Where the rule finds nothing, every source that still flows says that there is nothing.
        feeds = feeds or [one for one in self._freshness.sources if not one.is_stale]
        stale = tuple(one for one in feeds if one.is_stale)
        first, last = known_between(feeds, self._zone, self._freshness.now)
        return Measured(
            series={name: DailySeries(some, first, last) for name, some in days.items()},
            today=self._today,
            stale=stale,
            is_known=bool(feeds),
            left_out=left_out,
        )


def known_between(
    feeds: Sequence[SourceFreshness], zone: ZoneInfo, now: datetime
) -> tuple[date, date]:
    """The first and the last day that is complete in all of some sources.

    A source that began later than another would look like a rise of everything.
    """
    if not feeds:
        return date.max, date.min
    yesterday = now.astimezone(zone).date() - DAY
    first = max(first_complete_day(one.data_from, zone) for one in feeds)
    last = min(last_complete_day(one.data_until, zone) for one in feeds)
    return first, min(last, yesterday)


def _padded(values: list[str]) -> tuple[str, ...]:
    """Values as many as a power of two: of a few lengths, a query is translated once only."""
    if not values:
        return ()
    wide = 1 << (len(values) - 1).bit_length()
    return (*values, *(values[-1:] * (wide - len(values))))


def _kept(asked: Asked) -> _Chosen:
    """The members of a rule that names them; None: it has none."""
    return None if asked.rule.each is None else (tuple(sorted(asked.kept)), 0)


def _largest(one: Asked, each: str, table: _Table) -> tuple[tuple[str, ...], int]:
    """The largest members of a rule by what it looks at, those that are kept, the number left."""
    at = table.by.index(each)
    sizes: dict[str, Figures] = {}
    for members in table.matching(filters_of(one.rule)):
        value = members[at]
        if value is None:
            continue  # rows without a value are no member
        parts = (sum(days.values(), NOTHING) for _, days in table.members[members].of(one.rule))
        sizes[value] = sum(parts, sizes.get(value, NOTHING))
    ranked = sorted(sizes, key=lambda value: (_size(one.rule, sizes[value]), value), reverse=True)
    chosen = dict.fromkeys((*ranked[:MOST_MEMBERS], *sorted(one.kept)))
    return tuple(chosen), len(sizes.keys() - chosen.keys())


def _reach(rule: AlertRuleDraft) -> int:
    """How many days before a day the days lie at most that it is compared with."""
    match rule.terms.baseline:
        case None:
            return 0
        case Baseline.WEEK_BEFORE | Baseline.PRIOR_WEEK:
            return NEAR
        case Baseline.WEEKDAY | Baseline.FOUR_WEEKS:
            return 28
        case Baseline.PRIOR_MONTH:
            return LONGEST


def _size(rule: AlertRuleDraft, figures: Figures) -> tuple[object, ...]:
    """How large a member is: first by what the rule looks at."""
    terms = rule.terms
    cost = cost_of(terms, figures)
    if terms.kind is Kind.UNPRICED:
        return figures.unpriced, cost
    if terms.kind is Kind.FAILURE_COST:
        return figures.wasted, cost
    if terms.kind is Kind.UTILIZATION:
        return figures.infrastructure, cost
    if terms.measure is Measure.REQUESTS or terms.unit is Unit.REQUESTS:
        return figures.requests, cost
    return cost, figures.requests


def _add(to: dict[date, Figures], more: Mapping[date, Figures]) -> None:
    for day, figures in more.items():
        to[day] = to[day] + figures if day in to else figures
