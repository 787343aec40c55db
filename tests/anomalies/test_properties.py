"""What holds of any table."""

from __future__ import annotations

from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst

from analysis.anomalies.detect import detect
from analysis.anomalies.found import DetectorSettings, Finding
from tests.anomalies.tables import DAYS, day_of, found, noisy, table_of

AMOUNTS = st.one_of(
    st.just(0.0),
    st.just(float("nan")),
    st.floats(0.0, 1e9, allow_nan=False),
    st.floats(0.01, 300.0, allow_nan=False),
)
ANY_TABLE = npst.arrays(
    np.float64, st.tuples(st.integers(1, 4), st.integers(1, 60)), elements=AMOUNTS
)


def eventful(seed: int) -> np.ndarray:
    chance = np.random.default_rng(seed)
    costs = noisy(12, noise=0.15, weekend=0.3, seed=seed)
    costs[:4, 80] *= chance.uniform(1.5, 4, 4)
    costs[4:8, 74:] *= chance.uniform(0.4, 3, 4)[:, None]
    costs[8, :80] = 0.0
    costs[9, 80:] = 0.0
    return costs


def same_but_for_money(one: Finding, other: Finding, factor: float) -> bool:
    return (
        (one.key, one.day, one.shape, one.since) == (other.key, other.day, other.shape, other.since)
        and other.actual == pytest.approx(one.actual * factor)
        and other.expected == pytest.approx(one.expected * factor)
        and float(other.usd) == pytest.approx(float(one.usd) * factor, abs=0.01 * max(factor, 1))
    )


@given(ANY_TABLE, st.data())
@settings(max_examples=40, deadline=None)
def test_no_table_is_too_odd(costs: np.ndarray, data: st.DataObject) -> None:
    table = table_of(costs)
    left_out = npst.arrays(np.bool_, costs.shape)
    table.left_out[:] = data.draw(left_out)
    for column in {costs.shape[1] - 1, costs.shape[1] // 2}:
        for one in detect(table, day_of(column), DetectorSettings()):
            numbers = [one.actual, one.expected, one.lower, one.upper, one.score]
            assert np.all(np.isfinite(numbers))
            assert one.lower <= one.expected <= one.upper
            assert abs(one.usd) >= 5
            assert (one.usd > 0) == (one.score > 0) == (one.actual > one.expected)
            assert one.level.is_trouble
            assert one.since <= one.day


@given(st.integers(0, 10_000), st.sampled_from([0.001, 0.5, 3.0, 1e6]))
@settings(max_examples=8, deadline=None)
def test_the_unit_of_money_changes_nothing_but_the_money(seed: int, factor: float) -> None:
    costs = eventful(seed)
    scaled = DetectorSettings(least_usd=Decimal(5) * Decimal(str(factor)))
    before, after = found(costs, 80), found(costs * factor, 80, scaled)
    assert len(before) == len(after) > 0
    assert all(same_but_for_money(*pair, factor) for pair in zip(before, after, strict=True))


@given(st.integers(0, 10_000))
@settings(max_examples=8, deadline=None)
def test_the_order_of_the_series_changes_nothing(seed: int) -> None:
    costs = eventful(seed)
    table = table_of(costs)
    order = np.random.default_rng(seed).permutation(len(costs))
    keys = [table.keys[int(row)] for row in order]
    shuffled = detect(table_of(costs[order], keys), day_of(80), DetectorSettings())
    straight = {f.key: f for f in detect(table, day_of(80), DetectorSettings())}
    assert straight.keys() == {f.key for f in shuffled}
    for one in shuffled:
        assert same_but_for_money(one, straight[one.key], 1.0)


@given(st.integers(0, 10_000))
@settings(max_examples=8, deadline=None)
def test_a_look_begins_where_it_does_whatever_came_long_before(seed: int) -> None:
    costs = eventful(seed)
    ahead = np.concatenate([np.full((len(costs), 35), np.nan), costs], axis=1)
    later = [f.key for f in found(ahead, 80 + 35)]
    assert later == [f.key for f in found(costs, 80)]
    assert costs.shape[1] == DAYS
