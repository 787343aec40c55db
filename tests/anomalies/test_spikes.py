"""Days unlike the days before them."""

from __future__ import annotations

from decimal import Decimal

import numpy as np
import pytest

from analysis.anomalies.baselines import baselines
from analysis.anomalies.detect import detect
from analysis.anomalies.found import Bands, DetectorSettings, Shape
from analysis.anomalies.spikes import day_scores
from analysis.incidents.levels import Level
from tests.anomalies.tables import day_of, found, noisy, table_of, the_only


def test_a_day_half_as_dear_again_is_told_with_what_was_expected() -> None:
    costs = noisy(noise=0.05)
    costs[0, -1] = 300.0
    one = the_only(found(costs))
    assert one.shape is Shape.SPIKE
    assert one.since == one.day == day_of(99)
    assert one.actual == 300.0
    assert one.expected == pytest.approx(200.0, rel=0.05)
    assert one.lower < one.expected < one.upper < 300.0
    assert one.usd == (Decimal(300) - Decimal(repr(one.expected))).quantize(Decimal("0.01"))
    assert one.level is Level.CRITICAL
    assert one.history_days == 84


def test_an_ordinary_day_is_no_finding() -> None:
    costs = noisy(20, noise=0.07)
    assert [found(costs, column) for column in range(60, 100, 5)] == [[]] * 8


def test_what_falls_to_half_is_told_unless_falls_are_not_asked_for() -> None:
    costs = noisy()
    costs[0, -1] /= 2
    one = the_only(found(costs))
    assert one.usd < 0
    assert one.score < 0
    assert found(costs, settings=DetectorSettings(falls=False)) == []


def test_a_quiet_weekend_is_no_fall_and_its_monday_no_spike() -> None:
    costs = noisy(weekend=0.7)
    assert [found(costs, column) for column in range(84, 98)] == [[]] * 14


def test_a_weekend_at_the_height_of_a_workday_is_a_spike() -> None:
    costs = noisy(weekend=0.5)
    saturday = 89
    costs[0, saturday] = 200.0
    assert saturday % 7 == 5
    assert the_only(found(costs, saturday)).expected == pytest.approx(100, rel=0.1)


def test_a_rise_below_a_quarter_is_nothing_however_calm_the_series() -> None:
    costs = noisy(noise=0.001)
    costs[0, -1] = 240.0
    assert found(costs) == []


def test_a_rise_that_is_worth_too_few_dollars_is_nothing() -> None:
    costs = noisy(level=6.0, noise=0.01)
    costs[0, -1] = 10.5
    assert found(costs) == []
    assert len(found(costs, settings=DetectorSettings(least_usd=Decimal(4)))) == 1


def test_a_series_own_floor_counts_where_it_is_higher() -> None:
    costs = noisy()
    costs[0, -1] = 300.0
    table = table_of(costs)
    table.least_usd[:] = 150.0
    assert detect(table, day_of(99), DetectorSettings()) == []


def test_requests_are_worth_what_one_costs() -> None:
    requests = noisy(level=20_000.0)
    requests[0, -1] *= 2
    cheap = detect(table_of(requests, usd_a_unit=0.0001), day_of(99), DetectorSettings())
    dear = detect(table_of(requests, usd_a_unit=0.01), day_of(99), DetectorSettings())
    assert cheap == []
    one = the_only(dear)
    assert float(one.usd) == pytest.approx(0.01 * (one.actual - one.expected), abs=0.005)


def test_yesterdays_spike_hides_none_of_today() -> None:
    costs = noisy(noise=0.05)
    costs[0, -2] *= 5
    assert found(costs) == []
    costs[0, -1] *= 2
    assert the_only(found(costs)).shape is Shape.SPIKE


def test_a_past_that_is_full_of_spikes_makes_one_more_usual() -> None:
    costs = noisy(noise=0.05)
    costs[0, 20:99:9] *= 3
    costs[0, -1] *= 2.5
    assert found(costs) == []


def test_the_looked_at_day_is_no_part_of_its_own_baseline() -> None:
    # Were it one, no z-score of 8 days could exceed 7 / √8, which is 2.5, nor one of 85 days 9.2.
    costs = noisy(noise=0.05)
    costs[0, -1] *= 1000
    base = baselines(costs[:, -85:-1])
    scores = day_scores(base, costs[:, -1])
    assert scores.robust[0] > 9.2
    assert scores.week[0] > 100


def test_the_baseline_has_a_floor_under_its_spread() -> None:
    base = baselines(np.full((1, 84), 200.0))
    assert base.spread.tolist() == base.rise.tolist() == base.fall.tolist() == [0.05]


def test_days_that_are_left_out_leave_the_baseline_and_are_judged_themselves() -> None:
    costs = noisy(noise=0.05)
    costs[0, 92:99] *= 2
    costs[0, 99] *= 2
    told = table_of(costs)
    told.left_out[0, 92:99] = True
    assert the_only(detect(told, day_of(99), DetectorSettings())).expected == pytest.approx(
        200.0, rel=0.1
    )
    told.left_out[0, 99] = True
    assert len(detect(told, day_of(99), DetectorSettings())) == 1


def test_the_first_ordinary_day_after_a_week_off_is_no_spike() -> None:
    costs = noisy(noise=0.05)
    costs[0, 92:99] *= 0.4
    assert found(costs) == []


def test_bands_decide_how_severe_a_finding_is_and_the_lowest_whether_it_is_one() -> None:
    costs = noisy(noise=0.05)
    costs[0, -1] *= 1.4
    score = the_only(found(costs)).score

    def level(*bands: float) -> list[Level]:
        return [f.level for f in found(costs, settings=DetectorSettings(bands=Bands(*bands)))]

    assert level(2, score + 1, score + 2) == [Level.NOTICE]
    assert level(2, score - 1, score + 2) == [Level.WARNING]
    assert level(score + 1, score + 2, score + 3) == []


def test_growth_is_no_spike() -> None:
    costs = noisy(20, noise=0.05, growth=0.01)
    assert [found(costs, column) for column in range(60, 100, 7)] == [[]] * 6


def test_one_day_without_anything_is_told_where_days_are_alike_not_where_they_are_wild() -> None:
    alike, wild = noisy(noise=0.1), noisy(noise=0.35)
    alike[0, -1] = wild[0, -1] = 0.0
    assert the_only(found(alike)).actual == 0.0
    assert found(wild) == []
