"""The picture of a forecast: what was, what is foreseen, and the range around it."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from analysis.forecasts.forecast import LEVEL
from analysis.shifts import Shift
from analysis.written import money
from bot.pictures.chart import Band, DailyChart, Line, Mark
from handlers.forecasts.results import DAY, ForecastResult

FEW_DOLLARS = 100
"""From so many on a title has no cents."""

LEAST_SHOWN = 56
"""Days of history that are drawn at least, where there are so many: eight weeks show the rhythm."""


def forecast_chart(result: ForecastResult) -> DailyChart | None:
    """The history and its fan; None where nothing is foreseen."""
    total = result.total
    if total is None or total.forecast is None:
        return None
    found, ahead = total.forecast, total.total
    if ahead is None:
        return None
    shown = max(2 * len(found.expected), LEAST_SHOWN)
    was = plotted(total.series.costs[-shown:])
    gap: tuple[float | None, ...] = (None,) * len(was)
    later: tuple[float | None, ...] = (None,) * len(found.expected)
    percent = f"{LEVEL:.0%}".replace("%", " %")
    days = len(found.expected)
    title = f"The next {days} days: {short_money(ahead.expected)} expected"
    before = total.series.latest(days)
    ratio = None if before is None else Shift(ahead.expected, before).ratio
    if ratio is not None:
        how = "more" if ratio > 0 else "less"
        same = abs(ratio) < Decimal("0.005")
        title += (
            f", as the last {days}" if same else f", {abs(ratio):.0%} {how} than the last {days}"
        )
    return DailyChart(
        title=title.replace("%", " %"),
        alt=(
            f"Daily cost from {total.series.last - (len(was) - 1) * DAY} to {total.series.last}, "
            f"and foreseen to {ahead.last}: {money(ahead.expected)} together, in {percent} of "
            f"cases between {money(ahead.lower)} and {money(ahead.upper)}."
        ),
        first=total.series.last - (len(was) - 1) * DAY,
        lines=(
            Line(name="Cost", values=(*was, *later)),
            Line(
                name="Forecast",
                # Begins where the history ends, so that there is no gap between them.
                values=(*gap[:-1], was[-1], *rounded(found.expected)),
                style="forecast",
            ),
        ),
        bands=(
            Band(
                name=f"{percent} range",
                lower=(*gap, *rounded(found.lower)),
                upper=(*gap, *rounded(found.upper)),
            ),
        ),
        marks=_marks(result),
        today=found.first,
    )


def short_money(usd: Decimal) -> str:
    """US dollars for a title or a mark: without cents where they are only noise."""
    return f"${usd:,.0f}" if usd >= FEW_DOLLARS else money(usd)


def plotted(values: Iterable[Decimal]) -> tuple[float, ...]:
    """Money as points of a picture, to the cent where cents are seen."""
    return rounded(float(value) for value in values)


def rounded(values: Iterable[float]) -> tuple[float, ...]:
    """Points to four digits behind the point: nobody sees more."""
    return tuple(round(value, 4) for value in values)


def _marks(result: ForecastResult) -> tuple[Mark, ...]:
    outlook, total = result.outlook, result.total
    if outlook is None or total is None or total.forecast is None:
        return ()
    if not total.forecast.first <= outlook.last <= total.forecast.last:
        return ()
    label = f"{outlook.first:%B} in all: {short_money(outlook.expected)}"
    return (Mark(day=outlook.last, label=label),)
