"""A day's event, of which a total and one of its parts were found: told once."""

from __future__ import annotations

from datetime import UTC, datetime

import numpy as np

from analysis.anomalies.found import DetectorSettings
from analysis.series import Measure, SeriesKey
from handlers.anomalies.judged import Judged, judge
from tests.anomalies.tables import DAYS, day_of, model, noisy, table_of

TOTAL = SeriesKey(None, None, None, Measure.COST)


def of_last_day(part: float, rest: float) -> list[Judged]:
    """What is told where one model moves by a factor, and all the others together by another."""
    first, second = noisy(noise=0.02, level=400.0), noisy(noise=0.02, level=500.0, seed=8)
    first[0, -1] *= part
    second[0, -1] *= rest
    values = np.concatenate([first + second, first, second])
    table = table_of(values, [TOTAL, model(1), model(2)])
    at = datetime(2026, 11, 21, tzinfo=UTC)
    return judge(table, day_of(DAYS - 1), DetectorSettings(), [], at).told


def test_a_total_that_moved_less_than_its_part_is_told_by_the_part() -> None:
    (one,) = of_last_day(1.9, 0.9)
    assert one.finding.key == model(1)
    assert [part.key for part in one.parts] == [TOTAL]
    assert one.parts[0].usd < one.finding.usd


def test_a_total_that_moved_with_its_part_is_told_itself() -> None:
    (one,) = of_last_day(1.9, 1.0)
    assert one.finding.key == TOTAL
    assert [part.key for part in one.parts] == [model(1)]


def test_a_part_that_moved_against_its_total_is_told_beside_it() -> None:
    assert {one.finding.key for one in of_last_day(2.5, 0.4)} == {model(1), model(2)}
