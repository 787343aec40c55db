"""Ranges from the spread of the weeks, and what recurs."""

from __future__ import annotations

import random
from datetime import timedelta
from decimal import Decimal
from statistics import fmean

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.recommendations.limits.episodes import SINGLE, recurrence, savings_of
from analysis.recommendations.weekly_draws import monthly_range, quantile
from tests.recommendations.gpu_makers import DAY, FIRST, HOUR, PERIOD, D, midnight

END = midnight(FIRST + 28 * DAY)


def test_days_that_save_alike_have_no_range() -> None:
    found = monthly_range([D(2)] * 28, D(100))
    assert (found.low, found.likely, found.high) == (60, 60, 60)


def test_the_range_follows_from_the_means_of_the_weeks() -> None:
    weeks = [D(1)] * 7 + [D(2)] * 7 + [D(3)] * 7 + [D(4)] * 7
    found = monthly_range(weeks, D(1000))
    # s = 1.2910 of 4 weeks, t(3) = 2.353, sqrt(1/4 + 7/30) = 0.6952: 30 x 2.1118 to either side.
    assert found.likely == 75
    assert float(found.high - found.likely) == pytest.approx(63.35, abs=0.01)
    assert float(found.likely - found.low) == pytest.approx(63.35, abs=0.01)


def test_days_within_a_week_may_differ_as_they_like() -> None:
    found = monthly_range([D(1), D(9), D(0), D(0), D(0), D(0), D(4)] * 4, D(1000))
    assert found.low == found.likely == found.high == 60


def test_no_more_is_saved_than_there_is() -> None:
    found = monthly_range([D(1)] * 14 + [D(9)] * 14, D(170))
    assert (found.likely, found.high) == (150, 170)
    assert monthly_range([D(9)] * 28, D(170)).likely == 170
    with pytest.raises(ValueError, match="no day"):
        monthly_range([], D(1))


def test_a_coming_month_lies_in_the_range_nine_times_of_ten() -> None:
    draw = random.Random(5)
    inside = 0
    for _ in range(600):
        levels = [draw.gauss(100, 20) for _ in range(8)]
        days = [D(str(max(0.0, levels[day // 7] + draw.gauss(0, 5)))) for day in range(28)]
        coming = [levels[4 + day // 7] + draw.gauss(0, 5) for day in range(28)]
        found = monthly_range(days, D(10**6))
        inside += float(found.low) <= 30 * fmean(coming) <= float(found.high)
    assert 0.86 <= inside / 600 <= 0.94


@given(st.lists(st.decimals(0, 1000, places=2), min_size=1, max_size=90), st.decimals(0, 10**5))
def test_a_range_is_in_order_whatever_the_days(daily: list[Decimal], most: Decimal) -> None:
    found = monthly_range(daily, most)
    assert 0 <= found.low <= found.likely <= found.high <= max(most, found.likely)


def test_the_nearest_rank_is_a_value_that_there_was() -> None:
    values = [D(number) for number in range(1, 101)]
    assert quantile(values, D("0.95")) == 95
    assert quantile(values, D("0.99")) == 99
    assert quantile([D(3)], D("0.95")) == 3
    with pytest.raises(ValueError, match="no values"):
        quantile([], D("0.5"))


def test_hours_that_lie_close_together_are_one_episode() -> None:
    hours = [END - 100 * HOUR, END - 99 * HOUR, END - 76 * HOUR, END - 40 * HOUR]
    found = recurrence(hours, HOUR, END, apart=DAY, over_after=timedelta(hours=6))
    assert [(each.start, each.end) for each in found.episodes] == [
        (END - 100 * HOUR, END - 75 * HOUR),
        (END - 40 * HOUR, END - 39 * HOUR),
    ]
    assert found.recurs
    assert not found.is_running


def test_what_ended_just_now_is_not_over() -> None:
    found = recurrence([END - 6 * HOUR], HOUR, END, apart=DAY, over_after=timedelta(hours=6))
    assert found.is_running
    earlier = recurrence([END - 7 * HOUR], HOUR, END, apart=DAY, over_after=timedelta(hours=6))
    assert not earlier.is_running
    assert (earlier.recurs, earlier.certainty) == (False, SINGLE)


def test_a_single_episode_counts_a_twelfth_a_month() -> None:
    waste = [D(0)] * 27 + [D(24)]
    once = recurrence([END - 20 * HOUR], HOUR, END, apart=DAY, over_after=timedelta(hours=6))
    found = savings_of(waste, once, PERIOD, D(1000))
    assert (found.low, found.likely, found.high) == (0, 2, D(24) * 30 / 28)
    assert savings_of(waste, once, PERIOD, D(1)).likely == 1
