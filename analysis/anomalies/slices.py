"""Parts of a table of series: some of its rows, or what was known on a day."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
from numpy.typing import NDArray

from analysis.anomalies.found import Floats, SeriesTable


def column(table: SeriesTable, day: date) -> int:
    """In which column a day stands.

    Raises:
        ValueError: the table does not reach to that day.
    """
    place = (day - table.first).days
    if not 0 <= place < table.values.shape[1]:
        raise ValueError(f"The table has no column for {day}.")
    return place


def upto(table: SeriesTable, day: date) -> SeriesTable:
    """The table as it was when `day` was the last one that was known; nothing is copied.

    Raises:
        ValueError: the table does not reach to that day.
    """
    end = column(table, day) + 1
    return replace(table, values=table.values[:, :end], left_out=table.left_out[:, :end])


def some(table: SeriesTable, rows: NDArray[np.int64]) -> SeriesTable:
    """Some series of the table, in the order of `rows`."""
    return replace(
        table,
        keys=tuple(table.keys[int(row)] for row in rows),
        values=table.values[rows],
        left_out=table.left_out[rows],
        least_usd=table.least_usd[rows],
        usd_a_unit=table.usd_a_unit[rows],
    )


def baseline_days(table: SeriesTable, place: int, days: int) -> Floats:
    """The days before a column: NaN where unknown, left out, or before the table.

    Returns:
        series × `days`, the last column the day before `place`.
    """
    begin = max(place - days, 0)
    before = np.where(table.left_out[:, begin:place], np.nan, table.values[:, begin:place])
    if before.shape[1] == days:
        return before
    missing = np.full((before.shape[0], days - before.shape[1]), np.nan)
    return np.concatenate([missing, before], axis=1)
