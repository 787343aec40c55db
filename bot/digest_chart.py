"""The picture of a digest: the days to the last one, and how the month is expected to go on."""

from __future__ import annotations

from datetime import timedelta

from analysis.written import money
from bot.blocks.digest import headline_words
from bot.blocks.text import unescape
from bot.pictures.chart import Band, DailyChart, Line
from bot.pictures.numbers import plotted
from handlers.digests.results import DigestFigures

DAY = timedelta(days=1)
LEAST_DAYS = 7
"""Days of a curve that is worth a picture."""
LEAST_AHEAD = 2
"""Days ahead that are worth a line."""


def digest_chart(figures: DigestFigures) -> DailyChart | None:
    """The daily cost, and what is foreseen of the rest of the month.

    None where there are too few days to see anything in.
    """
    costs = figures.costs
    if costs is None or len(costs.curve) < LEAST_DAYS or costs.is_unpriced:
        return None
    first, last = costs.curve_first, costs.days.now.last
    lines = [Line(name="cost a day", values=tuple(map(plotted, costs.curve)))]
    bands: list[Band] = []
    alt = (
        f"Daily cost from {first} to {last}: {money(min(costs.curve))} to "
        f"{money(max(costs.curve))} a day, {money(costs.curve[-1])} on the last."
    )
    outlook = figures.outlook
    if outlook is not None and len(outlook.ahead) >= LEAST_AHEAD:
        gap = max((outlook.as_of - last).days, 0)
        before: tuple[float | None, ...] = (None,) * (len(costs.curve) + gap)
        expected = tuple(plotted(day.expected) for day in outlook.ahead)
        lines.append(Line(name="Forecast", values=(*before, *expected), style="forecast"))
        bands.append(
            Band(
                name="95 % range",
                lower=(*before, *(plotted(day.lower) for day in outlook.ahead)),
                upper=(*before, *(plotted(day.upper) for day in outlook.ahead)),
            )
        )
        alt += f" {money(outlook.expected)} are expected by {outlook.last}."
    title = unescape(headline_words(costs)).rstrip(".")
    return DailyChart(
        title=title[:120],
        alt=alt,
        first=first,
        lines=tuple(lines),
        bands=tuple(bands),
        today=last + DAY,
    )
