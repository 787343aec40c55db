"""`costbot people`: whom costbot answers, alone or by user group, and how far they reach."""

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
from handlers.people import NewPerson, PeopleHandler
from handlers.user_groups import NewGroup, UserGroupHandler
from storage.records.person import Person
from storage.records.user_group import UserGroup
from storage.store import Store

app = typer.Typer(no_args_is_help=True, help="Whom costbot answers, and how far they reach.")

Team = Annotated[str, typer.Option(help="The Slack workspace's id, T….")]
User = Annotated[str, typer.Argument(help="The person's Slack member id, U….")]
Group = Annotated[str, typer.Argument(help="The Slack user group's id, S….")]
RoleName = Annotated[str, typer.Option(help="user, org_admin or admin.")]


@app.command()
def add(
    user: User,
    team: Team,
    role: RoleName = "user",
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
    """Who is listed, and which user groups are."""
    people, groups = asyncio.run(_listed(Settings(), team))
    if as_json:
        listed = [*map(person_json, people), *map(group_json, groups)]
        typer.echo(json.dumps(listed, ensure_ascii=False))
    elif people or groups:
        Console().print(_table(people, groups), markup=False)
    else:
        typer.echo("Nobody is listed. `costbot people add --help` shows how to.")


@app.command()
def remove(user: User, team: Team) -> None:
    """Take a person off the list; from then on their user groups decide, if they are in any."""
    asyncio.run(_removed(Settings(), team, user))
    typer.echo(f"{user} is no longer listed.")


@app.command("add-group")
def add_group(
    group: Group,
    team: Team,
    role: RoleName = "user",
    organization: Annotated[
        str | None, typer.Option(help="The one that the members see; admins see all.")
    ] = None,
    name: Annotated[str, typer.Option(help="How the group is called.")] = "",
) -> None:
    """List a user group: its members reach that far, unless they are listed themselves."""
    new = NewGroup(team, group, role, organization, name)
    added = asyncio.run(_group_added(Settings(), new))
    typer.echo(f"Whoever is in {added.name} is {_reach(added)}, unless listed themselves.")


@app.command("remove-group")
def remove_group(group: Group, team: Team) -> None:
    """Take a user group off the list; its members are what they are without it."""
    asyncio.run(_group_removed(Settings(), team, group))
    typer.echo(f"{group} is no longer listed.")


@asynccontextmanager
async def _store(settings: Settings) -> AsyncGenerator[Store]:
    from bot.assembly import opened_store

    async with opened_store(settings) as store:
        yield store


async def _added(settings: Settings, new: NewPerson) -> Person:
    async with _store(settings) as store:
        return await _people(store, settings).add(new, operator(settings.zone_info))


async def _listed(settings: Settings, team: str | None) -> tuple[list[Person], list[UserGroup]]:
    caller = operator(settings.zone_info)
    async with _store(settings) as store:
        people = await _people(store, settings).listed(caller, team)
        return people, await UserGroupHandler(store, "cli").listed(caller, team)


async def _removed(settings: Settings, team: str, user: str) -> None:
    async with _store(settings) as store:
        await _people(store, settings).remove(team, user, operator(settings.zone_info))


async def _group_added(settings: Settings, new: NewGroup) -> UserGroup:
    async with _store(settings) as store:
        return await UserGroupHandler(store, "cli").add(new, operator(settings.zone_info))


async def _group_removed(settings: Settings, team: str, group: str) -> None:
    async with _store(settings) as store:
        caller = operator(settings.zone_info)
        await UserGroupHandler(store, "cli").remove(team, group, caller)


def _people(store: Store, settings: Settings) -> PeopleHandler:
    return PeopleHandler(store, settings.zone_info, "cli")


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


def group_json(group: UserGroup) -> dict[str, object]:
    """A user group as JSON."""
    return {
        "team": group.team_id,
        "group": group.group_id,
        "name": group.name,
        "organization": group.organization,
        "role": group.role.value,
    }


def _reach(one: Person | UserGroup) -> str:
    if one.organization is None:
        return f"{one.role.label} of all organizations"
    return f"{one.role.label} of {one.organization}"


def _table(people: list[Person], groups: list[UserGroup]) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold")
    for heading in ("workspace", "member or group", "name", "role", "organization", "zone"):
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
    for group in groups:
        table.add_row(
            group.team_id,
            group.group_id,
            group.name,
            group.role.label,
            group.organization or "all",
            "",
        )
    return table
