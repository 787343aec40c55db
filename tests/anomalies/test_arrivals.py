"""Series that appear out of nothing."""

from __future__ import annotations

import numpy as np
import pytest

from analysis.anomalies.found import Shape
from analysis.incidents.levels import Level
from tests.anomalies.tables import day_of, found, noisy, the_only


def launched(day: int, usd: float = 40.0) -> np.ndarray:
    costs = noisy(level=usd)
    costs[0, :day] = 0.0
    return costs


def test_a_first_cost_is_told_at_once_and_for_two_weeks_since_that_day() -> None:
    costs = launched(80)
    first, second = the_only(found(costs, 80)), the_only(found(costs, 81))
    assert (first.shape, first.expected, first.since) == (Shape.SPIKE, 0.0, day_of(80))
    assert (second.shape, second.since) == (Shape.SHIFT, day_of(80))
    assert the_only(found(costs, 93)).since == day_of(80)
    assert found(costs, 94) == []


@pytest.mark.parametrize(
    ("usd", "level"),
    [(5.5, Level.NOTICE), (11.0, Level.WARNING), (40.0, Level.CRITICAL)],
)
def test_how_severe_an_arrival_is_depends_on_its_dollars(usd: float, level: Level) -> None:
    costs = launched(80)
    costs[0, 80:] = usd
    assert the_only(found(costs, 80)).level is level


def test_a_first_cost_below_the_floor_is_nothing() -> None:
    costs = launched(80)
    costs[0, 80:] = 4.0
    assert found(costs, 80) == []


def test_a_job_that_comes_every_month_is_no_arrival() -> None:
    costs = np.zeros((1, 100))
    costs[0, [30, 60, 90]] = 50.0
    assert found(costs, 60) == found(costs, 90) == []
    assert len(found(costs, 30)) == 1


def test_one_more_arrival_is_no_news_where_they_come_all_the_time() -> None:
    costs = np.concatenate([launched(day) for day in (60, 65, 70, 75, 80)])
    assert found(costs[-1:], 80) != []
    assert the_only(found(costs[2:], 80)[-1:]).key.member == "model-2"
    assert [one.since for one in found(costs, 80)] == [day_of(70), day_of(75)]


def test_what_was_not_known_before_did_not_appear() -> None:
    costs = launched(80)
    costs[0, :80] = np.nan
    assert found(costs, 80) == found(costs, 85) == []
