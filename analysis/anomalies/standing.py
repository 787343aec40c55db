"""Since when a new level stands: the same day at every look, until it is the usual one."""

from __future__ import annotations

import numpy as np

from analysis.anomalies.found import DetectorSettings, SeriesTable
from analysis.anomalies.level_shifts import LONGEST
from analysis.anomalies.look import look_at
from analysis.anomalies.orders import Counts

USUAL_AFTER = 14
"""Days that a new level is told of; then it is the usual one. Two of each weekday are known of it
by then, and the baseline of spikes has long followed."""

OWN_SCORE = 3.0
"""Of a shift at an earlier look, from which on it counts as seen then. What is told is decided for
all series of a day together; since when, by each series' own days, so that it stays the same."""


def standing_since(table: SeriesTable, place: int, settings: DetectorSettings) -> Counts:
    """The column in which each series' present shift began.

    Earlier looks are gone through anew, each with what was known then: the first one that saw the
    shift says since when. Later ones, which would move the day by one or two, do not.

    Args:
        table: series that have a shift at `place`.
        place: column of the looked-at day.
        settings: of the detector.
    """
    since = np.full(len(table.keys), -1, dtype=np.int64)
    side = np.zeros(len(table.keys))
    if not table.keys:
        return since
    least = np.log1p(settings.least_ratio)
    for earlier in range(max(place - USUAL_AFTER - LONGEST, 0), place + 1):
        shifts = look_at(table, earlier, settings).shifts
        seen = (shifts.length > 0) & (
            (earlier == place)
            | ((np.abs(shifts.score) >= OWN_SCORE) & (np.abs(shifts.moved) >= least))
        )
        begin = earlier - shifts.length + 1
        turned = np.sign(shifts.moved) != side
        fresh = seen & ((since < 0) | turned | (begin - since >= USUAL_AFTER))
        since = np.where(fresh, begin, since)
        side = np.where(fresh, np.sign(shifts.moved), side)
    return since
