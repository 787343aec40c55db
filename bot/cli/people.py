"""`costbot people`: whom costbot answers, and how far they reach."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from bot.cli.cost import operator
from bot.settings import Settings
from handlers.people import NewPerson, PeopleHandler, PersonDefaults
from storage.records.person import Person

app = typer.Typer(no_args_is_help=True, help="Whom costbot answers, and how far they reach.")

Team = Annotated[str, typer.Option(help="The Slack workspace's id, T….")]
User = Annotated[str, typer.Argument(help="The person's Slack member id, U….")]


@app.command()
def add(
    user: User,
    team: Team,
    role: Annotated[str, typer.Option(help="user, org_admin or admin.")] = "user",
    organization: Annotated[
        str | None, typer.Option(help="The one that the person sees; admins see all.")
    ] = None,
    name: Annotated[str, typer.Option(help="How the person is called.")] = "",
    zone: Annotated[str | None, typer.Option(help="IANA zone in which their days begin.")] = None,
) -> None:
    """List a person; who is listed already is changed."""
    new = NewPerson(team, user, role, organization, name, zone)
    person = asyncio.run(_added(Settings(), new))
    typer.echo(f"{person.name} is {_reach(person)}, with days in {person.zone.key}.")


@app.command("list")
def list_people(
    team: Annotated[str | None, typer.Option(help="Only of this workspace.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="The list as JSON.")] = False,
) -> None:
    """Who is listed."""
    people = asyncio.run(_listed(Settings(), team))
    if as_json:
        typer.echo(json.dumps([person_json(person) for person in people], ensure_ascii=False))
    elif people:
        Console().print(_table(people), markup=False)
    else:
        typer.echo("Nobody is listed. `costbot people add --help` shows how to.")


@app.command()
def remove(user: User, team: Team) -> None:
    """Take a person off the list; from then on they are a stranger."""
    asyncio.run(_removed(Settings(), team, user))
    typer.echo(f"{user} is no longer listed.")


@asynccontextmanager
async def _handler(settings: Settings) -> AsyncGenerator[PeopleHandler]:
    from bot.assembly import opened_store

    async with opened_store(settings) as store:
        yield PeopleHandler(store.people, PersonDefaults(settings.zone_info))


async def _added(settings: Settings, new: NewPerson) -> Person:
    async with _handler(settings) as people:
        return await people.add(new, operator(settings.zone_info))


async def _listed(settings: Settings, team: str | None) -> list[Person]:
    async with _handler(settings) as people:
        return await people.listed(operator(settings.zone_info), team)


async def _removed(settings: Settings, team: str, user: str) -> None:
    async with _handler(settings) as people:
        await people.remove(team, user, operator(settings.zone_info))


def person_json(person: Person) -> dict[str, object]:
    """A person as JSON."""
    return {
        "team": person.team_id,
        "user": person.user_id,
        "name": person.name,
        "organization": person.organization,
        "role": person.role.value,
        "zone": person.zone.key,
        "active": person.active,
    }


def _reach(person: Person) -> str:
    if person.organization is None:
        return f"{person.role.label} of all organizations"
    return f"{person.role.label} of {person.organization}"


def _table(people: list[Person]) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold")
    for heading in ("workspace", "member", "name", "role", "organization", "zone"):
        table.add_column(heading)
    for person in people:
        table.add_row(
            person.team_id,
            person.user_id,
            person.name,
            person.role.label if person.active else f"{person.role.label} (switched off)",
            person.organization or "all",
            person.zone.key,
        )
    return table
