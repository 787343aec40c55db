"""A new level that a series keeps, since a day of the last two weeks."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from analysis.anomalies.baselines import (
    CLIPPED_AT,
    LEAST_DAYS,
    LEAST_SPREAD,
    NORMAL_MAD,
    Baselines,
    running_mean,
)
from analysis.anomalies.found import Bools, Floats
from analysis.anomalies.orders import Counts, known, median, places

SHORTEST = 3
"""Days that a new level has to last: one or two are a spike."""

LONGEST = 10
"""Days over which a new level is looked for; one that lasts is known by then."""

OLD_DAYS = 14
"""Days before it that say what the old level was: two whole weeks, and few enough that slow
growth is no shift."""

LEAST_OLD_DAYS = 8

ACROSS = 0.5
"""Of the way from the old level to the new one: how far each day of a shift has to be."""

MOST_STRAYS = 0.2
"""Share of a shift's days that may lie nearer to the old level; never its latest day."""

MEDIAN_LOSS = 1.25
"""Standard deviation of a median to that of a mean, of normal noise."""


@dataclass(frozen=True, slots=True)
class LevelShifts:
    """The likeliest shift of each series that is still there on the looked-at day.

    Attributes:
        length: days that it has lasted, the looked-at one among them; 0: there is none.
        moved: by how much the logarithm moved.
        score: the same in standard deviations of such differences.
        old: logarithm of the old level, weekdays left aside.
    """

    length: Counts
    moved: Floats
    score: Floats
    old: Floats

    def without(self, rows: Bools) -> LevelShifts:
        """The same, some series of which have no shift."""
        return LevelShifts(
            np.where(rows, 0, self.length),
            np.where(rows, 0.0, self.moved),
            np.where(rows, 0.0, self.score),
            self.old,
        )


def with_day(base: Baselines, actual: Floats) -> Floats:
    """The adjusted logarithms of the days before and of the looked-at one, the last column."""
    log = np.log(np.maximum(actual, 0.0) + base.offset) - base.weekdays[:, 0]
    return np.concatenate([base.adjusted, log[:, None]], axis=1)


def level_shifts(base: Baselines, actual: Floats) -> LevelShifts:
    """The likeliest level shift of each series, over all lengths from `SHORTEST` to `LONGEST`."""
    logs = with_day(base, actual)
    wander = wandering(base)
    best = _none(len(logs))
    for length in range(SHORTEST, LONGEST + 1):
        one = shift_of(base, logs, wander, np.full(len(logs), length, dtype=np.int64))
        better = np.abs(one.score) > np.abs(best.score)
        best = LevelShifts(
            np.where(better, one.length, best.length),
            np.where(better, one.moved, best.moved),
            np.where(better, one.score, best.score),
            np.where(better, one.old, best.old),
        )
    return best


def shift_of(base: Baselines, logs: Floats, wander: Floats, length: Counts) -> LevelShifts:
    """The shift that began so many days ago, where it is one; else a score of 0."""
    end = int(logs.shape[1])
    place = places(end)
    begin = (end - length)[:, None]
    new = np.where(place >= begin, logs, np.nan)[:, -int(length.max()) :]
    before = np.where((place < begin) & (place >= begin - OLD_DAYS), logs, np.nan)
    before = before[:, -int(length.max()) - OLD_DAYS :]
    old, now = median(before), median(new)
    moved = now - old
    crossed = (new - old[:, None]) * np.sign(moved)[:, None] > ACROSS * np.abs(moved)[:, None]
    days, past = known(new), known(before)
    strays = days - crossed.sum(axis=1)
    is_one = (
        (days >= SHORTEST)
        & (past >= LEAST_OLD_DAYS)
        & (base.days - days >= LEAST_DAYS)
        & (strays <= MOST_STRAYS * days)
        & crossed[:, -1]
    )
    noise = np.maximum(base.spread, LEAST_SPREAD)
    deviation = (
        MEDIAN_LOSS * noise * wander * np.sqrt(1 / np.maximum(days, 1) + 1 / np.maximum(past, 1))
    )
    # Whatever the noise, many days together do not make a level surer than this floor.
    score = moved / np.maximum(deviation, LEAST_SPREAD)
    return LevelShifts(
        np.where(is_one, length, 0),
        np.where(is_one, moved, 0.0),
        np.where(is_one, score, 0.0),
        old,
    )


def wandering(base: Baselines) -> Floats:
    """How much more the series' means of five days wander than independent days would make them.

    Days that resemble their neighbours make new levels look surer than they are; so does a level
    that always wanders. It is measured on the same difference of means, at all past days.
    """
    reach = CLIPPED_AT * base.spread[:, None]
    steady = median(base.adjusted)[:, None]
    local = base.adjusted - base.residuals
    centre = np.where(np.isnan(local), steady, local)
    calm = np.clip(base.adjusted, centre - reach, centre + reach)
    apart = running_mean(calm, 5)[:, OLD_DAYS + 5 :] - running_mean(calm, OLD_DAYS)[:, OLD_DAYS:-5]
    alone = base.spread * np.sqrt(1 / 5 + 1 / OLD_DAYS)
    ratio = NORMAL_MAD * median(np.abs(apart)) / alone
    return np.maximum(np.where(np.isnan(ratio), 1.0, ratio), 1.0)


def _none(count: int) -> LevelShifts:
    nothing = np.zeros(count)
    return LevelShifts(np.zeros(count, dtype=np.int64), nothing, nothing, np.full(count, np.nan))
