"""Tables of daily series, to look for anomalies in."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

from analysis.anomalies.detect import detect
from analysis.anomalies.found import DetectorSettings, Finding, SeriesTable
from analysis.series import Measure, SeriesKey

Floats = NDArray[np.float64]

FIRST = date(2026, 6, 1)
"""A Monday."""

DAYS = 100
NO_SETTINGS = DetectorSettings()


def model(number: int) -> SeriesKey:
    return SeriesKey(None, "model", f"model-{number}", Measure.COST)


def noisy(
    count: int = 1,
    *,
    noise: float = 0.05,
    level: float = 200.0,
    weekend: float = 0.0,
    growth: float = 0.0,
    days: int = DAYS,
    seed: int = 7,
) -> Floats:
    """Series of a level, with weekends lower by a share and growth by a share a day."""
    day = np.arange(days)
    usual = level * np.where(day % 7 >= 5, 1 - weekend, 1.0) * (1 + growth) ** day
    chance = np.random.default_rng(seed)
    return usual * np.exp(chance.normal(0.0, noise, (count, days)))


def table_of(
    values: Floats, keys: Sequence[SeriesKey] = (), usd_a_unit: float = 1.0
) -> SeriesTable:
    rows = len(values)
    return SeriesTable(
        first=FIRST,
        keys=tuple(keys) or tuple(model(row) for row in range(rows)),
        values=values,
        left_out=np.zeros(values.shape, dtype=np.bool_),
        least_usd=np.zeros(rows),
        usd_a_unit=np.full(rows, usd_a_unit),
    )


def day_of(column: int) -> date:
    return FIRST + timedelta(days=column)


def found(
    values: Floats, column: int = -1, settings: DetectorSettings = NO_SETTINGS
) -> list[Finding]:
    """What is found of a day of some costs; the last one unless told otherwise."""
    return detect(table_of(values), day_of(column % values.shape[1]), settings)


def the_only(findings: Sequence[Finding]) -> Finding:
    (one,) = findings
    return one
