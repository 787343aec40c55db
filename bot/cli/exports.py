"""`costbot export`: costs as files for other systems."""

from __future__ import annotations

import asyncio
import json
from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from analysis.errors import BadInput
from bot.assembly.focus_export import focus_export_of
from bot.cli.cost import operator
from bot.settings import Settings
from handlers.focus_export import ACCOUNT, FocusExport, FocusExportRequest
from queries.focus_export.columns import VERSION
from queries.focus_export.writing import FileFormat

app = typer.Typer(no_args_is_help=True, help="Write costs as files for other systems: FOCUS.")


@app.callback()
def exports() -> None:
    """Write costs as files for other systems: FOCUS."""


@app.command()
def focus(
    file: Annotated[Path, typer.Argument(help="Where to; replaced if there.", show_default=False)],
    first: Annotated[str, typer.Option("--from", help="First UTC day, YYYY-MM-DD.")],
    last: Annotated[str, typer.Option("--to", help="Last UTC day, included.")],
    organization: Annotated[str | None, typer.Option("--org", help="Of one alone.")] = None,
    file_format: Annotated[
        FileFormat | None,
        typer.Option("--format", help="Without it, as the file's name ends; else csv."),
    ] = None,
    account: Annotated[
        str, typer.Option(help="BillingAccountId: who is billed for all of it.")
    ] = ACCOUNT,
    as_json: Annotated[bool, typer.Option("--json", help="What was written, as JSON.")] = False,
) -> None:
    """Write costs in FOCUS 1.2: a row for each UTC day, source and combination of dimensions."""
    settings = Settings()
    written = FileFormat.PARQUET if file.suffix.lower() == ".parquet" else FileFormat.CSV
    request = FocusExportRequest(
        _day(first), _day(last), file, file_format or written, organization, account
    )
    export = asyncio.run(focus_export_of(settings).export(request, operator(settings.zone_info)))
    if as_json:
        typer.echo(json.dumps(export_json(export), ensure_ascii=False))
        return
    totals = export.totals
    typer.echo(
        f"{file}: {totals.rows:,} rows in FOCUS {VERSION}, {request.first} to {request.last} UTC."
    )
    typer.echo(
        f"BilledCost ${totals.billed:,.2f} (infrastructure), "
        f"EffectiveCost ${totals.effective:,.2f} (fully loaded)."
    )
    if totals.unpriced_requests:
        typer.echo(
            f"Unpriced: {totals.unpriced_requests:,} requests; their cost is not known, and stands "
            "as 0 in rows whose x_UnpricedRequests say so."
        )


def export_json(export: FocusExport) -> dict[str, object]:
    """What was written as JSON: money as decimal strings, unrounded."""
    return {
        "file": str(export.request.target),
        "format": export.request.format.value,
        "focus_version": VERSION,
        "first_day": export.request.first.isoformat(),
        "last_day": export.request.last.isoformat(),
        "organization": export.request.organization,
        "dimensions": list(export.dimensions),
        "rows": export.totals.rows,
        "billed_cost": f"{export.totals.billed:f}",
        "effective_cost": f"{export.totals.effective:f}",
        "unpriced_requests": export.totals.unpriced_requests,
    }


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise BadInput(f"{text} is no day.", "Write it as 2026-10-01.") from None
