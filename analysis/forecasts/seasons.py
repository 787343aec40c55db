"""The shape of a week: by how much of the level each weekday lies above or below it.

Ratio to the average of the week that a day stands in, then the median over the weeks: the classical
decomposition by ratios (Hyndman and Athanasopoulos, 3.4) with a median for a mean, so that an odd
week does not bend the shape.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from analysis.forecasts.daily import TINY, Bools, Floats, over_days, whole_weeks

CLOSED = 0.1
"""A weekday with less than this share of the level says nothing about the level itself."""


def week_shape(history: Floats, weeks: int, *, robust: bool = True) -> Floats:
    """Of each weekday its share of the week's level: series × 7, 1 on average.

    Series without any level have a flat shape.

    Args:
        history: series × days, none negative.
        weeks: that are looked back on at most.
        robust: medians over the weeks; else means.
    """
    last = whole_weeks(history, weeks)
    levels = last.mean(axis=2, keepdims=True)
    ratios = np.where(levels > TINY, last / np.maximum(levels, TINY), 1.0)
    shape: Floats = np.median(ratios, axis=1) if robust else np.mean(ratios, axis=1)
    mean = shape.mean(axis=1, keepdims=True)
    return np.where(mean > TINY, shape / np.maximum(mean, TINY), 1.0)


def without_season(history: Floats, shape: Floats) -> Floats:
    """The days as if all weekdays were alike; a closed weekday takes over the day before it.

    Args:
        history: series × days.
        shape: of `week_shape`.
    """
    factors = over_days(shape, history.shape[1])
    level: Floats = history / np.maximum(factors, CLOSED)
    level[factors < CLOSED] = np.nan
    return carried_on(level)


def carried_on(values: Floats) -> Floats:
    """Each unknown day as the last known one before it, those before the first known as that one.

    Args:
        values: series × days, NaN where unknown; a row without any known day becomes zeros.
    """
    known: Bools = ~np.isnan(values)
    first: NDArray[np.intp] = np.argmax(known, axis=1, keepdims=True)
    places = np.where(known, np.arange(len(values[0])), first)
    latest: NDArray[np.intp] = np.maximum.accumulate(places, axis=1)
    taken = np.take_along_axis(values, latest, axis=1)
    return np.nan_to_num(taken, nan=0.0)
