"""What is paid for and serves nobody, and what only looks like it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal

import pytest

from analysis.costs import Pushed
from analysis.recommendations.cells import Route, dollars_of
from analysis.recommendations.gpus.gpu import Pool, PoolHour, PoolLoad, pool_dollars_of
from analysis.recommendations.proposal import Difficulty, Kind, Proposal
from analysis.recommendations.together import together
from analysis.recommendations.unused.feature_use import FeatureUse, UseDay
from analysis.recommendations.unused.unused_features import propose, propose_pools
from analysis.utilization import Capacity
from tests.recommendations.gpu_makers import FIRST, HOUR, ON_DEMAND, PERIOD, midnight, pool
from tests.recommendations.offer_makers import COMMITMENT, UNITS, D, load_of, spent, taken
from tests.recommendations.usage_makers import MONTH

WHOLE = spent("1000")
ROUTE = WHOLE.cell.route


def days_of(*, number: int = 30, skip: int = 0, **figures: object) -> tuple[UseDay, ...]:
    """Alike days, the last ones of the evidence."""
    common: dict[str, object] = {"requests": 10, "failed": 0, "small": 0, "cost": D(10)} | figures
    first = MONTH.days - number - skip
    return tuple(
        UseDay(day=MONTH.first_day + timedelta(days=place), **common)  # pyright: ignore[reportArgumentType]
        for place in range(first, first + number)
    )


def use(**fields: object) -> FeatureUse:
    """A key whose requests all failed, unless `fields` say otherwise."""
    dead = FeatureUse(
        organization="acme",
        kind="key",
        name="old-batch",
        provider=None,
        routes=((ROUTE, D(300)),),
        days=days_of(failed=10),
        small_sizes=0,
        user_requests=0,
        actors=1,
        environments=("production",),
    )
    return replace(dead, **fields)  # pyright: ignore[reportArgumentType]


def proposed(*features: FeatureUse) -> list[Proposal]:
    return propose([WHOLE], MONTH, features=features, organization="acme")


def test_a_key_whose_requests_all_fail_is_paid_for_nothing() -> None:
    (found,) = proposed(use())
    assert (found.kind, found.scope) == (Kind.UNUSED_FEATURES, {"key": ("old-batch",)})
    assert (found.savings.likely, found.current_cost) == (300, 300)
    assert [(part.cell, part.cost, part.saved) for part in found.parts] == [
        (dollars_of(ROUTE), 1000, 300)
    ]
    assert found.variant == "served_nobody"


@pytest.mark.parametrize(
    "change",
    [
        {"days": days_of(failed=9)},
        {"days": days_of(failed=10, number=6)},
        {"days": days_of(failed=10, number=20, skip=4)},
        {"days": days_of(failed=1, requests=1)},
        {"days": days_of(failed=10, cost=D("0.1"))},
        {"days": days_of(failed=10, cost=D(0))},
    ],
    ids=["one in ten serves", "six days", "over", "few requests", "below the floor", "no dollars"],
)
def test_what_may_be_used_or_costs_nothing_is_left_alone(change: dict[str, object]) -> None:
    assert proposed(use(**change)) == []


CHECKS: dict[str, object] = {
    "days": days_of(small=10, small_cost=D(10)),
    "small_sizes": 1,
    "routes": ((ROUTE, D(300)),),
}


def test_health_checks_are_paid_like_questions() -> None:
    (found,) = proposed(use(**CHECKS))
    assert (found.variant, found.savings.likely) == ("health_checks", 300)
    assert "GET /v1/models" in found.steps[1]


def test_of_what_also_serves_a_little_only_the_checks_are_saved() -> None:
    days = days_of(requests=100, small=96, small_cost=D("9.2"), served_cost=D("0.8"))
    (found,) = proposed(use(**(CHECKS | {"days": days})))
    assert found.savings.likely == 276
    assert found.current_cost == 300


@pytest.mark.parametrize(
    "change",
    [
        {"small_sizes": 3},
        {"user_requests": 1},
        {"days": days_of(requests=10, small=9, small_cost=D(9), served_cost=D(1))},
        {"days": days_of(requests=100, small=98, small_cost=D(8), served_cost=D(2))},
        {"days": days_of(requests=6, small=6, small_cost=D(10))},
    ],
    ids=["different questions", "a user's", "one in ten serves", "served cost", "few"],
)
def test_short_questions_of_people_are_no_health_checks(change: dict[str, object]) -> None:
    assert proposed(use(**(CHECKS | change))) == []


def test_a_fine_tune_that_nobody_asks_is_still_hosted() -> None:
    tuned = Route("acme", "openai", "ft:gpt-4o:acme::1")
    days = days_of(requests=0, cost=D(40), standing_cost=D(40))
    hosted = use(
        kind="model",
        name="ft:gpt-4o:acme::1",
        provider="openai",
        routes=((tuned, D(1200)),),
        days=days,
        actors=0,
    )
    (found,) = proposed(hosted)
    assert (found.savings.likely, found.difficulty) == (1200, Difficulty.EASY)
    assert found.scope == {"model": ("ft:gpt-4o:acme::1",), "provider": ("openai",)}
    assert "nobody asked anything" in found.description


def test_a_model_that_one_test_alone_uses_may_be_wanted() -> None:
    test = use(
        kind="model", name="gpt-4", provider="openai", days=days_of(), environments=("ci", "Test")
    )
    (found,) = proposed(test)
    assert (found.variant, found.savings.low, found.savings.likely) == ("one_test", 0, 300)
    assert found.confidence < D("0.5")
    for change in (
        {"actors": 2},
        {"environments": ("ci", None)},
        {"environments": ("staging",)},
        {"user_requests": 3},
        {"kind": "key"},
    ):
        assert proposed(replace(test, **change)) == []


def test_a_dead_route_is_told_of_once_and_not_by_its_keys_too() -> None:
    endpoint = use(kind="endpoint", name="/v1/old")
    assert [one.scope for one in proposed(use(), endpoint)] == [{"endpoint": ("/v1/old",)}]


def test_the_same_dollars_of_two_keys_of_a_route_are_both_told() -> None:
    both = proposed(use(), use(name="older", days=days_of(failed=10, cost=D(5))))
    assert [one.savings.likely for one in both] == [300, 150]
    # Of one kind on one route the larger counts: the sum may be more, never less.
    assert together((one.kind, one.parts) for one in both).together == 300


# Subscribed offers.


def unused(offer: object, cells: object = None, loads: Sequence[object] = ()) -> list[Proposal]:
    return propose(
        [WHOLE] if cells is None else cells,  # pyright: ignore[reportArgumentType]
        MONTH,
        offers=[offer],  # pyright: ignore[reportArgumentType]
        loads=loads,  # pyright: ignore[reportArgumentType]
        organization="acme",
    )


def test_a_commitment_of_which_little_is_spent_is_paid_for_nothing() -> None:
    large = taken(replace(COMMITMENT, from_usd=D(10_000)))
    (found,) = unused(large)
    assert (found.current_cost, found.savings.likely, found.savings.low) == (10_000, 9_000, 8_000)
    assert found.parts[0].cell != dollars_of(ROUTE)
    assert found.variant == "offer|c1"


def test_what_is_used_by_a_fifth_is_left_alone() -> None:
    assert unused(taken(replace(COMMITMENT, from_usd=D(5_000)))) == []
    assert unused(replace(COMMITMENT, from_usd=D(10_000))) == []
    assert unused(taken(replace(COMMITMENT, from_usd=D(10_000)), "globex")) == []


def test_units_that_are_hardly_asked_cost_more_than_the_list() -> None:
    # 100 of 1,000 tokens a minute: $43.20 a month at the list against $100.
    load = load_of(lambda _: 100)
    (found,) = unused(taken(UNITS), loads=[load])
    assert (found.savings.likely, found.evidence["used_share"]) == (D("56.8"), "0.1")


def test_of_what_came_in_rows_of_several_all_counts_as_answered() -> None:
    # An hour's worth at once: by the minute 1,000 of 6,000 tokens would fit.
    load = load_of(lambda at: 6_000 if at.minute == 0 else 0)
    vague = replace(load, spread_requests=load.requests)
    (exact,), (bound,) = unused(taken(UNITS), loads=[load]), unused(taken(UNITS), loads=[vague])
    assert round(exact.savings.likely, 2) == D("92.8")
    assert round(bound.savings.likely, 2) == D("56.8")


def test_units_that_are_asked_of_late_are_left_alone() -> None:
    last = MONTH.last_day.toordinal()
    load = load_of(lambda at: 300 if last - at.toordinal() < 7 else 50)
    assert unused(taken(UNITS), loads=[load]) == []


def test_what_was_taken_last_week_may_be_about_to_be_used() -> None:
    offer = taken(replace(COMMITMENT, from_usd=D(10_000)))
    (one,) = offer.subscriptions
    new = replace(one, since=MONTH.now - timedelta(days=10))
    assert unused(replace(offer, subscriptions=(new,))) == []


def test_without_any_usage_nothing_is_known_of_offers_either() -> None:
    assert unused(taken(replace(COMMITMENT, from_usd=D(10_000))), cells=[]) == []


def test_a_provider_of_which_nothing_is_seen_makes_less_sure() -> None:
    seen = taken(replace(COMMITMENT, from_usd=D(10_000)))
    unseen = replace(seen, provider="anthropic")
    (sure,), (unsure,) = unused(seen), unused(unseen)
    assert unsure.confidence < sure.confidence


# Pools of GPUs.


def idle(which: Pool, cost: str = "1", skip: int = 0) -> PoolLoad:
    hours = tuple(
        PoolHour(
            midnight(FIRST) + number * HOUR,
            Capacity(idle=Pushed(D(cost), D(0)), unused=D(cost)),
        )
        for number in range(24 * (PERIOD.days - skip))
    )
    return PoolLoad(which, hours)


def pools(*loads: PoolLoad) -> list[Proposal]:
    return propose_pools(loads, PERIOD, monthly_cost=D(5_000))


def busy(which: Pool) -> PoolLoad:
    def of_hour(_: datetime) -> tuple[Decimal, Decimal]:
        return D(1), D(2)

    return pool(of_hour, which)


def test_a_pool_that_answered_nothing_is_all_saved() -> None:
    spare = Pool("api", "spare", "on_demand")
    (found,) = pools(idle(spare), busy(ON_DEMAND))
    assert (found.savings.likely, found.savings.low) == (1440, 1440)
    assert found.scope == {
        "product": ("api",),
        "model": ("spare",),
        "billing_type": ("on_demand",),
    }
    assert [part.cell for part in found.parts] == [pool_dollars_of(spare)]


def test_a_pool_that_answered_anything_is_no_unused_one() -> None:
    assert pools(busy(ON_DEMAND)) == []


def test_a_pool_whose_requests_may_not_say_where_they_were_answered_is_left_alone() -> None:
    assert pools(idle(ON_DEMAND), busy(Pool("api", "m", None))) == []
    assert len(pools(idle(ON_DEMAND), busy(Pool("api", "m", "spot")))) == 1
    assert len(pools(idle(ON_DEMAND), busy(Pool("studio", "m", None)))) == 1


def test_a_pool_that_is_gone_is_no_saving() -> None:
    assert pools(idle(ON_DEMAND, skip=4)) == []


def test_a_reserved_pool_is_paid_until_its_term_ends() -> None:
    (found,) = pools(idle(Pool("api", "m", "reserved")))
    assert (found.savings.low, found.difficulty) == (0, Difficulty.HARD)
    assert "paid for a term" in found.description


def test_a_cheap_pool_is_below_the_floor() -> None:
    assert pools(idle(ON_DEMAND, cost="0.01")) == []
