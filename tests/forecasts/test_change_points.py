"""Where the level of a series changed, on series of which that is known."""

from __future__ import annotations

import numpy as np
import pytest

from analysis.change_points import change_points, level_changes
from tests.forecasts.generated import generated, spiked


def test_a_level_that_changes_is_found_on_its_first_day() -> None:
    values = [10.0] * 40 + [15.0] * 30
    assert change_points(values) == (40,)


def test_the_change_says_by_how_much() -> None:
    (change,) = level_changes([10.0] * 40 + [15.0] * 30)
    assert change.ratio == pytest.approx(1.5, rel=0.03)


def test_two_changes_are_both_found() -> None:
    values = [10.0] * 30 + [20.0] * 25 + [5.0] * 35
    assert change_points(values) == (30, 55)


def test_a_week_that_repeats_has_no_change() -> None:
    assert change_points([10.0, 12, 14, 12, 10, 4, 0] * 12) == ()


@pytest.mark.parametrize("values", [[], [5.0] * 27, [0.0] * 90, [np.nan] * 90, [5.0] * 90])
def test_nothing_is_said_of_short_empty_unknown_or_constant_series(values: list[float]) -> None:
    assert change_points(values) == ()


def test_a_weeks_spike_in_a_day_is_no_new_level() -> None:
    values = [10.0] * 60
    values[30] = 100.0
    assert change_points(values) == ()


@pytest.mark.parametrize(
    ("kind", "most"),
    [
        ("10 % noise", 0.02),
        ("25 % noise", 0.02),
        ("skewed", 0.05),
        ("closed at weekends", 0.03),
        ("counts of three", 0.05),
        ("one day of five", 0.0),
        ("growing 1 to 5 % a week", 0.12),
    ],
)
def test_series_without_a_change_have_hardly_any(kind: str, most: float) -> None:
    found = [bool(change_points(series)) for series in generated(kind, 150, 90, seed=21)]
    assert np.mean(found) <= most


@pytest.mark.parametrize("factor", [1.3, 0.7])
def test_a_shift_by_three_tenths_is_found_in_noise_of_a_tenth_with_spikes_and_gaps(
    factor: float,
) -> None:
    days = generated("10 % noise", 150, 90, seed=22)
    days[:, 70:] *= factor
    days = spiked(days, 0.03, seed=23)
    days[np.random.default_rng(24).random(days.shape) < 0.03] = np.nan
    found = [any(abs(point - 70) <= 3 for point in change_points(series)) for series in days]
    assert np.mean(found) >= 0.93


def test_the_scale_does_not_matter() -> None:
    days = generated("random walk", 30, 90, seed=25)
    for series in days:
        assert change_points(series * 1e-4) == change_points(series)
