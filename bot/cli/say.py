"""`costbot say`: a typed command through the real app, signed, and its answer in the terminal."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.text import Text

from analysis.errors import BadInput, NotFound
from bot.settings import Settings


def say(
    command: Annotated[
        str,
        typer.Argument(help='Such as "/cost today by model"; `-`: one a line from input.'),
    ],
    as_user: Annotated[
        str,
        typer.Option("--as", help="Who says it: ada, otto, ute, gil, sam, or a Slack id."),
    ] = "ada",
    as_json: Annotated[
        bool, typer.Option("--json", help="One JSON line for each command.")
    ] = False,
    picture: Annotated[
        Path | None,
        typer.Option("--picture", help="Where the answer's picture is saved, as PNG."),
    ] = None,
) -> None:
    """Say a command to costbot, through the real app."""
    lines = (line.rstrip("\r\n") for line in sys.stdin) if command == "-" else [command]
    typed = (_readable(line) for line in lines)
    failed = asyncio.run(_say(Settings(), typed, as_user, as_json=as_json, picture=picture))
    if failed:
        raise typer.Exit(1)


def _readable(line: str) -> str:
    """The line with a mark in place of every byte that is no UTF-8."""
    return line.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


async def _say(
    settings: Settings,
    lines: Iterable[str],
    as_user: str,
    *,
    as_json: bool,
    picture: Path | None,
) -> bool:
    from bot.assembly import assembled
    from bot.cli.forms import print_form
    from bot.cli.mentions import with_names
    from bot.cli.terminal import print_message
    from bot.stage import staged

    console = Console()
    failed = False
    async with assembled(settings) as parts, staged(parts) as stage:
        for line in lines:
            if not line.strip():
                continue
            heard = await stage.say(line, as_user)
            failed |= heard.status != 200
            if picture is not None:
                _save(heard.pictures, picture)
            if as_json:
                sys.stdout.write(json.dumps(heard.as_json(), ensure_ascii=False) + "\n")
                sys.stdout.flush()
                continue
            for message in heard.shown:
                print_message(with_names(message, stage.names), console)
            for view in heard.forms:
                print_form(view, line, stage.names, console)
            if heard.failure == "is_not_a_valid_command":
                console.print(Text("What costbot hears begins with /cost: try /cost help."))
    return failed


def _save(pictures: Sequence[bytes], path: Path) -> None:
    """Saves the last picture.

    Raises:
        NotFound: there is none.
        BadInput: it cannot be written there.
    """
    if not pictures:
        hint = "Ask `/cost trends`, `/cost compare` or `/cost why`: they have one."
        raise NotFound("The answer has no picture.", hint)
    try:
        path.write_bytes(pictures[-1])
    except OSError as error:
        sentence = f"The picture cannot be written to {path}: {error.strerror}."
        raise BadInput(sentence, "Name a file in a folder that can be written.") from error
