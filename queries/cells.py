"""What a cost was made of before and now, divided as finely as its causes are looked for."""

from __future__ import annotations

from dataclasses import dataclass

from analysis.drivers.cells import DIVIDED, Cell, Cells
from queries.breakdown import Breakdown, Group, break_down
from queries.dimensions import Dimensions
from queries.engines.base import Engine


@dataclass(frozen=True)
class FineBreakdown(Breakdown):
    """A breakdown along as many dimensions as there are; not for reading, for arithmetic.

    Raises:
        ValueError: one name twice, or `before` reaches into `window`.
    """

    def __post_init__(self) -> None:
        if len(set(self.by)) < len(self.by):
            message = f"a breakdown is by different things, not by {self.by}"
            raise ValueError(message)
        Breakdown(self.window, self.before)


async def cells_of(engine: Engine, dimensions: Dimensions, question: Breakdown) -> Cells:
    """The cells of both windows of `question`, divided by the dimensions of `DIVIDED`.

    Unpriced requests are left out, as their cost is: with them a request would seem cheaper.

    Args:
        engine: to ask.
        dimensions: of this deployment.
        question: its windows, filters, scope and basis; what it is `by` does not count.

    Raises:
        Unavailable: the engine cannot answer.
    """
    fine = FineBreakdown(
        window=question.window,
        before=question.before,
        by=DIVIDED,
        filters=question.filters,
        organization=question.organization,
        basis=question.basis,
        customers_only=question.customers_only,
    )
    groups = await break_down(engine, dimensions, fine)
    return Cells(DIVIDED, [_cell(group) for group in groups])


def _cell(group: Group) -> Cell:
    now, before = group.now, group.before
    return Cell(
        key=tuple(None if value is None else str(value) for value in group.key),
        requests_before=before.requests - before.unpriced_requests,
        cost_before=before.cost,
        requests_now=now.requests - now.unpriced_requests,
        cost_now=now.cost,
    )
