"""The picture of a recommendation of another model: what models cost, and how good they are."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation

from analysis.recommendations.proposal import Json
from analysis.written import money
from bot.blocks.text import short
from bot.pictures.chart import PointsChart
from bot.pictures.numbers import plotted
from storage.records.recommendation import Recommendation

LEAST_POINTS = 2


def points_chart(row: Recommendation) -> PointsChart | None:
    """Cost against quality; None where the evidence has no such chart.

    The model that is advised, found by its name in the recommendation's action, is pointed at.
    """
    chart = row.content.evidence.get("chart")
    if not isinstance(chart, dict) or chart.get("kind") != "scatter":
        return None
    points = _points(chart)
    if len(points) < LEAST_POINTS:
        return None
    advised = _advised(row, [name for _, _, name in points])
    (now, quality, name), *_ = points
    title = f"{short(name)} costs {money(now)} a month"
    alt = (
        f"Cost a month and quality of {len(points)} models. "
        f"Now {short(name)}: {_said(now, quality)}."
    )
    if advised is not None:
        cost, good, other = points[advised]
        less = "less" if cost < now else "more"
        title = f"{short(other)} costs {money(abs(now - cost))} {less} a month than {short(name)}"
        alt += f" Advised {short(other)}: {_said(cost, good)}."
    return PointsChart(
        title=title,
        alt=alt,
        x_label="US dollars a month on the same tokens",
        y_label=str(chart.get("y_label") or "quality score"),
        points=tuple(
            (plotted(x), plotted(y), short(name) + (" (now)" if not at else ""))
            for at, (x, y, name) in enumerate(points)
        ),
        chosen=advised,
    )


def _points(chart: Mapping[str, Json]) -> list[tuple[Decimal, Decimal, str]]:
    """Cost, quality and name; the present model first. Empty where something cannot be read."""
    x, y, labels = chart.get("x"), chart.get("y"), chart.get("labels")
    if not (isinstance(x, list) and isinstance(y, list) and isinstance(labels, list)):
        return []
    if not len(x) == len(y) == len(labels):
        return []
    try:
        read = [
            (Decimal(str(a)), Decimal(str(b)), str(name))
            for a, b, name in zip(x, y, labels, strict=True)
        ]
    except InvalidOperation:
        return []
    return read if all(a.is_finite() and b.is_finite() for a, b, _ in read) else []


def _advised(row: Recommendation, names: list[str]) -> int | None:
    """The place of the model that the evidence tests beside the present one."""
    tests = row.content.evidence.get("quality_sources")
    tested = list(tests) if isinstance(tests, dict) else []
    return next((at for at, name in enumerate(names) if at and name in tested), None)


def _said(cost: Decimal, quality: Decimal) -> str:
    return f"{money(cost)}, quality {quality.normalize():f}"
