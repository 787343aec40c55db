"""`costbot import`: files of GPU requests, of LLM usage and of bills (FOCUS) into the mart."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Generator
from datetime import UTC, datetime, timedelta
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Annotated

import typer

from analysis.errors import BadInput
from bot.assembly.importing import imports_opened
from bot.cli.progress import progress_bar
from bot.settings import Settings
from handlers.imports import FocusOptions, ImportRequest, Progress
from queries.dimensions import Source
from queries.sources.focus_placing import FocusMode
from queries.sources.mapping import assignments, listed
from queries.sources.report import ImportReport
from queries.sources.usage import RelativeTime
from queries.sources.usage_models import Counting

app = typer.Typer(
    no_args_is_help=True, help="Import files: CSV, JSON lines or Parquet, also compressed by gzip."
)

_UNITS = {
    "ms": timedelta(milliseconds=1),
    "s": timedelta(seconds=1),
    "min": timedelta(minutes=1),
    "h": timedelta(hours=1),
}

File = Annotated[Path, typer.Argument(help="CSV, JSON lines or Parquet.", show_default=False)]
Maps = Annotated[
    list[str] | None,
    typer.Option("--map", help="COLUMN=NAME: what the file calls a column; repeatable."),
]
Sets = Annotated[
    list[str] | None,
    typer.Option("--set", help="COLUMN=VALUE where the file has none; repeatable."),
]
AsJson = Annotated[bool, typer.Option("--json", help="The report as JSON.")]


@app.command()
def gpu(
    file: File,
    maps: Maps = None,
    sets: Sets = None,
    gpu_hour_rate: Annotated[
        str | None,
        typer.Option(help="USD per GPU hour for rows with gpu_seconds and without row_cost."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Import GPU requests."""
    request = ImportRequest(
        Source.GPU,
        file,
        assignments("--map", maps or ()),
        assignments("--set", sets or ()),
        gpu_hour_rate=_rate(gpu_hour_rate),
    )
    _run(request, as_json=as_json)


@app.command()
def usage(
    file: File,
    maps: Maps = None,
    sets: Sets = None,
    input_includes_cache: Annotated[
        str | None,
        typer.Option(help="yes or no: input_tokens contain cached ones; else as the provider."),
    ] = None,
    output_includes_reasoning: Annotated[
        str | None,
        typer.Option(help="yes or no: output_tokens contain reasoning; else as the provider."),
    ] = None,
    start: Annotated[
        str | None,
        typer.Option(help="The instant that times count from, where they are plain numbers."),
    ] = None,
    unit: Annotated[
        str, typer.Option(help=f"Of times that count from --start: {', '.join(_UNITS)}.")
    ] = "ms",
    as_json: AsJson = False,
) -> None:
    """Import LLM usage, and price it.

    For recommendations a file may carry prompt_hash, prefix_hashes with prefix_block_tokens,
    can_wait and uses: hashes, never prompts.
    """
    request = ImportRequest(
        Source.USAGE,
        file,
        assignments("--map", maps or ()),
        assignments("--set", sets or ()),
        counting=Counting(
            _yes_or_no("--input-includes-cache", input_includes_cache),
            _yes_or_no("--output-includes-reasoning", output_includes_reasoning),
        ),
        relative=_relative(start, unit),
    )
    _run(request, as_json=as_json)


@app.command()
def focus(
    file: File,
    maps: Maps = None,
    sets: Sets = None,
    tags: Annotated[
        list[str] | None,
        typer.Option("--tag", help="DIMENSION=KEY: the tag that fills a dimension; repeatable."),
    ] = None,
    replace: Annotated[
        bool,
        typer.Option("--replace", help="The file takes the place of its bill's days in the mart."),
    ] = False,
    add: Annotated[
        bool, typer.Option("--add", help="The file is a further part of a bill in the mart.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Import a bill in FOCUS, versions 1.0 to 1.2.

    Of which dimension is what: docs/focus.md.
    """
    if replace and add:
        raise BadInput(
            "`--replace` and `--add` contradict each other.",
            "`--replace` where the file corrects what is there, `--add` where it is a part of it.",
        )
    mode = FocusMode.REPLACE if replace else FocusMode.ADD if add else FocusMode.NEW
    request = ImportRequest(
        Source.FOCUS,
        file,
        assignments("--map", maps or ()),
        assignments("--set", sets or ()),
        focus=FocusOptions(assignments("--tag", tags or ()), mode),
    )
    _run(request, as_json=as_json)


def _run(request: ImportRequest, *, as_json: bool) -> None:
    with progress_bar("import") as tell:
        report = asyncio.run(_import(request, tell))
    if as_json:
        typer.echo(json.dumps(report_json(report), ensure_ascii=False))
        return
    for line in report_text(report):
        typer.echo(line)


async def _import(request: ImportRequest, tell: Progress) -> ImportReport:
    async with imports_opened(Settings()) as imports:
        return await imports.import_file(request, tell)


def report_json(report: ImportReport) -> dict[str, object]:
    """The report as JSON: money as decimal strings, unrounded; instants in UTC."""
    return {
        "source": report.source.value,
        "file": str(report.file),
        "read": report.read,
        "taken": report.taken,
        "repeated": report.repeated,
        "restated": report.restated,
        "rejected": report.rejected,
        "reasons": dict(report.reasons),
        "rejects_file": None if report.rejects_file is None else str(report.rejects_file),
        "requests": report.requests,
        "unpriced": report.unpriced,
        "estimated": report.estimated,
        "cost": _plain(report.cost),
        "estimated_cost": _plain(report.estimated_cost),
        "first_time": None if report.first_time is None else report.first_time.isoformat(),
        "last_time": None if report.last_time is None else report.last_time.isoformat(),
        "ignored_columns": list(report.ignored_columns),
        "notes": list(report.notes),
        "seconds": round(report.seconds, 3),
    }


def report_text(report: ImportReport) -> Generator[str]:
    """The closing report, a line each."""
    yield (
        f"{report.file.name}: {report.read:,} rows read, {report.taken:,} taken, "
        f"{report.repeated:,} repeated, {report.rejected:,} rejected, in {report.seconds:.1f} s."
    )
    if report.first_time is not None and report.last_time is not None:
        what = "charges" if report.source is Source.FOCUS else f"{report.requests:,} requests"
        yield (
            f"Taken: {what} from {report.first_time:%Y-%m-%d %H:%M} to "
            f"{report.last_time:%Y-%m-%d %H:%M} UTC, ${report.cost:,.2f}."
        )
    if report.estimated:
        yield (
            f"Estimated: {report.estimated:,} of these requests (${report.estimated_cost:,.2f}) "
            "by the public list genai-prices, because the price list has nothing for them."
        )
    if report.unpriced:
        yield f"Unpriced: {report.unpriced:,} of these requests; their cost is not known."
    if report.restated:
        yield (
            f"Restated: {report.restated:,} of the repeated rows would now cost something else; "
            "what was taken first stays."
        )
    for reason, count in report.reasons.items():
        yield f"Rejected: {count:,} × {reason}."
    if report.rejects_file is not None:
        yield f"The rejected rows, with their lines, are in {report.rejects_file}."
    if report.ignored_columns:
        yield f"Ignored columns: {listed(report.ignored_columns)}."
    yield from report.notes


def _rate(text: str | None) -> Decimal | None:
    if text is None:
        return None
    try:
        rate = Decimal(text)
    except InvalidOperation:
        rate = Decimal("NaN")
    if not rate.is_finite():
        raise BadInput(f"`--gpu-hour-rate {text}` is no amount of dollars.", "Write it as 2.50.")
    return rate


def _relative(start: str | None, unit: str) -> RelativeTime | None:
    if unit not in _UNITS:
        raise BadInput(f"`--unit {unit}` is no unit of time.", f"Write {', '.join(_UNITS)}.")
    if start is None:
        return None
    try:
        instant = datetime.fromisoformat(start)
    except ValueError as error:
        raise BadInput(
            f"`--start {start}` is no instant.", "Write it as 2026-11-01T00:00:00Z."
        ) from error
    if instant.tzinfo is None:
        instant = instant.replace(tzinfo=UTC)
    return RelativeTime(instant, _UNITS[unit])


def _yes_or_no(option: str, text: str | None) -> bool | None:
    match text and text.lower():
        case None | "":
            return None
        case "yes" | "true":
            return True
        case "no" | "false":
            return False
        case _:
            raise BadInput(f"`{option} {text}` is neither yes nor no.", f"Write `{option} no`.")


def _plain(amount: Decimal) -> str:
    """A decimal in plain digits, without the zeros that only its scale put there."""
    text = f"{amount:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
