"""A question about cost and its answer, as plain values: periods, rows, deltas, movers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from analysis.periods import Period, ResolvedPeriod
from handlers.freshness import Freshness
from queries.breakdown import Basis, Key
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
