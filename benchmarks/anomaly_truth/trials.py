"""The series that detectors are tried on: generated ones, and real ones with anomalies planted."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from benchmarks.anomaly_truth.generated import KINDS, NOISES, Floats, series
from benchmarks.anomaly_truth.planting import LAUNCH, Trial, launched, plant

DAYS = 150
BEGIN = 60
SERIES = 500
LAUNCHES = 8


def generated_trial(seed: int, count: int = SERIES) -> Trial:
    """As many series, two of three of plain noise, with what was planted in them."""
    chance = np.random.default_rng(seed)
    plain = (count - LAUNCHES) * 2 // 3 // len(NOISES)
    odd = (count - LAUNCHES - plain * len(NOISES)) // (len(KINDS) - len(NOISES))
    counts = [plain if kind in NOISES else odd for kind in KINDS]
    counts[0] += count - LAUNCHES - sum(counts)
    values = np.concatenate(
        [series(chance, kind, rows, DAYS) for kind, rows in zip(KINDS, counts, strict=True)]
    )
    kinds = [kind.name for kind, rows in zip(KINDS, counts, strict=True) for _ in range(rows)]
    trial = plant(chance, values, kinds, begin=BEGIN)
    fresh = series(chance, NOISES[2], LAUNCHES, DAYS)
    arrivals = [launched(chance, fresh, row, BEGIN) for row in range(LAUNCHES)]
    return replace(
        trial,
        values=np.concatenate([trial.values, fresh]),
        kinds=(*trial.kinds, *[LAUNCH] * LAUNCHES),
        planted=(*trial.planted, *(replace(a, row=a.row + len(kinds)) for a in arrivals)),
        neutral=np.concatenate([trial.neutral, np.zeros(fresh.shape, dtype=np.bool_)]),
    )


def real_trial(seed: int, values: Floats, name: str) -> Trial:
    """Real series, cut into stretches of `DAYS`, with the same anomalies planted in them.

    Their own are not known: whatever is found of them counts as a false alarm.
    """
    stretches = [
        values[:, start : start + DAYS] for start in range(0, values.shape[1] - DAYS + 1, DAYS)
    ]
    cut = np.concatenate(stretches)
    chance = np.random.default_rng(seed)
    return plant(chance, cut, [name] * len(cut), begin=BEGIN, holidays=0)


def clean(seed: int, count: int, days: int, together: float = 0.0) -> Floats:
    """Series of all kinds, the odd ones half of them, in which nothing was planted.

    Args:
        seed: of chance.
        count: series, of each kind as many.
        days: of each.
        together: standard deviation of a daily movement that all of them share.
    """
    chance = np.random.default_rng(seed)
    each = [series(chance, kind, count // len(KINDS), days) for kind in KINDS]
    return np.concatenate(each) * np.exp(chance.normal(0.0, together, days))
