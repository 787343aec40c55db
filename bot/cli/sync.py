"""`costbot sync`: the mart brought up to date from BigQuery."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from collections.abc import Generator
from datetime import date
from decimal import Decimal
from itertools import groupby
from typing import Annotated

import typer

from analysis.errors import BadInput
from analysis.written import money, plural, size
from bot.cli.progress import progress_bar
from bot.settings import Settings
from bot.warehouse import sync_opened
from handlers.sync import SyncRequest
from queries.mart.restatement import DayFigures, DayReplacement
from queries.sync.plan import PlannedDay
from queries.sync.report import SyncPreview, SyncReport

MOST_RESTATED = 20
"""So many restated days are listed; the rest is counted."""


def sync(
    full: Annotated[bool, typer.Option("--full", help="Read every day, changed or not.")] = False,
    first: Annotated[
        str | None, typer.Option("--from", help="First day to read anew, YYYY-MM-DD.")
    ] = None,
    last: Annotated[str | None, typer.Option("--to", help="Last day, included.")] = None,
    replace_files: Annotated[
        bool,
        typer.Option("--replace-files", help="Replace days, too, that come from imported files."),
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say which days would be read, and how many bytes.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="The report as JSON.")] = False,
) -> None:
    """Bring the mart up to date from BigQuery: the days that changed, and the last few."""
    if full and (first or last):
        raise BadInput("`--full` reads every day already.", "Leave `--from` and `--to` out.")
    request = SyncRequest(replace_files, full, _days(first, last))
    if dry_run:
        preview = asyncio.run(_preview(request))
        if as_json:
            typer.echo(json.dumps(preview_json(preview), ensure_ascii=False))
        else:
            typer.echo("\n".join(preview_text(preview)))
        return
    report = asyncio.run(_sync(request))
    if as_json:
        typer.echo(json.dumps(report_json(report), ensure_ascii=False))
    else:
        typer.echo("\n".join(report_text(report)))


async def _preview(request: SyncRequest) -> SyncPreview:
    async with sync_opened(Settings()) as handler:
        return await handler.preview(request)


async def _sync(request: SyncRequest) -> SyncReport:
    async with sync_opened(Settings()) as handler:
        with progress_bar("sync") as tell:
            return await handler.sync(request, tell)


def _days(first: str | None, last: str | None) -> tuple[date, date] | None:
    if first is None and last is None:
        return None
    if first is None or last is None:
        raise BadInput("A stretch of days has two ends.", "Say both: --from and --to.")
    return _day("--from", first), _day("--to", last)


def _day(option: str, text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise BadInput(f"`{option} {text}` is no day.", f"Write `{option} 2026-01-31`.") from None


def preview_text(preview: SyncPreview) -> Generator[str]:
    """What a sync would do, a line each."""
    plan = preview.plan
    total = sum(preview.bytes.values())
    if not plan.read and not plan.emptied:
        yield f"{preview.table}: nothing has changed; no day would be read."
    else:
        yield (
            f"{preview.table}: {plural(len(plan.read), 'day')} would be read by "
            f"{plural(len(preview.bytes), 'query', 'queries')}, {size(total)} in all; "
            f"{plural(len(plan.skipped), 'day')} unchanged."
        )
    for reason, days in groupby(plan.read, key=lambda planned: planned.reason):
        some = sorted(days, key=lambda planned: planned.day)
        yield f"  {_stretch(some)}: {reason}, {sum(day.partition.rows for day in some):,} rows"
    for day in plan.emptied:
        yield f"  {day}: gone from BigQuery, would be emptied"
    if plan.from_files:
        yield (
            f"{plural(len(plan.from_files), 'day')} come from imported files: a sync stops there "
            "without `--replace-files`."
        )
    yield from _without_day(preview.rows_without_day)


def _stretch(days: list[PlannedDay]) -> str:
    if len(days) == 1:
        return str(days[0].day)
    return f"{days[0].day} to {days[-1].day} ({len(days)} days)"


def report_text(report: SyncReport) -> Generator[str]:
    """The closing report, a line each."""
    did = report.did
    yield (
        f"{report.table}: {plural(did.days_read, 'day')} read "
        f"({did.days_new:,} new, {did.days_unchanged:,} unchanged), "
        f"{did.days_skipped:,} not read because nothing had changed, in {report.seconds:.1f} s."
    )
    if did.table_rows:
        yield f"Rows: {did.table_rows:,} of the table, {did.lines:,} in the mart."
    if did.days_emptied:
        yield f"Emptied: {plural(did.days_emptied, 'day')} that BigQuery has no more."
    yield from _restated(did.restated)
    if did.unpriced_rows:
        told = ", ".join(f"{rows:,} {category}" for category, rows in did.unpriced_rows.items())
        yield (
            f"Without a usable cost (NULL, not a number or negative): {told} rows; "
            "their cost is not known."
        )
    if did.unknown_category_rows:
        yield (
            f"Without a cost category: {did.unknown_category_rows:,} rows, kept as unknown; "
            "they count as infrastructure alone."
        )
    yield from _without_day(did.rows_without_day)
    yield f"BigQuery bills {size(did.bytes_billed)} for it."


def _restated(days: list[DayReplacement]) -> Generator[str]:
    if not days:
        return
    yield f"Restated: {plural(len(days), 'day')} that had been over."
    for change in sorted(days, key=lambda one: one.day, reverse=True)[:MOST_RESTATED]:
        before, after = change.before or DayFigures(), change.after or DayFigures()
        loaded = _moved(before.fully_loaded, after.fully_loaded)
        infrastructure = _moved(before.infrastructure, after.infrastructure)
        requests = f"{before.requests:,} → {after.requests:,}"
        yield (
            f"  {change.day}: fully loaded {loaded}, infrastructure {infrastructure}, "
            f"requests {requests}"
        )
    if len(days) > MOST_RESTATED:
        yield f"  and {len(days) - MOST_RESTATED:,} more: `costbot sync --json` has all."


def _moved(before: Decimal, after: Decimal) -> str:
    return f"{money(before)} → {money(after)} ({money(after - before, sign=True)})"


def _without_day(rows: int) -> Generator[str]:
    if rows:
        yield (
            f"Without a day: {rows:,} rows of the table are in its partition __NULL__; "
            "no query that names days sees them, and the mart has none of them."
        )


def preview_json(preview: SyncPreview) -> dict[str, object]:
    """What a sync would do, as JSON."""
    plan = preview.plan
    return {
        "table": preview.table,
        "days": [
            {
                "day": planned.day.isoformat(),
                "reason": planned.reason.value,
                "rows": planned.partition.rows,
            }
            for planned in plan.read
        ],
        "reasons": dict(Counter(planned.reason.value for planned in plan.read)),
        "emptied": [day.isoformat() for day in plan.emptied],
        "unchanged": len(plan.skipped),
        "from_files": [day.isoformat() for day in plan.from_files],
        "queries": len(preview.bytes),
        "bytes": sum(preview.bytes.values()),
        "rows_without_day": preview.rows_without_day,
    }


def report_json(report: SyncReport) -> dict[str, object]:
    """The report as JSON: money as decimal strings, unrounded."""
    did = report.did
    return {
        "table": report.table,
        "begun_at": report.begun_at.isoformat(),
        "days_read": did.days_read,
        "days_new": did.days_new,
        "days_unchanged": did.days_unchanged,
        "days_emptied": did.days_emptied,
        "days_skipped": did.days_skipped,
        "restated": [_restated_json(change) for change in did.restated],
        "table_rows": did.table_rows,
        "rows": did.lines,
        "unpriced_rows": did.unpriced_rows,
        "unknown_category_rows": did.unknown_category_rows,
        "rows_without_day": did.rows_without_day,
        "bytes_billed": did.bytes_billed,
        "seconds": round(report.seconds, 3),
    }


def _restated_json(change: DayReplacement) -> dict[str, object]:
    before, after = change.before or DayFigures(), change.after or DayFigures()
    return {
        "day": change.day.isoformat(),
        "requests_before": before.requests,
        "requests_after": after.requests,
        "fully_loaded_before": _plain(before.fully_loaded),
        "fully_loaded_after": _plain(after.fully_loaded),
        "infrastructure_before": _plain(before.infrastructure),
        "infrastructure_after": _plain(after.infrastructure),
    }


def _plain(amount: Decimal) -> str:
    """A decimal in plain digits, without the zeros that only its scale put there."""
    text = f"{amount:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
