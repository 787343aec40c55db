"""What a daily chart's curves and ranges look like, and how a forecast is tied to what happened."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from bot.pictures.chart import Band, DailyChart, Line
from bot.pictures.theme import Palette

DASHES_OF_OTHERS = ((), (5.0, 1.5), (1.2, 1.2), (6.0, 1.5, 1.2, 1.5), (2.5, 1.5))
"""Further curves differ in their dashes as well as in colour."""

MANY_DAYS, THINNER = 120, 0.6
"""From how many days on curves are thinner, and by how much."""


@dataclass(frozen=True, slots=True)
class Curve:
    """A curve as it is drawn: places from 0 on, values, None where none is known."""

    line: Line
    values: tuple[float | None, ...]
    colour: str
    width: float
    dashes: tuple[float, ...]

    @property
    def last(self) -> int:
        """The place of the last known value; -1: none is."""
        known = (at for at, value in enumerate(self.values) if value is not None)
        return max(known, default=-1)


def curves_of(chart: DailyChart, palette: Palette) -> list[Curve]:
    """The curves of a chart with their looks; the forecasts begin where what happened ends."""
    first = next((line for line in chart.lines if line.style == "actual"), None)
    looks = _looks_of_others(palette, has_main=first is not None)
    curves: list[Curve] = []
    for line in chart.lines:
        match line.style:
            case "expected":
                look = (palette.quiet, 1.6, (1.2, 1.6))
            case "forecast":
                look = (palette.main, 2.0, (3.5, 1.8))
            case "limit":
                look = (palette.limit, 1.6, (8.0, 2.5))
            case "actual" if line is first:
                look = (palette.main, 2.2, ())
            case "actual" | "other":
                look = next(looks)
        colour, width, dashes = look
        if len(line.values) > MANY_DAYS and line.style != "limit":
            width *= THINNER
        curves.append(Curve(line, _finite(line.values), colour, width, dashes))
    return [_joined(curve, curves) if curve.line.style == "forecast" else curve for curve in curves]


def _looks_of_others(
    palette: Palette, *, has_main: bool
) -> Iterator[tuple[str, float, tuple[float, ...]]]:
    """Colours and dashes, each pair once for as long as there are any."""
    colours = palette.others if has_main else (palette.main, *palette.others)
    number = int(has_main)
    while True:
        colour = colours[(number - has_main) % len(colours)]
        yield colour, 1.8, DASHES_OF_OTHERS[number % len(DASHES_OF_OTHERS)]
        number += 1


def tied(band: Band, curves: Sequence[Curve]) -> Band:
    """A range that opens where what happened ends, if it begins right after it."""
    length = min(len(band.lower), len(band.upper))
    lower, upper = _finite(band.lower[:length]), _finite(band.upper[:length])
    start = _end_before(curves, _first_known(lower))
    if start is not None:
        lower, upper = _led(lower, *start), _led(upper, *start)
    return Band(name=band.name, lower=lower, upper=upper)


def known_values(curves: Sequence[Curve], bands: Sequence[Band]) -> Iterator[float]:
    """All values of curves and ranges."""
    for values in (*(c.values for c in curves), *(v for b in bands for v in (b.lower, b.upper))):
        yield from (value for value in values if value is not None)


def stretches(known: Sequence[bool]) -> Iterator[list[int]]:
    """Places that follow each other and are known."""
    days: list[int] = []
    for at, is_known in enumerate([*known, False]):
        if is_known:
            days.append(at)
        elif days:
            yield days
            days = []


def value_at(values: Sequence[float | None], at: int) -> float:
    """A value that is known."""
    value = values[at]
    return 0.0 if value is None else value


def _joined(curve: Curve, curves: Sequence[Curve]) -> Curve:
    start = _end_before(curves, _first_known(curve.values))
    return curve if start is None else replace(curve, values=_led(curve.values, *start))


def _led(values: tuple[float | None, ...], at: int, value: float) -> tuple[float | None, ...]:
    """Values that begin at `value`; the day that is not over yet lies between."""
    first = _first_known(values)
    led = list(values)
    for day in range(at, first):
        share = (day - at) / (first - at)
        led[day] = value + (value_at(values, first) - value) * share
    return tuple(led)


def _end_before(curves: Sequence[Curve], first: int) -> tuple[int, float] | None:
    """Where what happened ends, if that is one day or two before `first`."""
    actual = next((curve for curve in curves if curve.line.style == "actual"), None)
    if actual is None or actual.last < 0 or not 1 <= first - actual.last <= 2:
        return None
    return actual.last, value_at(actual.values, actual.last)


def _finite(values: Sequence[float | None]) -> tuple[float | None, ...]:
    return tuple(v if v is not None and math.isfinite(v) else None for v in values)


def _first_known(values: Sequence[float | None]) -> int:
    return next((at for at, value in enumerate(values) if value is not None), -1)
