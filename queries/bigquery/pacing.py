"""How long is waited between tries, and what ends the waiting."""

from __future__ import annotations

import random
from dataclasses import dataclass


class StoppedError(Exception):
    """Nobody waits for the answer any more."""


class TimeIsUpError(Exception):
    """The statement has taken as long as it may."""


@dataclass(frozen=True, slots=True)
class Pacing:
    """How long is waited between tries.

    Attributes:
        tries: of one call, or of one job, the first included.
        first_seconds: at most, before the second; each further wait is at most twice the one
            before. How long of it is drawn by lot, so that many askers do not come back at once.
        longest_seconds: of any wait.
        poll_seconds: the longest between two looks at a running job.
    """

    tries: int = 6
    first_seconds: float = 1.0
    longest_seconds: float = 16.0
    poll_seconds: float = 1.0

    def wait(self, failures: int) -> float:
        """Seconds before the next try, after so many that failed."""
        most = min(self.first_seconds * 2 ** (failures - 1), self.longest_seconds)
        return random.uniform(0, most)  # noqa: S311 - spreads the load, keeps no secret
