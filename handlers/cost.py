"""What something cost: one period, at most two breakdowns, filters; with what moved it."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from decimal import Decimal

from analysis.clock import Clock
from analysis.errors import NotUnderstood
from analysis.periods import Comparison, ResolvedPeriod, resolve
from handlers.asking import Names, reaches_back
from handlers.caller import Caller
from handlers.cost_results import (
    MOST_BREAKDOWNS,
    CostRequest,
    CostResult,
    CostRow,
    Delta,
    Mover,
    share_of,
)
from handlers.freshness import freshness_of
from queries.breakdown import TIMES, Basis, Breakdown, Group, break_down
from queries.dimensions import Dimensions
from queries.engines.base import Engine
from queries.measures import Measures, added


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
