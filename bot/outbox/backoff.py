"""How long to wait after a failed attempt: exponential backoff with full jitter."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

Draw = Callable[[], float]
"""A random number from 0 to below 1."""


@dataclass(frozen=True, slots=True)
class Backoff:
    """Waits that grow, and that differ between those who wait for the same thing.

    The wait after the n-th attempt is uniform between 0 and min(longest, first × 2^(n-1)): "full
    jitter", as in M. Brooker, Exponential Backoff And Jitter, AWS Architecture Blog, 2015.

    Attributes:
        draw: the dice.
        first: the longest wait after the first attempt.
        longest: the longest wait at all.
    """

    draw: Draw
    first: timedelta = timedelta(seconds=2)
    longest: timedelta = timedelta(minutes=5)

    def after(self, attempts: int) -> timedelta:
        """The wait after so many attempts, 1 or more."""
        # 2^40 seconds are over any `longest`; a larger exponent would only overflow.
        grown = self.first * 2 ** min(max(attempts, 1) - 1, 40) if attempts < 40 else self.longest
        return min(grown, self.longest) * self.draw()
