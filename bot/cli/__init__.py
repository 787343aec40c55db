"""The command line: everything from the terminal too."""

from __future__ import annotations

from bot.cli.main import main

__all__ = ["main"]
