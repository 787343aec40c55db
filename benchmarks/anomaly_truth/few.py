"""Series of few requests a day: what they cost wavers because they are few."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import numpy as np

from analysis.anomalies.detect import detect
from analysis.anomalies.found import DetectorSettings, SeriesTable
from analysis.anomalies.slices import some
from analysis.series import Measure, SeriesKey
from benchmarks.anomaly_truth.rivals import FIRST

SERIES = 300
DAYS = 120
BEGIN = 90
USD_A_REQUEST = 5.0
SPIKED = 0.01
"""Share of days that are made four times as busy."""


@dataclass(frozen=True, slots=True)
class Few:
    """What came of series of few requests.

    Attributes:
        false_alarms: for each 100 clean days of a series, cost or requests.
        recall: share of the spikes that were found, in cost or in requests.
    """

    false_alarms: float
    recall: float


def few(seed: int, settings: DetectorSettings, *, costs_alone: bool = False) -> Few:
    """Looks at series of 3 to 60 requests a day, whose costs are exponential.

    Args:
        seed: of chance.
        settings: of the detector.
        costs_alone: leaves the requests out, so that nothing says how few they are.
    """
    chance = np.random.default_rng(seed)
    usual = np.exp(chance.uniform(np.log(3), np.log(60), (SERIES, 1)))
    usual = usual * np.where(np.arange(DAYS) % 7 >= 5, 0.5, 1.0)
    spiked = chance.random(usual.shape) < SPIKED
    spiked[:, :BEGIN] = False
    requests = chance.poisson(usual * np.where(spiked, 4.0, 1.0)).astype(np.float64)
    costs = USD_A_REQUEST * chance.standard_gamma(np.maximum(requests, 1e-9))
    table = _table(costs, requests)
    if costs_alone:
        table = some(table, np.arange(SERIES, dtype=np.int64))
    flagged = np.zeros(spiked.shape, dtype=np.bool_)
    wrong = 0
    rows = {key: row % SERIES for row, key in enumerate(table.keys)}
    for day in range(BEGIN, DAYS):
        for found in detect(table, FIRST + timedelta(days=day), settings):
            row = rows[found.key]
            flagged[row, day] = True
            wrong += not spiked[row, max(day - 2, 0) : day + 1].any()
    clean = len(table.keys) * (DAYS - BEGIN)
    recall = float((flagged & spiked).sum() / spiked.sum())
    return Few(100 * wrong / clean, recall)


def _table(costs: np.ndarray, requests: np.ndarray) -> SeriesTable:
    values = np.concatenate([costs, requests])
    keys = tuple(
        SeriesKey(f"org-{row}", None, None, measure)
        for measure in (Measure.COST, Measure.REQUESTS)
        for row in range(SERIES)
    )
    return SeriesTable(
        first=FIRST,
        keys=keys,
        values=values,
        left_out=np.zeros(values.shape, dtype=np.bool_),
        least_usd=np.zeros(len(keys)),
        usd_a_unit=np.repeat([1.0, USD_A_REQUEST], SERIES),
    )
