"""Long work on the event loop, in slices, so that whoever asks meanwhile is answered."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from time import perf_counter

SLICE = 0.0003
"""Seconds. An answer over HTTP takes two or three turns of the loop, and waits for a slice each."""


@dataclass(slots=True)
class Turns:
    """Slices by time: how much is done in one depends on what it is, and on the machine."""

    _since: float = field(default_factory=perf_counter)

    async def take(self) -> None:
        """Lets all others have their turn where the slice is over; to be called every so often."""
        if perf_counter() - self._since >= SLICE:
            await asyncio.sleep(0)
            self._since = perf_counter()
