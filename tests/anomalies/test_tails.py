"""Chances of scores."""

from __future__ import annotations

import numpy as np
import pytest

from analysis.anomalies.baselines import spread_of
from analysis.anomalies.tails import DEGREES, DEVIATIONS, t_tail, tail_chances, tail_weights


@pytest.mark.parametrize(
    ("degrees", "score", "chance"),
    [
        (2, 2.920, 0.05),
        (3, 5.841, 0.005),
        (5, 4.032, 0.005),
        (10, 2.764, 0.01),
        (60, 3.460, 0.0005),
    ],
)
def test_tails_are_those_of_the_tables(degrees: int, score: float, chance: float) -> None:
    assert float(t_tail(np.array([score]), degrees)[0]) == pytest.approx(chance, rel=0.003)
    assert float(t_tail(np.array([-score]), degrees)[0]) == pytest.approx(1 - chance, rel=0.003)


@pytest.mark.parametrize(("degrees", "deviation"), [*zip(DEGREES, DEVIATIONS, strict=True)])
def test_a_kinds_deviation_is_what_its_spread_is_measured_as(
    degrees: int, deviation: float
) -> None:
    noise = np.random.default_rng(1).standard_t(degrees, (2_000, 77))
    assert float(np.median(spread_of(noise))) == pytest.approx(deviation, rel=0.02)


def test_a_table_of_heavy_tails_thinks_less_of_a_score_than_one_of_normal_noise() -> None:
    chance = np.random.default_rng(2)
    scores = np.full(500, 4.0)

    def likely(noise: np.ndarray) -> float:
        scaled = noise / spread_of(noise)[:, None]
        return float(np.median(tail_chances(scores, tail_weights(scaled))))

    normal = likely(chance.normal(size=(500, 77)))
    heavy = likely(chance.standard_t(3, (500, 77)))
    assert normal < 0.0003
    assert heavy > 10 * normal


def test_an_anomaly_of_the_past_does_not_make_the_tails_heavy() -> None:
    noise = np.random.default_rng(3).normal(size=(200, 77))
    before = tail_weights(noise)
    noise[:, 40] = 30.0
    assert np.abs(tail_weights(noise)[:, 0] - before[:, 0]).max() < 0.05
