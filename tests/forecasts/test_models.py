"""Each model on series whose continuation is known."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pytest

from analysis.forecasts.choosing import MODELS, SPARSE_MODELS
from analysis.forecasts.daily import WEEK, Floats, Model
from analysis.forecasts.ets import ets
from analysis.forecasts.growing_median import growing_median
from analysis.forecasts.naive import seasonal_naive
from analysis.forecasts.straight_line import straight_line
from analysis.forecasts.theta import robust_theta, sens_slope, theta
from analysis.forecasts.weekday_mean import daily_mean, weekday_mean
from analysis.forecasts.weekday_median import weekday_median
from tests.forecasts.generated import generated, spiked

ALL: Mapping[str, Model] = {
    **MODELS,
    **SPARSE_MODELS,
    "classical Theta": theta,
    "straight line": straight_line,
}
WEEKLY = {name: model for name, model in ALL.items() if name not in {"daily mean", "straight line"}}

SHAPE = np.array([10.0, 12, 14, 12, 10, 4, 2])


def repeated(weeks: int) -> Floats:
    return np.tile(SHAPE, weeks)[None, :]


@pytest.mark.parametrize("name", sorted(WEEKLY))
def test_a_week_that_repeats_is_foreseen_to_repeat(name: str) -> None:
    said = WEEKLY[name](repeated(10), 10)
    np.testing.assert_allclose(said[0], np.tile(SHAPE, 2)[:10], rtol=1e-6)


@pytest.mark.parametrize("name", sorted(WEEKLY))
def test_the_first_day_ahead_has_its_own_weekday_when_the_history_ends_within_a_week(
    name: str,
) -> None:
    said = WEEKLY[name](repeated(10)[:, :-3], 5)
    np.testing.assert_allclose(said[0], [10, 4, 2, 10, 12], rtol=1e-6)


@pytest.mark.parametrize("name", sorted(ALL))
def test_no_model_foresees_less_than_nothing(name: str) -> None:
    falling = np.linspace(70, 1, 70)[None, :]
    assert np.all(ALL[name](falling, 90) >= 0)


@pytest.mark.parametrize("name", sorted(ALL))
def test_a_series_in_cents_is_foreseen_as_the_same_in_dollars(name: str) -> None:
    days = generated("wandering level", 4, 77, seed=5)
    np.testing.assert_allclose(ALL[name](days * 100, 30), ALL[name](days, 30) * 100, rtol=1e-6)


@pytest.mark.parametrize("name", sorted(ALL))
def test_many_series_at_once_are_foreseen_as_one_by_one(name: str) -> None:
    days = generated("random walk", 3, 63, seed=6)
    together = ALL[name](days, 14)
    for row, series in enumerate(days):
        np.testing.assert_allclose(ALL[name](series[None, :], 14)[0], together[row])


@pytest.mark.parametrize("name", sorted(ALL))
def test_nothing_is_foreseen_of_nothing(name: str) -> None:
    np.testing.assert_allclose(ALL[name](np.zeros((1, 28)), 7), 0, atol=1e-9)


def test_last_week_comes_again() -> None:
    days = np.arange(21.0)[None, :]
    assert seasonal_naive(days, 9)[0].tolist() == [14, 15, 16, 17, 18, 19, 20, 14, 15]


def test_the_weekday_median_is_not_moved_by_an_odd_monday() -> None:
    days = repeated(5)
    days[0, 7] = 1000
    assert weekday_median(days, 7)[0].tolist() == SHAPE.tolist()
    assert weekday_mean(days, 7)[0, 0] == pytest.approx((4 * 10 + 1000) / 5)


def test_the_daily_mean_is_alike_on_all_days() -> None:
    days = np.zeros((1, 28))
    days[0, [3, 12, 20, 21]] = 7.0
    assert daily_mean(days, 3)[0].tolist() == [1.0, 1.0, 1.0]


def test_the_straight_line_goes_on() -> None:
    np.testing.assert_allclose(straight_line(np.arange(30.0)[None, :], 3)[0], [30, 31, 32])


def test_sens_slope_of_a_line_is_its_slope_whatever_two_days_say() -> None:
    days = 3.0 * np.arange(42.0)[None, :]
    days[0, [10, 40]] = 0
    assert sens_slope(days)[0] == pytest.approx(3.0)


def test_theta_carries_half_of_the_slope_on() -> None:
    days = 100 + np.arange(140.0)[None, :]
    for model in (theta, robust_theta):
        gained = model(days, 43)[0]
        week_by_week = gained[7:] - gained[:-7]
        assert np.mean(week_by_week) == pytest.approx(3.5, rel=0.05)


def test_robust_theta_trusts_the_slope_of_a_month_by_a_third() -> None:
    days = 100 + np.arange(30.0)[None, :]
    gained = robust_theta(days, 29)[0]
    assert np.mean(gained[7:] - gained[:-7]) == pytest.approx(3.5 / 3, rel=0.1)


def test_the_growing_median_carries_growth_on_damped() -> None:
    days = 100 * 1.005 ** np.arange(84.0)[None, :]
    said = growing_median(days, 30)[0]
    kept = 100 * 1.005 ** (84 + np.arange(30.0))
    assert said[0] == pytest.approx(kept[0], rel=0.02)
    assert 0.95 * kept[-1] < said[-1] < kept[-1]


def test_no_growth_of_more_than_a_sixth_a_week_is_carried_on() -> None:
    doubling = 2.0 ** (np.arange(42.0) / WEEK)[None, :]
    said = growing_median(doubling, 8)[0]
    assert said[7] / said[0] < 1.16


def test_ets_follows_a_level_that_changed() -> None:
    days = np.concatenate([repeated(8), repeated(5) + 20], axis=1)
    assert ets(days, 7)[0].sum() == pytest.approx(SHAPE.sum() + 140, rel=0.05)


def test_ets_carries_a_trend_on_where_it_pays() -> None:
    days = repeated(12) + 0.3 * np.arange(84.0)
    said = ets(days, 14)[0]
    assert said[7:].sum() > said[:7].sum() + 5


def test_spikes_move_the_robust_theta_less_than_the_classical() -> None:
    days = generated("10 % noise", 50, 90, seed=7)
    odd = spiked(days, 0.05, seed=8)
    robust = np.abs(robust_theta(odd, 30) - robust_theta(days, 30)).mean()
    classical = np.abs(theta(odd, 30) - theta(days, 30)).mean()
    assert robust < 0.85 * classical
