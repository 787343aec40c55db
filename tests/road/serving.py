"""`costbot serve` as a process that a test starts, reads, speaks to and ends."""

from __future__ import annotations

import asyncio
import os
import re
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from typing import cast

from tests.road.forked import Piped, costbot_process
from tests.road.processes import PATIENCE, environment


@dataclass
class Served:
    """A running `costbot serve`.

    Attributes:
        process: the process.
        said: its output so far, both streams.
        is_silent: whether it will say no more.
    """

    process: ForkServerProcess
    said: list[str] = field(default_factory=list[str])
    is_silent: bool = False
    heard: asyncio.Condition = field(default_factory=asyncio.Condition)

    @property
    def output(self) -> str:
        """Everything that it has said."""
        return "".join(self.said)

    async def says(self, pattern: str) -> re.Match[str]:
        """Waits until it says something that `pattern` finds."""
        async with asyncio.timeout(PATIENCE), self.heard:
            await self.heard.wait_for(lambda: re.search(pattern, self.output) or self.is_silent)
        found = re.search(pattern, self.output)
        assert found is not None, f"it ended without saying {pattern!r}: {self.output}"
        return found

    async def terminated(self) -> int:
        """Ends it as an operator does; gives its exit code."""
        self.process.terminate()
        await asyncio.to_thread(self.process.join, PATIENCE)
        assert self.process.exitcode is not None, "it does not end"
        return self.process.exitcode

    async def listen(self, output: asyncio.StreamReader) -> None:
        """Keeps what it says, until it says no more."""
        while line := await output.readline():
            async with self.heard:
                self.said.append(line.decode())
                self.heard.notify_all()
        async with self.heard:
            self.is_silent = True
            self.heard.notify_all()


@asynccontextmanager
async def served(home: Path, *arguments: str, **more: str) -> AsyncGenerator[Served]:
    """Runs `costbot serve` for as long as the block lasts.

    Args:
        home: COSTBOT_HOME.
        arguments: after `serve`.
        more: environment variables.
    """
    reader, writer = cast("tuple[Connection, Connection]", Pipe(duplex=False))
    everything = environment(home, **more)
    process = costbot_process(("serve", *arguments), home.parent, everything, Piped(writer))
    process.start()
    writer.close()
    running = Served(process)
    async with _lines_of(reader) as output:
        listening = asyncio.create_task(running.listen(output))
        try:
            yield running
        finally:
            process.kill()
            await asyncio.to_thread(process.join)
            await listening
            process.close()


@asynccontextmanager
async def _lines_of(reader: Connection) -> AsyncGenerator[asyncio.StreamReader]:
    """What is written into a pipe, as a stream."""
    stream = asyncio.StreamReader()
    pipe = os.fdopen(os.dup(reader.fileno()), "rb", buffering=0)
    reader.close()
    transport, _ = await asyncio.get_running_loop().connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(stream), pipe
    )
    try:
        yield stream
    finally:
        transport.close()
