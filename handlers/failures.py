"""Failures: what requests cost that failed or timed out, where, and what of it was avoidable."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from analysis.clock import Clock
from analysis.failures import Judged, Outcome, added
from analysis.periods import Window
from handlers.against_baseline import Holding
from handlers.asking import reaches_back
from handlers.caller import Caller
from handlers.days import DaysRequest, Pinned
from handlers.freshness import Freshness
from handlers.origin import Origin
from queries.breakdown import DAY
from queries.dimensions import Dimensions
from queries.engines.base import Engine
from queries.failures import Ended, ended
from queries.grouped import Rows

ROUTES = ("product", "endpoint", "process")
"""What failures are divided by where nothing is named: the API has endpoints, Studio processes."""

Member = tuple[str | date | None, ...]


@dataclass(frozen=True, slots=True)
class FailureRow:
    """One member.

    Attributes:
        key: its values in `FailuresResult.by`.
        judged: how its requests ended, beside how they usually do.
    """

    key: Member
    judged: Judged


@dataclass(frozen=True, slots=True)
class ErrorRow:
    """One way to fail.

    Attributes:
        result: failed, timeout, …; None: not told.
        error_type: infrastructure or applicative; None: not told.
        outcome: of the requests that ended so.
    """

    result: str | None
    error_type: str | None
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class FailuresResult:
    """The answer to a question about failures.

    Attributes:
        request: the question, with filter values as the data writes them.
        pinned: the days that answer it.
        by: what the rows are divided by.
        whole: of everything that the question covers.
        before: the same in the period before; None: the data does not reach back.
        baseline: from which the usual rate of failures is taken; None: there are no facts.
        rows: the members with failed requests, what wasted most first, or the days in order.
        errors: the ways to fail, what wasted most first.
        origin: whose traffic it was.
        freshness: how old each source is.
    """

    request: DaysRequest
    pinned: Pinned
    by: tuple[str, ...]
    whole: Judged
    before: Outcome | None
    baseline: Window | None
    rows: tuple[FailureRow, ...]
    errors: tuple[ErrorRow, ...]
    origin: Origin
    freshness: Freshness

    @property
    def storms(self) -> tuple[FailureRow, ...]:
        """The rows with far more failures than usual, what could be avoided most first."""
        found = [row for row in self.rows if row.judged.is_storm]
        return tuple(sorted(found, key=lambda row: -(row.judged.avoidable or Decimal(0))))

    @property
    def avoidable(self) -> Decimal:
        """USD that the storms cost beyond the usual rate of failures."""
        return sum((row.judged.avoidable or Decimal(0) for row in self.storms), Decimal(0))


@dataclass(frozen=True, slots=True)
class FailuresHandler:
    """Answers what failures cost; knows no Slack and no HTTP."""

    engine: Engine
    dimensions: Dimensions
    clock: Clock
    stale_after_hours: float

    async def failures(self, request: DaysRequest, caller: Caller) -> FailuresResult:
        """What failed requests cost, within what `caller` may see.

        Raises:
            NotAllowed: a dimension lies beyond the caller's role.
            NotUnderstood: the period or the breakdown makes no sense.
            NotFound: a filter names a value that the caller's data does not have, or nothing of
                the period is complete.
            Unavailable: the engine cannot answer.
        """
        held = await Holding(self.engine, self.dimensions, self.clock, self.stale_after_hours).held(
            request, caller
        )
        request, days, baseline = held.request, held.pinned, held.baseline
        reaches = held.covered is not None and reaches_back(days.before, held.covered)
        by = request.by or ROUTES
        dimensions = tuple(name for name in by if name != DAY)
        current, before, past = await asyncio.gather(
            self._ended(request, days.window, by, caller),
            self._ended(request, days.before if reaches else None, (), caller),
            self._ended(request, baseline, dimensions, caller),
        )
        origin = Origin(request.customers_only)
        kept = [
            one
            for one in current
            if origin.takes(one.is_internal, one.outcome.requests, one.outcome.cost)
        ]
        past, before = _kept(past, request), _kept(before, request)
        usual = None if baseline is None else added(one.outcome for one in past).rate
        return FailuresResult(
            request=request,
            pinned=days,
            by=by,
            whole=Judged(added(one.outcome for one in kept), usual),
            before=added(one.outcome for one in before) if reaches else None,
            baseline=baseline,
            rows=_rows(kept, past, by),
            errors=_errors(kept),
            origin=origin,
            freshness=held.freshness,
        )

    async def _ended(
        self, request: DaysRequest, window: Window | None, by: tuple[str, ...], caller: Caller
    ) -> list[Ended]:
        if window is None:
            return []
        rows = Rows(window, request.filters, caller.organization, inference_only=True)
        return await ended(self.engine, self.dimensions, rows, by)


def _kept(found: Iterable[Ended], request: DaysRequest) -> list[Ended]:
    return [one for one in found if one.is_internal is False or not request.customers_only]


def _rows(
    kept: Iterable[Ended], past: Iterable[Ended], by: tuple[str, ...]
) -> tuple[FailureRow, ...]:
    """A row for each member with failures; a day is held against the usual of all days."""
    place = by.index(DAY) if DAY in by else None
    now: dict[Member, Outcome] = {}
    usual: dict[Member, Outcome] = {}
    for one in kept:
        now[one.member] = now.get(one.member, Outcome()) + one.outcome
    for one in past:
        usual[one.member] = usual.get(one.member, Outcome()) + one.outcome
    rows: list[FailureRow] = []
    for member, outcome in now.items():
        undated = member if place is None else (*member[:place], *member[place + 1 :])
        rate = usual.get(undated, Outcome()).rate
        if outcome.failed or by == (DAY,):
            rows.append(FailureRow(member, Judged(outcome, rate)))
    if by[0] == DAY:
        return tuple(sorted(rows, key=_day_by_day))
    return tuple(sorted(rows, key=_most_wasted))


def _day_by_day(row: FailureRow) -> list[str]:
    return [str(value) for value in row.key]


def _most_wasted(row: FailureRow) -> tuple[Decimal, int, str]:
    return -row.judged.now.wasted, -row.judged.now.failed, str(row.key)


def _errors(kept: Iterable[Ended]) -> tuple[ErrorRow, ...]:
    found: dict[tuple[str | None, str | None], Outcome] = {}
    for one in kept:
        if one.outcome.failed:
            kind = (one.result, one.error_type)
            found[kind] = found.get(kind, Outcome()) + one.outcome
    rows = [ErrorRow(*kind, outcome) for kind, outcome in found.items()]
    return tuple(
        sorted(rows, key=lambda row: (-row.outcome.wasted, -row.outcome.failed, str(row.result)))
    )
