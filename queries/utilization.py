"""What GPUs cost by category, divided by a dimension or by day."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import cast

from analysis.costs import Pushed
from analysis.periods import Window
from analysis.utilization import Capacity
from queries.dimensions import Dimensions, Source
from queries.engines.base import Engine
from queries.grouped import Key, Rows, counts, grouped, money

CATEGORY = "category"

_FIGURES = (
    money("billed_cost"),
    money("attributed_idle_cost"),
    money("attributed_overhead_cost"),
    counts("unpriced_requests"),
    # Rows are keyed by result: the requests of a row have all failed, or none of them has.
    money("IF(failed_requests > 0, billed_cost, 0)"),
)


async def capacity_by(
    engine: Engine,
    dimensions: Dimensions,
    window: Window,
    filters: Mapping[str, tuple[str, ...]],
    by: tuple[str, ...],
) -> dict[Key, Capacity]:
    """What GPUs cost in a window, of all organizations, internal traffic put back in.

    Args:
        engine: to ask.
        dimensions: of this deployment.
        window: what is added up.
        filters: accepted values by name of dimension.
        by: names of dimensions, or "day".

    Returns:
        A sum for each combination of members; without `by`, of everything that there is.

    Raises:
        KeyError: a name is not that of a dimension.
        Unavailable: the engine cannot answer.
    """
    rows = Rows(window, filters, source=Source.GPU)
    found: dict[Key, Capacity] = {}
    divided = await grouped(engine, dimensions, rows, (*by, CATEGORY), _FIGURES)
    for key, figures in divided:
        member = key[:-1]
        found[member] = found.get(member, Capacity()) + _capacity(key[-1], figures)
    return found


def _capacity(category: object, figures: tuple[object, ...]) -> Capacity:
    direct, idle, overhead, unpriced, failed = cast(
        "tuple[Decimal, Decimal, Decimal, int, Decimal]", figures
    )
    match category:
        case "idle":
            own = Capacity(idle=Pushed(direct, Decimal(0)))
        case "overhead":
            own = Capacity(overhead=Pushed(direct, Decimal(0)))
        case "inference":
            own = Capacity(inference=direct, failed=failed)
        case "unused":
            own = Capacity(unused=direct)
        case _:
            own = Capacity(other=direct)
    nothing = Decimal(0)
    pushed = Capacity(
        idle=Pushed(nothing, idle), overhead=Pushed(nothing, overhead), unpriced_requests=unpriced
    )
    return own + pushed
