"""Asking the handlers of recommendations from the terminal, and telling what they answer."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Sequence
from datetime import date
from enum import StrEnum
from typing import TypeVar

import typer
from rich.console import Console

from analysis.errors import BadInput
from bot.assembly import assembled, recommendations_of
from bot.blocks.answer import Answer
from bot.cli.cost import operator
from bot.cli.terminal import print_message
from bot.recs_answers import RecsAnswers
from bot.settings import Settings
from handlers.budgets.finding import id_of
from handlers.caller import Caller
from handlers.nearest import did_you_mean, shown
from handlers.recommendations.reading import MOST_ROWS

T = TypeVar("T")
W = TypeVar("W", bound=StrEnum)


def ask(question: Callable[[RecsAnswers, Caller], Awaitable[T]]) -> T:
    """What is answered to the operator."""

    async def asked() -> T:
        settings = Settings()
        async with assembled(settings) as parts:
            answers = RecsAnswers(recommendations_of(parts, "cli"), page=MOST_ROWS)
            return await question(answers, operator(settings.zone_info))

    return asyncio.run(asked())


def tell(
    result: Callable[[RecsAnswers, Caller], Awaitable[object]],
    answer: Callable[[RecsAnswers, Caller], Awaitable[Answer]],
    *,
    as_json: bool,
) -> None:
    """Prints what is answered: for programs, or as people read it.

    Args:
        result: asks for the fields.
        answer: asks for the message.
        as_json: which of the two is asked.
    """
    if as_json:
        typer.echo(json.dumps(ask(result), ensure_ascii=False))
        return
    show(ask(answer))


def show(answer: Answer) -> None:
    """Prints a message as people read it."""
    print_message(answer.without_buttons().payload(), Console())


def day_in(option: str, text: str | None) -> date | None:
    """The day that an option gives.

    Raises:
        BadInput: the calendar has none like that.
    """
    try:
        return None if text is None else date.fromisoformat(text)
    except ValueError:
        raise BadInput(f"{shown(text or '')} is no day.", f"Try {option} 2026-12-01.") from None


def words_in(kind: type[W], texts: Sequence[str], what: str) -> frozenset[W]:
    """The words that an option was given.

    Raises:
        BadInput: one of them is none of `kind`.
    """
    known = {one.value: one for one in kind}
    found: set[W] = set()
    for text in texts:
        word = text.strip().casefold().replace("-", "_")
        if word not in known:
            raise BadInput(f"There is no {what} {shown(text)}.", did_you_mean(word, list(known)))
        found.add(known[word])
    return frozenset(found)


def checked_id(text: str | None) -> str | None:
    """An id that an option was given, whole.

    Raises:
        BadInput: it is none.
    """
    if text is not None and id_of(text) is None:
        raise BadInput(f"{shown(text)} is no id.", "The page before ends with it: see --json.")
    return text
