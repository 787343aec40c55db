"""`costbot incidents`: what is in trouble, or was lately."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from bot.assembly import assembled
from bot.cli.cost import operator
from bot.settings import Settings
from handlers.incidents.telling import story_of
from storage.records.incident import Incident

app = typer.Typer(no_args_is_help=True, help="What is in trouble, or was lately.")


@app.callback()
def root() -> None:
    """What is in trouble, or was lately."""


@app.command("list")
def list_incidents(
    days: Annotated[
        int, typer.Option(min=0, max=400, help="With those closed in so many days.")
    ] = 0,
    as_json: Annotated[bool, typer.Option("--json", help="The list as JSON.")] = False,
) -> None:
    """The open incidents of everybody, the worst first."""
    found = asyncio.run(_listed(Settings(), days))
    if as_json:
        typer.echo(json.dumps([incident_json(one) for one in found], ensure_ascii=False))
    elif found:
        Console().print(_table(found))
    else:
        typer.echo("No incident is open.")


async def _listed(settings: Settings, days: int) -> list[Incident]:
    from bot.assembly.incidents import incident_desk_of

    async with assembled(settings) as parts:
        desk, caller = incident_desk_of(parts, "cli"), operator(settings.zone_info)
        closed = await desk.recent(caller, days) if days else []
        return [*await desk.open_incidents(caller), *closed]


def incident_json(incident: Incident) -> dict[str, object]:
    """An incident for machines."""
    story = story_of(incident)
    instants = ("opened_at", "closed_at", "told_at", "acknowledged_at", "muted_until")
    return {
        "id": str(incident.id),
        "subject": incident.subject,
        "kind": incident.kind,
        "organization": incident.organization,
        "about_organization": incident.about_organization,
        "product": incident.product,
        "level": incident.level,
        "worst": incident.worst,
        "level_told": incident.level_told,
        "day": None if incident.day is None else str(incident.day),
        "usd_a_day": str(incident.usd),
        "usd_in_all": str(incident.usd_in_all),
        "title": story.title,
        "summary": story.summary,
        "label": incident.label,
        "note": incident.note,
        **{
            name: None if (at := getattr(incident, name)) is None else at.isoformat()
            for name in instants
        },
    }


def _table(found: Sequence[Incident]) -> Table:
    table = Table("Since (UTC)", "Level", "What", "USD a day", "Closed (UTC)", "Id")
    for one in found:
        table.add_row(
            f"{one.opened_at:%Y-%m-%d %H:%M}",
            one.level,
            story_of(one).title,
            f"{one.usd:,.2f}",
            "" if one.closed_at is None else f"{one.closed_at:%Y-%m-%d %H:%M}",
            str(one.id),
        )
    return table
