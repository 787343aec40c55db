"""Asking the handlers of budgets from the terminal, and telling what they answer."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import TypeVar
from uuid import UUID

import typer
from rich.console import Console

from analysis.errors import BadInput
from bot.assembly import assembled, budgets_of
from bot.blocks.answer import Answer
from bot.cli.cost import operator
from bot.cli.terminal import print_message
from bot.settings import Settings
from handlers.budgets.finding import id_of
from handlers.budgets.handlers import BudgetHandlers
from handlers.caller import Caller
from handlers.nearest import shown

T = TypeVar("T")


def ask(question: Callable[[BudgetHandlers, Caller], Awaitable[T]]) -> T:
    """What the handlers answer the operator."""

    async def asked() -> T:
        settings = Settings()
        async with assembled(settings) as parts:
            return await question(budgets_of(parts, "cli"), operator(settings.zone_info))

    return asyncio.run(asked())


def tell(result: object, answer: Callable[[Caller], Answer], *, as_json: bool) -> None:
    """Prints an answer: for programs, or as people read it."""
    if as_json:
        typer.echo(json.dumps(result, ensure_ascii=False))
        return
    show(answer(operator(Settings().zone_info)))


def show(answer: Answer) -> None:
    """Prints an answer as people read it."""
    print_message(answer.without_buttons().payload(), Console())


def key_of(text: str) -> UUID:
    """The id that was given.

    Raises:
        BadInput: it is none.
    """
    key = id_of(text)
    if key is None:
        hint = "`costbot budget show NAME --json` has them."
        raise BadInput(f"{shown(text)} is no id.", hint)
    return key
