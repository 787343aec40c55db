"""Users and keys that run away, and those that only do what they always do."""

from __future__ import annotations

import math
import random
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from functools import partial
from typing import Literal

import pytest

from analysis.recommendations.cells import Route, dollars_of
from analysis.recommendations.limits.actors import ActorHour, ActorLoad
from analysis.recommendations.limits.rate_limiting import propose
from analysis.recommendations.proposal import Proposal
from tests.recommendations.gpu_makers import DAY, FIRST, HOUR, PERIOD, D, midnight

CHAT = Route("acme", "openai", "gpt-4", "/chat")
MAIL = Route("acme", "openai", "gpt-4", "/mail")
OFFICE = range(9, 17)
Hours = Callable[[datetime], ActorHour | None]


def asked(
    start: datetime, requests: int, *, failed: int = 0, repeats: int = 0, each: str = "0.05"
) -> ActorHour:
    return ActorHour(start, requests, failed, repeats, requests * D(each))


def load(of_hour: Hours, name: str = "k1", kind: Literal["user", "key"] = "key") -> ActorLoad:
    starts = [midnight(FIRST) + number * HOUR for number in range(24 * PERIOD.days)]
    hours = tuple(hour for start in starts for hour in (of_hour(start),) if hour is not None)
    whole = sum((hour.cost for hour in hours), D(0))
    routes = ((CHAT, whole * D("0.75")), (MAIL, whole * D("0.25")))
    return ActorLoad("acme", kind, name, routes, hours, 24 * PERIOD.days)


def office(start: datetime) -> ActorHour | None:
    """Ten requests an hour at work."""
    return asked(start, 10) if start.weekday() < 5 and start.hour in OFFICE else None


def with_bursts(*bursts: tuple[int, int], failed: int = 0, repeats: int = 0) -> Hours:
    """The same, and 1,000 requests in some hours: day and hour of each."""
    starts = {midnight(FIRST + day * DAY) + hour * HOUR for day, hour in bursts}
    burst = partial(asked, requests=1000, failed=failed, repeats=repeats)
    return lambda start: burst(start) if start in starts else office(start)


def proposed(*loads: ActorLoad, monthly: str = "300") -> list[Proposal]:
    return propose(loads, PERIOD, monthly_cost=D(monthly), route_costs={CHAT: D(5000)})


TWICE = ((3, 10), (3, 11), (15, 2))


def test_a_loop_that_came_twice_gets_the_limit_of_its_own_ordinary_hours() -> None:
    (found,) = proposed(load(with_bursts(*TWICE, repeats=900)))
    assert found.scope == {"key": ("k1",)}
    assert found.organization == "acme"
    # 10 an hour x 1.5; of three hours at $50 each 985 of 1,000 requests would not have been made.
    assert found.action["limit_requests_an_hour"] == 15
    waste = 3 * 50 * D("0.985")
    assert found.savings.likely == waste * 30 / 28
    assert found.evidence["wasted"] == "147.75"
    assert found.evidence["refused_wrongly"] == 0
    assert found.evidence["refused_in_bursts"] == 2955
    assert len(found.evidence["episodes"]) == 2  # pyright: ignore[reportArgumentType]
    assert "and refused no ordinary request" in found.description
    assert found.action["limit_usd_an_hour"] == "1.00"  # $0.75, were it not too small to live with
    assert "repeated a prompt" in found.description
    assert any("Find the loop" in step for step in found.steps)


def test_the_parts_are_of_what_everybody_spends_on_the_route() -> None:
    actor = load(with_bursts(*TWICE, repeats=900))
    (found,) = proposed(actor)
    chat, mail = found.parts
    assert chat.cell == dollars_of(CHAT)
    assert chat.cost == D(5000) * 30 / 28
    assert mail.cost == actor.routes[1][1] * 30 / 28
    assert chat.saved + mail.saved == found.savings.likely
    assert chat.saved == 3 * mail.saved


def test_what_failed_in_a_storm_of_retries_is_waste_wholly() -> None:
    (found,) = proposed(load(with_bursts(*TWICE, failed=990)))
    assert found.savings.likely == 3 * 50 * D("0.99") * 30 / 28
    assert any("exponential backoff" in step for step in found.steps)


def test_one_episode_that_is_over_counts_once_a_year_with_little_confidence() -> None:
    (once,) = proposed(load(with_bursts((3, 10), (3, 12), repeats=900)))
    (running,) = proposed(load(with_bursts((27, 22), (27, 23), repeats=900)))
    waste = 2 * 50 * D("0.985")
    assert once.savings.likely == waste / 12
    assert (once.savings.low, once.savings.high) == (0, waste * 30 / 28)
    assert running.savings.likely == waste * 30 / 28
    assert running.evidence["is_running"]
    assert once.confidence < running.confidence / 2
    assert "once, and it is over" in once.description


def test_one_episode_that_is_over_and_shows_no_sign_of_waste_was_wanted() -> None:
    assert proposed(load(with_bursts((3, 10), (3, 12)))) == []
    assert proposed(load(with_bursts((27, 21), (27, 23)))) != []  # it is not over


def test_the_range_allows_for_how_often_bursts_come_by_chance() -> None:
    (found,) = proposed(load(with_bursts((3, 10), (9, 10), (17, 10), (23, 10), repeats=900)))
    # 1.645 times the square root of 2 / 4 is more than there is.
    assert found.savings.low == 0
    assert found.savings.high > 1.5 * float(found.savings.likely) or (
        found.savings.high == found.current_cost
    )


def test_a_burst_without_any_sign_of_waste_is_less_sure() -> None:
    (signed,) = proposed(load(with_bursts(*TWICE, repeats=900)))
    (plain,) = proposed(load(with_bursts(*TWICE)))
    assert plain.savings == signed.savings
    assert plain.confidence == pytest.approx(signed.confidence * D("0.6"), abs=D("0.001"))


def test_what_the_limit_would_have_refused_wrongly_is_told() -> None:
    def sometimes(start: datetime) -> ActorHour | None:
        is_it = start.date() == FIRST + 8 * DAY and start.hour == 9
        return asked(start, 40) if is_it else with_bursts(*TWICE, repeats=900)(start)

    (found,) = proposed(load(sometimes))
    ordinary = 20 * 8 - 2  # working hours, two of which are bursts
    assert found.evidence["ordinary_requests"] == (ordinary - 1) * 10 + 40
    assert found.evidence["refused_wrongly"] == 25
    assert found.evidence["refused_wrongly_hours"] == 1
    assert "25 ordinary requests (1.6 %)" in found.description


def test_a_limit_that_would_refuse_much_of_what_is_ordinary_is_not_proposed() -> None:
    def often(start: datetime) -> ActorHour | None:
        is_it = start.date() == FIRST + 8 * DAY and start.hour == 9
        return asked(start, 60) if is_it else with_bursts(*TWICE, repeats=900)(start)

    assert proposed(load(often)) == []


def test_a_loop_of_few_requests_that_grow_is_seen_by_what_it_costs() -> None:
    starts = {midnight(FIRST + day * DAY) + 11 * HOUR for day in (3, 15)}

    def growing(start: datetime) -> ActorHour | None:
        return asked(start, 30, each="2") if start in starts else office(start)

    (found,) = proposed(load(growing))
    assert found.action["limit_requests_an_hour"] == 15
    assert found.evidence["limit_usd_an_hour"] == "1.00"
    # $60 an hour, of which the limit in dollars leaves one.
    assert found.savings.likely == 2 * 59 * D(30) / 28
    assert found.evidence["refused_in_bursts"] == 60


def test_where_all_requests_repeat_repeating_is_no_sign() -> None:
    def checks(start: datetime) -> ActorHour | None:
        return asked(start, 80 if start.day % 5 == 0 and start.hour == 7 else 12, repeats=10)

    assert proposed(load(checks)) == []


def test_a_large_hour_among_others_almost_as_large_is_a_tail_and_no_burst() -> None:
    tail = {9: 25, 10: 60, 11: 110, 12: 250, 13: 420}

    def skewed(start: datetime) -> ActorHour | None:
        is_it = start.date() in {FIRST + 8 * DAY, FIRST + 16 * DAY} and start.hour in tail
        return asked(start, tail[start.hour]) if is_it else office(start)

    def apart(start: datetime) -> ActorHour | None:
        hour = skewed(start)
        return replace(hour, requests=1300, cost=D(65)) if hour and hour.requests == 420 else hour

    assert proposed(load(skewed), monthly="100") == []
    assert len(proposed(load(apart), monthly="100")) == 1


def test_of_a_user_and_a_key_with_the_same_bursts_the_key_is_named() -> None:
    hours = with_bursts(*TWICE, repeats=900)
    other = load(with_bursts((5, 5), (9, 9), repeats=900), "u2", "user")
    found = proposed(load(hours, "u1", "user"), load(hours), other)
    assert {tuple(one.scope) for one in found} == {("key",), ("user",)}
    by_name = {one.title: one for one in found}
    assert by_name["Limits for the key k1"].evidence["same_traffic_as"] == "user u1"
    assert by_name["Limits for the user u2"].evidence["same_traffic_as"] is None


def every_night(start: datetime) -> ActorHour | None:
    return asked(start, 1000, repeats=900) if start.hour == 2 else office(start)


def every_monday(start: datetime) -> ActorHour | None:
    is_it = start.weekday() == 0 and start.hour == 10
    return asked(start, 1000, repeats=900) if is_it else office(start)


def grown(start: datetime) -> ActorHour | None:
    hour = office(start)
    is_new = start >= midnight(FIRST + 14 * DAY)
    return replace(hour, requests=200, cost=D(10)) if hour and is_new else hour


def newcomer(start: datetime) -> ActorHour | None:
    return with_bursts((27, 10), (27, 12))(start) if start >= midnight(FIRST + 25 * DAY) else None


@pytest.mark.parametrize("habit", [office, every_night, every_monday, grown, newcomer])
def test_habits_are_no_bursts(habit: Hours) -> None:
    assert proposed(load(habit)) == []


def test_a_loop_of_four_nights_is_no_habit() -> None:
    nights = [(day, hour) for day in range(20, 24) for hour in range(1, 5)]
    (found,) = proposed(load(with_bursts(*nights, repeats=900)))
    assert found.evidence["burst_hours"] == 16


def test_crumbs_are_not_worth_a_recommendation() -> None:
    assert proposed(load(with_bursts(*TWICE, repeats=900)), monthly="15900") == []


@pytest.mark.parametrize("seed", range(15))
def test_lively_people_give_silence(seed: int) -> None:
    draw = random.Random(seed)
    loads: list[ActorLoad] = []
    for number in range(10):
        level, spread = draw.uniform(2, 60), draw.uniform(0.3, 0.9)
        begin, length = draw.randrange(24), draw.randrange(4, 20)

        def lively(
            start: datetime,
            level: float = level,
            spread: float = spread,
            begin: int = begin,
            length: int = length,
        ) -> ActorHour | None:
            if (start.hour - begin) % 24 >= length or draw.random() < 0.2:
                return None
            requests = math.ceil(level * draw.lognormvariate(0, spread))
            repeats = sum(draw.random() < 0.1 for _ in range(min(requests, 50)))
            return asked(start, requests, repeats=repeats)

        loads.append(load(lively, f"k{number}"))
    whole = sum((cost for one in loads for _, cost in one.routes), Decimal(0)) * 30 / 28
    assert proposed(*loads, monthly=str(whole)) == []
