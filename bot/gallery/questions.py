"""What `/cost` answers, asked of a made-up deployment."""

from __future__ import annotations

from bot.assembly import Parts
from bot.blocks.answer import Answer
from bot.gallery.answered import DATA_SETS, answered, entry_from, entry_of
from bot.gallery.entry import DataSet, Entry
from bot.gallery.made_up import admin, caller_of
from handlers.caller import Caller

ASKED = (
    "today",
    "today by model",
    "7d by product by model top 20",
    "30d by day",
    "30d by organization",
    "why",
    "compare",
    "compare month by model",
    "efficiency",
    "failures",
    "pricing",
    "pricing compare gpt-4 gpt-4o-mini",
    "pricing offers",
    "pricing set openai gpt-4 input 21 output 40 from 2026-12-01 reference C-17",
    "whatif model gpt-4 to gpt-4o-mini",
    "whatif cache 30%",
    "whatif recommend",
    "query",
    "query day_over_day",
    "report preview",
)
"""Asked of every set of data. A refusal is a template too."""

OF_ADMINS = (
    "about",
    "30d by organization",
    "utilization",
    "reconcile",
    "breakeven",
    "breakeven model ltxv-13b at 0.50",
    "report preview",
    "help",
)
"""Asked for all organizations."""


def entries() -> list[Entry]:
    """The answers."""
    return answered("questions")


async def ask(parts: Parts) -> list[Entry]:
    """Asks all of it."""
    found = [
        await _entry(parts, text, data, caller_of(data)) for text in ASKED for data in DATA_SETS
    ]
    found += [await _entry(parts, text, "typical", admin(), "all: ") for text in OF_ADMINS]
    return [*found, await _shared(parts)]


async def _entry(parts: Parts, text: str, data: DataSet, caller: Caller, before: str = "") -> Entry:
    async def ask() -> Answer:
        return await parts.road.answer(parts.road.understand(text, caller), caller)

    return await entry_from(f"{before}/cost {text}", data, ask)


async def _shared(parts: Parts) -> Entry:
    caller = caller_of("typical")
    command = parts.road.understand("today by model", caller)
    return entry_of("shared answer", "typical", await parts.road.shared(command, caller))
