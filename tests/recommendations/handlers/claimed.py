"""Claimed recommendations and the usage that they are measured from, for tests."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from analysis.recommendations.cells import Route, dollars_of
from analysis.recommendations.kept.states import Move
from analysis.recommendations.proposal import Kind, Part, Proposal
from handlers.recommendations.requests import DecideRequest
from queries.dimensions import Source
from storage.records.recommendation import Recommendation
from storage.records.savings_measurement import SavingsMeasurement
from tests.facts import Fact, request
from tests.recommendations.handlers.conftest import ADMIN, Desk
from tests.recommendations.proposals import proposal

if TYPE_CHECKING:
    from collections.abc import Iterator

D = Decimal
DAY = timedelta(days=1)
ACCEPTED = datetime(2026, 11, 5, 12, tzinfo=UTC)
NOW = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)
"""14 complete days later: 6 to 19 November."""
FIRST = date(2026, 10, 8)
CHAT = Route("acme", "openai", "gpt-4", "/chat")


def usage(day: date, route: Route, requests: int, cost: str | None, **more: object) -> Fact:
    """All requests of a route on a day."""
    names: dict[str, object] = {
        "organization": route.organization,
        "provider": route.provider,
        "model": route.model,
        "endpoint": route.endpoint,
        "fresh_input_tokens": 1_000 * requests,
        "output_tokens": 250 * requests,
        "requests": requests,
    }
    return request(
        datetime.combine(day, time(10), UTC), cost, source=Source.USAGE, **{**names, **more}
    )


def days(first: date = FIRST, last: date = date(2026, 11, 19)) -> Iterator[date]:
    return (first + number * DAY for number in range((last - first).days + 1))


def moved_usage() -> list[Fact]:
    """100 requests for $10 a day; since the acceptance 40 of them go to a model for a tenth."""
    rows: list[Fact] = []
    for day in days():
        if day <= ACCEPTED.date():
            rows.append(usage(day, CHAT, 100, "10"))
        else:
            small = replace(CHAT, model="gpt-4o-mini")
            rows += [usage(day, CHAT, 60, "6"), usage(day, small, 40, "0.4")]
    return rows


def chat_proposal(saved: str = "120", kind: Kind = Kind.MODEL_DOWNGRADE) -> Proposal:
    made = proposal(saved=saved, cost="300", kind=kind)
    return replace(
        made,
        action={"to": {"provider": "openai", "model": "gpt-4o-mini"}},
        parts=(Part(dollars_of(CHAT), D(300), D(saved)),),
    )


async def accepted(desk: Desk, *proposals: Proposal) -> list[Recommendation]:
    """Draws proposals and accepts them at noon of 5 November; then it is 20 November."""
    desk.clock.now = ACCEPTED
    await desk.draw(*proposals)
    rows: list[Recommendation] = []
    for row in await desk.rows():
        done = await desk.handlers.decide.decide(DecideRequest(str(row.id), Move.ACCEPT), ADMIN)
        rows.append(done.after)
    desk.clock.now = NOW
    return rows


async def measured(desk: Desk, row: Recommendation) -> list[SavingsMeasurement]:
    return await desk.store.measurements.of_recommendation(row.id)
