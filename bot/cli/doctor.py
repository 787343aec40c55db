"""`costbot doctor`: a line for everything that was looked at, with the cure of what is wrong."""

from __future__ import annotations

import asyncio
import json
from typing import Annotated

import typer
from pydantic import ValidationError
from rich.console import Console
from rich.table import Table
from rich.text import Text

from analysis.checks import Check, Level
from analysis.written import plural
from bot.settings import Settings
from handlers.doctor import Examination

_MARKS = {
    Level.OK: Text("✓", style="green"),
    Level.WARNING: Text("!", style="yellow"),
    Level.FAULT: Text("✗", style="bold red"),
}


def doctor(
    as_json: Annotated[bool, typer.Option("--json", help="The checks as JSON.")] = False,
) -> None:
    """What is wrong with this deployment, and what to do about it."""
    examination = asyncio.run(_examined())
    if as_json:
        typer.echo(json.dumps(examination_json(examination), ensure_ascii=False))
    else:
        console = Console()
        console.print(_table(examination))
        console.print(Text(summary(examination)))
    if not examination.is_well:
        raise typer.Exit(1)


async def _examined() -> Examination:
    from bot.doctor import doctor_opened, faults_of_settings

    try:
        settings = Settings()
    except ValidationError as error:
        return Examination(tuple(faults_of_settings(error)))
    async with doctor_opened(settings) as handler:
        return await handler.examine()


def examination_json(examination: Examination) -> dict[str, object]:
    """The checks as JSON, in the order in which they were made."""
    return {
        "ok": examination.is_well,
        "faults": examination.of(Level.FAULT),
        "warnings": examination.of(Level.WARNING),
        "checks": [
            {
                "name": check.name,
                "level": check.level.value,
                "sentence": check.sentence,
                "cure": check.cure,
            }
            for check in examination.checks
        ],
    }


def summary(examination: Examination) -> str:
    """How it ended, in a sentence."""
    faults, warnings = examination.of(Level.FAULT), examination.of(Level.WARNING)
    checks = plural(len(examination.checks), "check")
    if not faults and not warnings:
        return f"{checks}: all is well."
    return f"{checks}: {plural(faults, 'fault')}, {plural(warnings, 'warning')}."


def _table(examination: Examination) -> Table:
    table = Table.grid(padding=(0, 1))
    table.add_column()
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    for check in examination.checks:
        table.add_row(_MARKS[check.level], Text(check.name), _told(check))
    return table


def line_of(check: Check) -> Text:
    """One check on lines of its own: the mark, what was looked at, what was found, the cure."""
    head = Text.assemble(_MARKS[check.level], " ", (check.name, "bold"), " ", check.sentence)
    if check.cure:
        head.append(f"\n  → {check.cure}", style="cyan")
    return head


def _told(check: Check) -> Text:
    told = Text(check.sentence)
    if check.cure:
        told.append(f"\n→ {check.cure}", style="cyan")
    return told
