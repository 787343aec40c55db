"""Answers: made once for all who ask at the same time, and given again while their files stay."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Coroutine
from dataclasses import dataclass

from queries.engines.base import Table
from queries.scope import Scope

MOST_ROWS = 200_000
"""All kept answers together have fewer rows than this: they are to fit in the memory."""

Key = tuple[str, tuple[tuple[str, object], ...], tuple[str, ...], Scope]
"""A question: its SQL, the values of its parameters by name, the files that it reads, its scope.

Files never change. So what was answered from some holds as long as the same ones are read, whatever
else is written to the mart: only today's files change with each import of today's usage.
"""

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
    """The last answers, and those that are being made.

    Args:
        most: answers that are kept; 0: none.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._kept: OrderedDict[Key, Table] = OrderedDict()
        self._rows = 0
        self._under_way: dict[Key, _UnderWay] = {}

    async def given(self, key: Key, make: Make) -> Table:
        """The answer to a question: as kept, or as it is made for whoever asks just now.

        It is made until it is there, or until the last one has stopped waiting for it.

        Args:
            key: the question.
            make: answers it.

        Raises:
            Whatever `make` raises.
        """
        if (kept := self._kept.get(key)) is not None:
            self._kept.move_to_end(key)
            return kept
        found = self._under_way.get(key)
        if found is None:
            found = self._under_way[key] = _UnderWay(asyncio.create_task(make()))
        table = await self._waited_for(key, found)
        self._keep(key, table)
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

    def _keep(self, key: Key, table: Table) -> None:
        if key in self._kept:
            return
        self._kept[key] = table
        self._rows += len(table.rows)
        while len(self._kept) > self._most or self._rows > MOST_ROWS:
            self._rows -= len(self._kept.popitem(last=False)[1].rows)
