"""The chart of a recommendation's evidence as text: bars, or a curve of blocks."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from decimal import ROUND_HALF_EVEN, Decimal, InvalidOperation

from analysis.recommendations.proposal import Json
from bot.blocks.budget_words import bar
from bot.blocks.sparkline import Scale, sparkline
from bot.blocks.text import escape, money, percent, short

MOST_BARS = 12
"""Points that have a bar each; more are a curve."""

WIDEST = 48
"""Blocks of a curve in one line."""

WEEK_HOURS, DAY_HOURS = 168, 24
WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")

CELLS = 12

_SHARE = re.compile(r"\b(share|rate|utilization)\b", re.IGNORECASE)


def chart_lines(chart: Json) -> list[str]:
    """The chart in lines; empty where it is none, or has nothing to show. Escaped."""
    if not isinstance(chart, dict):
        return []
    x, y = _list(chart.get("x")), _numbers(chart.get("y"))
    if y is None or not y or len(x) != len(y):
        return []
    title = _title(chart)
    # What is a share is told in per cent, as everywhere.
    written = percent if _SHARE.search(title) and max(y) <= 1 else _figure
    if chart.get("kind") == "scatter":
        return _scatter(x, y, chart)
    if len(y) <= MOST_BARS:
        names = _names(chart, x)
        top = max(y)
        lines = [
            f"`{_bar(value, top)}` {written(value)} {escape(short(name))}"
            for name, value in zip(names, y, strict=True)
        ]
        return [title, *lines]
    return [title, *_curves(x, y, written)]


def _title(chart: Mapping[str, Json]) -> str:
    labels = chart.get("labels")
    named = labels if isinstance(labels, dict) else {}
    words = [str(named.get("title") or chart.get("y_label") or named.get("y") or "")]
    along = str(chart.get("x_label") or "")
    if along:
        words.append(f"by {along}")
    title = " ".join(word for word in words if word)[:200]
    return f"*{escape(title[:1].upper() + title[1:])}*"


def _names(chart: Mapping[str, Json], x: Sequence[Json]) -> list[str]:
    labels = chart.get("labels")
    names = labels if isinstance(labels, list) and len(labels) == len(x) else x
    return [str(name) for name in names]


def _bar(value: Decimal, top: Decimal) -> str:
    return bar(value / top if top > 0 else Decimal(0), CELLS)


def _scatter(x: Sequence[Json], y: Sequence[Decimal], chart: Mapping[str, Json]) -> list[str]:
    """Cost against quality: a line a model, the cheapest first; the present one came first."""
    costs = _numbers(list(x))
    if costs is None:
        return []
    front = chart.get("on_front")
    best = front if isinstance(front, list) and len(front) == len(y) else [False] * len(y)
    top = max(costs)
    names = _names(chart, x)
    names[0] = f"{short(names[0])} (now)"
    points = sorted(zip(costs, y, names, best, strict=True), key=lambda one: one[0])
    lines = [
        f"`{_bar(cost, top)}` {money(cost)} · "
        f"{_figure(quality)} {escape(short(name))}{' ★' if is_best else ''}"
        for cost, quality, name, is_best in points[:MOST_BARS]
    ]
    return ["*US dollars a month and quality* (★: nothing is both cheaper and better)", *lines]


def _curves(
    x: Sequence[Json], y: Sequence[Decimal], written: Callable[[Decimal], str]
) -> list[str]:
    span = f"0 to {written(max(y))}"
    if len(y) == WEEK_HOURS:
        days = [y[at : at + DAY_HOURS] for at in range(0, WEEK_HOURS, DAY_HOURS)]
        top = max(y)
        # Each line has the scale of the week, by a point that is cut off again.
        lines = [
            f"`{sparkline([*day, top], Scale.DAY)[:-1]}` {name}"
            for name, day in zip(WEEKDAYS, days, strict=True)
        ]
        return [*lines, f"a block an hour from midnight on, {span}"]
    step = -(-len(y) // WIDEST)
    means = [
        sum(y[at : at + step], Decimal(0)) / len(y[at : at + step]) for at in range(0, len(y), step)
    ]
    each = "" if step == 1 else f", {step} to a block"
    ends = f"{escape(short(str(x[0])))} to {escape(short(str(x[-1])))}"
    return [f"`{sparkline(means, Scale.DAY)}` {ends}{each}, {span}"]


def _figure(value: Decimal) -> str:
    digits = Decimal(1) if abs(value) >= 100 or value == value.to_integral_value() else None
    rounded = value.quantize(digits or Decimal("0.001"), ROUND_HALF_EVEN)
    text = f"{rounded:,f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _list(value: Json) -> list[Json]:
    return value if isinstance(value, list) else []


def _numbers(value: Json) -> list[Decimal] | None:
    """Numbers, or texts that are some; None: they are not."""
    try:
        numbers = [Decimal(str(one)) for one in _list(value)]
    except InvalidOperation:
        return None
    return numbers if all(one.is_finite() for one in numbers) else None


def chart_of(evidence: Mapping[str, Json]) -> list[str]:
    """The lines of the chart that some evidence has."""
    return chart_lines(evidence.get("chart"))
