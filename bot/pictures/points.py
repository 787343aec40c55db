"""Points in a plane, with their names as far as they fit, and one that is pointed at."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from bot.pictures.chart import PointsChart
from bot.pictures.frame import MARGIN, SMALL, WIDTH, head, head_height, nothing, title_lines
from bot.pictures.numbers import axis_labels, ticks
from bot.pictures.paper import Paper, Point, cut_to, legible, width_of
from bot.pictures.theme import Palette

HEIGHT = 300
FOOT = 44.0
WIDEST_NAME = 150.0
LINE = 12.0


@dataclass(frozen=True, slots=True)
class _Area:
    """A rectangle that is taken."""

    left: float
    top: float
    right: float
    bottom: float

    def meets(self, other: _Area) -> bool:
        """Whether the two have something in common."""
        apart = self.right <= other.left or other.right <= self.left
        return not (apart or self.bottom <= other.top or other.bottom <= self.top)

    def holds(self, other: _Area) -> bool:
        """Whether the other is inside of this one."""
        across = self.left <= other.left and other.right <= self.right
        return across and self.top <= other.top and other.bottom <= self.bottom


def draw_points(chart: PointsChart, palette: Palette) -> Paper:
    """The picture of points."""
    paper = Paper(WIDTH, HEIGHT, palette.ground)
    title = title_lines(chart.title)
    head(paper, palette, title, cut_to(legible(chart.y_label), 300, SMALL))
    top, bottom = head_height(title) + 8, HEIGHT - FOOT
    points = [p for p in chart.points if math.isfinite(p[0]) and math.isfinite(p[1])]
    if not points:
        nothing(paper, palette, "no points", (top + bottom) / 2)
        return paper
    # Money is seen from zero; a quality from about the least.
    across = ticks(min(0.0, *(p[0] for p in points)), max(0.0, *(p[0] for p in points)))
    upwards = _around([p[1] for p in points])
    labels = axis_labels(upwards, None)
    left, right = MARGIN + max(width_of(label, SMALL) for label in labels) + 6, WIDTH - MARGIN

    def place(x: float, y: float) -> Point:
        return (
            left + (x - across[0]) / (across[-1] - across[0]) * (right - left - 12) + 4,
            bottom - (y - upwards[0]) / (upwards[-1] - upwards[0]) * (bottom - top),
        )

    for number, label in zip(upwards, labels, strict=True):
        y = place(across[0], number)[1]
        paper.line([(left, y), (right, y)], palette.rule, 0.8)
        paper.text((left - 6, y + 3.5), label, palette.quiet, SMALL, align="right")
    paper.line([(left, bottom), (right, bottom)], palette.quiet, 1)
    for number, label in zip(across, axis_labels(across, chart.unit), strict=True):
        x = place(number, upwards[0])[0]
        half = width_of(label, SMALL) / 2
        paper.line([(x, bottom), (x, bottom + 3)], palette.quiet, 0.8)
        at = min(max(x, half + 4), WIDTH - half - 4), bottom + 15
        paper.text(at, label, palette.quiet, SMALL, align="center")
    x_label = cut_to(legible(chart.x_label), right - left, SMALL)
    paper.text((right, HEIGHT - 12), x_label, palette.quiet, SMALL, align="right")
    places = [place(x, y) for x, y, _ in points]
    chosen = next((p for at, p in enumerate(chart.points) if at == chart.chosen), None)
    _draw(paper, palette, points, places, chosen, _Area(left, top - 10, right, bottom))
    return paper


def _around(values: Sequence[float]) -> list[float]:
    low, high = min(values), max(values)
    spare = (high - low) * 0.1 or abs(high) * 0.1 or 1.0
    return ticks(max(0.0, low - spare) if low >= 0 else low - spare, high + spare)


def _draw(
    paper: Paper,
    palette: Palette,
    points: Sequence[tuple[float, float, str]],
    places: Sequence[Point],
    chosen: tuple[float, float, str] | None,
    field: _Area,
) -> None:
    taken = [_Area(x - 5, y - 5, x + 5, y + 5) for x, y in places]
    order = sorted(range(len(points)), key=lambda at: points[at] != chosen)
    for at in order:
        is_chosen = points[at] == chosen
        name = cut_to(legible(points[at][2], f"no. {at + 1}"), WIDEST_NAME, SMALL, bold=is_chosen)
        box = _free(places[at], width_of(name, SMALL, bold=is_chosen), taken, field)
        if box is not None:
            paper.box((box.left - 1, box.top), box.right - box.left + 2, LINE, palette.ground)
            colour = palette.limit if is_chosen else palette.text
            paper.text((box.left, box.bottom - 3), name, colour, SMALL, bold=is_chosen)
            taken.append(box)
    for at in reversed(order):
        if points[at] == chosen:
            paper.dot(places[at], 7.5, palette.ground, palette.limit, 2)
            paper.dot(places[at], 4, palette.limit, palette.limit)
        else:
            paper.dot(places[at], 4, palette.main, palette.ground, 1)


def _free(at: Point, width: float, taken: Sequence[_Area], field: _Area) -> _Area | None:
    """Where a name may stand beside its point; None: it would stand in something else."""
    x, y = at
    corners = (
        (x + 11, y - LINE / 2),
        (x - 11 - width, y - LINE / 2),
        (x - width / 2, y - 10 - LINE),
        (x - width / 2, y + 10),
        (x + 6, y - 8 - LINE),
        (x - 6 - width, y - 8 - LINE),
    )
    boxes = (_Area(left, top, left + width, top + LINE) for left, top in corners)
    return next(
        (b for b in boxes if field.holds(b) and not any(b.meets(other) for other in taken)), None
    )
