"""The tree of commands; each body loads what it needs when it is called."""

from __future__ import annotations

from importlib.metadata import version
from typing import Annotated

import typer

from bot.cli.about import about
from bot.cli.budget import app as budget
from bot.cli.compare import compare, trends
from bot.cli.cost import cost
from bot.cli.doctor import doctor
from bot.cli.imports import app as imports
from bot.cli.outbox import app as outbox
from bot.cli.people import app as people
from bot.cli.pricing import app as pricing
from bot.cli.query import query
from bot.cli.recs import app as recs
from bot.cli.report import report
from bot.cli.sample import sample
from bot.cli.say import say
from bot.cli.serve import serve
from bot.cli.sync import sync
from bot.cli.typed import WORDS
from bot.cli.whatif import what_if
from bot.cli.why import why

app = typer.Typer(
    name="costbot",
    help="What does our AI compute cost, why, and what do we do about it?",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


@app.callback(invoke_without_command=True)
def root(
    show_version: Annotated[
        bool, typer.Option("--version", help="Say which costbot this is.")
    ] = False,
) -> None:
    """What does our AI compute cost, why, and what do we do about it?"""
    if show_version:
        typer.echo(f"costbot {version('costbot')}")
        raise typer.Exit


@app.command()
def reference() -> None:
    """Write docs/commands.md to standard output."""
    from bot.reference import commands_page

    typer.echo(commands_page(), nl=False)


app.command()(serve)
app.command()(say)
app.command()(cost)
app.command()(compare)
app.command()(trends)
app.command()(why)
app.command("whatif", context_settings=WORDS)(what_if)
app.command()(query)
app.command()(report)
app.command()(sync)
app.command()(sample)
app.command()(about)
app.command()(doctor)
app.add_typer(budget, name="budget")
app.add_typer(imports, name="import")
app.add_typer(outbox, name="outbox")
app.add_typer(people, name="people")
app.add_typer(pricing, name="pricing")
app.add_typer(recs, name="recs")
