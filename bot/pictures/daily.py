"""Days from left to right: curves, ranges, marks, and where the present day begins."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bot.pictures.chart import Band, DailyChart
from bot.pictures.curves import Curve, curves_of, known_values, stretches, tied, value_at
from bot.pictures.days import day_labels, span_words
from bot.pictures.frame import (
    MARGIN,
    SMALL,
    WIDTH,
    Key,
    apart,
    head,
    head_height,
    nothing,
    title_lines,
)
from bot.pictures.numbers import UNIT_WORDS, axis_labels, ticks
from bot.pictures.paper import Paper, Point, cut_to, legible, width_of
from bot.pictures.theme import Palette

HEIGHT = 280
FOOT = 28.0
"""Below the curves, for the days."""

MOST_NAMED = 8
"""Curves with a name at their end; what more there is has none."""

WIDEST_NAME, WIDEST_MARK = 130.0, 170.0
MARK_ROW, MOST_MARK_ROWS, MOST_MARKS = 14.0, 2, 20


@dataclass(frozen=True, slots=True)
class _Field:
    """Where the curves are: from places and values to the paper."""

    left: float
    right: float
    top: float
    bottom: float
    length: int
    low: float
    high: float

    def x(self, at: float) -> float:
        """Of a day, by its place."""
        if self.length == 1:
            return (self.left + self.right) / 2 + at * 40
        return self.left + 8 + at * (self.right - self.left - 16) / (self.length - 1)

    def y(self, value: float) -> float:
        """Of a value."""
        return self.bottom - (value - self.low) / (self.high - self.low) * (self.bottom - self.top)

    def point(self, at: float, value: float) -> Point:
        """Of a value on a day."""
        return self.x(at), self.y(value)


def draw_daily(chart: DailyChart, palette: Palette) -> Paper:
    """The picture of a daily chart."""
    paper = Paper(WIDTH, HEIGHT, palette.ground)
    curves = curves_of(chart, palette)
    bands = [tied(band, curves) for band in chart.bands]
    length = max([1, *(len(c.values) for c in curves), *(len(b.upper) for b in bands)])
    values = list(known_values(curves, bands))
    numbers = ticks(min([0.0, *values]), max([0.0, *values]))
    labels = axis_labels(numbers, chart.unit)
    named = _named(curves, length)
    title = title_lines(chart.title)
    marks = _marks(chart, length)
    rows = _mark_rows(marks)
    field = _Field(
        left=MARGIN + max(width_of(label, SMALL) for label in labels) + 6,
        right=WIDTH - MARGIN - max((width_of(name, SMALL) + 6 for _, name in named), default=0.0),
        top=head_height(title) + 6 + rows * MARK_ROW,
        bottom=HEIGHT - FOOT,
        length=length,
        low=numbers[0],
        high=numbers[-1],
    )
    unit = f"{UNIT_WORDS[chart.unit]} · {span_words(chart.first, length)}"
    head(paper, palette, title, unit, _keys(chart, curves, named, palette))
    _grid(paper, palette, field, numbers, labels)
    _days(paper, palette, field, chart)
    if not values:
        nothing(paper, palette, "nothing is known of these days", (field.top + field.bottom) / 2)
        return paper
    for band in bands:
        _band(paper, field, band, _band_colour(curves, palette))
    _draw_marks(paper, palette, field, marks, curves)
    for curve in reversed(curves):  # what happened is drawn last, over all else
        _draw_curve(paper, field, curve)
    _names(paper, field, named)
    return paper


def _named(curves: Sequence[Curve], length: int) -> list[tuple[Curve, str]]:
    """The curves that reach the right edge, with the names that stand beside it."""
    if len(curves) < 2:
        return []
    at_edge = [curve for curve in curves if 0 <= length - 1 - curve.last <= 1]
    return [
        (curve, cut_to(legible(curve.line.name), WIDEST_NAME, SMALL))
        for curve in at_edge[:MOST_NAMED]
    ]


def _keys(
    chart: DailyChart,
    curves: Sequence[Curve],
    named: Sequence[tuple[Curve, str]],
    palette: Palette,
) -> list[Key]:
    """Of the curves that have no name at their end, and of the ranges."""
    beside = [curve.line for curve, _ in named]
    keys = [
        Key(curve.line.name, curve.colour, curve.dashes)
        for curve in curves
        if curve.line not in beside and curve.last >= 0
    ]
    colour = _band_colour(curves, palette)
    return [*keys, *(Key(band.name, colour, shape="area") for band in chart.bands)]


def _band_colour(curves: Sequence[Curve], palette: Palette) -> str:
    foreseen = any(curve.line.style == "forecast" for curve in curves)
    return palette.main if foreseen else palette.fill


def _grid(
    paper: Paper, palette: Palette, field: _Field, numbers: Sequence[float], labels: Sequence[str]
) -> None:
    for number, label in zip(numbers, labels, strict=True):
        y = field.y(number)
        is_zero = abs(number) < 1e-12
        colour = palette.quiet if is_zero else palette.rule
        paper.line([(field.left, y), (field.right, y)], colour, 1.0 if is_zero else 0.8)
        paper.text((field.left - 6, y + 3.5), label, palette.quiet, SMALL, align="right")


def _days(paper: Paper, palette: Palette, field: _Field, chart: DailyChart) -> None:
    edge = 0.0
    for at, label in day_labels(chart.first, field.length):
        x, width = field.x(at), width_of(label, SMALL)
        if x - width / 2 < edge or x + width / 2 > WIDTH - 4:
            continue
        paper.line([(x, field.bottom), (x, field.bottom + 3)], palette.quiet, 0.8)
        paper.text((x, field.bottom + 16), label, palette.quiet, SMALL, align="center")
        edge = x + width / 2 + 8


def _band(paper: Paper, field: _Field, band: Band, colour: str) -> None:
    """Each stretch of days on which the range is known; a day by itself is a bar."""
    for days in stretches([a is not None and b is not None for a, b in _pairs(band)]):
        low = [field.point(at, value_at(band.lower, at)) for at in days]
        high = [field.point(at, value_at(band.upper, at)) for at in days]
        if len(days) == 1:
            (x, bottom), (_, top) = low[0], high[0]
            paper.area([(x - 3, bottom), (x + 3, bottom), (x + 3, top), (x - 3, top)], colour, 0.22)
        else:
            paper.area([*low, *reversed(high)], colour, 0.22)


def _pairs(band: Band) -> Iterator[tuple[float | None, float | None]]:
    return zip(band.lower, band.upper, strict=True)


def _draw_curve(paper: Paper, field: _Field, curve: Curve) -> None:
    for days in stretches([value is not None for value in curve.values]):
        points = [field.point(at, value_at(curve.values, at)) for at in days]
        if len(points) > 1:
            paper.line(points, curve.colour, curve.width, curve.dashes)
        else:
            paper.dot(points[0], curve.width + 0.8, curve.colour, curve.colour)


def _marks(chart: DailyChart, length: int) -> list[tuple[float, str, bool]]:
    """Places, names, and whether it is the present day that begins there."""
    marks = [((mark.day - chart.first).days, mark.label, False) for mark in chart.marks]
    places: list[tuple[float, str, bool]] = [
        (float(at), cut_to(legible(label), WIDEST_MARK, SMALL), is_today)
        for at, label, is_today in marks
        if 0 <= at < length
    ][:MOST_MARKS]
    if chart.today is not None and 0 < (at := (chart.today - chart.first).days) < length:
        places.append((at - 0.5, "today", True))
    return sorted(places)


def _mark_rows(marks: Sequence[tuple[float, str, bool]]) -> int:
    return min(len(marks), MOST_MARK_ROWS)


def _draw_marks(
    paper: Paper,
    palette: Palette,
    field: _Field,
    marks: Sequence[tuple[float, str, bool]],
    curves: Sequence[Curve],
) -> None:
    rows = _mark_rows(marks)
    edges = [0.0] * rows
    for at, label, is_today in marks:
        x, width = field.x(at), width_of(label, SMALL)
        left = min(max(x - width / 2, field.left), WIDTH - MARGIN - width)
        row = next((row for row in range(rows) if edges[row] <= left), None)
        top = field.top - 4 - (row or 0) * MARK_ROW
        colour = palette.quiet if is_today else palette.text
        if row is not None:  # what finds no room for its name is a ring alone
            paper.line([(x, top + 2), (x, field.bottom)], palette.quiet, 0.9, (2, 2))
            paper.text((left, top), label, colour, SMALL)
            edges[row] = left + width + 10
        if not is_today:
            _ring(paper, palette, field, int(at), curves)


def _ring(paper: Paper, palette: Palette, field: _Field, at: int, curves: Sequence[Curve]) -> None:
    for curve in curves:
        value = curve.values[at] if at < len(curve.values) else None
        if curve.line.style == "actual" and value is not None:
            paper.dot(field.point(at, value), 4.5, palette.ground, palette.limit, 2)
            return


def _names(paper: Paper, field: _Field, named: Sequence[tuple[Curve, str]]) -> None:
    wanted = [field.y(value_at(curve.values, curve.last)) for curve, _ in named]
    places = apart(wanted, 13, field.top, field.bottom)
    for (curve, name), y in zip(named, places, strict=True):
        paper.text((field.right + 2, y + 3.5), name, curve.colour, SMALL)
