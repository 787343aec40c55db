"""A look at a day of some series: all that is reckoned before anything is decided."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from analysis.anomalies.baselines import HISTORY_DAYS, WEEK, Baselines, baselines
from analysis.anomalies.events import counting_noise
from analysis.anomalies.found import DetectorSettings, Floats, SeriesTable
from analysis.anomalies.level_shifts import OLD_DAYS, LevelShifts, level_shifts
from analysis.anomalies.returns import has_returned
from analysis.anomalies.slices import baseline_days
from analysis.anomalies.spikes import DayScores, day_scores


@dataclass(frozen=True, slots=True)
class Look:
    """A day of some series.

    Attributes:
        table: the series.
        place: the day's column.
        actual: its values.
        base: what the days before say of it.
        scores: how far it lies from that; 0 where it is back at an earlier level.
        shifts: the likeliest new level of each series.
        floor_usd: USD that a finding of each series has to move.
    """

    table: SeriesTable
    place: int
    actual: Floats
    base: Baselines
    scores: DayScores
    shifts: LevelShifts
    floor_usd: Floats

    @property
    def day(self) -> date:
        """The day."""
        return self.table.first + timedelta(days=self.place)

    @property
    def adjusted(self) -> Floats:
        """The day's logarithms, its weekday left aside."""
        return np.log(np.maximum(self.actual, 0.0) + self.base.offset) - self.base.weekdays[:, 0]


def look_at(table: SeriesTable, place: int, settings: DetectorSettings) -> Look:
    """A look at the day in a column."""
    actual = table.values[:, place]
    base = baselines(baseline_days(table, place, HISTORY_DAYS))
    base = base.at_least(counting_noise(table, base))
    look = Look(
        table=table,
        place=place,
        actual=actual,
        base=base,
        scores=day_scores(base, actual),
        shifts=level_shifts(base, actual),
        floor_usd=np.maximum(float(settings.least_usd), table.least_usd),
    )
    week = np.full(len(actual), WEEK, dtype=np.int64)
    is_back = has_returned(base, look.adjusted, base.level, week)
    shifts = look.shifts
    ago = shifts.length + OLD_DAYS - 1
    was_back = has_returned(base, shifts.old + shifts.moved, shifts.old, ago)
    return Look(
        table=table,
        place=place,
        actual=actual,
        base=base,
        scores=look.scores.without(is_back),
        shifts=shifts.without(was_back),
        floor_usd=look.floor_usd,
    )
