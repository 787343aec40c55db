"""What is foreseen, of worked cases and of anything."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.forecasts.choosing import LEADER, SPARSE_MODELS
from analysis.forecasts.daily import Floats
from analysis.forecasts.forecast import DailyForecast
from analysis.forecasts.foresee import foresee, foresee_all, foresee_total
from tests.forecasts.generated import generated

LAST = date(2026, 11, 20)
WEEK = [10.0, 12.0, 14.0, 12.0, 10.0, 4.0, 2.0]
GAP = float("nan")


def foreseen(values: object, horizon: int = 30) -> DailyForecast:
    said = foresee(np.asarray(values, dtype=np.float64), LAST, horizon)
    assert said is not None
    return said


def totals(days: Floats) -> list[float]:
    return [said.total for said in foresee_all(days, LAST, 30) if said is not None]


def test_a_week_that_repeats_is_foreseen_without_doubt() -> None:
    said = foreseen(WEEK * 10, 9)
    np.testing.assert_allclose(said.expected, [*WEEK, 10, 12])
    np.testing.assert_allclose(said.lower, said.expected, atol=1e-6)
    np.testing.assert_allclose(said.upper, said.expected, atol=1e-6)
    assert said.total == pytest.approx(86)
    assert said.first == LAST + timedelta(days=1)
    assert said.last == LAST + timedelta(days=9)
    assert said.model == LEADER
    assert said.accuracy is not None
    assert said.accuracy.mase == 0
    assert not said.is_wide


@pytest.mark.parametrize("days", [0, 1, 13])
def test_with_less_than_two_weeks_nothing_is_said(days: int) -> None:
    assert foresee([5.0] * days, LAST, 7) is None
    assert foresee_total([5.0] * days, LAST, 7) is None


def test_what_is_not_known_is_no_history() -> None:
    assert foresee([GAP] * 60, LAST, 7) is None
    assert foresee([5.0] * 13 + [GAP] * 60, LAST, 7) is None
    assert foresee([GAP] * 60 + [5.0] * 13, LAST, 7) is None
    assert foreseen([GAP] * 60 + [5.0] * 14, 7).history_days == 14


def test_a_product_that_began_ten_days_ago_is_not_foreseen_yet() -> None:
    assert foresee([0.0] * 60 + [50.0] * 10, LAST, 7) is None


def test_a_product_that_began_three_weeks_ago_is_foreseen_from_its_own_days() -> None:
    said = foreseen([0.0] * 60 + WEEK * 3, 7)
    np.testing.assert_allclose(said.expected, WEEK)
    assert said.history_days == 21
    assert said.is_wide


def test_a_constant_series_stays() -> None:
    said = foreseen([7.0] * 40)
    assert set(said.expected) == {7.0}
    assert (said.total_lower, said.total, said.total_upper) == pytest.approx((210, 210, 210))


def test_nothing_stays_nothing() -> None:
    said = foreseen([0.0] * 60)
    assert (said.total_lower, said.total, said.total_upper) == (0, 0, 0)
    assert set(said.upper) == {0.0}


def test_values_below_zero_count_as_zero() -> None:
    assert foreseen([-5.0] * 30, 7).total == 0


def test_one_spike_changes_neither_the_forecast_nor_its_range_by_much() -> None:
    plain = generated("10 % noise", 1, 90, seed=31)[0]
    odd = plain.copy()
    odd[70] *= 10
    before, after = foreseen(plain), foreseen(odd)
    assert after.total == pytest.approx(before.total, rel=0.01)
    assert after.upper[0] - after.lower[0] < 1.15 * (before.upper[0] - before.lower[0])


def test_gaps_hardly_matter() -> None:
    plain = generated("10 % noise", 1, 90, seed=32)[0]
    gaps = plain.copy()
    gaps[[3, 40, 41, 60, 88, 89]] = np.nan
    said = foreseen(gaps)
    assert said.total == pytest.approx(foreseen(plain).total, rel=0.05)
    assert said.history_days == 84


def test_closed_days_stay_closed() -> None:
    said = foreseen(generated("closed at weekends", 1, 84, seed=33)[0], 14)
    closed = [place for place in range(14) if place % 7 in {5, 6}]
    assert all(said.expected[place] == 0 for place in closed)
    usual = np.mean([said.upper[place] - said.lower[place] for place in range(5)])
    assert all(said.upper[place] < usual / 2 for place in closed)


@pytest.mark.parametrize("ago", [10, 14, 21])
@pytest.mark.parametrize("factor", [0.5, 2.0])
def test_after_a_clear_change_of_level_the_old_one_is_forgotten(ago: int, factor: float) -> None:
    days = generated("10 % noise", 20, 90, seed=34)
    before = np.median(totals(days))
    days[:, -ago:] *= factor
    assert np.median(totals(days)) / before == pytest.approx(factor, rel=0.1)


def test_a_level_that_is_many_times_the_one_before_begins_a_new_history() -> None:
    days = np.concatenate([np.full(60, 0.5), np.array(WEEK * 4)])
    said = foreseen(days, 7)
    np.testing.assert_allclose(said.expected, WEEK)
    assert said.history_days == 28


def test_growth_is_followed_and_the_model_says_so() -> None:
    days = generated("10 % noise", 1, 90, seed=35)[0] * 1.04 ** (np.arange(90) / 7)
    said = foreseen(days)
    assert said.model == "growing weekday median"
    assert said.total > 1.08 * days[-30:].sum()


def test_of_a_series_that_is_mostly_zero_the_mean_is_foreseen() -> None:
    days = generated("one day of five", 1, 90, seed=36)[0]
    said = foreseen(days)
    assert said.model in SPARSE_MODELS
    assert said.total == pytest.approx(days[-84:].mean() * 30, rel=0.2)
    assert said.lower == (0.0,) * 30


def test_what_is_foreseen_of_skewed_days_adds_up_to_nearly_their_total() -> None:
    days = generated("skewed", 150, 120, seed=43)
    ratio = np.mean(totals(days[:, :90])) / days[:, 90:].sum(axis=1).mean()
    assert 0.92 < ratio < 1.03


def test_a_cost_on_mondays_alone_is_foreseen_on_mondays_alone() -> None:
    said = foreseen(([50.0] + [0.0] * 6) * 12, 14)
    assert said.model == "weekday mean"
    assert said.expected == pytest.approx(([50.0] + [0.0] * 6) * 2)


def test_the_range_of_a_total_is_narrower_than_the_sum_of_the_days() -> None:
    said = foreseen(generated("25 % noise", 1, 90, seed=37)[0])
    assert said.total_upper - said.total_lower < 0.7 * (sum(said.upper) - sum(said.lower))


def test_a_total_of_one_day_is_that_day() -> None:
    said = foreseen(generated("25 % noise", 1, 90, seed=38)[0], 1)
    assert (said.total_lower, said.total_upper) == (said.lower[0], said.upper[0])


def test_a_short_history_makes_a_wide_range_and_says_so() -> None:
    days = generated("25 % noise", 40, 90, seed=39)
    short = [said for said in foresee_all(days[:, -21:], LAST, 30) if said is not None]
    long = [said for said in foresee_all(days, LAST, 30) if said is not None]
    assert all(said.is_wide for said in short)
    assert not any(said.is_wide for said in long)
    widths = [np.mean([said.total_upper - said.total for said in some]) for some in (short, long)]
    assert widths[0] > 1.2 * widths[1]


def test_farther_days_are_less_certain() -> None:
    said = foreseen(generated("wandering level", 1, 90, seed=40)[0], 90)
    widths = [upper - said.expected[day] for day, upper in enumerate(said.upper)]
    same_weekday = widths[::7]
    assert all(later > earlier for earlier, later in pairwise(same_weekday))


def test_a_year_is_looked_back_on_for_half_of_it() -> None:
    days = generated("wandering level", 1, 400, seed=41)[0]
    assert foreseen(days) == foreseen(days[-182:])


def test_many_series_of_many_beginnings_are_foreseen_as_one_by_one() -> None:
    days = generated("random walk", 6, 90, seed=42)
    days[1, :50] = np.nan
    days[2, :80] = np.nan
    days[3, :40] = 0
    days[4] = np.where(np.arange(90) % 5 == 0, days[4], 0)
    days[5, 70:] *= 2
    together = foresee_all(days, LAST, 14)
    assert together[2] is None
    for row, series in enumerate(days):
        alone = foresee(series, LAST, 14)
        said = together[row]
        if alone is None or said is None:
            assert alone == said
            continue
        assert (said.model, said.history_days) == (alone.model, alone.history_days)
        np.testing.assert_allclose(said.expected, alone.expected)
        np.testing.assert_allclose(said.upper, alone.upper)


ANY_DAYS = st.lists(
    st.one_of(
        st.floats(min_value=0, max_value=1e7, allow_nan=False),
        st.just(0.0),
        st.just(GAP),
    ),
    max_size=75,
)


@settings(max_examples=60, deadline=None)
@given(days=ANY_DAYS, horizon=st.integers(min_value=1, max_value=40))
def test_whatever_comes_in_the_figures_are_finite_and_in_order(
    days: list[float], horizon: int
) -> None:
    said = foresee(days, LAST, horizon)
    if said is None:
        return
    assert len(said.expected) == len(said.lower) == len(said.upper) == horizon
    for lower, expected, upper in zip(said.lower, said.expected, said.upper, strict=True):
        assert 0 <= lower <= expected <= upper < float("inf")
    assert 0 <= said.total_lower <= said.total <= said.total_upper < float("inf")
    assert said.total == pytest.approx(sum(said.expected))
    assert said.history_days >= 14


@settings(max_examples=25, deadline=None)
@given(
    seed=st.integers(min_value=0, max_value=2**32 - 1),
    factor=st.sampled_from([0.001, 0.3, 7.0, 1e5]),
    days=st.integers(min_value=14, max_value=70),
)
def test_ten_times_the_cost_is_ten_times_the_forecast(seed: int, factor: float, days: int) -> None:
    values = generated("wandering level", 1, days, seed)[0]
    one, many = foreseen(values, 7), foreseen(values * factor, 7)
    assert many.model == one.model
    np.testing.assert_allclose(many.expected, np.array(one.expected) * factor, rtol=1e-6)
    np.testing.assert_allclose(many.upper, np.array(one.upper) * factor, rtol=1e-6)
    assert many.total_lower == pytest.approx(one.total_lower * factor, rel=1e-6, abs=1e-9)
