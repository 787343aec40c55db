"""How requests ended and what the failed ones cost, divided by dimensions or by day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import cast

from analysis.failures import Outcome
from queries.dimensions import Dimensions
from queries.engines.base import Engine
from queries.grouped import INTERNAL, Rows, counts, grouped, money

RESULT, ERROR_TYPE = "result", "error_type"

# Rows are keyed by result: the requests of a row have all failed, or none of them has.
_FIGURES = (
    counts("requests"),
    counts("failed_requests"),
    counts("IF(failed_requests > 0, unpriced_requests, 0)"),
    money("fully_loaded_cost"),
    money("IF(failed_requests > 0, fully_loaded_cost, 0)"),
)


@dataclass(frozen=True, slots=True)
class Ended:
    """How some requests ended.

    Attributes:
        member: its values in what was asked for.
        result: success, failed, timeout, …; None: not told.
        error_type: infrastructure or applicative; None: not told.
        is_internal: the owner's own traffic; None: not known.
        outcome: the figures.
    """

    member: tuple[str | date | None, ...]
    result: str | None
    error_type: str | None
    is_internal: bool | None
    outcome: Outcome


async def ended(
    engine: Engine, dimensions: Dimensions, rows: Rows, by: tuple[str, ...]
) -> list[Ended]:
    """How the requests of some rows ended.

    Args:
        engine: to ask.
        dimensions: of this deployment.
        rows: which are added up.
        by: names of dimensions, or "day": the members.

    Raises:
        KeyError: a name is not that of a dimension.
        Unavailable: the engine cannot answer.
    """
    divided = await grouped(engine, dimensions, rows, (*by, RESULT, ERROR_TYPE, INTERNAL), _FIGURES)
    found: list[Ended] = []
    for key, figures in divided:
        requests, failed, unpriced, cost, wasted = cast(
            "tuple[int, int, int, Decimal, Decimal]", figures
        )
        member = cast("tuple[str | date | None, ...]", key[:-3])
        result, error_type, internal = cast("tuple[str | None, str | None, bool | None]", key[-3:])
        outcome = Outcome(requests, failed, unpriced, cost, wasted)
        found.append(Ended(member, result, error_type, internal, outcome))
    return found
