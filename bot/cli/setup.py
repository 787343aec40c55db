"""`costbot setup`: from nothing to a Slack app that answers, step by step."""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.text import Text

from analysis.checks import Check
from bot.cli.doctor import line_of
from bot.settings import Settings
from bot.setup.asking import Wishes

_BESIDE = "Better by its variable: others see the options of a process."


def setup(
    url: Annotated[
        str | None, typer.Option(help="https:// address at which Slack reaches this costbot.")
    ] = None,
    socket_mode: Annotated[
        bool, typer.Option("--socket-mode", help="No address: costbot opens a socket to Slack.")
    ] = False,
    bot_token: Annotated[str | None, typer.Option(help=f"xoxb-…. {_BESIDE}")] = None,
    app_token: Annotated[
        str | None, typer.Option(help=f"xapp-…, for Socket Mode. {_BESIDE}")
    ] = None,
    signing_secret: Annotated[
        str | None, typer.Option(help=f"With which Slack signs. {_BESIDE}")
    ] = None,
    config_token: Annotated[
        str | None,
        typer.Option(
            help="xoxe.xoxp-…: makes the app by itself. It is not kept.",
            envvar="SLACK_CONFIG_TOKEN",
        ),
    ] = None,
    channel: Annotated[str | None, typer.Option(help="In which to try it, by name or id.")] = None,
    message: Annotated[
        bool | None, typer.Option("--message/--no-message", help="Send a test message there.")
    ] = None,
    admin: Annotated[
        str | None, typer.Option(help="The first admin, by e-mail address or Slack member id.")
    ] = None,
    organization: Annotated[
        str | None, typer.Option(help="What people see who are not listed.")
    ] = None,
    env_file: Annotated[Path, typer.Option(help="The file that settings are written to.")] = Path(
        ".env"
    ),
    replace: Annotated[
        bool, typer.Option("--replace", help="Replace what stands there otherwise.")
    ] = False,
    manifest: Annotated[
        bool,
        typer.Option("--manifest", help="Write the app's manifest to standard output; no more."),
    ] = False,
    no_input: Annotated[
        bool, typer.Option("--no-input", help="Ask nothing: what is missing is told.")
    ] = False,
) -> None:
    """Make the Slack app and all that costbot needs to answer, each step checked."""
    if manifest:
        from bot.setup.manifest import as_yaml, manifest_for

        where = None if socket_mode else url or Settings().public_url
        typer.echo(as_yaml(manifest_for(where)), nl=False)
        return
    wishes = Wishes(
        url=url,
        socket=socket_mode,
        bot_token=bot_token,
        app_token=app_token,
        signing_secret=signing_secret,
        config_token=config_token,
        channel=channel,
        message=message,
        admin=admin,
        organization=organization,
        replace=replace,
    )
    is_answered = sys.stdin.isatty() and not no_input
    if not asyncio.run(_walked(wishes, Terminal(is_answered), env_file)):
        raise typer.Exit(1)


async def _walked(wishes: Wishes, terminal: Terminal, env_file: Path) -> bool:
    from bot.setup.walk import Walk

    walk = Walk(
        wishes,
        terminal,
        env_file,
        frozenset(os.environ),
        lambda: Settings(_env_file=env_file),  # pyright: ignore[reportCallIssue]
        asyncio.sleep,
    )
    return await walk.run()


class Terminal:
    """The terminal; nothing that was typed hidden is ever shown.

    Args:
        is_answered: somebody is there who answers.
    """

    def __init__(self, is_answered: bool) -> None:
        self.is_answered = is_answered
        self._console = Console()

    def tell(self, check: Check) -> None:
        """See `bot.setup.asking.Console`."""
        self._console.print(line_of(check), soft_wrap=True)

    def say(self, text: str) -> None:
        """See `bot.setup.asking.Console`."""
        self._console.print(Text(text), soft_wrap=True)

    def ask(self, question: str, *, default: str = "", hidden: bool = False) -> str:
        """See `bot.setup.asking.Console`."""
        return str(typer.prompt(question, default=default, hide_input=hidden, show_default=False))

    def confirm(self, question: str, *, default: bool) -> bool:
        """See `bot.setup.asking.Console`."""
        return typer.confirm(question, default=default)
