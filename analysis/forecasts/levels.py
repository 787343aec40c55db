"""Histories whose level changed for good: what lies before the change is brought to today's level.

An average over an old level and a new one foresees neither. Where the evidence is strong the days
before a change are multiplied by its ratio: the shape of the week and the noise, which took weeks
to learn, are kept, the old level is not. A level that was a tenth or less says nothing about the
one after it: there the history begins with the change.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import log

import numpy as np

from analysis.change_points import LevelChange, level_changes
from analysis.forecasts.daily import LEAST_DAYS, Floats

LEAST_SCORE = 8.0
"""Standard deviations from which a change is believed: more than for `change_points`, for a level
that only wanders comes back, and then the days before the change were the better guide."""

LEAST_STEP = 0.2
"""Of the logarithm: smaller ones are followed soon enough without."""

LATEST_DAYS = 56
"""With more days behind the change the models do not look back on it any longer."""

BEGINNING = 10.0
"""A level that many times the one before, or that part of it, is another series."""


def strong_changes(values: Floats) -> list[LevelChange]:
    """The changes of level that are believed and still matter, ascending by place.

    Args:
        values: of one series, the oldest first; NaN: not known.
    """
    believed = [
        change
        for change in level_changes(values)
        if change.score >= LEAST_SCORE and abs(log(change.ratio)) >= LEAST_STEP
    ]
    is_recent = bool(believed) and len(values) - believed[-1].place <= LATEST_DAYS
    return believed if is_recent else []


def beginning(values: Floats, changes: Sequence[LevelChange]) -> int:
    """The place from which the history is of today's series.

    Args:
        values: of one series.
        changes: of `strong_changes`.
    """
    beginnings = [
        change.place
        for change in changes
        if abs(log(change.ratio)) >= log(BEGINNING) and len(values) - change.place >= LEAST_DAYS
    ]
    return beginnings[-1] if beginnings else 0


def factors(days: int, changes: Sequence[LevelChange]) -> Floats:
    """What each day is multiplied by to stand at the level of the end.

    Args:
        days: of the history.
        changes: of `strong_changes`.
    """
    found = np.ones(days)
    for change in changes:
        found[: change.place] *= change.ratio
    return found
