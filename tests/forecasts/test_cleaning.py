"""What is taken for an outlier, and what is put in its place."""

from __future__ import annotations

import numpy as np

from analysis.forecasts.cleaning import cleaned
from tests.forecasts.generated import generated, noisy, spiked


def test_a_spike_becomes_a_usual_day_and_its_outcome_stays() -> None:
    days = np.full((1, 42), 10.0)
    days[0, 20] = 40.0
    history = cleaned(days)
    assert history.days[0].tolist() == [10.0] * 42
    assert np.flatnonzero(history.odd[0]).tolist() == [20]
    assert history.outcomes[0, 20] == 40.0
    assert history.wild[0, 20]


def test_a_gap_is_filled_by_what_its_weekday_is_at_that_level() -> None:
    week = np.array([10.0, 12, 14, 12, 10, 4, 2])
    days = np.tile(week, 6)[None, :]
    days[0, [12, 23]] = np.nan
    history = cleaned(days)
    np.testing.assert_allclose(history.days[0, [12, 23]], [4, 14])
    assert np.isnan(history.outcomes[0, 12])


def test_nearly_all_spikes_are_found_and_hardly_anything_else() -> None:
    plain = generated("10 % noise", 200, 90, seed=11)
    odd = spiked(plain, 0.05, seed=12)
    found = cleaned(odd).odd
    hit = odd != plain
    assert found[hit].mean() > 0.97
    assert found[~hit].mean() < 0.02


def test_days_at_a_new_level_are_no_outliers() -> None:
    days = generated("10 % noise", 100, 60, seed=13)
    days[:, 54:] *= 2
    assert cleaned(days).odd[:, 54:].mean() < 0.1


def test_a_shift_in_the_middle_makes_no_outliers() -> None:
    days = generated("10 % noise", 100, 60, seed=14)
    days[:, 30:] *= 3
    assert cleaned(days).odd.mean() < 0.03


def test_closed_weekends_are_as_usual_and_a_cost_on_one_of_them_is_not() -> None:
    days = generated("closed at weekends", 1, 56, seed=15)
    days[0, 26] = 150.0  # a Saturday
    odd = cleaned(days).odd[0]
    assert odd[26]
    assert odd.sum() <= 2


def test_among_days_that_are_mostly_zero_a_cost_is_no_outlier() -> None:
    days = np.zeros((1, 56))
    days[0, [5, 17, 30, 44]] = [3.0, 8.0, 2.0, 90.0]
    history = cleaned(days)
    assert history.days[0].tolist() == days[0].tolist()
    assert not history.odd.any()
    assert not history.wild.any()


def test_the_tails_of_noise_count_against_a_forecast() -> None:
    days = noisy(0.3)(np.random.default_rng(16), 100, 90)
    history = cleaned(days)
    assert history.wild.mean() < history.odd.mean() / 3
