"""Members beside each other, a bar each, the largest first."""

from __future__ import annotations

import math
from collections.abc import Sequence

from bot.pictures.chart import Bar, BarChart
from bot.pictures.frame import MARGIN, SMALL, WIDTH, Key, head, head_height, nothing, title_lines
from bot.pictures.numbers import UNIT_WORDS, value_label
from bot.pictures.paper import Paper, cut_to, legible, width_of
from bot.pictures.theme import Palette

MOST_BARS = 12
"""More are counted below them."""

ROW, THICK = 22.0, 13.0
WIDEST_NAME = 200.0
NAME = 11.0


def draw_bars(chart: BarChart, palette: Palette) -> Paper:
    """The picture of a bar chart; as high as it has bars."""
    bars = [bar for bar in chart.bars if math.isfinite(bar.value)]
    shown, rest = bars[:MOST_BARS], len(bars) - MOST_BARS
    title = title_lines(chart.title)
    top = head_height(title) + 6
    height = top + max(len(shown), 3) * ROW + (18 if rest > 0 else 0) + 12
    paper = Paper(WIDTH, round(height), palette.ground)
    unit = UNIT_WORDS[chart.unit] + (", change" if chart.is_change else "")
    head(paper, palette, title, unit, _keys(shown, palette))
    if not shown:
        nothing(paper, palette, "nothing to compare", (top + height) / 2)
        return paper
    names = [
        cut_to(legible(bar.name, f"no. {number}"), WIDEST_NAME, NAME)
        for number, bar in enumerate(shown, 1)
    ]
    values = [value_label(bar.value, chart.unit, sign=chart.is_change) for bar in shown]
    scale = _Scale.of(shown, names, values)
    for number, bar in enumerate(shown):
        middle = top + (number + 0.5) * ROW
        paper.text((MARGIN, middle + 4), names[number], palette.text, NAME)
        _bar(paper, palette, scale, bar, middle, is_change=chart.is_change)
        _value(paper, palette, scale, bar, values[number], middle)
    bottom = top + len(shown) * ROW
    paper.line([(scale.x(0), top), (scale.x(0), bottom)], palette.quiet, 1)
    if rest > 0:
        paper.text((MARGIN, bottom + 14), f"and {rest:,} more", palette.quiet, SMALL)
    return paper


class _Scale:
    """From values to places: zero is on the paper, and each value has room beside its bar."""

    def __init__(self, left: float, right: float, low: float, high: float) -> None:
        self._left, self._low = left, low
        self._a_unit = (right - left) / ((high - low) or 1.0)

    def x(self, value: float) -> float:
        """Of a value."""
        return self._left + (value - self._low) * self._a_unit

    @classmethod
    def of(cls, bars: Sequence[Bar], names: Sequence[str], values: Sequence[str]) -> _Scale:
        """For these bars."""
        widths = [width_of(value, SMALL) + 8 for value in values]
        negative = [w for w, bar in zip(widths, bars, strict=True) if bar.value < 0]
        positive = [w for w, bar in zip(widths, bars, strict=True) if bar.value >= 0]
        places = [bar.value for bar in bars] + [_before(bar) for bar in bars]
        left = MARGIN + max(width_of(name, NAME) for name in names) + 12
        return cls(
            left + max(negative, default=0.0),
            WIDTH - MARGIN - max(positive, default=0.0),
            min(0.0, *places),
            max(0.0, *places),
        )


def _before(bar: Bar) -> float:
    return bar.before if bar.before is not None and math.isfinite(bar.before) else 0.0


def _bar(
    paper: Paper, palette: Palette, scale: _Scale, bar: Bar, middle: float, *, is_change: bool
) -> None:
    start, end = sorted((scale.x(0), scale.x(bar.value)))
    colour = palette.limit if is_change and bar.value > 0 else palette.main
    # What is not nothing is seen, however little it is.
    width = max(end - start, 1.5 if bar.value else 0.0)
    paper.box((start, middle - THICK / 2), width, THICK, colour)
    if bar.before is not None and math.isfinite(bar.before):
        x = scale.x(bar.before)
        paper.line([(x, middle - 9), (x, middle + 9)], palette.ground, 4)
        paper.line([(x, middle - 9), (x, middle + 9)], palette.text, 2)


def _value(
    paper: Paper, palette: Palette, scale: _Scale, bar: Bar, words: str, middle: float
) -> None:
    x = scale.x(bar.value)
    if bar.value < 0:
        paper.text((x - 5, middle + 3.5), words, palette.text, SMALL, align="right")
        return
    before = scale.x(_before(bar))
    # A mark right behind the bar's end would stand in the figures.
    is_near = x - 2 <= before <= x + width_of(words, SMALL) + 6
    paper.text((max(x, before) + 5 if is_near else x + 5, middle + 3.5), words, palette.text, SMALL)


def _keys(bars: Sequence[Bar], palette: Palette) -> list[Key]:
    has_before = any(bar.before is not None for bar in bars)
    return [Key("before", palette.text, shape="tick")] if has_before else []
