"""`costbot tokens`: who may call the REST API."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from analysis.clock import system_clock
from bot.assembly import assembled
from bot.cli.cost import operator
from bot.settings import Settings
from handlers.api_tokens.managing import (
    ApiTokenHandler,
    CreatedToken,
    NewToken,
    RevokedToken,
)
from handlers.caller import Caller
from storage.records.api_token import ApiToken

app = typer.Typer(no_args_is_help=True, help="Who may call the REST API.")

AsJson = Annotated[bool, typer.Option("--json", help="The result as JSON.")]


@app.command()
def create(
    name: Annotated[str, typer.Argument(help="What it is for, such as grafana.")],
    organization: Annotated[
        str | None, typer.Option(help="Whose costs it reaches; the role admin reaches all.")
    ] = None,
    role: Annotated[str, typer.Option(help="user, org_admin or admin.")] = "user",
    expires: Annotated[
        str | None, typer.Option(help="After how many days, such as 30d; 90 unless given.")
    ] = None,
    scope: Annotated[
        str, typer.Option(help="all, or ingest: it sends usage, and does nothing else.")
    ] = "all",
    as_json: AsJson = False,
) -> None:
    """Make a token; it is printed this once, on a line of its own."""
    new = NewToken(name, organization, role, expires, scope)

    async def created() -> CreatedToken:
        async with _opened() as (tokens, caller):
            return await tokens.create(new, caller)

    made = asyncio.run(created())
    secret = made.secret.get_secret_value()
    if as_json:
        fields = {**token_json(made.token, made.token.created_at), "token": secret}
        fields["doubts"] = list(made.doubts)
        typer.echo(json.dumps(fields, ensure_ascii=False))
        return
    typer.echo(secret)
    # Standard output has the token alone: `TOKEN=$(costbot tokens create …)`.
    told = [f"{made.token.name} reaches {_reach(made.token)} until {_day(made.token.expires_at)}."]
    told += made.doubts
    told.append("It is not shown again; sent as `Authorization: Bearer …`.")
    typer.echo("\n".join(told), err=True)


@app.command("list")
def list_tokens(
    with_ended: Annotated[
        bool, typer.Option("--all", help="Those that have expired or were revoked, too.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """The tokens of all organizations, newest first."""

    async def listed() -> list[ApiToken]:
        async with _opened() as (tokens, caller):
            return await tokens.listed(caller, with_ended=with_ended)

    found, now = asyncio.run(listed()), system_clock()
    if as_json:
        typer.echo(json.dumps([token_json(one, now) for one in found], ensure_ascii=False))
    elif found:
        Console().print(_table(found, now), markup=False)
    else:
        typer.echo("There is no API token. `costbot tokens create --help` shows how to make one.")


@app.command()
def revoke(
    which: Annotated[str, typer.Argument(help="Its name, how it begins (cbt_…), or its id.")],
    as_json: AsJson = False,
) -> None:
    """End a token for good; a running costbot refuses it within 10 seconds."""

    async def revoked() -> RevokedToken:
        async with _opened() as (tokens, caller):
            return await tokens.revoke(which, caller)

    done = asyncio.run(revoked())
    if as_json:
        typer.echo(json.dumps(token_json(done.token, system_clock()), ensure_ascii=False))
        return
    what = "is revoked" if done.is_new else "was revoked already"
    typer.echo(f"{done.token.name} ({done.token.prefix}…) {what}.")


@asynccontextmanager
async def _opened() -> AsyncGenerator[tuple[ApiTokenHandler, Caller]]:
    from bot.assembly.api_tokens import api_tokens_of

    settings = Settings()
    async with assembled(settings) as parts:
        yield api_tokens_of(parts, "cli"), operator(settings.zone_info)


def token_json(token: ApiToken, now: datetime) -> dict[str, object]:
    """A token for machines, without its secret.

    Args:
        token: it.
        now: at which it is active, expired or revoked.
    """
    return {
        "id": str(token.id),
        "name": token.name,
        "prefix": token.prefix,
        "organization": token.organization,
        "role": token.role.value,
        "scope": token.scope,
        "status": token.standing(now),
        "created_by": token.created_by,
        "created_by_name": token.created_by_name,
        "created_at": token.created_at.isoformat(),
        "expires_at": token.expires_at.isoformat(),
        "last_used_at": _instant(token.last_used_at),
        "revoked_at": _instant(token.revoked_at),
        "revoked_by": token.revoked_by,
    }


def _instant(instant: datetime | None) -> str | None:
    return None if instant is None else instant.isoformat()


def _day(instant: datetime) -> str:
    return f"{instant:%Y-%m-%d %H:%M} UTC"


def _reach(token: ApiToken) -> str:
    whose = "all organizations" if token.organization is None else token.organization
    if token.scope == "ingest":
        return f"{whose}, to send usage alone"
    return f"{whose} as {token.role.label}"


def _table(tokens: Sequence[ApiToken], now: datetime) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold")
    for heading in ("name", "begins", "reaches", "status", "expires", "last used", "by"):
        table.add_column(heading, no_wrap=heading == "begins", overflow="fold")
    for one in tokens:
        table.add_row(
            one.name,
            one.prefix,
            _reach(one),
            one.standing(now),
            _day(one.expires_at),
            "never" if one.last_used_at is None else _day(one.last_used_at),
            one.created_by_name,
        )
    return table
