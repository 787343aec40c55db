"""What a detector finds, and what it is told to look for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from analysis.incidents.levels import Level
from analysis.series import SeriesKey

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]


class Shape(StrEnum):
    """How a series left its past."""

    SPIKE = "spike"
    """A day unlike the days before it."""
    SHIFT = "shift"
    """A new level, since some days."""


@dataclass(frozen=True, slots=True)
class Bands:
    """From which size of score on a finding is how severe; sizes are those of standard deviations.

    The default is the practice that costbot carries on: 2, 3 and 4.5.
    """

    notice: float = 2.0
    warning: float = 3.0
    critical: float = 4.5

    def level(self, score: float) -> Level:
        """The severity of a score, whichever way it points; OK below the lowest band."""
        size = abs(score)
        if size >= self.critical:
            return Level.CRITICAL
        if size >= self.warning:
            return Level.WARNING
        return Level.NOTICE if size >= self.notice else Level.OK


@dataclass(frozen=True, slots=True)
class SeriesTable:
    """Daily series, side by side.

    Attributes:
        first: the first day of all of them.
        keys: which series stands in which row.
        values: rows are series, columns are days; NaN: not known (before a source begins).
        left_out: of the same shape: days that are no part of any baseline, because somebody said
            what they were; they are still judged where they are the day that is looked at.
        least_usd: of each series, USD that a finding has to move; 0: the settings' own floor.
        usd_a_unit: of each series, what a unit of it costs, USD: 1 for costs, cost a request for
            requests, so that one floor in dollars holds for both.
        products: of series whose rows are all of one product, but are not its own: which.
    """

    first: date
    keys: tuple[SeriesKey, ...]
    values: Floats
    left_out: Bools
    least_usd: Floats
    usd_a_unit: Floats
    products: Mapping[SeriesKey, str] = field(default_factory=dict[SeriesKey, str])


@dataclass(frozen=True, slots=True)
class DetectorSettings:
    """What a detector looks for.

    Attributes:
        bands: of the severities.
        least_usd: USD that a finding has to move in a day.
        least_ratio: share of what was expected that it has to move.
        false_discoveries: share of the findings of one day that may be false; all series of a day
            are one family of tests. 1: each series is judged as if there were no others.
        falls: whether days far below what was expected are findings too.
    """

    bands: Bands = field(default_factory=Bands)
    least_usd: Decimal = Decimal(5)
    least_ratio: float = 0.25
    false_discoveries: float = 0.05
    falls: bool = True


@dataclass(frozen=True, slots=True)
class Finding:
    """A series that is unlike its past on a day.

    Attributes:
        key: which series.
        day: that was looked at, a complete one.
        shape: spike or shift.
        level: how severe.
        actual: of the day; for a shift the mean of the new level so far.
        expected: what its past says of it: the curve without the anomaly.
        lower, upper: between which a usual day would have lain.
        score: how far it lies from what was expected, in robust standard deviations, signed.
        since: the first day of it: `day` itself for a spike.
        usd: USD a day that it moved, signed.
        history_days: known days that the baseline rests on.
    """

    key: SeriesKey
    day: date
    shape: Shape
    level: Level
    actual: float
    expected: float
    lower: float
    upper: float
    score: float
    since: date
    usd: Decimal
    history_days: int
