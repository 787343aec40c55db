"""`costbot outbox`: what costbot sent of itself, what waits, and what was given up."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from enum import StrEnum
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from analysis.written import plural
from bot.cli.cost import operator
from bot.settings import Settings
from handlers.outbox import MOST_LISTED, OutboxHandler
from storage.records.delivery import Delivery, DeliveryCounts, DeliveryState

app = typer.Typer(no_args_is_help=True, help="What costbot sent of itself, and what waits.")


class State(StrEnum):
    """See `storage.records.delivery.DeliveryState`."""

    DUE = "due"
    CLAIMED = "claimed"
    UNCERTAIN = "uncertain"
    SENT = "sent"
    DEAD = "dead"
    CANCELLED = "cancelled"


Limit = Annotated[int, typer.Option(min=1, max=MOST_LISTED, help="So many, newest first.")]
AsJson = Annotated[bool, typer.Option("--json", help="The list as JSON.")]


@app.command("list")
def list_messages(
    state: Annotated[State | None, typer.Option(help="Only those that are there.")] = None,
    limit: Limit = 50,
    as_json: AsJson = False,
) -> None:
    """Messages, newest first, and how many are where."""
    counts, found = asyncio.run(_listed(state.value if state else None, limit))
    _say(found, as_json=as_json, nothing="There is no such message in the outbox.")
    if not as_json:
        typer.echo(counts_text(counts))


@app.command()
def dead(limit: Limit = 50, as_json: AsJson = False) -> None:
    """Messages that were given up, and why."""
    _, found = asyncio.run(_listed("dead", limit))
    _say(found, as_json=as_json, nothing="No message was given up.")


@app.command()
def resend(number: Annotated[int, typer.Argument(help="The message's number.")]) -> None:
    """Send a message again that was given up; one that may have arrived is looked for first."""
    delivery = asyncio.run(_resent(number))
    typer.echo(f"Message {number} to {delivery.address} is sent again.")


@asynccontextmanager
async def _handler(settings: Settings) -> AsyncGenerator[OutboxHandler]:
    from bot.assembly import opened_store

    async with opened_store(settings) as store:
        yield OutboxHandler(store)


async def _listed(state: DeliveryState | None, limit: int) -> tuple[DeliveryCounts, list[Delivery]]:
    settings = Settings()
    async with _handler(settings) as outbox:
        caller = operator(settings.zone_info)
        return await outbox.counts(), await outbox.listed(caller, state, limit)


async def _resent(number: int) -> Delivery:
    settings = Settings()
    async with _handler(settings) as outbox:
        return await outbox.resend(number, operator(settings.zone_info), "cli")


def _say(found: list[Delivery], *, as_json: bool, nothing: str) -> None:
    if as_json:
        typer.echo(json.dumps([delivery_json(one) for one in found], ensure_ascii=False))
    elif found:
        Console().print(_table(found), markup=False)
    else:
        typer.echo(nothing)


def delivery_json(delivery: Delivery) -> dict[str, object]:
    """A message as JSON; what it says is left out."""
    return {
        "id": delivery.id,
        "key": delivery.key,
        "channel": delivery.channel,
        "address": delivery.address,
        "state": delivery.state,
        "attempts": delivery.attempts,
        "added_at": delivery.created_at.isoformat(),
        "next_at": delivery.next_at.isoformat(),
        "sent_at": delivery.sent_at.isoformat() if delivery.sent_at else None,
        "remote_id": delivery.remote_id,
        "why": delivery.last_error,
    }


def counts_text(counts: DeliveryCounts) -> str:
    """How many messages are where, in a line."""
    parts = [
        f"{plural(counts.sent, 'message')} sent",
        f"{counts.due + counts.claimed} waiting",
        f"{counts.uncertain} in doubt",
        f"{counts.dead} given up",
    ]
    text = ", ".join(parts)
    if counts.oldest_waiting is not None:
        text += f"; the oldest waits since {counts.oldest_waiting:%Y-%m-%d %H:%M} UTC"
    return f"{text}."


def _table(found: list[Delivery]) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold")
    for heading in ("number", "added (UTC)", "to", "state", "attempts", "message", "why"):
        table.add_column(heading)
    for one in found:
        table.add_row(
            str(one.id),
            f"{one.created_at:%Y-%m-%d %H:%M}",
            f"{one.channel} {one.address}",
            one.state,
            str(one.attempts),
            one.key,
            one.last_error,
        )
    return table
