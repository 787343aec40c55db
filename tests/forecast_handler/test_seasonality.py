"""How strong the week's rhythm of a daily series is."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.forecasts.seasonality import LEAST_DAYS, weekly_strength

SHAPE = (20.0, 20.0, 20.0, 20.0, 20.0, 6.0, 6.0)
VALUES = st.lists(st.floats(0, 1e6), min_size=LEAST_DAYS, max_size=80)


def test_weeks_that_are_alike_are_nothing_but_rhythm():
    assert weekly_strength(SHAPE * 8) == pytest.approx(1)


def test_a_rhythm_on_a_growing_cost_is_as_strong():
    assert weekly_strength([day + place for place, day in enumerate(SHAPE * 8)]) == pytest.approx(1)


def test_noise_has_little_rhythm_and_a_cost_that_never_changes_none():
    drawn = Random(7)
    strength = weekly_strength([drawn.gauss(100, 10) for _ in range(56)])
    assert strength is not None
    assert strength < 0.35
    assert weekly_strength([5.0] * 30) == 0


@pytest.mark.parametrize("days", [0, 1, LEAST_DAYS - 1])
def test_too_few_days_say_nothing(days: int):
    assert weekly_strength(([*SHAPE] * 3)[:days]) is None


@given(VALUES)
def test_it_is_a_share(values: list[float]):
    strength = weekly_strength(values)
    assert strength is not None
    assert 0 <= strength <= 1
