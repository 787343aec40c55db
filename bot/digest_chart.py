"""The picture of a digest: the days to the last one, and how the month is expected to go on."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from analysis.written import money
from bot.blocks.digest import headline_words
from bot.blocks.text import unescape
from bot.pictures.chart import Band, DailyChart, Line
from handlers.digests.results import DigestFigures
from handlers.forecasts.results import PeriodOutlook

DAY = timedelta(days=1)
LEAST_DAYS = 7
"""Days of a curve that is worth a picture."""


def digest_chart(figures: DigestFigures) -> DailyChart | None:
    """The daily cost, and the average day that the rest of the month is foreseen to have.

    None where there are too few days to see anything in.
    """
    costs = figures.costs
    if costs is None or len(costs.curve) < LEAST_DAYS or costs.is_unpriced:
        return None
    first, last = costs.curve_first, costs.days.now.last
    known = len(costs.curve)
    lines = [Line(name="cost a day", values=tuple(map(_height, costs.curve)))]
    bands: list[Band] = []
    alt = (
        f"Daily cost from {first} to {last}: {money(min(costs.curve))} to "
        f"{money(max(costs.curve))} a day, {money(costs.curve[-1])} on the last."
    )
    ahead = None if figures.outlook is None else _ahead(figures.outlook)
    if ahead is not None and figures.outlook is not None:
        outlook = figures.outlook
        gap = (outlook.as_of - last).days
        before: tuple[float | None, ...] = (None,) * (known + max(gap, 0))
        days, (expected, lower, upper) = ahead
        lines.append(
            Line(
                name="average day expected",
                values=(*before, *(_height(expected),) * days),
                style="forecast",
            )
        )
        bands.append(
            Band(
                name="95 % of outcomes",
                lower=(*before, *(_height(lower),) * days),
                upper=(*before, *(_height(upper),) * days),
            )
        )
        alt += f" To {outlook.last} {money(expected)} a day are expected on average."
    title = unescape(headline_words(costs)).rstrip(".")
    return DailyChart(
        title=title[:120],
        alt=alt,
        first=first,
        lines=tuple(lines),
        bands=tuple(bands),
        today=last + DAY,
    )


def _height(value: Decimal) -> float:
    """Where something is drawn: no figure is read off it."""
    return float(value)


def _ahead(outlook: PeriodOutlook) -> tuple[int, tuple[Decimal, Decimal, Decimal]] | None:
    """The days that are foreseen, and what one costs on average with its interval, USD."""
    days = (outlook.last - outlook.as_of).days
    known = outlook.spent - outlook.provisional
    if days < 2:
        return None
    each = [
        max((usd - known) / days, Decimal(0))
        for usd in (outlook.expected, outlook.lower, outlook.upper)
    ]
    return days, (each[0], each[1], each[2])
