"""Costbot on the stage: the real app, a real store and mart, Slack's stand-in over real HTTP."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.assembly import Parts, assembled
from bot.settings import Settings
from bot.stage import Heard, Stage, staged
from queries.dimensions import Source
from tests.facts import Fact, fill, request
from tests.stores import lay_store

NOW = datetime(2026, 11, 20, 13, 37, tzinfo=UTC)
"""A Friday; what the tests' costbot takes for the present."""

PATIENCE = 60.0
"""Seconds until a test's Slack gives an ack up: a busy machine may stand still for three."""


def at(day: int, hour: int) -> datetime:
    """An instant of November 2026, UTC."""
    return datetime(2026, 11, day, hour, 15, tzinfo=UTC)


FACTS: Sequence[Fact] = (
    request(
        at(20, 9),
        "3",
        model="gpt-4",
        organization="acme",
        product="api",
        provider="openai",
    ),
    request(
        at(20, 9),
        "1",
        model="gpt-4",
        organization="globex",
        product="api",
        provider="openai",
    ),
    request(
        at(20, 10),
        "0.5",
        model="claude-3-haiku",
        organization="acme",
        provider="anthropic",
    ),
    request(at(20, 11), None, model="aurora", organization="acme", requests=4),
    request(at(13, 9), "2", model="gpt-4", organization="acme", provider="openai"),
    request(at(19, 9), "2", model="gpt-4", organization="acme", provider="openai"),
    request(at(19, 20), "9", model="gpt-4", organization="acme", provider="openai"),
    request(
        at(20, 12),
        "0.25",
        source=Source.GPU,
        model="ltxv-13b",
        organization="acme",
        product="studio",
        attributed_idle_cost="0.10",
        attributed_overhead_cost="0.05",
        gpu_seconds="360",
    ),
    request(at(20, 12), "0.50", source=Source.GPU, cost_category="idle", requests=0),
)
"""Today for everybody: 4.90 USD fully loaded, of which acme 3.90 and globex 1.00."""


@dataclass(frozen=True)
class Playing:
    """A costbot under test, and the Slack that it hangs on."""

    parts: Parts
    stage: Stage


def answered(heard: Heard) -> Heard:
    """What came of a command, with the answer as the ack wherever it came after one.

    For tests of what is said, not of when: on a busy machine an answer may miss the ack.
    """
    if not str(heard.ack.get("text", "")).startswith("Fetching "):
        return heard
    answer, *others = heard.messages
    return replace(heard, ack=answer, messages=others)


Play = Callable[..., AbstractAsyncContextManager[Playing]]


@pytest.fixture
def play(tmp_path: Path) -> Play:
    """Puts costbot on the stage, with `FACTS` or others, and with other settings if given."""

    @asynccontextmanager
    async def begin(facts: Sequence[Fact] = FACTS, **settings: object) -> AsyncGenerator[Playing]:
        chosen = Settings(home=tmp_path, **settings)  # pyright: ignore[reportArgumentType]
        lay_store(tmp_path)
        async with assembled(chosen, lambda: NOW) as parts:
            fill(parts.mart, facts, NOW, chosen.hourly_days)
            async with staged(parts) as stage:
                stage.slack.sender.patience = PATIENCE
                yield Playing(parts, stage)

    return begin
