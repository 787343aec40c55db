"""Answers of one snapshot: made once for all who ask at the same time, and given again."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from datetime import date

from queries.engines.base import Table
from queries.mart.snapshot import Snapshot
from queries.scope import Scope

MOST_ROWS = 200_000
"""All kept answers together have fewer rows than this: they are to fit in the memory."""

Key = tuple[str, tuple[tuple[str, object], ...], date, date, Scope]
"""A question: its SQL, the values of its parameters by name, its first and last day, its scope."""

Make = Callable[[], Coroutine[object, object, Table]]


@dataclass(slots=True)
class _UnderWay:
    """An answer that is being made.

    Attributes:
        task: makes it.
        waiting: how many wait for it.
    """

    task: asyncio.Task[Table]
    waiting: int = 0


class Answers:
    """The last answers, and those that are being made, all from one snapshot.

    Args:
        most: answers that are kept; 0: none.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._snapshot: Snapshot | None = None
        self._kept: OrderedDict[Key, Table] = OrderedDict()
        self._rows = 0
        self._under_way: dict[Key, _UnderWay] = {}

    async def given(self, snapshot: Snapshot, key: Key, make: Make) -> Table:
        """The answer to a question: as kept, or as it is made for whoever asks just now.

        It is made until it is there, or until the last one has stopped waiting for it.

        Args:
            snapshot: the present one.
            key: the question.
            make: answers it from that snapshot.

        Raises:
            Whatever `make` raises.
        """
        if snapshot is not self._snapshot:
            self._snapshot = snapshot
            self._kept.clear()
            self._rows = 0
            self._under_way = {}  # who waits for the old ones has them
        if (kept := self._kept.get(key)) is not None:
            self._kept.move_to_end(key)
            return kept
        found = self._under_way.get(key)
        if found is None:
            found = self._under_way[key] = _UnderWay(asyncio.create_task(make()))
        table = await self._waited_for(key, found)
        self._keep(snapshot, key, table)
        return table

    async def _waited_for(self, key: Key, found: _UnderWay) -> Table:
        found.waiting += 1
        try:
            return await asyncio.shield(found.task)
        finally:
            found.waiting -= 1
            if not found.waiting or found.task.done():
                found.task.cancel()
                if self._under_way.get(key) is found:
                    del self._under_way[key]

    def _keep(self, snapshot: Snapshot, key: Key, table: Table) -> None:
        if snapshot is not self._snapshot or key in self._kept:
            return
        self._kept[key] = table
        self._rows += len(table.rows)
        while len(self._kept) > self._most or self._rows > MOST_ROWS:
            self._rows -= len(self._kept.popitem(last=False)[1].rows)
