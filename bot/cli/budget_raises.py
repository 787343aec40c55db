"""`costbot budget raise` and what becomes of it: asked for, approved, rejected, withdrawn."""

from __future__ import annotations

from typing import Annotated, Literal

import typer

from bot.blocks.budget_raise import asked_answer, raise_answer
from bot.cli.budget_asked import ask, key_of, show, tell
from bot.cli.budget_faults import Reading, day, reason_in
from bot.cli.budget_json import raise_json
from bot.cli.budget_options import AsJson, Name, Organization
from handlers.budgets.fields import amount
from handlers.budgets.requests import DecideRaiseRequest, RaiseRequest, Which

Key = Annotated[str, typer.Argument(help="The raise's id.")]


def raise_(
    name: Name,
    usd: Annotated[str, typer.Argument(metavar="AMOUNT", help="USD on top of the limit.")],
    reason: Annotated[str, typer.Option(help="Why.")],
    until: Annotated[
        str | None, typer.Option(help="Last day; else the last one of the period.")
    ] = None,
    start: Annotated[str | None, typer.Option("--from", help="First day; else today.")] = None,
    organization: Organization = None,
    as_json: AsJson = False,
) -> None:
    """Ask for more to spend for some days; somebody else approves it."""
    reading = Reading()
    reading.read("AMOUNT", usd, amount)
    reading.read("--reason", reason, reason_in)
    last, first = reading.read("--until", until, day), reading.read("--from", start, day)
    reading.check()
    request = RaiseRequest(Which(name, organization), usd, reason, last, first)
    asked = ask(lambda budgets, caller: budgets.raises.ask(request, caller))
    tell(raise_json(asked.raise_), lambda _: asked_answer(asked), as_json=as_json)
    if not as_json:
        typer.echo(f"costbot budget withdraw {asked.raise_.raise_.id}")


def approve(key: Key) -> None:
    """Approve a raise that somebody else has asked for."""
    _decide(key, "approved", "")


def reject(key: Key, reason: Annotated[str, typer.Option(help="Why.")]) -> None:
    """Reject a raise that somebody else has asked for."""
    _decide(key, "rejected", reason)


def withdraw(key: Key) -> None:
    """Take a raise back that was asked for here."""
    _decide(key, "withdrawn", "")


def _decide(key: str, decision: Literal["approved", "rejected", "withdrawn"], reason: str) -> None:
    request = DecideRaiseRequest(key_of(key), decision, reason)
    show(raise_answer(ask(lambda budgets, caller: budgets.raises.decide(request, caller))))
