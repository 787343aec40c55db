"""What is told, and what is not told again: each rule as a worked case."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from itertools import product

import pytest

from analysis.budgets.alerts import AlertState, decide
from analysis.budgets.levels import Level
from tests.budgets.analysis.looks import BEGIN, Watched, status

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)

KNOWN = (Level.OK, Level.WARNING, Level.CRITICAL, Level.EXCEEDED)
SPEND = {
    Level.UNKNOWN: None,
    Level.OK: 50,
    Level.WARNING: 85,
    Level.CRITICAL: 96,
    Level.EXCEEDED: 120,
}
"""Of a limit of 100, and far enough from every mark that no hysteresis is in play."""


def expected(before: Level, now: Level, *, is_new_limit: bool) -> list[str]:
    """The whole table of the state machine, cell by cell."""
    if now is Level.UNKNOWN:
        return []
    if now == before and (now is Level.OK or not is_new_limit):
        return []
    if now < before:
        return [f"recovery {now.value}"]
    notice = "escalation" if Level.OK < before < now else "alert"
    return [f"{notice} {now.value}"]


@pytest.mark.parametrize(
    ("before", "now", "is_new_limit"), list(product(KNOWN, Level, (False, True)))
)
def test_from_every_level_to_every_level(before: Level, now: Level, is_new_limit: bool) -> None:
    watched = Watched()
    watched.look(SPEND[before])
    spend, limit = SPEND[now], 100
    if is_new_limit:
        spend, limit = None if spend is None else spend * 2, 200
    assert watched.look(spend, limit=limit) == expected(before, now, is_new_limit=is_new_limit)
    assert watched.look(spend, limit=limit) == []
    assert watched.state is not None
    assert watched.state.told is (before if now is Level.UNKNOWN else now)


def test_each_level_is_told_once_and_an_escalation_does_not_wait() -> None:
    watched = Watched()
    spends = [10, 79, 80, 81, 90, 95, 96, 99, 100, 101, 150]
    assert [watched.look(spend) for spend in spends if spend >= 0] == [
        [],
        [],
        ["alert warning"],
        [],
        [],
        ["escalation critical"],
        [],
        [],
        ["escalation exceeded"],
        [],
        [],
    ]


def test_a_level_that_was_skipped_is_not_made_up_for() -> None:
    watched = Watched()
    assert watched.look(97) == ["alert critical"]
    assert watched.look(97, after=2 * HOUR) == []


def test_the_same_level_is_not_told_again_however_long_it_lasts() -> None:
    watched = Watched()
    watched.look(85)
    assert [watched.look(86, after=DAY) for _ in range(20)] == [[]] * 20


def test_spend_that_wavers_around_a_mark_is_one_alert() -> None:
    watched = Watched()
    wavering = ["80", "79.99", "80", "78", "80.5", "78.01", "80"]
    assert [watched.look(spend, after=2 * HOUR) for spend in wavering] == [
        ["alert warning"],
        *[[]] * 6,
    ]


def test_a_fall_below_by_more_than_two_points_arms_the_mark_again() -> None:
    watched = Watched()
    watched.look(80)
    assert watched.look("77.99", after=2 * HOUR) == ["recovery ok"]
    assert watched.look(80, after=2 * HOUR) == ["alert warning"]


def test_a_fall_is_told_down_to_the_mark_that_it_has_not_left() -> None:
    watched = Watched()
    watched.look(101)
    assert watched.look(94, after=2 * HOUR) == ["recovery critical"]
    assert watched.look("92.9") == ["recovery warning"]
    assert watched.look(79) == []
    assert watched.look(10) == ["recovery ok"]


def test_a_mark_that_is_crossed_again_within_the_hour_waits_until_it_is_over() -> None:
    watched = Watched()
    watched.look(85)
    watched.look(50)
    assert watched.look(85) == []
    assert watched.outcome is not None
    assert watched.outcome.look_again_at == BEGIN + timedelta(minutes=1) + HOUR
    assert watched.look(85, after=57 * timedelta(minutes=1)) == []
    assert watched.look(85) == ["alert warning"]


def test_the_cooldown_of_a_level_holds_no_other_level_back() -> None:
    watched = Watched()
    watched.look(85)
    watched.look(50)
    assert watched.look(85) == []
    assert watched.look(97) == ["alert critical"]
    assert watched.look(101) == ["escalation exceeded"]


def test_a_clock_that_is_set_back_holds_nothing_back_for_good() -> None:
    watched = Watched()
    watched.look(85)
    watched.look(50)
    assert watched.look(85, after=-30 * DAY + 26 * DAY) == ["alert warning"]


def test_a_new_period_begins_with_nothing_told() -> None:
    watched = Watched()
    watched.look(97)
    assert watched.look(10, after=30 * DAY) == []
    assert watched.look(85) == ["alert warning"]
    assert watched.state is not None
    assert (watched.state.period_first, watched.state.sequence) == (date(2026, 2, 1), 1)


def test_a_changed_limit_arms_every_mark_without_a_wait() -> None:
    watched = Watched()
    watched.look(85)
    assert watched.look(85, limit=101) == ["alert warning"]
    assert watched.outcome is not None
    (decision,) = watched.outcome.decisions
    assert decision.limit_before == Decimal(100)
    assert watched.look(85, limit=101, after=2 * HOUR) == []


def test_a_raised_limit_that_ends_the_trouble_is_a_recovery() -> None:
    watched = Watched()
    watched.look(120)
    assert watched.look(120, limit=1000) == ["recovery ok"]
    assert watched.look(120, limit=100) == ["alert exceeded"]


def test_a_limit_written_with_other_digits_is_no_other_limit() -> None:
    watched = Watched()
    watched.look(85, limit=Decimal(100))
    assert watched.look(85, limit=Decimal("100.000")) == []


def test_no_data_takes_nothing_back_and_says_nothing() -> None:
    watched = Watched()
    watched.look(97)
    assert watched.look(None) == []
    assert watched.look(97) == []
    assert watched.look(101) == ["escalation exceeded"]


def test_while_muted_nothing_is_told_and_afterwards_what_then_holds_once() -> None:
    watched = Watched()
    watched.look(85)
    watched.mute(hours=24)
    assert watched.look(101) == []
    assert watched.outcome is not None
    assert watched.outcome.look_again_at == BEGIN + timedelta(minutes=1, hours=24)
    assert watched.look(101, after=DAY) == ["escalation exceeded"]
    assert watched.look(101) == []


def test_what_came_and_went_while_muted_is_not_told() -> None:
    watched = Watched()
    watched.look(50)
    watched.mute(hours=24)
    watched.look(101)
    watched.look(50)
    assert watched.look(50, after=2 * DAY) == []


def test_a_mute_outlives_its_period() -> None:
    watched = Watched()
    watched.look(85)
    watched.mute(days=40)
    assert watched.look(85, after=30 * DAY) == []
    assert watched.look(85, after=11 * DAY) == ["alert warning"]


def test_the_forecast_has_its_own_alert_once() -> None:
    watched = Watched()
    assert watched.look(20, forecast=109) == []
    assert watched.look(20, forecast=110) == ["forecast ok"]
    assert watched.look(20, forecast=150, after=DAY) == []
    assert watched.look(85, forecast=150) == ["alert warning"]


def test_a_forecast_that_wavers_is_one_alert_until_it_is_back_within_the_limit() -> None:
    watched = Watched()
    watched.look(20, forecast=111)
    assert [watched.look(20, forecast=value, after=DAY) for value in (105, 112, 100, 115)] == [
        [],
        [],
        [],
        [],
    ]
    assert watched.look(20, forecast=99) == ["forecast recovery ok"]
    assert watched.look(20, forecast=111, after=2 * HOUR) == ["forecast ok"]


def test_a_forecast_that_comes_back_within_the_hour_waits() -> None:
    watched = Watched()
    watched.look(20, forecast=111)
    watched.look(20, forecast=50)
    assert watched.look(20, forecast=111) == []
    assert watched.outcome is not None
    assert watched.outcome.look_again_at == BEGIN + timedelta(minutes=1) + HOUR
    assert watched.look(20, forecast=111, after=HOUR) == ["forecast ok"]


def test_a_crossing_of_both_tracks_tells_both_the_level_first() -> None:
    watched = Watched()
    assert watched.look(85, forecast=130) == ["alert warning", "forecast warning"]
    assert watched.outcome is not None
    assert [decision.sequence for decision in watched.outcome.decisions] == [1, 2]


def test_a_forecast_says_nothing_new_where_the_limit_is_passed() -> None:
    watched = Watched()
    assert watched.look(101, forecast=150) == ["alert exceeded"]


def test_a_silent_forecast_takes_nothing_back() -> None:
    watched = Watched()
    watched.look(20, forecast=120)
    assert watched.look(20, forecast=None, after=DAY) == []
    assert watched.look(20, forecast=120, after=DAY) == []


def test_a_changed_limit_arms_the_forecast_too() -> None:
    watched = Watched()
    watched.look(20, forecast=120)
    assert watched.look(20, forecast=120, limit=101) == ["forecast ok"]
    assert watched.look(20, forecast=120, limit=115) == ["forecast recovery ok"]


def test_a_budget_that_has_not_begun_alerts_nobody() -> None:
    ahead = status(500, day=date(2025, 12, 20))
    assert decide(None, ahead, BEGIN).decisions == ()


def test_what_was_told_of_a_later_period_decides_nothing_of_an_earlier_one() -> None:
    with pytest.raises(ValueError, match="says nothing of 2026-01-01"):
        decide(AlertState(date(2026, 2, 1)), status(50), BEGIN)
