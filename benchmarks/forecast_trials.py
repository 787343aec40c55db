"""What forecasts of many windows are measured by: errors, coverage and width."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from analysis.forecasts.daily import TINY, WEEK, Floats, Model
from analysis.forecasts.ets import ets
from analysis.forecasts.forecast import DailyForecast
from analysis.forecasts.foresee import foresee_all
from analysis.forecasts.naive import seasonal_naive
from analysis.forecasts.straight_line import straight_line
from analysis.forecasts.theta import theta
from tests.real_data import trace

LAST = date(2026, 11, 20)
"""Any day: weekdays are counted back from it."""

FIRST_ORIGIN = 182
EVERY = 14
"""Days from one origin to the next on the real series."""

RIVALS: Mapping[str, Model] = {
    "seasonal naive": seasonal_naive,
    "straight line": straight_line,
    "ETS": ets,
    "Theta": theta,
}
"""As they are usually run: on the history as it is, with its outliers."""


@dataclass(frozen=True)
class Windows:
    """Histories and what came behind them, a row each.

    Attributes:
        history: rows × days.
        came: rows × days ahead.
        held_out: which rows no constant was chosen on.
        measure: unit of the errors of each row, where it is not the history's own.
    """

    history: Floats
    came: Floats
    held_out: Sequence[bool]
    measure: Floats | None

    def only_held_out(self) -> Windows:
        """Those rows alone."""
        rows = np.flatnonzero(np.array(self.held_out))
        return Windows(self.history[rows], self.came[rows], [True] * len(rows), None)

    @property
    def unit(self) -> Floats:
        """The mean absolute error of repeating the last week, in the history: MASE's unit."""
        if self.measure is not None:
            return self.measure
        steps = np.abs(self.history[:, WEEK:] - self.history[:, :-WEEK])
        return np.maximum(np.nanmean(steps, axis=1), TINY)

    @property
    def filled(self) -> Floats:
        """The history with each gap as the same weekday before it."""
        days = self.history.copy()
        for day in range(days.shape[1]):
            before = days[:, day - WEEK] if day >= WEEK else np.nanmedian(days, axis=1)
            days[:, day] = np.where(np.isnan(days[:, day]), before, days[:, day])
        return days


@dataclass(frozen=True)
class Measured:
    """Of the forecasts of many windows.

    Attributes:
        mase, smape: means over windows.
        covered: share of the days within their interval.
        above: share of the days above it.
        width: of the interval over the mean day.
        total_covered: share of the totals within theirs.
        total_width: over the mean total.
        models: how many windows which model was chosen for.
    """

    mase: float
    smape: float
    covered: float
    above: float
    width: float
    total_covered: float
    total_width: float
    models: Mapping[str, int]


def real_series() -> Floats | None:
    """The real daily series, series × days, NaN where there are gaps; None: not on this machine."""
    path = trace("nn5_daily_22.csv")
    if path is None:
        print("Real series are left out: set COSTBOT_TEST_DATA to the folder of nn5_daily_22.csv.")
        return None
    with path.open(newline="") as file:
        rows = list(csv.reader(file))[1:]
    return np.array([[float(cell) if cell else np.nan for cell in row[1:]] for row in rows]).T


def windows(series: Floats, history: int, horizon: int) -> Windows:
    """All windows of the real series; held out is the later half of every other series."""
    days = series.shape[1]
    origins = range(FIRST_ORIGIN, days - horizon + 1, EVERY)
    held_out = [
        row % 2 == 1 and origin >= days // 2 for origin in origins for row in range(len(series))
    ]
    return Windows(
        np.concatenate([series[:, origin - history : origin] for origin in origins]),
        np.concatenate([series[:, origin : origin + horizon] for origin in origins]),
        held_out,
        None,
    )


def errors(expected: Floats, of: Windows) -> tuple[float, float]:
    """MASE and sMAPE."""
    misses = np.abs(of.came - expected)
    sizes = np.maximum(np.abs(of.came) + np.abs(expected), TINY)
    each: Floats = np.nanmean(misses, axis=1)
    symmetric: Floats = np.nanmean(2 * misses / sizes, axis=1)
    return float(np.mean(each / of.unit)), float(np.mean(symmetric))


def measured(of: Windows) -> Measured:
    """Foresees all windows and holds them against what came."""
    said = [one for one in foresee_all(of.history, LAST, of.came.shape[1]) if one is not None]
    assert len(said) == len(of.came), "a window was too short to be foreseen"
    expected = np.array([one.expected for one in said])
    lower = np.array([one.lower for one in said])
    upper = np.array([one.upper for one in said])
    known = ~np.isnan(of.came)
    mean: Floats = np.maximum(np.nanmean(of.history, axis=1), TINY)
    mase, smape = errors(expected, of)
    covered, width = _totals(said, np.where(known, of.came, expected).sum(axis=1), mean)
    names = [one.model for one in said]
    widths: Floats = np.mean(upper - lower, axis=1)
    return Measured(
        mase,
        smape,
        float(np.mean(((of.came >= lower - TINY) & (of.came <= upper + TINY))[known])),
        float(np.mean((of.came > upper + TINY)[known])),
        float(np.mean(widths / mean)),
        covered,
        width / of.came.shape[1],
        {name: names.count(name) for name in dict.fromkeys(names)},
    )


def _totals(said: Sequence[DailyForecast], came: Floats, mean: Floats) -> tuple[float, float]:
    lower = np.array([one.total_lower for one in said])
    upper = np.array([one.total_upper for one in said])
    inside = (came >= lower - TINY) & (came <= upper + TINY)
    return float(np.mean(inside)), float(np.mean((upper - lower) / mean))
