"""What holds for limits and for all recommendations about GPUs."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from zoneinfo import ZoneInfo

import pytest

from analysis.recommendations.gpus import efficiency_drift, failure_waste, idle_capacity
from analysis.recommendations.limits import rate_limiting
from analysis.recommendations.proposal import Json, Proposal
from tests.recommendations.gpu_makers import PERIOD, UNTIL, D, ending, pool, work
from tests.recommendations.test_failure_waste import DAYS, peers
from tests.recommendations.test_idle_capacity import by_day
from tests.recommendations.test_rate_limiting import TWICE, load, with_bursts

MONTHLY = D(300)


def all_kinds() -> Iterator[Proposal]:
    yield from idle_capacity.propose(
        [pool(by_day)], PERIOD, monthly_cost=MONTHLY, zone=ZoneInfo("UTC")
    )
    rows = [*peers(), *(row for day in DAYS for row in ending(day, 1000, 100))]
    yield from failure_waste.propose(rows, PERIOD, monthly_cost=MONTHLY)
    days = [work(day, 1.25 if day >= 18 else 1.0) for day in DAYS]
    yield from efficiency_drift.propose(days, PERIOD, baseline_until=UNTIL, monthly_cost=MONTHLY)
    yield from rate_limiting.propose(
        [load(with_bursts(*TWICE, repeats=900))], PERIOD, monthly_cost=MONTHLY, route_costs={}
    )


def strings(value: Json) -> Iterator[str]:
    match value:
        case str():
            yield value
        case list():
            for one in value:
                yield from strings(one)
        case dict():
            for one in value.values():
                yield from strings(one)
        case _:
            pass


@pytest.mark.parametrize("found", list(all_kinds()), ids=lambda found: found.kind.value)
def test_a_recommendation_is_whole(found: Proposal) -> None:
    assert 0 < found.confidence <= D("0.95")
    assert 0 < found.savings.likely <= found.current_cost
    assert sum((part.saved for part in found.parts), D(0)) == found.savings.likely
    assert all(0 <= part.saved <= part.cost for part in found.parts)
    assert found.steps
    assert found.formula
    assert found.source
    assert found.valid_until > PERIOD.last_day
    assert not re.search(r"\d{3,}|\$", found.title)  # nothing that changes from day to day
    chart = found.evidence["chart"]
    assert isinstance(chart, dict)
    x, y = chart["x"], chart["y"]
    assert isinstance(x, list)
    assert isinstance(y, list)
    assert len(x) == len(y) > 0
    for part in (found.action, found.evidence):
        assert json.loads(json.dumps(part)) == part
        assert not any(re.fullmatch(r"-?[\d.]+E[+-]?\d+", one) for one in strings(dict(part)))


def test_four_kinds_are_looked_at() -> None:
    assert len({one.key for one in all_kinds()}) == 4
