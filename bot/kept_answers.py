"""Answers that are given again while nothing that they are made of has changed."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Coroutine, Hashable
from datetime import datetime, timedelta

from bot.blocks.answer import Answer

KEPT_FOR = timedelta(minutes=1)
"""An answer names its age by the hour; within a minute none of its sentences changes."""

MOST_KEPT = 512


class KeptAnswers:
    """The last answers to questions about cost.

    An answer never outlives the snapshot of the data that it was made from. What it depends on
    besides (the question, what the asker may see, their zone) is its key.
    """

    def __init__(self) -> None:
        self._state: tuple[Hashable, datetime] | None = None
        self._answers: OrderedDict[Hashable, asyncio.Task[Answer]] = OrderedDict()

    async def get(
        self,
        key: Hashable,
        snapshot: Hashable,
        now: datetime,
        make: Callable[[], Coroutine[object, object, Answer]],
    ) -> Answer:
        """The answer kept under `key`, or the one that `make` makes.

        Who asks while it is being made waits for the same one; it is made to its end even where
        nobody waits any more.

        Args:
            key: all that the answer depends on, but for data and time.
            snapshot: of the data, of which `make` reads this or a later one.
            now: the present, UTC.
            make: answers anew; what it raises is told to all who wait, and not kept.
        """
        state = (snapshot, now - (now - datetime.min.replace(tzinfo=now.tzinfo)) % KEPT_FOR)
        if state != self._state:
            self._state = state
            self._answers.clear()
        task = self._answers.get(key)
        if task is None or (task.done() and (task.cancelled() or task.exception() is not None)):
            task = asyncio.create_task(make(), name="an answer")
            self._answers[key] = task
            if len(self._answers) > MOST_KEPT:
                self._answers.popitem(last=False)
        self._answers.move_to_end(key)
        return await asyncio.shield(task)
