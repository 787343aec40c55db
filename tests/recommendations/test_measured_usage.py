"""Whose usage is followed, in what units, and who controls it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

from analysis.recommendations.cells import Route, dollars_of
from analysis.recommendations.measured.daily import UsageDay
from analysis.recommendations.measured.measure import (
    BEFORE_DAYS,
    Facts,
    MeasuredState,
    measure,
    span_of,
)
from analysis.recommendations.measured.usage import (
    REPEATS,
    Scope,
    route_of,
    scope_of,
    traffic,
    usage_facts,
)
from analysis.recommendations.proposal import Kind
from tests.recommendations.proposals import proposal

D = Decimal
DAY = timedelta(days=1)
ACCEPTED = date(2026, 10, 5)
SPAN = span_of(ACCEPTED, None, ACCEPTED + 14 * DAY)
CHAT = Route("acme", "openai", "gpt-4", "/chat", "help")
SMALL = replace(CHAT, model="gpt-4o-mini")


class Flat:
    """Prices that never change."""

    def weight(self, route: Route) -> Decimal:
        _ = route
        return D(4)

    def level(self, route: Route, day: date) -> Decimal | None:
        _ = route, day
        return D(3)


class Halved(Flat):
    """gpt-4 costs half from the day after the acceptance on."""

    def level(self, route: Route, day: date) -> Decimal | None:
        return D(1) if route.model == "gpt-4" and day > ACCEPTED else D(2)


def days(
    route: Route,
    requests: int,
    cost: str,
    *,
    when: str = "both",
    size: tuple[int, int] = (1_000, 250),
) -> list[UsageDay]:
    """Alike days, before or since or both."""
    before = [ACCEPTED - number * DAY for number in range(1, BEFORE_DAYS + 1)]
    since = [ACCEPTED + number * DAY for number in range(1, 15)]
    wanted = {"before": before, "since": since, "both": [*before, *since]}[when]
    tokens = requests * size[0], requests * size[1]
    return [UsageDay(day, route, requests, *tokens, D(cost)) for day in wanted]


def scope(kind: Kind, variant: str = "", target: str | None = None) -> Scope:
    return Scope(kind, variant, frozenset({CHAT}), target)


def likely(facts: Facts) -> Decimal:
    found = measure(facts, SPAN)
    assert found.likely is not None, found.reason
    return found.likely.quantize(D("0.01"))


def test_a_task_is_followed_to_the_model_that_it_moved_to() -> None:
    usage = [
        *days(CHAT, 100, "10", when="before"),
        *days(CHAT, 60, "6", when="since"),
        *days(SMALL, 40, "0.4", when="since"),
    ]
    wanted = scope(Kind.MODEL_DOWNGRADE, target="gpt-4o-mini")
    assert likely(usage_facts(wanted, usage, SPAN, Flat())) == D("50.40"), "3.60 a day"
    # Another model than the proposed one, which the task did not have before, is followed too.
    other = [replace(one, route=replace(one.route, model=one.route.model)) for one in usage]
    other = [
        replace(one, route=replace(SMALL, model="haiku")) if one.route == SMALL else one
        for one in other
    ]
    assert likely(usage_facts(wanted, other, SPAN, Flat())) == D("50.40")


def test_requests_that_left_for_nowhere_are_no_saving_of_a_cheaper_model() -> None:
    usage = [*days(CHAT, 100, "10", when="before"), *days(CHAT, 50, "5", when="since")]
    wanted = scope(Kind.MODEL_DOWNGRADE, target="gpt-4o-mini")
    assert likely(usage_facts(wanted, usage, SPAN, Flat())) == 0


def test_a_model_that_the_task_had_before_is_not_mixed_in() -> None:
    beside = days(replace(CHAT, model="claude"), 500, "50")
    usage = [*days(CHAT, 100, "10", when="before"), *days(CHAT, 100, "10", when="since"), *beside]
    wanted = scope(Kind.MODEL_DOWNGRADE, target="gpt-4o-mini")
    facts = usage_facts(wanted, usage, SPAN, Flat())
    assert sum(one.cost for one in facts.own) == D(10) * 42


def test_longer_answers_of_another_model_are_its_cost_and_no_volume() -> None:
    usage = [
        *days(CHAT, 100, "10", when="before"),
        *days(SMALL, 100, "4", when="since", size=(1_000, 1_000)),
    ]
    wanted = scope(Kind.MODEL_DOWNGRADE, target="gpt-4o-mini")
    assert likely(usage_facts(wanted, usage, SPAN, Flat())) == D("84.00"), "10 less 4 a day"


def test_larger_requests_are_volume_for_a_cache_and_what_is_saved_for_shorter_prompts() -> None:
    usage = [
        *days(CHAT, 100, "10", when="before"),
        *days(CHAT, 100, "5", when="since", size=(500, 125)),
    ]
    assert likely(usage_facts(scope(Kind.CACHING), usage, SPAN, Flat())) == 0
    shorter = [
        *days(CHAT, 100, "8", when="before"),
        *days(CHAT, 100, "6", when="since", size=(500, 250)),
    ]
    facts = usage_facts(scope(Kind.PROMPT_OPTIMIZATION), shorter, SPAN, Flat())
    assert likely(facts) == D("28.00")


def test_a_lower_price_of_the_list_is_taken_out() -> None:
    usage = [*days(CHAT, 100, "10", when="before"), *days(CHAT, 100, "5", when="since")]
    assert likely(usage_facts(scope(Kind.CACHING), usage, SPAN, Halved())) == 0
    # What came with its own cost does not follow the list.
    billed = [replace(one, billed=one.cost) for one in usage]
    assert likely(usage_facts(scope(Kind.CACHING), billed, SPAN, Halved())) == D("70.00")


def test_kept_answers_are_held_against_what_everybody_else_asks() -> None:
    other = replace(CHAT, endpoint="/other")
    usage = [
        *days(CHAT, 100, "10", when="before"),
        *days(CHAT, 140, "14", when="since"),
        *days(other, 100, "7", when="before"),
        *days(other, 200, "14", when="since"),
    ]
    facts = usage_facts(scope(Kind.CACHING, REPEATS), usage, SPAN, Flat())
    assert likely(facts) == D("84.00"), "20 a day was to be expected"
    assert traffic(scope(Kind.CACHING, REPEATS), usage, SPAN) == D("1.4")


def test_what_is_unpriced_since_is_told() -> None:
    usage = [*days(CHAT, 100, "10", when="before"), *days(CHAT, 50, "5", when="since")]
    left = days(SMALL, 0, "0", when="since")
    usage += [replace(one, unpriced_requests=50) for one in left]
    wanted = scope(Kind.MODEL_DOWNGRADE, target="gpt-4o-mini")
    found = measure(usage_facts(wanted, usage, SPAN, Flat()), SPAN)
    assert found.state is MeasuredState.NOT_MEASURABLE
    assert found.reason == "50 % more of the requests than before have no price"


def test_what_others_have_claimed_controls_nothing() -> None:
    routes = [replace(CHAT, endpoint=f"/{number}") for number in range(4)]
    usage = [row for route in routes for row in days(route, 100, "10")]
    usage += days(CHAT, 100, "10")
    claimed = Scope(Kind.CACHING, "", frozenset(routes[:1]), None)
    moved = Scope(Kind.MODEL_DOWNGRADE, "", frozenset(routes[1:2]), "m")
    facts = usage_facts(scope(Kind.CACHING), usage, SPAN, Flat(), [claimed, moved])
    assert {one.stratum for one in facts.others} == {str(route) for route in routes[2:]}


def test_an_unused_feature_is_measured_by_the_day() -> None:
    usage = [*days(CHAT, 100, "10", when="before"), *days(CHAT, 1, "1", when="since")]
    facts = usage_facts(scope(Kind.UNUSED_FEATURES), usage, SPAN, Flat())
    assert likely(facts) == D("126.00")


def test_a_proposal_says_its_routes_and_its_target() -> None:
    made = proposal()
    found = scope_of(replace(made, action={"to": {"provider": "openai", "model": "mini"}}))
    assert found.routes == frozenset({Route("acme", "openai", "gpt-4")})
    assert found.target == "mini"
    assert scope_of(made).target is None
    assert route_of(dollars_of(CHAT)) == CHAT
    assert route_of("offer 7") is None


def test_a_lower_rate_that_is_the_very_thing_is_not_taken_out() -> None:
    usage = [*days(CHAT, 100, "10", when="before"), *days(CHAT, 100, "8", when="since")]
    discount = scope(Kind.TIER_MIGRATION, "volume_discount|7")
    facts = usage_facts(discount, usage, SPAN, Halved())
    assert likely(facts) == D("28.00")
    assert facts.others == ()
    trimmed = scope(Kind.TIER_MIGRATION, "context_tier|128000")
    assert usage_facts(trimmed, usage, SPAN, Halved()).level is not None


def test_routes_of_the_same_model_control_before_all_others() -> None:
    alike = [replace(CHAT, endpoint=f"/{number}") for number in range(3)]
    else_where = [replace(CHAT, model="o3", endpoint=f"/{number}") for number in range(3)]
    foreign = [replace(CHAT, provider="google", endpoint=f"/{number}") for number in range(3)]
    usage = [row for route in (*alike, *else_where, *foreign) for row in days(route, 10, "1")]
    usage += days(CHAT, 100, "10")

    def controls(rows: list[UsageDay]) -> set[str]:
        facts = usage_facts(scope(Kind.CACHING), rows, SPAN, Flat())
        return {one.stratum for one in facts.others}

    assert controls(usage) == {str(route) for route in alike}
    fewer = [row for row in usage if row.route != alike[0]]
    assert controls(fewer) == {str(route) for route in (*alike[1:], *else_where)}
    none = [row for row in usage if row.route.provider != "openai" or row.route == CHAT]
    assert controls(none) == {str(route) for route in foreign}


def test_what_had_no_price_before_is_no_reason_now() -> None:
    usage = [*days(CHAT, 100, "10", when="before"), *days(CHAT, 100, "6", when="since")]
    unpriced = replace(CHAT, model="nobody-knows")
    usage += [replace(one, requests=0, unpriced_requests=50) for one in days(unpriced, 0, "0")]
    wanted = scope(Kind.MODEL_DOWNGRADE, target="gpt-4o-mini")
    facts = usage_facts(wanted, usage, SPAN, Flat())
    assert facts.unpriced_share == 0
    assert likely(facts) == D("56.00")
