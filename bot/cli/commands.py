"""The list of commands; the module of each is loaded when it is called."""

from __future__ import annotations

from importlib.metadata import version
from typing import Annotated

import typer

from bot.cli.listing import LazyGroup, Listed

WORDS = {"ignore_unknown_options": True}
"""What begins with a minus is a word too, as in `input -20%`, unless it is a declared option."""


class Commands(LazyGroup):
    """All that `costbot` can do."""

    listed = (
        Listed(
            "setup",
            "setup",
            "setup",
            "Make the Slack app and all that costbot needs to answer, each step checked.",
        ),
        Listed(
            "doctor",
            "doctor",
            "doctor",
            "What is wrong with this deployment, and what to do about it.",
        ),
        Listed("serve", "serve", "serve", "Answer Slack until interrupted."),
        Listed("say", "say", "say", "Say a command to costbot, through the real app."),
        Listed("cost", "cost", "cost", "What a period cost; today without dates."),
        Listed(
            "compare",
            "compare",
            "compare",
            "What changed over complete days; the last 7 against the 7 before.",
        ),
        Listed("forecast", "forecast", "forecast", "What the days to come will cost."),
        Listed("trends", "compare", "trends", "Where the cost is heading over complete days."),
        Listed(
            "why",
            "why",
            "why",
            "What moved a cost; without dates, yesterday's against the day before.",
        ),
        Listed(
            "whatif",
            "whatif",
            "what_if",
            "What usage would cost otherwise; with `recommend`, kept as a recommendation.",
            WORDS,
        ),
        Listed("query", "query", "query", "A ready-made question over complete UTC days."),
        Listed(
            "report",
            "report",
            "report",
            "All queries over the week up to a day, and what they say.",
        ),
        Listed(
            "sync",
            "sync",
            "sync",
            "Bring the mart up to date from BigQuery: the days that changed, and the last few.",
        ),
        Listed(
            "sample",
            "sample",
            "sample",
            "Generate sample data, import it, and say what is hidden in it.",
        ),
        Listed(
            "about",
            "about",
            "about",
            "How old the data is, what costbot itself costs, and which costbot this is.",
        ),
        Listed("alerts", "alerts", "app", "Alert rules: create, look at, pause, delete."),
        Listed("anomalies", "anomalies", "app", "Daily series that were unlike their past."),
        Listed(
            "audit",
            "audit",
            "app",
            "Who decided what, as CSV or JSON lines; `forget` ends what is old.",
        ),
        Listed("budget", "budget", "app", "Budgets: create, look at, change, raise."),
        Listed(
            "import",
            "imports",
            "app",
            "Import files: CSV, JSON lines or Parquet, also compressed by gzip.",
        ),
        Listed("digests", "digests", "app", "Digests: look at, preview, test, pause, end."),
        Listed("export", "exports", "app", "Write costs as files for other systems: FOCUS."),
        Listed("incidents", "incidents", "app", "What is in trouble, or was lately."),
        Listed("jobs", "jobs", "jobs", "What costbot does by itself: last run, outcome, next run."),
        Listed("outbox", "outbox", "app", "What costbot sent of itself, and what waits."),
        Listed("people", "people", "app", "Whom costbot answers, and how far they reach."),
        Listed(
            "statement",
            "statement",
            "statement",
            "What a month cost each organization; the rule, closing a month.",
        ),
        Listed("pricing", "pricing", "app", "The dated price list; alone: list it."),
        Listed("routes", "routes", "app", "Where incidents are told."),
        Listed("tokens", "tokens", "app", "Who may call the REST API."),
        Listed(
            "workspaces",
            "workspaces",
            "app",
            "The Slack workspaces that costbot is installed in.",
        ),
        Listed("recs", "recs", "app", "Recommendations: draw, look at, decide, verify."),
    )


app = typer.Typer(
    cls=Commands,
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
