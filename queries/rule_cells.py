"""What alert rules are judged by: the daily figures of many series in one pass."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import cast

from analysis.alert_rules.figures import Figures
from analysis.periods import Window
from queries.breakdown import DAY
from queries.dimensions import Dimensions, Source
from queries.engines.base import Engine
from queries.grouped import INTERNAL, SOURCE, Key, Rows, counts, grouped, money

# Rows are keyed by result: the requests of a row have all failed, or none of them has.
_OF_REQUESTS = "cost_category = 'inference'"
_FIGURES = (
    money("fully_loaded_cost"),
    money("billed_cost"),
    money(f"IF({_OF_REQUESTS}, billed_cost, 0)"),
    counts(f"IF({_OF_REQUESTS}, requests, 0)"),
    counts(f"IF({_OF_REQUESTS}, unpriced_requests, 0)"),
    counts(f"IF({_OF_REQUESTS}, failed_requests, 0)"),
    money("IF(failed_requests > 0, fully_loaded_cost, 0)"),
)

_SOURCES = {source.value: source for source in Source}

Members = tuple[str | None, ...]


@dataclass(frozen=True, slots=True)
class RuleCell:
    """What one combination of members came to on a day, or in the whole window.

    Attributes:
        members: a value for each dimension that was asked for; None: the rows have none.
        day: in the window's zone; None: of the whole window.
        source: where the facts come from.
        is_customers: neither internal traffic nor traffic of unknown origin.
        figures: the sums.
    """

    members: Members
    day: date | None
    source: Source
    is_customers: bool
    figures: Figures


async def rule_cells(
    engine: Engine,
    dimensions: Dimensions,
    window: Window,
    by: Sequence[str],
    accepted: Mapping[str, tuple[str, ...]],
    *,
    daily: bool = True,
) -> list[RuleCell]:
    """The figures of all combinations of members in a window.

    Args:
        engine: to ask.
        dimensions: of this deployment.
        window: what is looked at; a part of its last day counts as far as it is there.
        by: names of dimensions: what the members are of.
        accepted: values by name of dimension, any of which will do.
        daily: a cell for each day; otherwise one for the whole window.

    Returns:
        The cells that have any rows, in no order; rows with and without a known origin apart.

    Raises:
        KeyError: a name is not that of a dimension.
        Unavailable: the engine cannot answer.
    """
    rows = Rows(window, accepted)
    keys = (*by, *((DAY,) if daily else ()), SOURCE, INTERNAL)
    found = await grouped(engine, dimensions, rows, keys, _FIGURES)
    # Tens of thousands of cells would keep all others waiting.
    return await asyncio.to_thread(_cells, found, len(by), daily=daily)


def _cells(
    found: Sequence[tuple[Key, tuple[object, ...]]], wide: int, *, daily: bool
) -> list[RuleCell]:
    return [
        RuleCell(
            members=cast("Members", key[:wide]),
            day=cast("date", key[wide]) if daily else None,
            source=_SOURCES[str(key[-2])],
            is_customers=key[-1] is False,
            figures=_figures(figures),
        )
        for key, figures in found
    ]


def _figures(row: tuple[object, ...]) -> Figures:
    return Figures(*cast("tuple[Decimal, Decimal, Decimal, int, int, int, Decimal]", row))
