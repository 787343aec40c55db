"""Efficiency: what a request costs by model against its baseline, with the mix taken out."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal

from analysis.clock import Clock
from analysis.drivers.cells import Cell
from analysis.efficiency import Drift, Unit, Work, drift
from analysis.errors import NotUnderstood
from analysis.periods import Window
from analysis.prices import UnitPrice
from handlers.against_baseline import Holding
from handlers.caller import Caller
from handlers.days import DaysRequest, Pinned
from handlers.freshness import Freshness
from handlers.origin import Origin
from handlers.token_values import TokenValues
from queries.breakdown import TIMES
from queries.dimensions import Dimensions, Source
from queries.engines.base import Engine
from queries.grouped import Rows
from queries.prices.catalogue import Catalogue
from queries.work import Done, work_done

MODEL = "model"

Member = tuple[str | None, ...]


@dataclass(frozen=True, slots=True)
class EfficiencyRow:
    """One member of one source.

    Attributes:
        key: its values in the dimensions of the question.
        source: where its cost comes from; a member that two sources have has two rows.
        cost: USD, fully loaded.
        requests: all of them.
        unpriced: of these, without a price: their cost is not known, and they are in no rate.
        drift: against the baseline.
    """

    key: Member
    source: Source
    cost: Decimal
    requests: int
    unpriced: int
    drift: Drift

    @property
    def cost_per_request(self) -> Decimal | None:
        """USD per request that has a price, whatever the unit is; None where none has one."""
        requests = self.drift.requests_now
        return self.cost / requests if requests else None

    @property
    def cost_per_request_before(self) -> Decimal | None:
        """The same in the baseline."""
        requests = self.drift.requests_before
        return self.drift.split.before / requests if requests else None


@dataclass(frozen=True, slots=True)
class EfficiencyResult:
    """The answer to a question about efficiency.

    Attributes:
        request: the question, with filter values as the data writes them.
        pinned: the days that answer it.
        baseline: what they are compared with; None: there are no facts before them.
        rows: the members that had requests, dearest first.
        wholes: all members of a source together, by source.
        origin: whose traffic it was.
        unpriced: requests without a price.
        unweighed: the models whose tokens no list has a price of.
        freshness: how old each source is.
    """

    request: DaysRequest
    pinned: Pinned
    baseline: Window | None
    rows: tuple[EfficiencyRow, ...]
    wholes: tuple[EfficiencyRow, ...]
    origin: Origin
    unpriced: int
    unweighed: tuple[str, ...]
    freshness: Freshness

    @property
    def lengthened(self) -> tuple[EfficiencyRow, ...]:
        """The rows whose requests became longer or shorter, what costs most a day first."""
        found = [row for row in self.rows if row.drift.is_longer]
        return tuple(sorted(found, key=lambda row: -(row.drift.longer_a_day or Decimal(0))))

    @property
    def drifted(self) -> tuple[EfficiencyRow, ...]:
        """The rows whose drift is worth flagging, what costs most a day first."""
        found = [row for row in self.rows if row.drift.is_beyond]
        return tuple(sorted(found, key=lambda row: -(row.drift.a_day or Decimal(0))))


@dataclass(frozen=True, slots=True)
class EfficiencyHandler:
    """Answers what a unit of work costs; knows no Slack and no HTTP.

    Attributes:
        unit_prices: gives the store's price list, by which tokens of different classes are weighed.
    """

    engine: Engine
    dimensions: Dimensions
    unit_prices: Callable[[], Awaitable[list[UnitPrice]]]
    clock: Clock
    stale_after_hours: float

    async def efficiency(self, request: DaysRequest, caller: Caller) -> EfficiencyResult:
        """What requests cost against the baseline, within what `caller` may see.

        Raises:
            NotAllowed: a dimension lies beyond the caller's role.
            NotUnderstood: the period or the breakdown makes no sense.
            NotFound: a filter names a value that the caller's data does not have, or nothing of
                the period is complete.
            Unavailable: the engine cannot answer, or the store does not.
        """
        if any(name in TIMES for name in request.by):
            sentence = "`efficiency` holds the whole period against its baseline, not each day."
            raise NotUnderstood(sentence, "Try `/cost efficiency yesterday`, or `by model`.")
        held = await Holding(self.engine, self.dimensions, self.clock, self.stale_after_hours).held(
            request, caller
        )
        request, days, baseline = held.request, held.pinned, held.baseline
        by = request.by or (MODEL,)
        current, before = await asyncio.gather(
            self._done(request, days.window, by, caller),
            _nothing() if baseline is None else self._done(request, baseline, by, caller),
        )
        origin = Origin(request.customers_only)
        kept = [one for one in current if origin.takes(one.is_internal, one.requests, one.cost)]
        past = [one for one in before if not origin.is_left_out or one.is_internal is False]
        values = TokenValues(Catalogue(await self.unit_prices()), days.window.start)
        rows, wholes = await asyncio.to_thread(_compared, kept, past, days.days, values)
        return EfficiencyResult(
            request=request,
            pinned=days,
            baseline=baseline,
            rows=rows,
            wholes=wholes,
            origin=origin,
            unpriced=sum(one.unpriced for one in kept),
            unweighed=values.unknown,
            freshness=held.freshness,
        )

    async def _done(
        self, request: DaysRequest, window: Window, by: tuple[str, ...], caller: Caller
    ) -> list[Done]:
        rows = Rows(window, request.filters, caller.organization, inference_only=True)
        return await work_done(self.engine, self.dimensions, rows, by)


async def _nothing() -> list[Done]:
    return []


Kind = tuple[Member, Member]
"""A cell: the member and the kind of work."""


@dataclass(slots=True)
class _Sides:
    """What was done of one source, in the baseline and in the period, by cell."""

    before: dict[Kind, Done]
    now: dict[Kind, Done]


def _compared(
    current: Iterable[Done], past: Iterable[Done], days: Decimal, values: TokenValues
) -> tuple[tuple[EfficiencyRow, ...], tuple[EfficiencyRow, ...]]:
    """The rows of the members and those of the sources."""
    rows: list[EfficiencyRow] = []
    wholes: list[EfficiencyRow] = []
    now, before = _by_source(current), _by_source(past)
    for source, cells in now.items():
        sides = _Sides(before.get(source, {}), cells)
        wholes.append(_row((), source, sides, days, values))
        rows += [_row(*member, days, values) for member in _members(source, sides)]
    rows.sort(key=lambda row: (-row.cost, row.source, str(row.key)))
    wholes.sort(key=lambda row: row.source)
    return tuple(row for row in rows if row.requests), tuple(row for row in wholes if row.requests)


def _by_source(done: Iterable[Done]) -> dict[Source, dict[Kind, Done]]:
    found: dict[Source, dict[Kind, Done]] = {}
    for one in done:
        found.setdefault(one.source, {})[one.member, one.kind] = one
    return found


def _members(source: Source, sides: _Sides) -> list[tuple[Member, Source, _Sides]]:
    """The cells of each member that there is now."""
    found: dict[Member, _Sides] = {}
    for cell, done in sides.now.items():
        found.setdefault(cell[0], _Sides({}, {})).now[cell] = done
    for cell, done in sides.before.items():
        if cell[0] in found:
            found[cell[0]].before[cell] = done
    return [(member, source, own) for member, own in found.items()]


def _row(
    key: Member, source: Source, sides: _Sides, days: Decimal, values: TokenValues
) -> EfficiencyRow:
    now, before = sides.now.values(), sides.before.values()
    unit = Unit.REQUEST
    if source is Source.USAGE and any(one.tokens for one in (*now, *before)):
        unit = Unit.THOUSAND_TOKENS
    return EfficiencyRow(
        key=key,
        source=source,
        cost=sum((one.cost for one in now), Decimal(0)),
        requests=sum(one.requests for one in now),
        unpriced=sum(one.unpriced for one in now),
        drift=drift(_work(sides, unit, values), unit, days),
    )


def _work(sides: _Sides, unit: Unit, values: TokenValues) -> Work:
    cells = tuple(
        Cell(
            key=(*cell[0], *cell[1]),
            requests_before=_quantity(sides.before.get(cell), unit),
            cost_before=_cost(sides.before.get(cell)),
            requests_now=_quantity(sides.now.get(cell), unit),
            cost_now=_cost(sides.now.get(cell)),
        )
        for cell in dict.fromkeys((*sides.before, *sides.now))
    )
    return Work(
        cells=cells,
        requests_before=sum(one.requests - one.unpriced for one in sides.before.values()),
        requests_now=sum(one.requests - one.unpriced for one in sides.now.values()),
        values=_values(sides, values) if unit is Unit.THOUSAND_TOKENS else {},
    )


def _values(sides: _Sides, values: TokenValues) -> dict[Member, tuple[Decimal, Decimal]]:
    """What the tokens of the cells of both periods are worth, where a list has their model."""
    found: dict[Member, tuple[Decimal, Decimal]] = {}
    for cell, done in sides.now.items():
        past = sides.before.get(cell)
        now, before = values.of(done), None if past is None else values.of(past)
        if now is not None and before is not None:
            found[*cell[0], *cell[1]] = before, now
    return found


def _quantity(done: Done | None, unit: Unit) -> int:
    if done is None:
        return 0
    return done.tokens if unit is Unit.THOUSAND_TOKENS else done.requests - done.unpriced


def _cost(done: Done | None) -> Decimal:
    return Decimal(0) if done is None else done.cost
