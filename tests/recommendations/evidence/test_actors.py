"""Who is worth a closer look: users and keys with an hour unlike their others, or with repeats."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal

from analysis.recommendations.limits.actors import ActorHour, ActorLoad
from queries.recommendation_evidence.actors import actors
from tests.facts import Fact
from tests.recommendations.evidence.conftest import Read
from tests.recommendations.evidence.requests import CHAT, DAY, MONDAY, after, llm

HOUR = timedelta(hours=1)


def at(hour: int, minute: int = 0) -> datetime:
    return MONDAY + timedelta(hours=hour, minutes=minute)


def hours(name: str, costs: dict[int, str]) -> list[Fact]:
    return [llm(at(hour), cost, user_id=name) for hour, cost in costs.items()]


async def test_an_hour_five_times_as_dear_as_the_others_stands_out(reader_of: Read) -> None:
    reader = reader_of(
        [
            *hours("loud", {8: "0.2", 9: "1", 10: "0.2"}),
            *hours("even", {8: "0.3", 9: "1", 10: "0.3"}),
            *hours("cheap", {8: "0.1", 9: "0.99", 10: "0.1"}),
            *hours("once", {8: "1"}),
            llm(at(9), None),
        ]
    )
    loud, once = sorted(await actors(reader, DAY), key=lambda one: one.name)
    assert loud == ActorLoad(
        organization="acme",
        kind="user",
        name="loud",
        routes=((CHAT, Decimal("1.4")),),
        hours=tuple(
            ActorHour(at(hour), 1, 0, 0, Decimal(cost))
            for hour, cost in ((8, "0.2"), (9, "1"), (10, "0.2"))
        ),
        evidence_hours=24,
    )
    assert once.name == "once"


async def test_routes_are_in_order_of_cost_and_failures_are_counted(reader_of: Read) -> None:
    reader = reader_of(
        [
            llm(at(9), "3", key_name="k", failed_requests=1),
            llm(at(9, 5), "4", key_name="k", feature="search"),
            llm(at(9, 6), None, key_name="k", feature="search"),
            llm(at(9, 7), "9", key_name="other", organization="else"),
        ]
    )
    (found,) = await actors(reader, DAY, "acme")
    assert (found.kind, found.name) == ("key", "k")
    assert [(route.feature, cost) for route, cost in found.routes] == [
        ("search", Decimal(4)),
        ("chat", Decimal(3)),
    ]
    assert found.hours == (ActorHour(at(9), 3, 1, 0, Decimal(7)),)


async def test_whoever_repeats_twenty_times_in_an_hour_is_looked_at(reader_of: Read) -> None:
    def asks(name: str, times: int, apart: timedelta) -> list[Fact]:
        tags = {"prompt_hash": "a"}
        return [llm(at(9) + step * apart, "0", user_id=name, tags=tags) for step in range(times)]

    reader = reader_of(
        [
            *asks("loop", 21, timedelta(seconds=10)),
            *asks("nearly", 20, timedelta(seconds=10)),
            *asks("hourly", 14, HOUR + timedelta(seconds=1)),
        ]
    )
    (found,) = await actors(reader, DAY)
    assert (found.name, [hour.repeats for hour in found.hours]) == ("loop", [20])


async def test_an_actor_belongs_to_one_organization_or_to_none(reader_of: Read) -> None:
    reader = reader_of(
        [
            llm(at(9), "2", user_id="u"),
            llm(at(9), "3", user_id="u", organization=None),
            llm(after(0), "9", user_id="u", is_internal=True),
        ]
    )
    found = await actors(reader, DAY)
    assert [(one.organization, one.hours[0].cost) for one in found] == [
        (None, Decimal(3)),
        ("acme", Decimal(2)),
    ]
