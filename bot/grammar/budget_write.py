"""A command of `/budget`, written as the text that asks exactly this: what a button carries."""

from __future__ import annotations

import re
from datetime import date

from bot.grammar.budget_commands import (
    BudgetCreateCommand,
    BudgetDecideCommand,
    BudgetDeleteCommand,
    BudgetEditCommand,
    BudgetHelpCommand,
    BudgetHistoryCommand,
    BudgetListCommand,
    BudgetPauseCommand,
    BudgetRaiseCommand,
    BudgetResumeCommand,
    BudgetShowCommand,
    BudgetStatusCommand,
    BudgetUndoCommand,
)
from bot.grammar.budget_form import AMOUNT, write_form
from bot.grammar.command import Command
from bot.grammar.tokens import Token, join
from handlers.budgets.finding import id_of
from handlers.budgets.requests import DecideRaiseRequest, ListRequest, RaiseRequest, Which

DECISIONS = {"approve": "approved", "reject": "rejected", "withdraw": "withdrawn"}
"""The words that decide on a raise, and what they decide."""

_PLAIN = re.compile(r"[A-Za-z0-9._/:@-]+", re.ASCII)


def write_budget(command: Command) -> str:
    """The text, to be typed after `/budget`.

    Raises:
        TypeError: it is no command of `/budget`.
    """
    match command:
        case BudgetHelpCommand():
            return "help"
        case BudgetListCommand(request=request):
            return _list(request)
        case BudgetCreateCommand(request=request):
            return "create" if request is None else f"create {write_form(request.form)}"
        case BudgetEditCommand(request=request):
            form = write_form(request.form)
            return f"edit {_named(request.which)}{' ' if form else ''}{form}"
        case BudgetRaiseCommand(which=which, request=request):
            return f"raise {_named(which)}{_raise(request)}"
        case BudgetDecideCommand(request=request):
            return _decision(request)
        case BudgetUndoCommand(request=request):
            return f"undo {request.key}"
        case _:
            return _of_one(command)


def _of_one(command: Command) -> str:
    match command:
        case BudgetShowCommand(request=request):
            return f"show {_named(request.which)}{_dated('on', request.as_of)}"
        case BudgetStatusCommand(request=request):
            return f"status {_named(request.which)}{_dated('on', request.as_of)}"
        case BudgetHistoryCommand(request=request):
            page = "" if request.before is None else f" before {request.before}"
            return f"history {_named(request.which)}{page}"
        case BudgetPauseCommand(request=request):
            return f"pause {_named(request.which)}{_dated('until', request.until)}"
        case BudgetResumeCommand(request=request):
            return f"resume {_named(request.which)}"
        case BudgetDeleteCommand(request=request):
            return f"delete {_named(request.which)}"
        case _:
            message = f"{type(command).__name__} is no command of /budget"
            raise TypeError(message)


def _decision(request: DecideRaiseRequest) -> str:
    words = {decision: word for word, decision in DECISIONS.items()}
    because = f" because {request.reason}" if request.reason else ""
    return f"{words[request.decision]} {request.key}{because}"


def _named(which: Which) -> str:
    words = [Token(which.name, quoted=not id_of(which.name))]
    if which.organization is not None:
        plain = bool(_PLAIN.fullmatch(which.organization))
        words += [Token("org"), Token(which.organization, quoted=not plain)]
    return join(words)


def _dated(word: str, day: date | None) -> str:
    return "" if day is None else f" {word} {day}"


def _list(request: ListRequest) -> str:
    words = [Token("list")]
    if request.containing:
        words.append(Token(request.containing, quoted=True))
    if request.organization is not None:
        words += [Token("org"), Token(request.organization, quoted=True)]
    if request.after is not None:
        words += [Token("after"), Token(str(request.after))]
    return join(words)


def _raise(request: RaiseRequest | None) -> str:
    if request is None:
        return ""
    amount = request.amount.replace(" ", "")
    text = f" {amount if AMOUNT.fullmatch(amount) else 'amount'}"
    text += _dated("from", request.first_day) + _dated("until", request.last_day)
    return f"{text} because {request.reason}" if request.reason else text
