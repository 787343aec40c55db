"""`costbot audit`: who decided what, written out; what is old, forgotten."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Annotated

import typer

from analysis.clock import system_clock
from analysis.errors import BadInput
from bot.assembly import opened_store
from bot.cli.cost import operator
from bot.settings import Settings
from handlers.audit.fields import AuditFormat, audit_lines
from handlers.audit.reading import AuditHandler, AuditRequest
from handlers.caller import Caller
from handlers.nearest import shown

HELP = "Who decided what, as CSV or JSON lines; `forget` ends what is old."

app = typer.Typer(help=HELP)


@app.callback(invoke_without_command=True)
def audit(
    context: typer.Context,
    since: Annotated[
        str | None,
        typer.Option(help="From this UTC day, YYYY-MM-DD, or this instant on."),
    ] = None,
    until: Annotated[
        str | None, typer.Option(help="Up to this UTC day, included, or before this instant.")
    ] = None,
    organization: Annotated[str | None, typer.Option(help="Within this one alone.")] = None,
    action: Annotated[
        str | None, typer.Option(help="Only this, such as budget.edit, or all of budget.")
    ] = None,
    after: Annotated[
        int, typer.Option(min=0, help="Only what follows on the decision of this number.")
    ] = 0,
    file_format: Annotated[
        AuditFormat | None,
        typer.Option("--format", help="Without it, as the file's name ends; else csv."),
    ] = None,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="A file; replaced if there.")
    ] = None,
) -> None:
    """Who decided what, as CSV or JSON lines; `forget` ends what is old."""
    if context.invoked_subcommand is not None:
        return
    request = AuditRequest(organization, _from(since), _until(until), action)
    written = file_format or _format_of(output)
    if output is None:
        asyncio.run(_write(request, after, written, sys.stdout.write))
        return
    # As a whole or not at all: half a trail looks like one.
    part = output.with_name(f"{output.name}.part")
    try:
        with part.open("w", encoding="utf-8", newline="") as file:
            lines = asyncio.run(_write(request, after, written, file.write))
        part.replace(output)
    except OSError as error:
        sentence = f"{output} cannot be written: {error.strerror}."
        raise BadInput(sentence, "Name a file in a folder that can be written.") from error
    finally:
        part.unlink(missing_ok=True)
    decisions = lines - (written is AuditFormat.CSV)
    typer.echo(f"{output}: {decisions:,} decision{'' if decisions == 1 else 's'}.")


@app.command()
def forget(
    before: Annotated[str, typer.Option(help="The first UTC day that is kept, YYYY-MM-DD.")],
    yes: Annotated[bool, typer.Option("--yes", help="Without asking.")] = False,
) -> None:
    """Forget what was decided before a day, at least 800 days ago; the trail says that it was."""
    first = _day(before)
    if not yes:
        typer.confirm(f"Forget all that was decided before {first}, for good?", abort=True)

    async def forgotten() -> int:
        async with _opened() as (handler, caller):
            return await handler.forget(first, caller)

    gone = asyncio.run(forgotten())
    typer.echo(f"Forgotten: {gone:,} decision{'' if gone == 1 else 's'} before {first} UTC.")


async def _write(
    request: AuditRequest, after: int, file_format: AuditFormat, write: Callable[[str], object]
) -> int:
    """Writes the decisions; returns how many lines that were."""
    lines = 0
    async with _opened() as (handler, caller):
        async for line in audit_lines(handler.stream(request, caller, after=after), file_format):
            write(line)
            lines += 1
    return lines


@asynccontextmanager
async def _opened() -> AsyncGenerator[tuple[AuditHandler, Caller]]:
    settings = Settings()
    async with opened_store(settings) as store:
        yield AuditHandler(store, system_clock, "cli"), operator(settings.zone_info)


def _format_of(output: Path | None) -> AuditFormat:
    is_json = output is not None and output.suffix.lower() in (".jsonl", ".ndjson", ".json")
    return AuditFormat.JSONL if is_json else AuditFormat.CSV


def _from(text: str | None) -> datetime | None:
    return None if text is None else _instant(text, timedelta())


def _until(text: str | None) -> datetime | None:
    """The first instant that does not count: of a day, the end of it."""
    return None if text is None else _instant(text, timedelta(days=1))


def _instant(text: str, of_a_day: timedelta) -> datetime:
    try:
        if len(text) == len("2026-11-20"):
            return datetime.combine(_day(text) + of_a_day, datetime.min.time(), UTC)
        instant = datetime.fromisoformat(text)
    except (ValueError, OverflowError):
        raise _no_instant(text) from None
    if instant.tzinfo is None:
        raise _no_instant(text)
    return instant.astimezone(UTC)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise BadInput(f"{shown(text)} is no day.", "Write it as 2026-10-01.") from None


def _no_instant(text: str) -> BadInput:
    hint = "Write 2026-10-01, or an instant with its offset: 2026-10-01T09:00:00Z."
    return BadInput(f"{shown(text)} is neither a day nor an instant.", hint)
