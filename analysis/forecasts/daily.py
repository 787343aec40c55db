"""Daily series side by side, counted back from their last day.

A matrix has a row for each series and a column for each day; its last column is the last complete
day of all of them. Weekdays are never looked up: the day `lead` days behind the last one falls on
the weekday of the column `WEEK` (or a multiple of it) before it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Floats: TypeAlias = NDArray[np.float64]
Bools: TypeAlias = NDArray[np.bool_]

Model: TypeAlias = Callable[[Floats, int], Floats]
"""Foresees: of a history (series × days, all known, at least `LEAST_DAYS`) and a number of days
ahead, the expectation (series × days ahead), never below zero."""

WEEK = 7

LEAST_DAYS = 14
"""Two of each weekday: with fewer, what is a weekday and what is chance cannot be told apart."""

TINY = 1e-12
"""What is divided by at least, of quantities that are compared with numbers about 1."""


def whole_weeks(history: Floats, most: int) -> Floats:
    """The last weeks, counted back from the last day: series × weeks × 7, the oldest first.

    The place within a week is the same as that of the days ahead: the first is the weekday of the
    first day that is foreseen.

    Args:
        history: series × days.
        most: weeks at most.
    """
    weeks = min(history.shape[1] // WEEK, most)
    return history[:, history.shape[1] - weeks * WEEK :].reshape(len(history), weeks, WEEK)


def by_weekday(week: Floats, horizon: int) -> Floats:
    """A week that is repeated: series × days ahead.

    Args:
        week: series × 7, the weekday of the first day ahead at first.
        horizon: days ahead.
    """
    repeated: Floats = week[:, np.arange(horizon) % WEEK]
    return repeated


def over_days(week: Floats, days: int) -> Floats:
    """A week that is repeated over the days of a history and ends with the last of them.

    Args:
        week: series × 7, as of `by_weekday`.
        days: of the history.
    """
    repeated: Floats = week[:, np.arange(-days, 0) % WEEK]
    return repeated
