"""A day that is unlike the days before it, by two detectors that have to agree."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from analysis.anomalies.baselines import CLIPPED_AT, LEAST_LEVEL_DAYS, LEAST_SPREAD, WEEK, Baselines
from analysis.anomalies.found import Bools, Floats
from analysis.anomalies.orders import known, mean

AGREEMENT = 2.0
"""How many times its own score the plain week's verdict may back the robust one with."""


@dataclass(frozen=True, slots=True)
class DayScores:
    """How far a day lies from what was expected, for each series; NaN: not known.

    Attributes:
        robust: in robust standard deviations of past days' own distances, signed.
        week: against the mean of the seven days before, in their own standard deviations; where
            most of them are left out there is no second opinion, and it is `robust` again.
        agreed: the smaller of `robust` and `AGREEMENT` times `week`; 0 where they point apart.
    """

    robust: Floats
    week: Floats
    agreed: Floats

    def without(self, rows: Bools) -> DayScores:
        """The same, some series of which agree on nothing."""
        return DayScores(self.robust, self.week, np.where(rows, self.agreed * 0, self.agreed))


def day_scores(base: Baselines, actual: Floats) -> DayScores:
    """The scores of a day.

    Args:
        base: what the days before it say.
        actual: its values, one a series.
    """
    log = np.log(np.maximum(actual, 0.0) + base.offset)
    apart = log - base.expected_log
    robust = distance(apart) / np.where(apart > 0, base.rise, base.fall)
    few = known(base.adjusted[:, -WEEK:]) < LEAST_LEVEL_DAYS
    week = np.where(few, robust, week_scores(base, log))
    together = np.sign(robust) * np.minimum(np.abs(robust), AGREEMENT * np.abs(week))
    agreed = np.where(np.sign(robust) == np.sign(week), together, 0.0)
    return DayScores(robust, week, np.where(np.isnan(robust), np.nan, agreed))


def distance(apart: Floats) -> Floats:
    """Of logarithms: a rise as it is, by factors; a fall as the share that is lacking, 1 at most.

    As a logarithm, a day on which a shop was closed is farther off than any rise ever is. As a
    share it is what it is: much where days are alike, little where half is lacking every week.
    """
    return np.where(apart > 0, apart, np.expm1(apart))


def week_scores(base: Baselines, log: Floats) -> Floats:
    """Against the seven days before, plainly: as the rule does that everybody begins with.

    Two things are mended in it: weekdays are left aside, without which no weekend could ever stand
    out of its workdays, and of a day that was odd itself only as much counts as is usual
    (F. R. Hampel's rejection, by clipping), so that yesterday's spike does not hide today's.
    """
    reach = CLIPPED_AT * base.spread[:, None]
    past = base.adjusted[:, -WEEK:]
    past = np.clip(past, base.level[:, None] - reach, base.level[:, None] + reach)
    usual = np.exp(past)
    centre = mean(usual)
    squares = np.where(np.isnan(usual), 0.0, usual - centre[:, None]) ** 2
    deviation = np.sqrt(squares.sum(axis=1) / np.maximum(known(usual) - 1, 1))
    day = np.exp(log - base.weekdays[:, 0])
    return (day - centre) / np.maximum(deviation, LEAST_SPREAD * centre)
