"""Anomalies put into daily series, so that it is known where they are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

Floats = NDArray[np.float64]

SHIFT_DAYS = 14
"""Days for which a shift or an arrival is rightly told of; a shift found after more than
`PROMPT_DAYS` counts as missed."""

PROMPT_DAYS = 7
DRIFT_DAYS = 21

SPIKES = {
    "spike +25 %": 1.25,
    "spike +50 %": 1.5,
    "spike +100 %": 2.0,
    "spike +300 %": 4.0,
    "spike -50 %": 0.5,
}
SHIFTS = {"shift +30 %": 1.3, "shift +60 %": 1.6, "shift -40 %": 0.6}
DRIFTS = {"drift +3 % a day, 21 days": 1.03}
LAUNCH = "launch"
ON_HOLIDAYS = 0.6


@dataclass(frozen=True, slots=True)
class Planted:
    """Something that was put into a series.

    Attributes:
        row: of which series.
        name: what it is.
        first, last: the days on which a finding of it is right.
        deadline: the day by which it has to be found to count as found.
    """

    row: int
    name: str
    first: int
    last: int
    deadline: int


@dataclass(frozen=True, slots=True)
class Trial:
    """Series with what was planted in them.

    Attributes:
        values: series × days.
        kinds: of each series, the name of its kind.
        planted: what has to be found.
        neutral: days on which a finding is neither right nor wrong: holidays, about which nobody
            told the detector.
        begin: the first day that is judged.
    """

    values: Floats
    kinds: tuple[str, ...]
    planted: tuple[Planted, ...]
    neutral: NDArray[np.bool_]
    begin: int


def plant(
    chance: Generator,
    values: Floats,
    kinds: Sequence[str],
    *,
    begin: int,
    a_series: int = 2,
    holidays: int = 2,
) -> Trial:
    """Puts anomalies into series, far enough from each other to be told apart.

    Args:
        chance: where and what.
        values: series × days, changed in place.
        kinds: of each series.
        begin: the first day that is judged.
        a_series: anomalies in each series.
        holidays: days on which half of all series fall by 40 %.
    """
    rows, days = int(values.shape[0]), int(values.shape[1])
    names = [*SPIKES, *SPIKES, *SHIFTS, *DRIFTS]
    off_days = chance.choice(np.arange(begin, days), holidays, replace=False)
    planted: list[Planted] = []
    stretch = (days - begin) // a_series
    for row in range(rows):
        for number in range(a_series):
            name = str(chance.choice(names))
            lasts = _lasts(name)
            room = max(stretch - lasts - 7, 1)
            day = begin + number * stretch + int(chance.integers(room))
            planted.append(_put(values, row, day, name))
    neutral = np.zeros(values.shape, dtype=np.bool_)
    is_taken = np.zeros(values.shape, dtype=np.bool_)
    for one in planted:
        is_taken[one.row, one.first : one.last + 1] = True
    for day in off_days.tolist():
        neutral[:, day] = (chance.random(rows) < 0.5) & ~is_taken[:, day]
    values[neutral] *= ON_HOLIDAYS
    return Trial(values, tuple(kinds), tuple(planted), neutral, begin)


def launched(chance: Generator, values: Floats, row: int, begin: int) -> Planted:
    """Makes a series one that begins on a day; before it there is nothing."""
    day = begin + int(chance.integers(int(values.shape[1]) - begin - SHIFT_DAYS))
    values[row, :day] = 0.0
    return Planted(row, LAUNCH, day, day + SHIFT_DAYS - 1, day + PROMPT_DAYS)


def _lasts(name: str) -> int:
    if name in SHIFTS:
        return SHIFT_DAYS + 14
    return DRIFT_DAYS + 14 if name in DRIFTS else 1


def _put(values: Floats, row: int, day: int, name: str) -> Planted:
    if name in SPIKES:
        values[row, day] *= SPIKES[name]
        return Planted(row, name, day, day, day)
    if name in SHIFTS:
        values[row, day:] *= SHIFTS[name]
        return Planted(row, name, day, day + SHIFT_DAYS - 1, day + PROMPT_DAYS)
    grown = np.minimum(np.arange(int(values.shape[1]) - day) + 1, DRIFT_DAYS)
    values[row, day:] *= DRIFTS[name] ** grown
    last = day + DRIFT_DAYS + SHIFT_DAYS - 1
    return Planted(row, name, day, last, last)
