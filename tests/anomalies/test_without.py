"""The curve without what drove it."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import pytest

from analysis.anomalies.found import Shape
from analysis.anomalies.without import Driver, without
from tests.anomalies.tables import FIRST, found, noisy, the_only


def test_a_spike_without_itself_is_what_was_expected_that_day() -> None:
    costs = noisy()
    costs[0, -1] *= 3
    one = the_only(found(costs))
    curve = without(costs[0].tolist(), FIRST, one)
    assert curve[-1] == pytest.approx(one.expected)
    assert curve[:-1].tolist() == costs[0, :-1].tolist()


def test_a_shift_without_itself_keeps_its_weekends() -> None:
    costs = noisy(noise=0.02, weekend=0.5)
    before = costs[0].copy()
    costs[0, 90:] *= 2
    one = the_only(found(costs))
    assert one.shape is Shape.SHIFT
    curve = without(costs[0].tolist(), FIRST, one)
    assert curve[90:] == pytest.approx(before[90:], rel=0.05)


def test_a_total_without_the_part_that_drove_it_keeps_the_rest_as_it_was() -> None:
    parts = noisy(2, noise=0.02)
    calm = parts.sum(axis=0)
    parts[0, -1] *= 3
    total = parts.sum(axis=0)
    whole, driver = found(total[None, :])[0], the_only(found(parts[:1]))
    curve = without(total.tolist(), FIRST, whole, [Driver(parts[0].tolist(), driver)])
    assert curve[-1] == pytest.approx(calm[-1], rel=0.03)
    assert curve[-1] == pytest.approx(total[-1] - driver.actual + driver.expected)
    assert curve[:-1] == pytest.approx(calm[:-1])


def test_requests_that_drove_a_cost_are_taken_at_what_one_costs() -> None:
    requests = noisy(noise=0.02, level=10_000.0)
    requests[0, -1] *= 3
    cost = 0.05 * requests[0] + 100.0
    volume, whole = the_only(found(requests)), the_only(found(cost[None, :]))
    driver = Driver((0.05 * requests[0]).tolist(), volume, unit=0.05)
    curve = without(cost.tolist(), FIRST, whole, [driver])
    assert curve[-1] == pytest.approx(0.05 * volume.expected + 100.0)


def test_what_vanished_is_put_back() -> None:
    costs = noisy()
    costs[0, -1] = 0.0
    one = the_only(found(costs))
    assert without(costs[0].tolist(), FIRST, one)[-1] == pytest.approx(one.expected)


def test_unknown_days_stay_unknown() -> None:
    costs = noisy()
    costs[0, 90:] *= 2
    costs[0, 95] = np.nan
    one = the_only(found(costs))
    curve = without(costs[0].tolist(), FIRST, one)
    assert np.isnan(curve[95])
    assert one.since == FIRST + timedelta(days=90)
    assert np.count_nonzero(np.isnan(curve)) == 1
