"""`costbot statement`: what a month cost each organization, the rule, and closing a month."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from analysis.errors import BadInput
from bot.assembly import assembled
from bot.blocks.answer import Answer
from bot.blocks.statement import statement_answer
from bot.blocks.statement_decisions import (
    close_preview_answer,
    closed_answer,
    closed_months_answer,
    rule_answer,
)
from bot.cli.cost import operator
from bot.cli.terminal import print_message
from bot.cli.typed import tokens_of
from bot.grammar.command import Command
from bot.grammar.statement import (
    StatementCloseCommand,
    StatementCommand,
    StatementListCommand,
    StatementRuleCommand,
    parse_statement,
)
from bot.settings import Settings
from bot.statement_csv import statement_csv
from bot.statement_json import listed_json, rule_json, statement_json
from bot.statement_page import statement_page
from handlers.caller import Caller
from handlers.showback.handlers import ShowbackHandlers
from handlers.showback.months import written
from handlers.showback.results import MonthStatement

Asked = tuple[Answer, object, MonthStatement | None]


def statement(
    words: Annotated[
        list[str] | None,
        typer.Argument(
            help="2026-10 org acme, rule even, close 2026-10 or list; without: the last month."
        ),
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Close the month, after it is shown.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="The result as JSON.")] = False,
    as_csv: Annotated[bool, typer.Option("--csv", help="Every line as CSV.")] = False,
    html: Annotated[
        Path | None, typer.Option("--html", help="Write a page that prints to this file.")
    ] = None,
) -> None:
    """What a month cost each organization; the rule, closing a month."""
    command = parse_statement(tokens_of(words or []))
    if yes and not isinstance(command, StatementCloseCommand):
        raise BadInput("Only closing asks for --yes.", "Try `costbot statement close 2026-10`.")
    as_csv = as_csv or command.csv
    answer, fields, shown = asyncio.run(_asked(Settings(), command, yes=yes))
    if (as_csv or html is not None) and shown is None:
        raise BadInput("There is no file of that.", "Try `costbot statement 2026-10 --csv`.")
    if html is not None and shown is not None:
        _write(html, statement_page(shown))
    if as_json:
        typer.echo(json.dumps(fields, ensure_ascii=False))
    elif as_csv and shown is not None:
        typer.echo(statement_csv(shown).content, nl=False)
    elif html is None:
        print_message(answer.without_buttons().payload(), Console())
        if isinstance(command, StatementCloseCommand) and not yes and not command.digest:
            typer.echo(f"To close it: costbot statement close {written(command.month)} --yes")


async def _asked(settings: Settings, command: Command, *, yes: bool) -> Asked:
    caller = operator(settings.zone_info)
    async with assembled(settings) as parts:
        showback = parts.handlers.showback
        match command:
            case StatementRuleCommand(rule=rule, from_month=from_month):
                result = (
                    await showback.rules.show(caller)
                    if rule is None
                    else await showback.rules.set(rule, from_month, caller, "cli")
                )
                return rule_answer(result), rule_json(result), None
            case StatementCloseCommand():
                return await _close(showback, command, caller, yes=yes)
            case StatementListCommand():
                listed = await showback.statements.list(caller)
                return closed_months_answer(listed, caller), listed_json(listed), None
            case StatementCommand(request=request):
                found = await showback.statements.statement(request, caller)
                return statement_answer(found, caller), statement_json(found), found
            case _:
                message = f"no command of statements: {command}"
                raise AssertionError(message)


async def _close(
    showback: ShowbackHandlers, command: StatementCloseCommand, caller: Caller, *, yes: bool
) -> Asked:
    month, digest = command.month, command.digest
    if not digest:
        preview = await showback.closing.preview(month, caller)
        fields = {**statement_json(preview.statement), "digest": preview.digest}
        if not yes:
            return close_preview_answer(preview), fields, preview.statement
        digest = preview.digest
    closed = await showback.closing.close(month, digest, caller, "cli")
    fields = {
        "month": written(closed.month),
        "infrastructure": f"{closed.infrastructure:f}",
        "not_charged": f"{closed.not_charged:f}",
        "corrected": f"{closed.corrected:f}",
        "closed_at": closed.at.isoformat(),
        "digest": closed.digest,
    }
    return closed_answer(closed), fields, None


def _write(path: Path, page: str) -> None:
    """The page, in its file.

    Raises:
        BadInput: it cannot be written.
    """
    try:
        path.write_text(page, encoding="utf-8")
    except OSError as error:
        sentence = f"The file {path} cannot be written: {error.strerror}."
        raise BadInput(sentence, "Name another: --html statement.html.") from error
    typer.echo(str(path), err=True)
