"""Entries that a made-up deployment answers: made together, once, for it takes some seconds."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from functools import cache

from analysis.errors import Refused
from bot.blocks.answer import Answer
from bot.blocks.refusal import refusal_answer
from bot.gallery.entry import DataSet, Entry
from bot.gallery.made_up import MovedByHand, made_up

DATA_SETS: tuple[DataSet, ...] = ("typical", "empty", "extreme")


def answered(noun: str) -> list[Entry]:
    """The entries of one of the nouns that are asked."""
    return list(_all()[noun])


def entry_of(template: str, data: DataSet, answer: Answer) -> Entry:
    """An entry of an answer."""
    return Entry(template, data, answer.payload(), answer.chart)


async def entry_from(template: str, data: DataSet, ask: Callable[[], Awaitable[Answer]]) -> Entry:
    """An entry of what is answered; of a refusal, where that is what is answered."""
    try:
        return entry_of(template, data, await ask())
    except Refused as refusal:
        return entry_of(template, data, refusal_answer(refusal))


@cache
def _all() -> Mapping[str, list[Entry]]:
    return asyncio.run(_asked())


async def _asked() -> Mapping[str, list[Entry]]:
    from bot.gallery import budgets, digests, home, questions, recommendations, told

    clock = MovedByHand()
    async with made_up(clock) as parts:
        return {
            "questions": await questions.ask(parts),
            "recommendations": await recommendations.ask(parts),
            # What is told last tells of what was decided before.
            "budgets": await budgets.ask(parts),
            "digests": await digests.ask(parts),
            "told": await told.ask(parts, clock),
            "home": await home.ask(parts),
        }
