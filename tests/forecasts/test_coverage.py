"""Intervals hold what comes about as often as they say."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from analysis.forecasts.foresee import foresee_all
from tests.forecasts.generated import generated, spiked

LAST = date(2026, 11, 20)


@pytest.mark.parametrize(
    ("kind", "least"),
    [
        ("10 % noise", 0.94),
        ("25 % noise", 0.94),
        ("skewed", 0.93),
        ("wandering level", 0.93),
        ("counts of three", 0.94),
    ],
)
@pytest.mark.parametrize("history", [30, 90])
def test_a_day_lies_within_its_interval_about_nineteen_times_of_twenty(
    kind: str, least: float, history: int
) -> None:
    values = generated(kind, 120, 90 + 30, seed=51)
    came = values[:, 90:]
    said = foresee_all(values[:, 90 - history : 90], LAST, 30)
    lower = np.array([one.lower for one in said if one is not None])
    upper = np.array([one.upper for one in said if one is not None])
    assert least <= np.mean((came >= lower) & (came <= upper)) <= 0.99


@pytest.mark.parametrize("days", [7, 30])
def test_a_total_lies_within_its_interval_at_least_as_often(days: int) -> None:
    values = generated("wandering level", 150, 90 + days, seed=52)
    came = values[:, 90:].sum(axis=1)
    said = foresee_all(values[:, :90], LAST, days)
    lower = np.array([one.total_lower for one in said if one is not None])
    upper = np.array([one.total_upper for one in said if one is not None])
    assert np.mean((came >= lower) & (came <= upper)) >= 0.9
    assert np.mean(upper - lower) < 0.8 * np.mean(came)


def test_spikes_in_the_history_leave_the_interval_narrow_and_wide_enough() -> None:
    values = generated("10 % noise", 120, 120, seed=53)
    history, came = values[:, :90], values[:, 90:]
    plain = foresee_all(history, LAST, 30)
    odd = foresee_all(spiked(history, 0.05, seed=54), LAST, 30)

    widths = [
        np.mean([np.subtract(one.upper, one.lower) for one in said if one is not None])
        for said in (plain, odd)
    ]
    assert widths[1] < 1.2 * widths[0]
    lower = np.array([one.lower for one in odd if one is not None])
    upper = np.array([one.upper for one in odd if one is not None])
    assert np.mean((came >= lower) & (came <= upper)) >= 0.94


def test_the_backtest_knows_about_how_often_the_interval_held() -> None:
    said = foresee_all(generated("25 % noise", 60, 90, seed=55), LAST, 30)
    shares = [one.accuracy.coverage for one in said if one and one.accuracy]
    assert 0.93 <= np.mean([share for share in shares if share is not None]) <= 0.99
