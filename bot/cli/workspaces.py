"""`costbot workspaces`: where in Slack costbot is installed, and whose costs are seen there."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from analysis.clock import system_clock
from analysis.errors import BadInput, Unavailable
from bot.cli.cost import operator
from bot.settings import Settings
from handlers.caller import Caller
from handlers.workspaces.managing import NOBODY, WorkspaceHandler
from storage.records.workspace import Workspace

app = typer.Typer(
    invoke_without_command=True, help="The Slack workspaces that costbot is installed in."
)

Which = Annotated[str, typer.Argument(help="Its id, T…; of a whole grid, E….")]
AsJson = Annotated[bool, typer.Option("--json", help="The list as JSON.")]


@app.callback()
def list_workspaces(context: typer.Context, as_json: AsJson = False) -> None:
    """The Slack workspaces that costbot is installed in; alone: list them."""
    if context.invoked_subcommand is not None:
        return

    async def listed() -> list[Workspace]:
        async with _opened() as (_, workspaces, caller):
            return await workspaces.all(caller)

    found = asyncio.run(listed())
    if as_json:
        typer.echo(json.dumps([workspace_json(one) for one in found], ensure_ascii=False))
    elif found:
        Console().print(_table(found), markup=False)
    else:
        typer.echo(
            "No workspace has installed costbot by itself. They do at /slack/install, with "
            "COSTBOT_SLACK_CLIENT_ID, COSTBOT_SLACK_CLIENT_SECRET and COSTBOT_ENCRYPTION_KEYS set."
        )


@app.command("map")
def map_workspace(
    which: Which,
    organization: Annotated[
        str | None,
        typer.Option(help="Whose costs are seen there; without it, none are by being there."),
    ] = None,
    everyone: Annotated[
        str,
        typer.Option(
            help="How far everybody there reaches: user or org_admin; nobody: only who is listed, "
            "by `costbot people` or an e-mail domain of this organization."
        ),
    ] = "user",
) -> None:
    """Say whose costs the people of a workspace see, and how far they reach."""

    async def given() -> Workspace:
        async with _opened() as (_, workspaces, caller):
            return await workspaces.give(which, organization, everyone, caller)

    one = asyncio.run(given())
    typer.echo(f"{one.name} ({one.id}): {_reach(one)}. It is felt within 30 seconds.")


@app.command()
def remove(which: Which) -> None:
    """Take costbot out of a workspace: nothing more is sent there; what was decided is kept."""

    async def removed() -> tuple[Workspace, str]:
        async with _opened() as (settings, workspaces, caller):
            before = await workspaces.remove(which, caller)
            return before, await _uninstalled(settings, workspaces, before)

    one, doubt = asyncio.run(removed())
    typer.echo(f"Costbot is no longer in {one.name} ({one.id}).")
    if doubt:
        typer.echo(doubt, err=True)


@app.command("rotate-keys")
def rotate_keys() -> None:
    """Encrypt all tokens anew, with the first of COSTBOT_ENCRYPTION_KEYS."""

    async def rotated() -> int:
        async with _opened() as (_, workspaces, caller):
            return await workspaces.rotate_keys(caller)

    count = asyncio.run(rotated())
    what = "The token of 1 workspace is" if count == 1 else f"The tokens of {count} workspaces are"
    typer.echo(f"{what} encrypted with the first key; the others are needed no more.")


@app.command("new-key")
def new_key() -> None:
    """Print a new key for COSTBOT_ENCRYPTION_KEYS; nothing is changed by it."""
    from handlers.workspaces.sealing import new_key as made

    typer.echo(made())


@asynccontextmanager
async def _opened() -> AsyncGenerator[tuple[Settings, WorkspaceHandler, Caller]]:
    from bot.assembly import opened_store
    from bot.assembly.workspaces import workspaces_of

    settings = Settings()
    async with opened_store(settings) as store:
        handler = workspaces_of(store, settings, system_clock, "cli")
        yield settings, handler, operator(settings.zone_info)


async def _uninstalled(settings: Settings, workspaces: WorkspaceHandler, before: Workspace) -> str:
    """Has Slack take its token back too; why it does not, or empty."""
    if before.sealed is None:
        return ""
    from bot.assembly.workspaces import oauth_app_of
    from bot.slack.many_workspaces import uninstalled_at_slack

    by_hand = "Remove it in Slack too, under Manage apps."
    try:
        oauth = oauth_app_of(settings)
        if oauth is None:
            return f"The app's client id is not set here. {by_hand}"
        word = await uninstalled_at_slack(oauth, workspaces.tokens_of(before).bot)
    except (BadInput, Unavailable) as error:
        return f"{error} {by_hand}"
    return f"Slack has not removed it ({word}). {by_hand}" if word else ""


def workspace_json(one: Workspace) -> dict[str, object]:
    """A workspace for machines, without its token."""
    return {
        "id": one.id,
        "name": one.name,
        "enterprise_id": one.enterprise_id,
        "status": "removed" if one.removed_at else "installed",
        "removed_why": one.removed_why,
        "organization": one.organization,
        "everyone": one.role.value if one.role else NOBODY,
        "scopes": list(one.scopes),
        "installed_by": one.installed_by,
        "installed_at": one.installed_at.isoformat(),
        "removed_at": one.removed_at and one.removed_at.isoformat(),
        "token_expires_at": one.expires_at and one.expires_at.isoformat(),
    }


def _table(found: Sequence[Workspace]) -> Table:
    table = Table(box=None, pad_edge=False)
    for name in ("Id", "Name", "Status", "Seen there", "Installed by", "At", "Scopes"):
        table.add_column(name)
    for one in found:
        table.add_row(
            one.id,
            one.name,
            _status(one),
            _reach(one),
            one.installed_by or f"through {one.enterprise_id}",
            f"{one.installed_at:%Y-%m-%d}",
            str(len(one.scopes)) if one.scopes else "",
        )
    return table


def _status(one: Workspace) -> str:
    if one.removed_at is None:
        return "installed"
    return f"removed {one.removed_at:%Y-%m-%d}: {one.removed_why}"


def _reach(one: Workspace) -> str:
    if one.organization is None:
        return "nothing, but by who is listed"
    if one.role is None:
        return f"{one.organization}, by who is listed or by e-mail domain"
    return f"{one.organization}, everybody as {one.role.value}"
