"""Pools that are larger than their requests need, and pools that are not."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.recommendations.cells import EvidencePeriod
from analysis.recommendations.gpus.gpu import Pool, PoolLoad
from analysis.recommendations.gpus.idle_capacity import propose
from analysis.recommendations.gpus.pool_plan import Block, plan_of
from analysis.recommendations.proposal import Proposal
from tests.recommendations.gpu_makers import DAY, FIRST, HOUR, ON_DEMAND, PERIOD, D, midnight, pool

UTC_ZONE = ZoneInfo("UTC")
RESERVED = replace(ON_DEMAND, billing_type="reserved_1y")


def proposed(
    *loads: PoolLoad, monthly: str = "1000", period: EvidencePeriod = PERIOD
) -> list[Proposal]:
    return propose(loads, period, monthly_cost=D(monthly), zone=UTC_ZONE)


def at_work(start: datetime) -> bool:
    return start.weekday() < 5 and 8 <= start.hour < 20


def by_day(start: datetime) -> tuple[Decimal, Decimal]:
    """A pool of $10.40 an hour that is needed at work, and hardly at other hours."""
    return (D(8), D("10.4")) if at_work(start) else (D(1), D("10.4"))


def test_a_pool_twice_as_large_as_ever_needed_gets_a_smaller_constant_size() -> None:
    (found,) = proposed(pool(lambda _: (D(4), D(10))))
    # 4 x 1.3 = 5.20 an hour would do: 4.80 x 24 x 30 a month.
    assert found.savings.likely == D("3456")
    # No day differs from another; 10 % are for machines that are whole.
    assert found.savings.high - found.savings.likely == found.savings.likely - found.savings.low
    assert found.savings.low == D("3456") * (1 - D("0.1645"))
    assert found.current_cost == 7200
    assert [(part.cost, part.saved) for part in found.parts] == [(4320, 3456)]
    assert found.action["size_usd_an_hour"] == "5.20"
    assert found.action["scale_down"] == []
    assert found.organization is None
    assert found.scope == {"product": ("api",), "model": ("m",), "billing_type": ("on_demand",)}


def test_hours_that_were_quiet_by_chance_get_no_schedule() -> None:
    draws = random.Random(3)
    spikes = pool(lambda _: (D(8), D("10.4")) if draws.random() < 0.1 else (D(1), D("10.4")))
    assert proposed(spikes) == []


def test_hours_that_are_quiet_every_week_get_a_schedule() -> None:
    (found,) = proposed(pool(by_day))
    starts = [midnight(FIRST) + number * HOUR for number in range(24 * PERIOD.days)]
    quiet = sum(not at_work(start) for start in starts)
    # At work 8 x 1.3 = 10.40 are needed, all there is; else 1.30 in place of 10.40.
    assert found.savings.likely == quiet * D("9.1") * 30 / 28
    assert found.evidence["saved_by_size_monthly"] == "0.00"
    assert found.action["scale_down"] == [
        *(
            {
                "from": f"{name} 20:00",
                "until": f"{after} 08:00",
                "hours": 12,
                "weeks": 4,
                "size_usd_an_hour": "1.30",
            }
            for name, after in (("Mon", "Tue"), ("Tue", "Wed"), ("Wed", "Thu"), ("Thu", "Fri"))
        ),
        {
            "from": "Fri 20:00",
            "until": "Mon 08:00",
            "hours": 60,
            "weeks": 4,
            "size_usd_an_hour": "1.30",
        },
    ]
    assert any("Fri 20:00 to Mon 08:00" in step for step in found.steps)


def test_the_schedule_speaks_of_the_hours_of_the_zone_that_is_asked_for() -> None:
    plan = plan_of(pool(by_day).hours, PERIOD, ZoneInfo("Asia/Tokyo"))
    # Friday 20:00 UTC is Saturday 05:00 in Tokyo; 60 hours later Monday 17:00 begins there.
    assert Block(5 * 24 + 5, 60) in plan.blocks


def test_an_hour_that_was_busy_in_one_week_of_four_is_left_alone() -> None:
    def once_at_night(start: datetime) -> tuple[Decimal, Decimal]:
        is_it = start.date() == FIRST + 8 * DAY and start.hour == 3
        return (D(8), D("10.4")) if is_it else by_day(start)

    plan = plan_of(pool(once_at_night).hours, PERIOD, UTC_ZONE)
    tuesday_at_three = 24 + 3
    assert not any(tuesday_at_three in block for block in plan.blocks)
    assert any(tuesday_at_three + 2 in block for block in plan.blocks)


def test_what_is_reserved_is_capacity_to_move_or_to_sell_and_less_sure() -> None:
    (free,) = proposed(pool(lambda _: (D(4), D(10))))
    (bound,) = proposed(pool(lambda _: (D(4), D(10)), RESERVED))
    assert bound.savings.low == 0
    assert bound.savings.likely == free.savings.likely
    assert bound.confidence == free.confidence / 2
    assert "until it ends" in bound.description
    assert any("before the term ends" in step for step in bound.steps)
    assert bound.action["do"] == "move_or_sell_capacity"


def test_the_quiet_hours_of_what_is_reserved_save_nothing_for_certain() -> None:
    assert proposed(pool(by_day, RESERVED)) == []


def test_a_pool_whose_billing_is_not_known_is_less_sure() -> None:
    unknown = replace(ON_DEMAND, billing_type=None)
    (known,) = proposed(pool(lambda _: (D(4), D(10))))
    (found,) = proposed(pool(lambda _: (D(4), D(10)), unknown))
    assert found.confidence < known.confidence


@pytest.mark.parametrize(
    ("why", "load"),
    [
        ("no idle rows", pool(lambda _: (D(4), D(4)))),
        ("nothing was served", pool(lambda _: (D(0), D(4)))),
        ("as large as it has to be", pool(lambda _: (D(8), D(10)))),
        (
            "it has grown, and needs what it has now",
            pool(lambda start: (D(8) if start >= midnight(FIRST + 21 * DAY) else D(2), D(10))),
        ),
        (
            "half of the days say nothing of it",
            pool(lambda start: (D(4), D(10) if start >= midnight(FIRST + 24 * DAY) else D(5))),
        ),
    ],
    ids=["no-idle", "unused", "fits", "grown", "new"],
)
def test_silence(why: str, load: PoolLoad) -> None:
    assert proposed(load) == [], why


def test_crumbs_are_not_worth_a_recommendation() -> None:
    load = pool(lambda _: (D(4), D(10)))
    assert proposed(load, monthly="345600")
    assert proposed(load, monthly="345700") == []


def test_a_pool_of_the_last_days_is_left_alone() -> None:
    load = pool(lambda _: (D(4), D(10)))
    late = PoolLoad(load.pool, load.hours[-6 * 24 :])
    assert proposed(late) == []
    assert proposed(PoolLoad(load.pool, load.hours[-7 * 24 :]))


@pytest.mark.parametrize("seed", range(20))
def test_a_pool_that_follows_its_need_gives_silence(seed: int) -> None:
    draw = random.Random(seed)
    weekend, night, noise = draw.uniform(0.2, 1), draw.uniform(0.1, 1), draw.uniform(0.02, 0.3)

    def following(start: datetime) -> tuple[Decimal, Decimal]:
        level = (
            10 * (weekend if start.weekday() > 4 else 1) * (1 if 8 <= start.hour < 20 else night)
        )
        need = level * draw.lognormvariate(0, noise)
        return D(str(round(need, 6))), D(str(round(need * draw.uniform(1.05, 1.3), 6)))

    pools = [pool(following, Pool("api", f"m{number}", "on_demand")) for number in range(2)]
    assert proposed(*pools, monthly="14400") == []


@given(st.integers(0, 10_000))
@settings(max_examples=25, deadline=None)
def test_no_dollar_of_the_need_is_saved_and_none_twice(seed: int) -> None:
    draw = random.Random(seed)

    def anything(_: datetime) -> tuple[Decimal, Decimal]:
        need = D(draw.randrange(0, 1000)) / 100
        return need, need + D(draw.randrange(0, 1000)) / 100

    load = pool(anything)
    plan = plan_of(load.hours, PERIOD, UTC_ZONE)
    for number, (size, schedule) in enumerate(zip(plan.by_size, plan.by_schedule, strict=True)):
        hours = load.hours[number * 24 : number * 24 + 24]
        waiting = sum((hour.capacity.waiting for hour in hours), D(0))
        assert size >= 0
        assert schedule >= 0
        assert size + schedule <= waiting
