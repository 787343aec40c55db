"""Ways to find anomalies: costbot's, and the plain rules that it is held against."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from analysis.anomalies.detect import detect
from analysis.anomalies.found import DetectorSettings, SeriesTable
from analysis.series import Measure, SeriesKey

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Rule = Callable[[Floats, int], Bools]
"""From series × days and the first judged day to which days are flagged."""

FIRST = date(2026, 1, 5)
LEAST_RATIO = 0.25


def table_of(values: Floats) -> SeriesTable:
    """Series as models of one company; what each costs is far above any floor in dollars."""
    rows = len(values)
    keys = tuple(SeriesKey(None, "model", f"model-{row}", Measure.COST) for row in range(rows))
    nothing = np.zeros(values.shape, dtype=np.bool_)
    return SeriesTable(FIRST, keys, values, nothing, np.zeros(rows), np.ones(rows))


def costbot(settings: DetectorSettings | None = None) -> Rule:
    """What costbot tells each day, of all series as one family."""
    chosen = settings or DetectorSettings()

    def flags(values: Floats, begin: int) -> Bools:
        table = table_of(values)
        flagged = np.zeros(values.shape, dtype=np.bool_)
        rows = {key: row for row, key in enumerate(table.keys)}
        for day in range(begin, values.shape[1]):
            for found in detect(table, FIRST + timedelta(days=day), chosen):
                flagged[rows[found.key], day] = True
        return flagged

    return flags


def z_score(days: int, beyond: float) -> Rule:
    """A z-score against the days before, as everybody begins."""

    def flags(values: Floats, begin: int) -> Bools:
        scores = _z(values, days)
        return _judged(np.abs(scores) > beyond, begin)

    return flags


def both_measured(values: Floats, begin: int) -> Bools:
    """The week's z beyond 1.8 and weekday-adjusted logarithms beyond 2.7 MADs, 25 % at least."""
    logs = np.log(np.maximum(_filled(values), 1e-9))
    windows = sliding_window_view(logs, 7, axis=1)
    around = np.median(windows, axis=2)
    flagged = np.zeros(values.shape, dtype=np.bool_)
    scores = _z(values, 7)
    for day in range(begin, values.shape[1]):
        start = max(day - 56, 0)
        start += (day - start) % 7
        apart = logs[:, start + 3 : day - 3] - around[:, start : day - 6]
        phase = np.arange(start + 3, day - 3) % 7
        weekdays = np.stack([np.median(apart[:, phase == p], axis=1) for p in range(7)], axis=1)
        adjusted = logs[:, start : day + 1] - weekdays[:, np.arange(start, day + 1) % 7]
        levels = np.median(sliding_window_view(adjusted[:, :-1], 7, axis=1), axis=2)
        residuals = adjusted[:, 7:] - levels
        spread = np.maximum(1.4826 * np.median(np.abs(residuals[:, :-1]), axis=1), 0.03)
        moved = residuals[:, -1]
        flagged[:, day] = (
            (np.abs(moved) > 2.7 * spread)
            & (np.abs(scores[:, day]) > 1.8)
            & (np.sign(moved) == np.sign(scores[:, day]))
            & (np.abs(np.expm1(moved)) >= LEAST_RATIO)
        )
    return flagged


def _z(values: Floats, days: int) -> Floats:
    values = _filled(values)
    windows = sliding_window_view(values, days, axis=1)[:, :-1]
    scores = np.zeros(values.shape)
    deviation = np.maximum(windows.std(axis=2, ddof=1), 1e-9)
    scores[:, days:] = (values[:, days:] - windows.mean(axis=2)) / deviation
    return scores


def _filled(values: Floats) -> Floats:
    """The plain rules know no unknown days: each is put to what was a week before."""
    filled = values.copy()
    for day in range(7, int(values.shape[1])):
        filled[:, day] = np.where(np.isnan(filled[:, day]), filled[:, day - 7], filled[:, day])
    return np.nan_to_num(filled)


def _judged(flagged: Bools, begin: int) -> Bools:
    flagged[:, :begin] = False
    return flagged
