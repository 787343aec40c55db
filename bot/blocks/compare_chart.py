"""The picture of a comparison: the members that moved a cost most."""

from __future__ import annotations

from decimal import Decimal

from analysis.written import money
from bot.blocks.text import short
from bot.pictures.chart import Bar, BarChart
from bot.pictures.numbers import plotted
from handlers.compare import CompareResult

MOST_BARS = 8
LEAST_BARS = 2
"""One bar says no more than the sentence above it."""

MOST_SPOKEN = 5
"""Members that the alt text names."""


def compare_chart(result: CompareResult) -> BarChart | None:
    """The changes in dollars, the largest first; None where fewer than two members moved."""
    moved = [
        (short(row.member or f"no {result.by.replace('_', ' ')}"), row.shifts[0].change)
        for row in result.rows
        if row.shifts[0] is not None and row.shifts[0].change
    ]
    if len(moved) < LEAST_BARS:
        return None
    total, now, before = result.total.shifts[0], result.compared.now, result.compared.against[0]
    whole = "" if total is None else f", all together {money(total.change, sign=True)}"
    name, change = moved[0]
    return movers_chart(
        f"{name} moved the cost most: {money(change, sign=True)}{whole}",
        f"Change of cost, {now.days} against {before.days}",
        moved,
    )


def movers_chart(title: str, what: str, moved: list[tuple[str, Decimal]]) -> BarChart:
    """Changes in dollars, a bar each.

    Args:
        title: the finding.
        what: the beginning of the alt text: which changes these are.
        moved: names and changes, the largest first.
    """
    spoken = ", ".join(f"{name} {money(change, sign=True)}" for name, change in moved[:MOST_SPOKEN])
    rest = len(moved) - MOST_SPOKEN
    more = f" and {rest} more" if rest > 0 else ""
    return BarChart(
        title=title,
        alt=f"{what}: {spoken}{more}.",
        bars=tuple(Bar(name=name, value=plotted(change)) for name, change in moved[:MOST_BARS]),
        is_change=True,
    )
