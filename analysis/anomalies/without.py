"""The curve of a series as it would have been without what drove it away from its past."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from analysis.anomalies.found import Finding, Floats


@dataclass(frozen=True, slots=True)
class Driver:
    """A part of a series that moved it.

    Attributes:
        values: of each day, as many as of the series, and in its unit (requests times what one
            costs); NaN: not known.
        finding: what was found of it, in the driver's own unit.
        unit: what one of the finding's units is in the series' own; 1 where they are the same.
    """

    values: Sequence[float]
    finding: Finding
    unit: float = 1.0


def without(
    values: Sequence[float], first: date, finding: Finding, drivers: Sequence[Driver] = ()
) -> Floats:
    """The daily curve with what drove it at its expected value, from the first odd day on.

    Args:
        values: of each day; NaN: not known.
        first: the first day of them; the finding's days lie within.
        finding: of the series.
        drivers: parts of it that are disjoint; empty: the series itself is put to what was
            expected of it.

    Returns:
        As many days; the same before the finding, and never below zero.
    """
    curve = np.array(values, dtype=np.float64)
    if not drivers:
        return curve - _excess(curve, first, finding, 1.0)
    for driver in drivers:
        part = np.array(driver.values, dtype=np.float64)
        curve = curve - _excess(part, first, driver.finding, driver.unit)
    return np.maximum(curve, 0.0)


def _excess(part: Floats, first: date, finding: Finding, unit: float) -> Floats:
    """By how much each day of a part exceeds what was expected of it; negative where it lacks.

    What is expected of a shift is the mean of its days: each day is taken down by the same factor,
    so that weekends stay weekends. A series that vanished has none left to keep.
    """
    excess = np.zeros_like(part)
    odd = slice(max((finding.since - first).days, 0), (finding.day - first).days + 1)
    if finding.actual > 0:
        excess[odd] = part[odd] * (1 - finding.expected / finding.actual)
    else:
        excess[odd] = part[odd] - finding.expected * unit
    return np.where(np.isnan(excess), 0.0, excess)
