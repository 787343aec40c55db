"""The series as a look at a day takes them: the same, whether it is looked at then or replayed."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import numpy as np

from analysis.anomalies.baselines import HISTORY_DAYS
from analysis.anomalies.found import Floats, SeriesTable
from analysis.anomalies.level_shifts import LONGEST
from analysis.anomalies.slices import column, some
from analysis.anomalies.standing import USUAL_AFTER
from analysis.series import Measure

WINDOW_DAYS = HISTORY_DAYS + USUAL_AFTER + LONGEST
"""Days before a day that what is found of it depends on."""


def as_of(table: SeriesTable, day: date, least: Decimal) -> SeriesTable:
    """The table up to a day, without series too small to be told of, requests at their cost then.

    Args:
        table: reaches further back, and perhaps further on.
        day: the last one.
        least: USD; series that cost less in all those days together are left out, and their
            requests with them.

    Raises:
        ValueError: the table does not reach to that day.
    """
    end = column(table, day) + 1
    begin = max(0, end - 1 - WINDOW_DAYS)
    values = table.values[:, begin:end]
    rows = {key: row for row, key in enumerate(table.keys)}
    costs = np.array(
        [rows.get(replace(key, measure=Measure.COST), -1) for key in table.keys], dtype=np.int64
    )
    totals = _totals(values)
    spent = np.where(costs >= 0, totals[costs], 0.0)
    is_cost = np.array([key.measure is Measure.COST for key in table.keys], dtype=np.bool_)
    with np.errstate(divide="ignore", invalid="ignore"):
        each = np.where(is_cost, 1.0, np.where(totals > 0, spent / totals, 0.0))
    window = replace(
        table,
        first=date.fromordinal(table.first.toordinal() + begin),
        values=values,
        left_out=table.left_out[:, begin:end],
        usd_a_unit=each,
    )
    return some(window, np.flatnonzero(spent >= float(least)))


def _totals(values: Floats) -> Floats:
    return np.where(np.isnan(values), 0.0, values).sum(axis=1)
