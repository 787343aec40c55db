"""`costbot serve` as a process that a test starts, reads, speaks to and ends."""

from __future__ import annotations

import asyncio
import re
from asyncio.subprocess import PIPE, STDOUT, Process
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.road.processes import COSTBOT, PATIENCE, environment


@dataclass
class Served:
    """A running `costbot serve`.

    Attributes:
        process: the process.
        said: its output so far, both streams.
    """

    process: Process
    said: list[str] = field(default_factory=list[str])
    heard: asyncio.Condition = field(default_factory=asyncio.Condition)

    @property
    def output(self) -> str:
        """Everything that it has said."""
        return "".join(self.said)

    async def says(self, pattern: str) -> re.Match[str]:
        """Waits until it says something that `pattern` finds."""
        async with asyncio.timeout(PATIENCE), self.heard:
            await self.heard.wait_for(
                lambda: re.search(pattern, self.output) or self.process.stdout.at_eof()  # pyright: ignore[reportOptionalMemberAccess]
            )
        found = re.search(pattern, self.output)
        assert found is not None, f"it ended without saying {pattern!r}: {self.output}"
        return found

    async def terminated(self) -> int:
        """Ends it as an operator does; gives its exit code."""
        self.process.terminate()
        return await asyncio.wait_for(self.process.wait(), PATIENCE)

    async def listen(self) -> None:
        """Keeps what it says, until it says no more."""
        assert self.process.stdout is not None
        while line := await self.process.stdout.readline():
            async with self.heard:
                self.said.append(line.decode())
                self.heard.notify_all()
        async with self.heard:
            self.heard.notify_all()


@asynccontextmanager
async def served(home: Path, *arguments: str, **more: str) -> AsyncGenerator[Served]:
    """Runs `costbot serve` for as long as the block lasts.

    Args:
        home: COSTBOT_HOME.
        arguments: after `serve`.
        more: environment variables.
    """
    process = await asyncio.create_subprocess_exec(
        *(COSTBOT, "serve", *arguments),
        stdout=PIPE,
        stderr=STDOUT,
        cwd=home.parent,
        env=environment(home, **more),
    )
    running = Served(process)
    listening = asyncio.create_task(running.listen())
    try:
        yield running
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()
        await listening
