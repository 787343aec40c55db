"""The commands of `costbot`, each in a module of its own and loaded when it is called."""

from __future__ import annotations

import sys

from bot.cli.errors import plain_errors


def main() -> None:
    """The entry point of `costbot`."""
    # Typer and rich are loaded here, not by whoever imports the package.
    from bot.cli.commands import app

    with plain_errors():
        app(args=sys.argv[1:], standalone_mode=True)
