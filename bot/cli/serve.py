"""`costbot serve`: the bot as a process, with the playground if wanted."""

from __future__ import annotations

import asyncio
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
    from bot.logs.begun import log_begun
    from bot.logs.masking import Mask, secrets_in
    from bot.serving import run

    settings = Settings()
    given = {"port": port, "host": host}
    chosen = {name: value for name, value in given.items() if value is not None}
    settings = settings.model_copy(update=chosen)
    log_begun(settings.log_level, settings.log_format, Mask(secrets_in(settings)))
    asyncio.run(run(settings, with_playground=playground, announce=typer.echo))
