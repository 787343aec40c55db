"""A month of usage: acme's chat on gpt-4-turbo, and what else there is."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import cast
from zoneinfo import ZoneInfo

from analysis.roles import Role
from bot.assembly import Parts, assembled
from bot.blocks.answer import Answer
from bot.settings import Settings
from handlers.caller import Caller
from tests.facts import Fact, fill, request
from tests.stores import TestClock, lay_store

NOW = datetime(2026, 11, 20, 13, 37, tzinfo=UTC)

ADMIN = Caller("T1", "U1", "Ada", None, Role.ADMIN, ZoneInfo("UTC"))
LEAD = Caller("T1", "U2", "Otto", "acme", Role.ORG_ADMIN, ZoneInfo("Asia/Tokyo"))
MEMBER = replace(LEAD, user_id="U3", name="Ute", role=Role.USER)
STRANGER = replace(LEAD, user_id="U4", name="Gil", organization="globex")


def day(back: int) -> datetime:
    """Noon of a day that lies so many days back."""
    return datetime(2026, 11, 20, 12, tzinfo=UTC) - timedelta(days=back)


def turbo(back: int, **columns: object) -> Fact:
    """A thousand requests of 1,000 tokens in and 100 out: $10 and $3 by the list."""
    fact = request(day(back), "13", model="gpt-4-turbo", provider="openai", organization="acme")
    tokens = {"requests": 1_000, "fresh_input_tokens": 1_000_000, "output_tokens": 100_000}
    return {**fact, "feature": "chat", **tokens, **columns}


def edges() -> tuple[Fact, Fact]:
    """Of the owner's own, so that it counts for nothing: before the first day, and today."""
    return (
        {**request(day(31), "1"), "is_internal": True},
        {**request(day(0), "1"), "is_internal": True},
    )


_LONG_ANSWERS: Fact = {
    **turbo(2, model="gpt-4", user_id="u1", output_tokens=500_000),
    "billed_cost": Decimal(60),
}

USAGE: Sequence[Fact] = (
    *edges(),
    *(turbo(back) for back in range(1, 31)),
    *(turbo(back, team="search", feature="find") for back in range(1, 31, 3)),
    *(turbo(back, organization="globex") for back in range(1, 31)),
    _LONG_ANSWERS,
    request(day(3), None, model="aurora", organization="acme", requests=500),
)
"""acme: $390 a month of chat and $130 of search on gpt-4-turbo, 40,000 requests together; $60 of
gpt-4 in 1,000 more; 500 without a price. globex: $390 of chat on gpt-4-turbo."""


def lines_of(answer: Answer) -> list[list[str]]:
    """The lines of an answer's table."""
    blocks = cast("list[dict[str, object]]", answer.payload()["blocks"])
    (table,) = (block for block in blocks if block["type"] == "table")
    rows = cast("list[list[dict[str, str]]]", table["rows"])
    return [[cell["text"] for cell in row] for row in rows]


@asynccontextmanager
async def costbot(
    home: Path, facts: Iterable[Fact] = USAGE, clock: Callable[[], datetime] | None = None
) -> AsyncGenerator[Parts]:
    """Costbot over these facts."""
    lay_store(home)
    present = clock or TestClock(NOW)
    async with assembled(Settings(home=home), present) as parts:
        fill(parts.mart, facts, NOW, parts.settings.hourly_days)
        yield parts
