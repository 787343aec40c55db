"""How often Home tabs are published: Slack takes about a hundred calls a minute in a workspace."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(slots=True)
class Allowance:
    """So many at once, and then one each `every`; a token bucket.

    Attributes:
        burst: how many at once after a pause.
        every: after which time there is one more.
        spent: how many have been taken that have not come back yet.
        at: when that was reckoned, UTC; None: nothing was ever taken.
        held_until: before then nothing is given, UTC; None: at any time.
    """

    burst: int
    every: timedelta
    spent: float = 0.0
    at: datetime | None = None
    held_until: datetime | None = None

    def wait(self, now: datetime) -> timedelta:
        """How long it is until one may be taken; nothing: now."""
        self._reckon(now)
        lacking = max(self.spent - (self.burst - 1), 0.0)
        wait = lacking * self.every
        if self.held_until is not None:
            wait = max(wait, self.held_until - now)
        return max(wait, timedelta())

    def take(self, now: datetime) -> None:
        """One is taken."""
        self._reckon(now)
        self.spent += 1

    def hold(self, until: datetime) -> None:
        """Gives nothing before then, as Slack asks with Retry-After."""
        self.held_until = until if self.held_until is None else max(self.held_until, until)

    def is_full(self, now: datetime) -> bool:
        """Whether nothing is remembered of it that matters."""
        self._reckon(now)
        return not self.spent and (self.held_until is None or self.held_until <= now)

    def _reckon(self, now: datetime) -> None:
        if self.at is not None:
            # Shares of a call are no money, and need not be exact.
            self.spent = max(self.spent - max(now - self.at, timedelta()) / self.every, 0.0)
        self.at = now
