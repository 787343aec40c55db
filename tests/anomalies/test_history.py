"""Short histories, gaps, and what there is no telling about."""

from __future__ import annotations

import numpy as np
import pytest

from analysis.anomalies.baselines import baselines
from analysis.anomalies.detect import detect
from analysis.anomalies.found import DetectorSettings
from analysis.anomalies.slices import upto
from tests.anomalies.tables import day_of, found, noisy, table_of


def spiked(days: int) -> np.ndarray:
    costs = noisy(days=days, noise=0.05)
    costs[0, -1] *= 4
    return costs


def test_thirteen_known_days_say_nothing_fourteen_do() -> None:
    assert found(spiked(14)) == []
    assert len(found(spiked(15))) == 1


def test_a_short_history_asks_for_more() -> None:
    weekly = noisy(50, noise=0.1, weekend=0.4, days=100)
    short = baselines(np.concatenate([np.full((50, 70), np.nan), weekly[:, -14:]], axis=1))
    long = baselines(weekly[:, -84:])
    assert np.median(short.spread) > 1.2 * np.median(long.spread)


def test_days_before_a_source_began_are_no_history() -> None:
    costs = spiked(100)
    costs[0, :90] = np.nan
    assert found(costs) == []


def test_a_day_that_is_not_known_is_not_judged() -> None:
    costs = noisy()
    costs[0, -1] = np.nan
    assert found(costs) == []


def test_gaps_leave_the_rest_as_it_is() -> None:
    costs = spiked(100)
    costs[0, 20:90:5] = np.nan
    assert len(found(costs)) == 1


def test_nothing_ever_and_nothing_known_are_no_findings() -> None:
    assert found(np.zeros((3, 60))) == []
    assert found(np.full((3, 60), np.nan)) == []
    assert found(np.zeros((0, 60))) == []


def test_the_first_day_of_a_table_is_silent() -> None:
    assert found(noisy(), 0) == []


def test_a_day_outside_of_the_table_is_refused() -> None:
    with pytest.raises(ValueError, match="no column for 2026-09-09"):
        detect(table_of(noisy()), day_of(100), DetectorSettings())


def test_later_days_change_nothing() -> None:
    costs = noisy(10, noise=0.1)
    costs[:5, 80] *= 3
    costs[5:, 75:] *= 2
    table = table_of(costs)
    for column in (80, 82, 84):
        day = day_of(column)
        seen = detect(upto(table, day), day, DetectorSettings())
        assert seen == detect(table, day, DetectorSettings())
        assert len(seen) >= 5
