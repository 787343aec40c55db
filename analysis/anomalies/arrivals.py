"""Series that appear out of nothing: there is no noise to hold them against, only zeros.

A first real cost is no fluctuation but a fact, so no test of chance is made. It is told by its
dollars, as long as such arrivals are rare: where new members of a dimension come every few days,
as users do, one more is no news; nor is what comes and goes by habit, as a monthly job does.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from analysis.anomalies.baselines import DORMANT_DAYS, LEAST_DAYS
from analysis.anomalies.found import Bools, Floats, SeriesTable
from analysis.anomalies.orders import Counts, mean, places

HABIT_DAYS = 28
"""Days before in which arrivals in the same dimension are counted."""

MOST_ARRIVALS = 4
"""Of at least half the size in those days: from so many on, one a week, arrivals are usual."""


@dataclass(frozen=True, slots=True)
class Arrivals:
    """Series that began within the last days, after a long rest.

    Attributes:
        length: days since it began, the looked-at one among them; 0: it did not.
        level: mean of those days, in the series' unit.
    """

    length: Counts
    level: Floats


def arrivals(table: SeriesTable, place: int, floor_usd: Floats, longest: int) -> Arrivals:
    """What began at most `longest` days ago, costs enough, is there today, and is no habit.

    Args:
        table: the series.
        place: column of the looked-at day.
        floor_usd: USD that a finding has to move, one a series.
        longest: days for which an arrival is told of.
    """
    values = table.values[:, : place + 1]
    begins = _begins(values)
    recent = begins[:, max(place + 1 - longest, 0) :]
    last = recent.shape[1] - 1 - np.argmax(recent[:, ::-1], axis=1)
    length = np.where(recent.any(axis=1), recent.shape[1] - last, 0)
    since = places(values.shape[1]) > place - length[:, None]
    level = np.where(length > 0, mean(np.where(since, values, np.nan)), 0.0)
    dollars = np.nan_to_num(level * table.usd_a_unit)
    today = np.nan_to_num(values[:, place] * table.usd_a_unit)
    is_one = (length > 0) & (dollars >= floor_usd) & (today >= floor_usd)
    groups = _groups(table)
    for row in np.flatnonzero(is_one):
        began = place + 1 - int(length[row])
        large = begins[:, :began] & (
            values[:, :began] * table.usd_a_unit[:, None] >= dollars[row] / 2
        )
        alike = large[groups == groups[row], max(began - HABIT_DAYS, 0) :]
        is_one[row] = not large[row].any() and int(alike.sum()) < MOST_ARRIVALS
    return Arrivals(np.where(is_one, length, 0), level)


def _begins(values: Floats) -> Bools:
    """On which days a series has a value after a rest.

    It rests while all known days of the `DORMANT_DAYS` before are zero, and enough are known.
    """
    is_zero, is_known = values == 0, ~np.isnan(values)
    zeros = np.cumsum(np.pad(is_zero, ((0, 0), (1, 0))), axis=1)
    counts = np.cumsum(np.pad(is_known, ((0, 0), (1, 0))), axis=1)
    ends = places(values.shape[1])
    starts = np.maximum(ends - DORMANT_DAYS, 0)
    rested = zeros[:, ends] - zeros[:, starts]
    days = counts[:, ends] - counts[:, starts]
    return (values > 0) & (rested == days) & (rested >= LEAST_DAYS)


def _groups(table: SeriesTable) -> Counts:
    """A number for each series, the same for those of one dimension and measure."""
    numbers: dict[tuple[str | None, str, bool], int] = {}
    kinds = ((key.dimension, key.measure.value, key.organization is None) for key in table.keys)
    return np.array([numbers.setdefault(kind, len(numbers)) for kind in kinds], dtype=np.int64)
