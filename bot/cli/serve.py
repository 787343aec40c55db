"""`costbot serve`: the bot as a process, with the playground if wanted."""

from __future__ import annotations

import asyncio
import logging
from typing import Annotated

import typer

from bot.settings import Settings


def serve(
    port: Annotated[int | None, typer.Option(min=0, max=65535, help="0: any free one.")] = None,
    host: Annotated[str | None, typer.Option(help="Address to listen on.")] = None,
    playground: Annotated[
        bool,
        typer.Option("--playground", help="A Slack of your own at /, in place of a real one."),
    ] = False,
) -> None:
    """Answer Slack until interrupted."""
    from bot.serving import run

    settings = Settings()
    given = {"port": port, "host": host}
    chosen = {name: value for name, value in given.items() if value is not None}
    settings = settings.model_copy(update=chosen)
    logging.basicConfig(
        level=settings.log_level,
        format="%(asctime)s %(levelname)s %(name)s: %(message)s",
    )
    # At DEBUG Slack's own library writes whole answers, tickets and tokens of requests.
    for name in ("slack_sdk", "slack_bolt", "bot.slack.bolt"):
        logging.getLogger(name).setLevel(max(logging.INFO, logging.getLogger().level))
    if settings.log_level == "INFO":
        # What the store went through it says itself, in one line.
        logging.getLogger("alembic").setLevel(logging.WARNING)
        # It would tell of every look at the clock; what a job does, the job says.
        logging.getLogger("apscheduler").setLevel(logging.WARNING)
    asyncio.run(run(settings, with_playground=playground, announce=typer.echo))
