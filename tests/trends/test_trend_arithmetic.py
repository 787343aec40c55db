"""The arithmetic of a trend: worked cases, the published test's own figures, and properties."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.shifts import Shift
from analysis.trends import (
    Z_BEYOND_NOISE,
    Direction,
    Trend,
    kendall_z,
    sens_slope,
    trend_of,
)
from bot.blocks.sparkline import LEVELS, WIDEST, Scale, scale_of, sparkline

FIRST = date(2026, 9, 25)
"""A Friday."""
COST = st.decimals("0", "1000", places=4, allow_nan=False)


def decimals(*costs: int | str) -> list[Decimal]:
    return [Decimal(cost) for cost in costs]


def trend(costs: list[Decimal], days: int = 28) -> Trend:
    return trend_of(FIRST, costs, days)


def weekly(weeks: int, week: tuple[int, ...] = (10, 10, 10, 10, 10, 4, 4)) -> list[Decimal]:
    return decimals(*week * weeks)


def test_the_last_day_stands_against_the_average_of_seven_that_it_is_no_part_of():
    found = trend(decimals(1, 2, 3, 4, 5, 6, 7, 8))
    assert found.against_week == Shift(Decimal(8), Decimal(4), whole=Decimal(8))
    assert Shift(Decimal(8), Decimal(4)).ratio == 1
    assert found.is_shifted


def test_a_shift_is_weighed_by_the_whole_of_its_own_stretch():
    costs = decimals(*[2] * 55, 9)
    found = trend_of(FIRST, costs, 28, whole=decimals(*[0] * 49, *[2000] * 7))
    assert found.against_week is not None
    assert found.prior_week is not None
    assert found.prior_month is not None
    shifts = (found.against_week, found.prior_week, found.prior_month)
    assert [shift.whole for shift in shifts] == [2000, 14_000, 14_000]
    assert [shift.change for shift in shifts] == [7, 7, 7]
    assert [shift.is_beyond for shift in shifts] == [True, False, False]


def test_weeks_and_months_stand_against_those_before_them_where_they_are_known():
    found = trend(decimals(*[1] * 28, *[2] * 28))
    assert found.prior_month == Shift(Decimal(56), Decimal(28), whole=Decimal(56))
    assert found.prior_week == Shift(Decimal(14), Decimal(14), whole=Decimal(14))
    assert trend(decimals(*[1] * 55)).prior_month is None
    assert trend(decimals(*[1] * 13)).prior_week is None
    assert trend(decimals(*[1] * 7)).against_week is None


def test_the_figures_are_of_the_days_that_are_shown_and_the_baselines_of_all():
    found = trend(decimals(*[100] * 20, *range(1, 29)), days=28)
    assert (found.total, found.average) == (406, Decimal("14.5"))
    assert found.first == FIRST + timedelta(days=20)
    assert found.last == FIRST + timedelta(days=47)
    assert found.least == (found.first, 1)
    assert found.most == (found.last, 28)
    assert found.prior_week == Shift(Decimal(175), Decimal(126), whole=Decimal(175))


def test_a_weekend_is_cheaper_and_no_shift():
    found = trend(weekly(5)[:-1])  # the last day is the first cheap one of its week
    assert found.against_week is not None
    assert found.against_week.is_beyond
    assert found.is_usual
    assert not found.is_shifted


def test_a_weekend_as_dear_as_a_weekday_is_a_shift_all_the_same():
    found = trend([*weekly(5)[:-1], Decimal(4)][:-2] + decimals(20))
    assert found.is_shifted


def test_the_rhythm_of_the_week_is_no_trend_wherever_the_stretch_begins():
    days = weekly(6)
    for start in range(7):
        found = trend(days[start : start + 28])
        assert (found.growth, found.direction) == (0, Direction.FLAT)


def test_growth_is_told_by_the_week_whatever_the_rhythm():
    costs = [
        cost + place for place, cost in enumerate(weekly(4, (100, 100, 100, 100, 100, 60, 60)))
    ]
    found = trend(costs)
    assert found.growth == 7
    assert found.direction is Direction.RISING
    assert trend(costs[::-1]).direction is Direction.FALLING
    assert trend(costs[::-1]).growth == -7


def test_a_few_odd_days_do_not_move_the_slope():
    costs = [
        cost + place for place, cost in enumerate(weekly(4, (100, 100, 100, 100, 100, 60, 60)))
    ]
    costs[3] += 5000
    costs[20] = Decimal(0)
    found = trend(costs)
    assert found.growth == 7
    assert found.direction is Direction.RISING


def test_what_is_steady_but_slow_is_flat():
    costs = [Decimal(1000) + Decimal(place) / 10 for place in range(28)]
    found = trend(costs)
    assert kendall_z(costs) > 5
    assert found.direction is Direction.FLAT


def test_with_fewer_than_two_weeks_no_direction_is_claimed():
    found = trend(decimals(*range(13)))
    assert (found.direction, found.growth, found.growth_ratio) == (Direction.UNKNOWN, None, None)
    assert trend(decimals(*range(1, 15))).direction is Direction.RISING


def test_a_member_without_cost_is_flat():
    found = trend(decimals(*[0] * 28))
    assert found.direction is Direction.FLAT
    assert found.growth_ratio is None
    assert not found.is_shifted


@pytest.mark.parametrize(
    ("weeks", "z"),
    [
        # n = 2: S = 7, Var = 7 * 2 * 1 * 9 / 18 = 7; n = 4: S = 42, Var = 7 * 4 * 3 * 13 / 18.
        (2, 6 / 7**0.5),
        (4, 41 / (7 * 4 * 3 * 13 / 18) ** 0.5),
    ],
)
def test_the_score_of_days_that_only_rise_is_the_one_that_the_formula_gives(weeks: int, z: float):
    assert kendall_z(decimals(*range(7 * weeks))) == pytest.approx(z)


def test_days_that_are_alike_count_less():
    # One weekday 1, 1, 2, 2: S = 4, Var = (4*3*13 - 2*(2*1*9)) / 18 = 120 / 18; the others all tie.
    costs = decimals(*[1, *[0] * 6] * 2, *[2, *[0] * 6] * 2)
    assert kendall_z(costs) == pytest.approx(3 / (120 / 18) ** 0.5)


def test_noise_alone_is_called_a_trend_in_about_five_of_a_hundred_cases_at_most():
    random = Random(20261120)
    found = [
        abs(kendall_z([Decimal(str(round(random.gauss(100, 20), 6))) for _ in range(28)]))
        > Z_BEYOND_NOISE
        for _ in range(1000)
    ]
    assert 20 <= sum(found) <= 60


@given(st.lists(COST, min_size=14, max_size=60), COST)
def test_the_slope_does_not_depend_on_the_level(costs: list[Decimal], level: Decimal):
    assert sens_slope([cost + level for cost in costs]) == sens_slope(costs)
    assert kendall_z([cost + level for cost in costs]) == kendall_z(costs)


@given(st.lists(COST, min_size=1, max_size=70), st.integers(14, 40))
def test_total_average_least_and_most_agree(costs: list[Decimal], days: int):
    found = trend(costs, days)
    assert found.total == sum(costs[-days:])
    assert found.least[1] == min(costs[-days:]) <= found.average <= found.most[1]
    assert found.most[1] == max(costs[-days:])
    assert len(found.costs) == min(days, len(costs))


@given(st.lists(COST, min_size=14, max_size=40))
def test_turned_round_in_time_a_rise_is_a_fall(costs: list[Decimal]):
    slope, back = sens_slope(costs), sens_slope(costs[::-1])
    assert slope is not None
    assert back == -slope
    assert kendall_z(costs[::-1]) == pytest.approx(-kendall_z(costs))


def test_a_curve_reaches_from_nothing_to_the_dearest_day():
    assert sparkline(decimals(0, 1, 2, 3, 4, 5, 6, 7)) == LEVELS
    assert sparkline(decimals(7, 7, 7)) == "███"
    assert sparkline(decimals(0, 0)) == "▁▁"
    assert sparkline(decimals(-7, 0)) == "▁█"


def test_a_long_curve_is_one_of_whole_weeks():
    assert sparkline(decimals(*[9] * 3, *[7] * 7, *[14] * 28)) == "▅████"
    assert scale_of(WIDEST + 1).legend == "a block a week, its average day"
    assert scale_of(WIDEST).legend == "a block a day"


def test_a_short_curve_beside_long_ones_is_drawn_on_their_scale():
    assert sparkline(decimals(*[9] * 3, *[7] * 7, *[14] * 7), Scale.WEEK) == "▅█"
    assert sparkline(decimals(1, 2), Scale.WEEK) == ""


@given(st.lists(st.decimals("-10", "1000", places=2), min_size=1, max_size=184))
def test_a_curve_is_never_wider_than_a_month(costs: list[Decimal]):
    curve = sparkline(costs)
    assert 1 <= len(curve) <= WIDEST
    assert set(curve) <= set(LEVELS)
