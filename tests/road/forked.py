"""Processes of costbot's that begin in hundredths of a second.

The interpreter needs more than a second to load what costbot is made of. A server that has loaded
it once, for all tests of this process, forks each of these: a process with an environment, a
folder, standard streams and an exit code of its own, but without the loading.
"""

from __future__ import annotations

import multiprocessing
import os
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerContext, ForkServerProcess
from pathlib import Path

from bot.cli import main
from bot.cli.commands import Commands

LOADED = (
    "alembic.command",
    "apscheduler.schedulers.asyncio",
    "bot.cli.commands",
    "bot.serving",
    "bot.stage",
    "pytest",
    "tests.road.forked",
    "tests.stores",
    *(f"bot.cli.{one.module}" for one in Commands.listed),
)
"""What the server loads; not Google's client, which is not made to be forked."""


@cache
def forking() -> ForkServerContext:
    """Where processes are made that have loaded costbot already."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(list(LOADED))
    return context


@dataclass(frozen=True)
class Files:
    """Where a process reads and writes: its standard streams, as files."""

    typed: Path
    out: Path
    err: Path

    def take(self) -> None:
        """Makes them the standard streams of this process."""
        for number, (path, flags) in enumerate(
            (
                (self.typed, os.O_RDONLY),
                (self.out, os.O_WRONLY | os.O_CREAT | os.O_TRUNC),
                (self.err, os.O_WRONLY | os.O_CREAT | os.O_TRUNC),
            )
        ):
            file = os.open(path, flags, 0o600)
            os.dup2(file, number)
            os.close(file)


@dataclass(frozen=True)
class Piped:
    """Where a process writes, both streams; it reads nothing."""

    writer: Connection

    def take(self) -> None:
        """Makes them the standard streams of this process."""
        nothing = os.open(os.devnull, os.O_RDONLY)
        os.dup2(nothing, 0)
        os.close(nothing)
        for number in (1, 2):
            os.dup2(self.writer.fileno(), number)
        self.writer.close()


def costbot_process(
    arguments: Sequence[str], folder: Path, environment: Mapping[str, str], streams: Files | Piped
) -> ForkServerProcess:
    """`costbot` with these arguments, not yet started.

    Args:
        arguments: of the command.
        folder: in which it runs.
        environment: its variables, all of them.
        streams: its standard streams.
    """
    given = (tuple(arguments), str(folder), dict(environment), streams)
    return forking().Process(target=_run, args=given)


def _run(
    arguments: tuple[str, ...], folder: str, environment: dict[str, str], streams: Files | Piped
) -> None:
    streams.take()
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)
    time.tzset()
    _renew_streams()
    sys.argv = ["costbot", *arguments]
    main()


def _renew_streams() -> None:
    """Makes Python's streams over the new files, as the interpreter made the old ones."""
    old = sys.__stdin__, sys.__stdout__, sys.__stderr__
    new = [
        open(number, mode, encoding=one.encoding, errors=one.errors, closefd=False)  # noqa: SIM115
        for number, (one, mode) in enumerate(zip(old, "rww", strict=True))
        if one is not None
    ]
    sys.stdin, sys.stdout, sys.stderr = new
