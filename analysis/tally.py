"""Counts of what happens, by a few words each: cheap enough for what happens thousands of times."""

from __future__ import annotations

from collections.abc import Mapping


class Tally:
    """How often what has happened, since the process began.

    For one event loop: an addition is one look into a dictionary, without a lock. Words are few and
    known beforehand: never a name of a person or an organization, nor what somebody typed.

    Args:
        words: what each word of a count says, such as `("way", "outcome")`.
    """

    def __init__(self, *words: str) -> None:
        self.words = words
        self._counts: dict[tuple[str, ...], int] = {}

    def add(self, *values: str, by: int = 1) -> None:
        """Counts.

        Args:
            values: as many as there are words.
            by: how many happened, 0 or more.
        """
        self._counts[values] = self._counts.get(values, 0) + by

    @property
    def counts(self) -> Mapping[tuple[str, ...], int]:
        """What was counted."""
        return dict(self._counts)
