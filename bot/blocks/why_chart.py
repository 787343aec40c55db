"""The picture of why a cost moved: its drivers, a bar each."""

from __future__ import annotations

from analysis.drivers.cells import RESULT
from analysis.written import money
from bot.blocks.compare_chart import LEAST_BARS, movers_chart
from bot.blocks.text import short
from bot.pictures.chart import BarChart
from handlers.why import WhyResult


def why_chart(result: WhyResult) -> BarChart | None:
    """What the drivers moved, in the order in which the answer names them.

    Drivers of different dimensions overlap: each name says of which it is.

    Returns:
        None: fewer than two moved anything.
    """
    moved = [
        (_name(driver.dimension, driver.member), driver.split.change)
        for driver in result.explanation.drivers
        if driver.split.change
    ]
    if len(moved) < LEAST_BARS:
        return None
    change, first = result.explanation.split.change, result.explanation.drivers[0]
    if first.cause is None:
        title = f"No driver alone explains {money(change, sign=True)}"
    else:
        name = _name(first.dimension, first.member)
        moved_by = money(first.split.change, sign=True)
        title = f"{name} moved the cost most: {moved_by}, all together {money(change, sign=True)}"
    return movers_chart(title, f"Drivers of the change of {money(change, sign=True)}", moved)


def _name(dimension: str, member: str) -> str:
    word = "errors" if dimension == RESULT else dimension.replace("_", " ")
    return f"{word} {short(member)}"
