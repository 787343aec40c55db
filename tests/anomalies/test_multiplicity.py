"""Few false alarms, however many series."""

from __future__ import annotations

import numpy as np
import pytest

from analysis.anomalies.found import DetectorSettings
from analysis.anomalies.multiplicity import limits, weights
from benchmarks.anomaly_truth.generated import KINDS, series
from benchmarks.anomaly_truth.trials import clean
from tests.anomalies.tables import found, noisy


def test_the_worked_case_of_benjamini_and_hochberg() -> None:
    # Their example of 15 hypotheses, section 3.2: the first four are rejected at 5 %.
    small = [0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344]
    large = [0.0459, 0.3240, 0.4262, 0.5719, 0.6528, 0.7590, 1.0]
    chances = np.array([*small, *large])
    may = chances <= limits(chances, np.ones(15), 0.05)
    assert may.tolist() == [True] * 4 + [False] * 11


def test_what_is_not_tested_is_no_part_of_the_family() -> None:
    chances = np.array([0.02, np.nan, np.nan, np.nan])
    assert limits(chances, np.ones(4), 0.05).tolist() == [0.05, -1, -1, -1]
    assert limits(np.array([np.nan]), np.ones(1), 0.05).tolist() == [-1]


def test_weights_are_one_on_average_and_grow_with_what_is_at_stake() -> None:
    expected = np.array([0.1, 4.0, 20.0, 80.0, 1e9, np.nan])
    weight = weights(expected, np.full(6, 5.0), 0.25)
    assert weight[:5].mean() == pytest.approx(1.0)
    assert weight[5] == 0.0
    assert np.all(np.diff(weight[:5]) > 0)
    assert weight[3] == pytest.approx(2 * weight[2])


@pytest.mark.parametrize("seed", [501, 502])
def test_ten_thousand_clean_series_of_odd_noise_give_a_handful_of_false_alarms(seed: int) -> None:
    costs = clean(seed, 10_000, 100, together=0.05)
    assert len(found(costs)) <= 5


def test_a_large_spike_is_found_among_many_series_as_among_few() -> None:
    chance = np.random.default_rng(5)
    costs = series(chance, KINDS[1], 2_000, 100)
    costs[17, -1] *= 3
    assert "model-17" in [one.key.member for one in found(costs)]
    assert [one.key.member for one in found(costs[17:18])] == ["model-0"]


def test_a_small_spike_is_told_of_few_series_and_kept_back_among_many() -> None:
    costs = noisy(1_000, noise=0.1, seed=12)
    costs[0, -1] = 275.0
    assert len(found(costs[:1])) == 1
    assert found(costs) == []
    assert len(found(costs, settings=DetectorSettings(false_discoveries=1.0))) >= 1
