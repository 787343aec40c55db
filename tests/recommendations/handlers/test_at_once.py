"""Several at once, on both databases: one decision counts, and none is lost to new evidence."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from datetime import timedelta
from pathlib import Path

import pytest

from analysis.errors import Outdated
from analysis.recommendations.kept.states import Move, State
from handlers.recommendations.requests import DecideRequest, ShowRequest
from handlers.recommendations.results import Decided
from storage import Store
from tests.recommendations.handlers.conftest import (
    LEAD,
    NOW,
    OTHER_LEAD,
    Desk,
    opened_desk,
)
from tests.recommendations.proposals import proposal
from tests.stores import Postgres, TestClock, sqlite_store

ROUNDS = 6


@pytest.fixture(params=["sqlite", "postgresql"])
async def either(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncGenerator[Desk]:
    clock = TestClock(NOW)
    if request.param == "sqlite":
        async with sqlite_store(tmp_path, clock) as store, opened_desk(tmp_path, clock, store) as d:
            yield d
        return
    server: Postgres = request.getfixturevalue("postgres")
    store = Store(await server.new_store(), clock)
    try:
        async with opened_desk(tmp_path, clock, store) as desk:
            yield desk
    finally:
        await store.close()


async def test_two_leads_and_a_generation_at_once_leave_one_decision_and_frozen_content(
    either: Desk,
) -> None:
    models = [f"model-{number}" for number in range(ROUNDS)]
    await either.draw(*(proposal(model) for model in models))
    for row in await either.rows():
        accept = DecideRequest(str(row.id), Move.ACCEPT, seen=State.PENDING)
        reject = DecideRequest(str(row.id), Move.REJECT, "too risky", seen=State.PENDING)
        saved = f"{either.clock.now.minute + 41}"
        outcomes = await asyncio.gather(
            either.handlers.decide.decide(accept, LEAD),
            either.draw(*(proposal(model, saved) for model in models)),
            either.handlers.decide.decide(reject, OTHER_LEAD),
            either.draw(*(proposal(model, saved) for model in models)),
            return_exceptions=True,
        )
        (done,) = [one for one in outcomes if isinstance(one, Decided)]
        (refused,) = [one for one in outcomes if isinstance(one, Outdated)]
        assert refused.sentence.startswith(done.by)
        shown = await either.handlers.read.show(ShowRequest(str(row.id)), LEAD)
        assert shown.recommendation == done.after
        decisions = [one.action for one in shown.entries if one.surface == "slack"]
        assert len(decisions) == 1
        either.clock.advance(timedelta(minutes=1))
    rows = await either.rows()
    assert len(rows) == ROUNDS
    assert {row.state for row in rows} <= {State.ACCEPTED, State.REJECTED}


async def test_generations_at_once_keep_each_recommendation_once(either: Desk) -> None:
    either.found.proposals = [proposal(f"model-{number}") for number in range(20)]
    done = await asyncio.gather(
        *(either.draw(*either.found.proposals) for _ in range(4)), return_exceptions=True
    )
    assert [one for one in done if isinstance(one, BaseException)] == []
    assert len(await either.rows()) == 20
