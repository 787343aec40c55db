"""What is odd about a day: spikes, new levels and arrivals, among thousands of daily series.

The method, its sources and how well it does: docs/anomalies.md.
"""

from __future__ import annotations

from datetime import date

import numpy as np

from analysis.anomalies import telling
from analysis.anomalies.arrivals import arrivals
from analysis.anomalies.found import DetectorSettings, Finding, SeriesTable
from analysis.anomalies.judging import judged
from analysis.anomalies.look import Look, look_at
from analysis.anomalies.slices import column, some
from analysis.anomalies.standing import USUAL_AFTER, standing_since

OWN_SPIKE = 3.0
"""Spreads that a day has to lie beyond a new level to be odd beside it as well."""


def detect(table: SeriesTable, day: date, settings: DetectorSettings) -> list[Finding]:
    """The series that are unlike their past on a day, at most one finding of each.

    Later days of the table are not looked at: the same comes of `upto(table, day)`.

    Args:
        table: daily series; those that are unknown on the day are not judged.
        day: a complete one of the table.
        settings: what to look for.

    Returns:
        In the order of the table.

    Raises:
        ValueError: the table does not reach to that day.
    """
    place = column(table, day)
    if not table.keys:
        return []
    look = look_at(table, place, settings)
    verdict = judged(look, settings)
    findings: dict[int, Finding | None] = {}
    rows = np.flatnonzero(verdict.shift)
    since = standing_since(some(table, rows), place, settings)
    for row, begin in zip(rows.tolist(), since.tolist(), strict=True):
        length = place + 1 - begin
        if length <= USUAL_AFTER and not _is_beside_shift(look, row, settings):
            findings[row] = telling.shift(look, row, length, settings)
    for row in np.flatnonzero(verdict.spike).tolist():
        if findings.get(row) is None:
            findings[row] = telling.spike(look, row, settings)
    arrived = arrivals(table, place, look.floor_usd, USUAL_AFTER)
    for row in np.flatnonzero(arrived.length).tolist():
        findings[row] = telling.arrival(look, row, arrived, settings)
    return [found for _, found in sorted(findings.items()) if found is not None]


def _is_beside_shift(look: Look, row: int, settings: DetectorSettings) -> bool:
    """Whether the day is odd even beside the new level."""
    level = look.shifts.old[row] + look.shifts.moved[row]
    apart = abs(float(look.adjusted[row] - level))
    least = max(float(np.log1p(settings.least_ratio)), OWN_SPIKE * float(look.base.spread[row]))
    return apart > least
