"""`costbot routes`: where incidents are told."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from analysis.errors import NotUnderstood
from bot.assembly import assembled
from bot.cli.cost import operator
from bot.cli.typed import tokens_of
from bot.grammar.route import RouteAdd, parse_route_tokens
from bot.grammar.tokens import Token
from bot.settings import Settings
from handlers.caller import Caller
from handlers.incidents.routing import RouteHandler
from storage.records.route import Route

app = typer.Typer(no_args_is_help=True, help="Where incidents are told.")

AsJson = Annotated[bool, typer.Option("--json", help="The result as JSON.")]
Number = Annotated[int, typer.Argument(help="The number of a route.")]


@app.command("list")
def list_routes(as_json: AsJson = False) -> None:
    """The routes that are in force, everybody's."""

    async def listed() -> Sequence[Route]:
        async with _opened() as (routes, caller):
            return await routes.all(caller)

    found = asyncio.run(listed())
    if as_json:
        typer.echo(json.dumps([route_json(route) for route in found], ensure_ascii=False))
    elif found:
        Console().print(_table(found))
    else:
        typer.echo("There is no route: incidents are shown in /cost incidents and in digests only.")


@app.command()
def add(
    words: Annotated[
        list[str],
        typer.Argument(help="Such as: product api at warning to C024BE91L linear ENG"),
    ],
    as_json: AsJson = False,
) -> None:
    """Make a route, in the words of /cost route add; channels and people by their ids."""
    command = parse_route_tokens([Token("add"), *tokens_of(words)])
    if not isinstance(command, RouteAdd):
        raise NotUnderstood("That is no route.", "Try `costbot routes add to C024BE91L`.")
    request = command.request

    async def added() -> tuple[Route, tuple[str, ...]]:
        async with _opened() as (routes, caller):
            done = await routes.add(request, caller)
            return done.route, done.doubts

    route, doubts = asyncio.run(added())
    if as_json:
        fields = {**route_json(route), "doubts": list(doubts)}
        typer.echo(json.dumps(fields, ensure_ascii=False))
        return
    typer.echo(f"Route {route.id} leads to {_places(route)}.")
    for doubt in doubts:
        typer.echo(doubt)


@app.command()
def remove(number: Number, as_json: AsJson = False) -> None:
    """Take a route out of force."""

    async def removed() -> Route:
        async with _opened() as (routes, caller):
            return await routes.remove(number, caller)

    route = asyncio.run(removed())
    if as_json:
        typer.echo(json.dumps(route_json(route), ensure_ascii=False))
        return
    typer.echo(f"Route {number} leads nowhere any more. /cost route restore {number} undoes that.")


@asynccontextmanager
async def _opened() -> AsyncGenerator[tuple[RouteHandler, Caller]]:
    from bot.assembly.incidents import routes_of

    settings = Settings()
    async with assembled(settings) as parts:
        yield routes_of(parts, "cli"), operator(settings.zone_info)


def route_json(route: Route) -> dict[str, object]:
    """A route for machines."""
    return {
        "id": route.id,
        "organization": route.organization,
        "kind": route.kind,
        "product": route.product,
        "about_organization": route.about_organization,
        "least": route.least,
        "targets": [f"{channel}:{address}" for channel, address in route.targets],
        "created_by": route.created_by,
        "created_at": route.created_at.isoformat(),
        "removed_at": None if route.removed_at is None else route.removed_at.isoformat(),
    }


def _table(routes: Sequence[Route]) -> Table:
    table = Table("Route", "Whose", "Of", "Product", "About", "From", "To")
    for route in routes:
        table.add_row(
            str(route.id),
            route.organization or "all organizations",
            route.kind or "everything",
            route.product or "",
            route.about_organization or "",
            route.least,
            _places(route),
        )
    return table


def _places(route: Route) -> str:
    return ", ".join(f"{channel}:{address}" for channel, address in route.targets)
