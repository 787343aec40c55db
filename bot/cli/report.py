"""`costbot report`: every query over a week, and what they say, in the terminal or as files."""

from __future__ import annotations

import asyncio
import json
from datetime import date
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from analysis.errors import BadInput
from bot.assembly import assembled
from bot.blocks.report import preview_answer
from bot.cli.cost import operator
from bot.cli.query import query_json
from bot.cli.terminal import print_message
from bot.query_csv import query_csv
from bot.report_text import report_page
from bot.settings import Settings
from handlers.report import Part, Report, ReportRequest

PAGE = "report.md"


def report(
    as_of: Annotated[
        str | None,
        typer.Option(help="Last UTC day of the report, YYYY-MM-DD; without it, yesterday."),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(help=f"Folder for {PAGE} and a CSV file for each query."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="The result as JSON.")] = False,
) -> None:
    """All queries over the week up to a day, and what they say."""
    made = asyncio.run(_make(Settings(), ReportRequest(_day(as_of))))
    written = [] if out is None else _write(made, out)
    if as_json:
        typer.echo(json.dumps(report_json(made), ensure_ascii=False))
    else:
        print_message(preview_answer(made).without_buttons().payload(), Console())
    for path in written:
        typer.echo(str(path), err=True)


def _day(text: str | None) -> date | None:
    try:
        return None if text is None else date.fromisoformat(text)
    except ValueError:
        raise BadInput(f"{text} is no day.", "Write it as --as-of 2024-12-07.") from None


async def _make(settings: Settings, request: ReportRequest) -> Report:
    async with assembled(settings) as parts:
        return await parts.handlers.report.report(request, operator(settings.zone_info))


def _write(made: Report, folder: Path) -> list[Path]:
    """The page, and a file for each part that has rows.

    Raises:
        BadInput: the folder cannot be written.
    """
    files = {PAGE: report_page(made)}
    for part in made.parts:
        if part.result is not None and part.result.rows:
            file = query_csv(part.result)
            files[file.name] = file.content
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, content in files.items():
            # The lines of a CSV file end as it says, on every system.
            (folder / name).write_text(content, encoding="utf-8", newline="")
    except OSError as error:
        sentence = f"The folder {folder} cannot be written: {error.strerror}."
        raise BadInput(sentence, "Name another: --out report.") from error
    return [folder / name for name in files]


def report_json(made: Report) -> dict[str, object]:
    """The report as JSON: sentences, and each part as `costbot query` gives it."""
    words = made.overview
    return {
        "day": made.day.isoformat(),
        "title": words.title,
        "headline": [line.text for line in words.headline],
        "sections": [
            {
                "title": section.title,
                "lines": [
                    {"text": line.text, "flagged": line.is_flagged} for line in section.lines
                ],
            }
            for section in words.sections
        ],
        "parts": [_part_json(part) for part in made.parts],
    }


def _part_json(part: Part) -> dict[str, object]:
    if part.result is None:
        return {"query": part.template.name, "error": part.failure}
    return query_json(part.result)
