"""What a series' past says of a day: weekdays, level, and how far days usually lie from both.

Values are looked at as logarithms, since what moves costs moves them by factors. A day of zero is a
day: an offset that is small beside the series' usual days keeps its logarithm finite.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from analysis.anomalies.found import Floats
from analysis.anomalies.orders import Counts, known, median, places, quantile, trimmed_mean

WEEK = 7

HISTORY_DAYS = 12 * WEEK
"""Days before the looked-at one that its baseline is made of: older ones say less of today."""

LEAST_DAYS = 14
"""Known days, two of each weekday, below which nothing is said."""

OFFSET = 0.02
"""Of the usual day with any value: what is added before the logarithm is taken."""

DORMANT_DAYS = 21
"""Days of zero in a row after which a series counts as begun anew."""

LEAST_SPREAD = 0.05
"""Floor under the spread: a series that never moved may move by 5 % without being odd."""

LEAST_LEVEL_DAYS = 4
"""Of the seven days before a day: known ones that make a level."""

NORMAL_MAD = 1.4826
"""Makes the median absolute deviation of normal noise its standard deviation."""

NORMAL_Q90 = 1.6449
"""The 90 % quantile of the size of normal noise, in standard deviations."""

MONTH = 28

MOST_PULL = 0.8
"""Spreads that four weeks may differ from the last one: twice the error of a week's level."""

CLIPPED_AT = 2.5
"""Spreads at which what is odd counts no more, however odd it was."""

CLIPPED_LOSS = 0.9885
"""Standard deviation of normal noise of which values beyond 2.5 are taken as 2.5."""


@dataclass(frozen=True, slots=True)
class Baselines:
    """What the days before one say of it, for each series; logarithms are of value + offset.

    Attributes:
        days: known days that the baseline rests on; too few: everything else is NaN.
        offset: what is added before logarithms are taken, in the series' unit.
        logs: of each of the days before, the last column the day before the looked-at one.
        weekdays: how far each weekday lies from the level, the looked-at day's own first.
        level: of the looked-at day, its weekday left aside.
        residuals: how far each past day lay from what the days before it said of it.
        spread: standard deviation of such residuals for the looked-at day, robust, with its floor.
        rise, fall: the same of a day above and below what was expected, mostly from the days on
            that side alone: what bursts upwards seldom bursts downwards, and days on which
            something was closed say nothing of how far it rises.
    """

    days: Counts
    offset: Floats
    logs: Floats
    weekdays: Floats
    level: Floats
    residuals: Floats
    spread: Floats
    rise: Floats
    fall: Floats

    @property
    def adjusted(self) -> Floats:
        """The logarithms of the days before, the weekdays' own left aside."""
        return self.logs - np.tile(self.weekdays, self.logs.shape[1] // WEEK)

    @property
    def expected_log(self) -> Floats:
        """Of the looked-at day."""
        return self.level + self.weekdays[:, 0]

    def at_least(self, least: Floats) -> Baselines:
        """The same, no spread of a series below its least one."""
        return replace(
            self,
            spread=np.maximum(self.spread, least),
            rise=np.maximum(self.rise, least),
            fall=np.maximum(self.fall, least),
        )

    def row(self, place: int) -> Baselines:
        """Those of one series."""
        one = slice(place, place + 1)
        return Baselines(
            self.days[one],
            self.offset[one],
            self.logs[one],
            self.weekdays[one],
            self.level[one],
            self.residuals[one],
            self.spread[one],
            self.rise[one],
            self.fall[one],
        )

    def value(self, logs: Floats) -> Floats:
        """A logarithm as a value in the series' unit, never below zero."""
        return np.maximum(np.exp(logs) - self.offset, 0.0)


def baselines(before: Floats) -> Baselines:
    """What some days say of the next one.

    Args:
        before: series × days, whole weeks of them; NaN: unknown or left out.
    """
    begun = since_last_rest(before)
    days = known(begun)
    usual = median(np.where(begun > 0, begun, np.nan))
    enough = (days >= LEAST_DAYS) & ~np.isnan(usual)
    offset = np.where(enough, OFFSET * usual, np.nan)
    with np.errstate(divide="ignore", invalid="ignore"):
        logs = np.log(np.maximum(begun, 0.0) + offset[:, None])
    weekdays, inflation = _weekdays(logs)
    adjusted = logs - np.tile(weekdays, logs.shape[1] // WEEK)
    levels = _levels(adjusted)
    # A level made of past days lags behind growth: by as much as it lagged behind all along.
    lag = trimmed_mean(adjusted - levels[:, :-1], 0.25)
    levels = levels + np.where(np.isnan(lag), 0.0, lag)[:, None]
    residuals = adjusted - levels[:, :-1]
    whole = spread_of(residuals)
    return Baselines(
        days=days,
        offset=offset,
        logs=logs,
        weekdays=weekdays,
        level=levels[:, -1],
        residuals=residuals,
        spread=np.maximum(whole * inflation, LEAST_SPREAD),
        rise=np.maximum(_of_side(residuals, whole, 1) * inflation, LEAST_SPREAD),
        fall=np.maximum(_of_side(residuals, whole, -1) * inflation, LEAST_SPREAD),
    )


def since_last_rest(before: Floats) -> Floats:
    """The days since a series last rested for `DORMANT_DAYS`; those up to then become unknown."""
    if before.shape[1] < DORMANT_DAYS:
        return before
    rests = (sliding_window_view(before, DORMANT_DAYS, axis=1) == 0).all(axis=2)
    ends = places(before.shape[1] + 1)[DORMANT_DAYS:]
    last_rest = np.max(np.where(rests, ends, 0), axis=1)
    return np.where(places(before.shape[1]) < last_rest[:, None], np.nan, before)


def spread_of(residuals: Floats) -> Floats:
    """Their standard deviation, in which a few outliers weigh no more than `CLIPPED_AT` of it.

    The median absolute deviation resists but wastes what it is given: it only says where to clip.
    It is 0 where most days are alike, so the 90 % quantile stands in for it where that is larger.
    """
    sizes = np.abs(residuals)
    first = np.maximum(NORMAL_MAD * median(sizes), quantile(sizes, 0.9) / NORMAL_Q90)
    clipped = np.minimum(sizes, CLIPPED_AT * first[:, None])
    count = np.maximum(known(sizes), 1)
    squares = np.where(np.isnan(clipped), 0.0, clipped) ** 2
    return np.where(known(sizes) > 0, np.sqrt(squares.sum(axis=1) / count) / CLIPPED_LOSS, np.nan)


def _levels(adjusted: Floats) -> Floats:
    """The level of each day, and of the day after the last, from the days before it alone.

    The mean of the middle three of seven days, which two odd ones do not move; drawn halfway to
    the mean of four weeks, which wavers less, but by no more than the week's own uncertainty: where
    the series has moved on, the week is right. Where most of a week is left out, the last level
    that is known is carried on, for four weeks at most.
    """
    windows = sliding_window_view(adjusted, WEEK, axis=1)
    levels = np.full((adjusted.shape[0], adjusted.shape[1] + 1), np.nan)
    week = np.where(known(windows) >= LEAST_LEVEL_DAYS, trimmed_mean(windows, 0.3), np.nan)
    levels[:, WEEK:] = week
    levels = _carried(levels)
    apart = adjusted - levels[:, :-1]
    spread = (NORMAL_MAD * median(np.abs(apart)))[:, None]
    calm = levels[:, :-1] + np.clip(apart, -CLIPPED_AT * spread, CLIPPED_AT * spread)
    pull = np.clip(running_mean(calm, MONTH) - levels, -MOST_PULL * spread, MOST_PULL * spread)
    return levels + np.where(np.isnan(pull), 0.0, pull / 2)


def _carried(levels: Floats) -> Floats:
    """The same, unknown ones replaced by the last known one of the `MONTH` before."""
    place = places(levels.shape[1])
    last = np.maximum.accumulate(np.where(np.isnan(levels), -1, place), axis=1)
    carried = np.take_along_axis(levels, np.maximum(last, 0), axis=1)
    return np.where((last >= 0) & (place - last <= MONTH), carried, np.nan)


def running_mean(values: Floats, days: int) -> Floats:
    """For each day and the one after the last: the mean of the `days` days before it.

    NaN where less than half of them are known.
    """
    is_known = ~np.isnan(values)
    sums = np.cumsum(np.pad(np.where(is_known, values, 0.0), ((0, 0), (1, 0))), axis=1)
    counts = np.cumsum(np.pad(is_known, ((0, 0), (1, 0))), axis=1)
    starts = np.maximum(places(sums.shape[1]) - days, 0)
    count = counts - counts[:, starts]
    return np.where(2 * count >= days, (sums - sums[:, starts]) / np.maximum(count, 1), np.nan)


def _of_side(residuals: Floats, whole: Floats, side: int) -> Floats:
    """The spread on one side of what was expected, a week of days of both added to those of it."""
    one = np.where(residuals * side > 0, residuals, np.nan)
    days = known(one)
    squares = np.nan_to_num(spread_of(one)) ** 2
    return np.sqrt((days * squares + WEEK * whole**2) / (days + WEEK))


def _weekdays(logs: Floats) -> tuple[Floats, Floats]:
    """How far each weekday lies from the level, and by how much that makes residuals look small.

    A weekday's own is the trimmed mean, over the weeks, of how far it lay from the median of the
    seven days around it; drawn towards none by as much as the differences between weekdays may be
    noise (James and Stein's positive part). Each residual is of a day that had a part in its
    weekday's mean, of one in `weeks`; the looked-at day had none: the spread makes up for both.

    Returns:
        weekdays: series × 7, the looked-at day's own weekday first.
        inflation: factor of the spread.
    """
    half = WEEK // 2
    windows = sliding_window_view(logs, WEEK, axis=1)
    around = np.full_like(logs, np.nan)
    enough = known(windows) >= LEAST_LEVEL_DAYS + 1
    around[:, half:-half] = np.where(enough, median(windows), np.nan)
    apart = logs - around
    by_weekday = apart.reshape(len(apart), apart.shape[1] // WEEK, WEEK).transpose(0, 2, 1)
    weeks = known(by_weekday)
    raw = np.where(weeks > 0, trimmed_mean(by_weekday, 0.1), 0.0)
    noise = spread_of((by_weekday - raw[:, :, None]).reshape(apart.shape)) ** 2
    share = 1.0 / np.maximum(weeks.mean(axis=1), 1.0)
    centred = raw - raw.mean(axis=1, keepdims=True)
    between = (centred**2).sum(axis=1) / (WEEK - 1)
    with np.errstate(divide="ignore", invalid="ignore"):
        trust = np.clip(1.0 - noise * share / between, 0.0, 1.0)
    trust = np.where(np.isnan(trust), 0.0, trust)
    pull = np.clip(trust * share, 0.0, 0.5)
    inflation = np.sqrt((1.0 + pull) / (1.0 - pull))
    return raw * trust[:, None], inflation
