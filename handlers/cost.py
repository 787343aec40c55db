"""What something cost: one period, at most two breakdowns, filters; with what moved it."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal

from analysis.clock import Clock
from analysis.errors import NotUnderstood
from analysis.periods import Comparison, Period, ResolvedPeriod, resolve
from handlers.asking import Names, reaches_back
from handlers.caller import Caller
from handlers.freshness import Freshness, freshness_of
from queries.breakdown import TIMES, Basis, Breakdown, Group, Key, break_down
from queries.dimensions import Dimensions
from queries.engines.base import Engine
from queries.measures import Measures, added

MOST_BREAKDOWNS = 2


@dataclass(frozen=True, slots=True)
class CostRequest:
    """A question about cost.

    Attributes:
        period: what to add up.
        by: names of at most two dimensions, or `day`, `hour`.
        filters: dimension name to the values that count, any of them.
        top: how many rows to show before "others"; None: as many as fit.
        basis: fully loaded requests, or infrastructure; never both in one sum.
        customers_only: leave internal traffic and traffic of unknown origin out.
    """

    period: Period
    by: tuple[str, ...] = ()
    filters: Mapping[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]])
    top: int | None = None
    basis: Basis = Basis.FULLY_LOADED
    customers_only: bool = False


@dataclass(frozen=True, slots=True)
class Delta:
    """How a cost compares with the period before, over complete hours.

    Attributes:
        now: USD in the complete part of the period.
        before: USD in the same stretch before it.
        label: what that stretch is called.
    """

    now: Decimal
    before: Decimal
    label: str

    @property
    def change(self) -> Decimal:
        """USD more than before."""
        return self.now - self.before

    @property
    def ratio(self) -> Decimal | None:
        """The change as a share of before; None where before was nothing."""
        return self.change / self.before if self.before else None


@dataclass(frozen=True, slots=True)
class CostRow:
    """One member of a breakdown.

    Attributes:
        key: its value in each dimension of `by`; None: the fact has none there.
        measures: what it adds up to.
        share: of the whole period's cost; None where that is nothing.
        delta: against the period before; None where nothing can be compared.
    """

    key: Key
    measures: Measures
    share: Decimal | None
    delta: Delta | None = None


@dataclass(frozen=True, slots=True)
class Mover:
    """A member whose cost changed, vanished and new ones included."""

    key: Key
    delta: Delta


@dataclass(frozen=True, slots=True)
class CostResult:
    """The answer to a `CostRequest`.

    Attributes:
        request: the question, with filter values as the data writes them.
        period: the question's period, pinned to instants.
        total: of everything that the question covers, rows beyond `top` included.
        delta: of the total; None where nothing can be compared: nothing of the period is
            complete, or the data does not reach back far enough.
        rows: all members, dearest first, or in order of time; one, with an empty key, without
            a breakdown.
        movers: the members whose cost changed, the largest change in dollars first.
        moved_along: the dimensions of the movers: those asked for, or the model where none was.
        unpriced_models: the models behind the unpriced requests, most requests first.
        freshness: how old each source is.
        covered: first and last day for which there are facts; None: none at all.
        reaches_back: whether the facts begin early enough for the comparison.
    """

    request: CostRequest
    period: ResolvedPeriod
    total: Measures
    delta: Delta | None
    rows: tuple[CostRow, ...]
    movers: tuple[Mover, ...]
    moved_along: tuple[str, ...]
    unpriced_models: tuple[str, ...]
    freshness: Freshness
    covered: tuple[date, date] | None
    reaches_back: bool

    @property
    def is_empty(self) -> bool:
        """Whether there is no fact at all behind the question."""
        return self.total.requests == 0 and not self.total.cost

    @property
    def shown(self) -> tuple[CostRow, ...]:
        """The rows that were asked for."""
        return self.rows if self.request.top is None else self.dearest(self.request.top)

    def dearest(self, most: int) -> tuple[CostRow, ...]:
        """So many rows, the dearest ones; they stay in order of time where the rows are in it."""
        by_cost = sorted(range(len(self.rows)), key=lambda place: -self.rows[place].measures.cost)
        return tuple(self.rows[place] for place in sorted(by_cost[:most]))

    def beyond(self, rows: tuple[CostRow, ...]) -> tuple[CostRow, ...]:
        """All rows but these."""
        among = {row.key for row in rows}
        return tuple(row for row in self.rows if row.key not in among)

    @property
    def others(self) -> CostRow | None:
        """What is beyond the rows that were asked for, as one row; None where nothing is."""
        rest = self.beyond(self.shown)
        if not rest:
            return None
        return others_row(rest, self.total.cost)


def others_row(rest: tuple[CostRow, ...], total: Decimal) -> CostRow:
    """`rest` as one row, with its share of `total` and its own change."""
    measures = added(row.measures for row in rest)
    deltas = [row.delta for row in rest if row.delta is not None]
    delta = None
    if deltas:
        now = sum((delta.now for delta in deltas), Decimal(0))
        before = sum((delta.before for delta in deltas), Decimal(0))
        delta = Delta(now, before, deltas[0].label)
    return CostRow(key=(), measures=measures, share=share_of(measures.cost, total), delta=delta)


def share_of(cost: Decimal, total: Decimal) -> Decimal | None:
    """`cost` as a share of `total`; None where the total is nothing."""
    return cost / total if total else None


@dataclass(frozen=True, slots=True)
class CostHandler:
    """Answers questions about cost; knows no Slack and no HTTP."""

    engine: Engine
    dimensions: Dimensions
    clock: Clock
    stale_after_hours: float

    async def cost(self, request: CostRequest, caller: Caller) -> CostResult:
        """What the period cost, within what `caller` may see.

        Raises:
            NotUnderstood: the period or the breakdown makes no sense.
            NotAllowed: a dimension lies beyond the caller's role.
            NotFound: a filter names a value that the caller's data does not have.
        """
        now = self.clock()
        freshness = freshness_of(self.engine.snapshot(), now, self.stale_after_hours)
        period = resolve(request.period, now, caller.zone, data_until=freshness.data_until)
        request = await self._checked(request, caller)
        covered = freshness.covered(caller.zone)
        comparison = period.comparison
        is_compared = reaches_back(comparison.before if comparison else None, covered)
        if not is_compared:
            period = replace(period, comparison=None)
        question = self._question(request, period, caller)
        moved_along = ("model",) if _runs_along_time(request) else question.by
        (divided, compared), moved = await asyncio.gather(
            self._answer(question, period),
            self._compare(replace(question, by=moved_along), period)
            if moved_along != question.by
            else _nothing(),
        )
        moved = moved or compared
        groups = divided
        if not request.by:
            groups, compared = [_as_one(divided)], [_as_one(compared)] if period.comparison else []
        total = added(group.now for group in groups)
        label = period.comparison.before_label if period.comparison else ""
        deltas = {
            group.key: Delta(group.now.cost, group.before.cost, label)
            for group in compared
            if _is_like_with_like(request, period.comparison)
        }
        return CostResult(
            request=request,
            period=period,
            total=total,
            delta=_total_delta(compared, label),
            rows=tuple(
                CostRow(
                    key=group.key,
                    measures=group.now,
                    share=share_of(group.now.cost, total.cost),
                    delta=deltas.get(group.key),
                )
                for group in groups
                if group.now.requests or group.now.cost
            ),
            movers=_movers(moved, label),
            moved_along=moved_along,
            unpriced_models=await self._unpriced_models(question, divided, total),
            freshness=freshness,
            covered=covered,
            reaches_back=is_compared,
        )

    async def _checked(self, request: CostRequest, caller: Caller) -> CostRequest:
        """The request with every name allowed, every value known, and the one right basis."""
        if len(request.by) > MOST_BREAKDOWNS or len(set(request.by)) < len(request.by):
            sentence = "A breakdown runs along one or two different dimensions."
            raise NotUnderstood(sentence, "Try `by model by day`.")
        names = Names(self.engine, self.dimensions)
        names.allow((*request.by, *request.filters), caller)
        filters = await names.known(request.filters, caller)
        by_category = "category" in request.by or "category" in request.filters
        return replace(
            request,
            filters=filters,
            # Only infrastructure cost can be added up over categories (idle has no requests).
            basis=Basis.INFRASTRUCTURE if by_category else request.basis,
            # Who sees one organization is its customer: the owner's own traffic is not theirs.
            customers_only=request.customers_only or caller.organization is not None,
        )

    def _question(self, request: CostRequest, period: ResolvedPeriod, caller: Caller) -> Breakdown:
        return Breakdown(
            window=period.window,
            before=None,
            # The models say what moved a total, and add up to it.
            by=request.by or ("model",),
            filters=request.filters,
            organization=caller.organization,
            basis=request.basis,
            customers_only=request.customers_only,
        )

    async def _answer(
        self, question: Breakdown, period: ResolvedPeriod
    ) -> tuple[list[Group], list[Group]]:
        """The period's groups, and those of its comparison, in one pass."""
        comparison = period.comparison
        if comparison is None:
            return await self._ask(question), []
        groups = await self._ask(
            replace(question, before=comparison.before, compared_until=comparison.now.end)
        )
        compared = [replace(group, now=group.compared) for group in groups]
        return groups, [group for group in compared if _holds_something(group)]

    async def _ask(self, question: Breakdown) -> list[Group]:
        return await break_down(self.engine, self.dimensions, question)

    async def _compare(self, question: Breakdown, period: ResolvedPeriod) -> list[Group]:
        """The groups of the period's comparison; none where nothing can be compared."""
        comparison = period.comparison
        if comparison is None:
            return []
        return await self._ask(
            replace(question, window=comparison.now, before=comparison.before, cost_only=True)
        )

    async def _unpriced_models(
        self, question: Breakdown, groups: list[Group], total: Measures
    ) -> tuple[str, ...]:
        if not total.unpriced_requests:
            return ()
        if question.by != ("model",):
            groups = await self._ask(replace(question, by=("model",)))
        unpriced = [group for group in groups if group.now.unpriced_requests]
        unpriced.sort(key=lambda group: -group.now.unpriced_requests)
        return tuple(str(group.key[0] or "no model named") for group in unpriced)


def _holds_something(group: Group) -> bool:
    return any(some.requests or some.cost for some in (group.now, group.before))


def _as_one(groups: list[Group]) -> Group:
    return Group(
        key=(),
        now=added(group.now for group in groups),
        before=added(group.before for group in groups),
        compared=added(group.compared for group in groups),
    )


async def _nothing() -> list[Group]:
    return []


def _is_like_with_like(request: CostRequest, comparison: Comparison | None) -> bool:
    """Whether each row has a counterpart: a Sunday is not compared with a Thursday."""
    if comparison is None or "day" not in request.by:
        return True
    apart = comparison.now.first_day - comparison.before.first_day
    return apart.days % 7 == 0


def _runs_along_time(request: CostRequest) -> bool:
    return any(name in TIMES for name in request.by)


def _total_delta(compared: list[Group], label: str) -> Delta | None:
    if not compared:
        return None
    return Delta(
        sum((group.now.cost for group in compared), Decimal(0)),
        sum((group.before.cost for group in compared), Decimal(0)),
        label,
    )


def _movers(moved: list[Group], label: str) -> tuple[Mover, ...]:
    """The members whose cost changed, the largest change first."""
    movers = [Mover(group.key, Delta(group.now.cost, group.before.cost, label)) for group in moved]
    changed = [mover for mover in movers if mover.delta.change]
    return tuple(sorted(changed, key=lambda mover: -abs(mover.delta.change)))
