"""New levels."""

from __future__ import annotations

import pytest

from analysis.anomalies.found import Shape
from tests.anomalies.tables import day_of, found, noisy, the_only

SINCE = 70


def test_a_new_level_is_a_spike_first_then_a_shift_since_the_same_day_then_usual() -> None:
    costs = noisy(noise=0.08, days=120)
    costs[0, SINCE:] *= 1.6
    told = [found(costs, column) for column in range(SINCE - 5, 110)]
    assert told[:5] == [[]] * 5
    assert [the_only(day).shape for day in told[5:7]] == [Shape.SPIKE] * 2
    shifts = [the_only(day) for day in told[8:19]]
    assert {one.shape for one in shifts} == {Shape.SHIFT}
    assert {one.since for one in shifts} == {day_of(SINCE)}
    assert told[19:] == [[]] * len(told[19:])


def test_a_shift_tells_the_mean_of_its_days_beside_what_they_would_have_been() -> None:
    costs = noisy(noise=0.03, weekend=0.5)
    costs[0, 90:] *= 2
    one = the_only(found(costs))
    assert one.since == day_of(90)
    assert one.actual == pytest.approx(float(costs[0, 90:].mean()))
    assert one.expected == pytest.approx(one.actual / 2, rel=0.05)
    assert one.lower < one.expected < one.upper


def test_a_fall_to_a_new_level_is_a_shift_as_well() -> None:
    costs = noisy(noise=0.05)
    costs[0, 92:] *= 0.5
    one = the_only(found(costs))
    assert one.shape is Shape.SHIFT
    assert one.usd < 0


def test_a_rise_of_a_fifth_that_noise_explains_is_no_shift() -> None:
    costs = noisy(100, noise=0.3, seed=3)
    shifts = [one for column in range(60, 100) for one in found(costs, column)]
    assert [one for one in shifts if one.shape is Shape.SHIFT] == []


def test_a_shift_that_passed_is_not_told_of_a_second_time_as_a_fall() -> None:
    costs = noisy(noise=0.05)
    costs[0, 80:90] *= 2
    assert [found(costs, column) for column in range(90, 100)] == [[]] * 10


def test_a_day_that_is_odd_beside_the_new_level_is_told_itself() -> None:
    costs = noisy(noise=0.05)
    costs[0, 90:] *= 1.6
    costs[0, 99] *= 3
    assert the_only(found(costs)).shape is Shape.SPIKE


def test_what_vanishes_is_told_and_after_two_weeks_usual() -> None:
    costs = noisy(noise=0.1, days=120)
    costs[0, 90:] = 0.0
    first, later, last = found(costs, 90), found(costs, 96), found(costs, 118)
    assert the_only(first).actual == 0.0
    assert the_only(first).shape is Shape.SPIKE
    assert the_only(later).since == day_of(90)
    assert last == []
