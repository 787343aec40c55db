"""Series of few events, which waver because they are few."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from analysis.anomalies.detect import detect
from analysis.anomalies.found import DetectorSettings, Finding, SeriesTable
from analysis.anomalies.look import look_at
from analysis.series import Measure
from tests.anomalies.tables import DAYS, day_of, model, table_of, the_only

USD_A_REQUEST = 5.0


def of_requests(requests: np.ndarray) -> SeriesTable:
    """Series of costs and, below them, their requests, all of which cost the same."""
    costs = [model(row) for row in range(len(requests))]
    volumes = [replace(key, measure=Measure.REQUESTS) for key in costs]
    table = table_of(np.concatenate([requests * USD_A_REQUEST, requests]), [*costs, *volumes])
    table.usd_a_unit[len(requests) :] = USD_A_REQUEST
    return table


def calm(level: float) -> np.ndarray:
    """A series that wavers by 1 or 2 %, less than independent requests would."""
    return level * (1 + 0.02 * np.sin(np.arange(DAYS)))[None, :]


def of_last_day(table: SeriesTable) -> list[Finding]:
    return detect(table, day_of(DAYS - 1), DetectorSettings())


def test_twenty_nine_requests_in_place_of_eighteen_are_nothing_however_calm_it_was() -> None:
    requests = calm(18.0)
    requests[0, -1] = 29.0
    assert of_last_day(of_requests(requests)) == []
    alone = table_of(requests, usd_a_unit=USD_A_REQUEST)
    assert len(of_last_day(alone)) == 1


def test_the_same_share_of_many_requests_is_told_as_before() -> None:
    requests = calm(1800.0)
    requests[0, -1] = 2900.0
    cost, volume = of_last_day(of_requests(requests))
    assert {cost.key.measure, volume.key.measure} == set(Measure)
    assert volume.score > 4.5


def test_a_manifold_of_few_requests_is_told() -> None:
    requests = calm(18.0)
    requests[0, -1] = 90.0
    assert {one.key.measure for one in of_last_day(of_requests(requests))} == set(Measure)


def test_spreads_are_those_of_poissons_distribution_and_twice_that_variance_in_costs() -> None:
    base = look_at(of_requests(calm(25.0)), DAYS - 1, DetectorSettings()).base
    cost, requests = base.spread.tolist()
    assert requests == pytest.approx((1 / 25) ** 0.5, rel=0.03)
    assert cost == pytest.approx((2 / 25) ** 0.5, rel=0.03)


def test_a_cost_whose_requests_are_not_known_has_no_such_floor() -> None:
    costs = calm(25.0)
    costs[0, -1] *= 1.6
    assert the_only(of_last_day(table_of(costs))).score > 4.5


def test_few_findings_are_made_of_chance_alone_in_series_of_few_requests() -> None:
    chance = np.random.default_rng(5)
    requests = chance.poisson(np.linspace(3, 40, 60)[:, None], (60, DAYS)).astype(np.float64)
    table = of_requests(requests)
    settings = DetectorSettings(false_discoveries=1.0)
    told = [one for column in range(85, DAYS) for one in detect(table, day_of(column), settings)]
    assert len(told) <= 120 * 15 * 0.005
