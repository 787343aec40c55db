"""Answers that are given again while nothing that they are made of has changed."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Awaitable, Callable, Hashable
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
        self._answers: OrderedDict[Hashable, Answer] = OrderedDict()

    async def get(
        self,
        key: Hashable,
        snapshot: Hashable,
        now: datetime,
        make: Callable[[], Awaitable[Answer]],
    ) -> Answer:
        """The answer kept under `key`, or the one that `make` makes.

        Args:
            key: all that the answer depends on, but for data and time.
            snapshot: of the data, of which `make` reads this or a later one.
            now: the present, UTC.
            make: answers anew; what it raises is kept by nobody.
        """
        state = (snapshot, now - (now - datetime.min.replace(tzinfo=now.tzinfo)) % KEPT_FOR)
        if state != self._state:
            self._state = state
            self._answers.clear()
        kept = self._answers.get(key)
        if kept is not None:
            self._answers.move_to_end(key)
            return kept
        answer = await make()
        if state == self._state:
            self._answers[key] = answer
            if len(self._answers) > MOST_KEPT:
                self._answers.popitem(last=False)
        return answer
