"""Daily series: what is watched, forecast and drawn, each under a key that stays the same."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import quote, unquote

WATCHED_DIMENSIONS = ("product", "model", "endpoint", "user")
"""The dimensions whose members are series of their own, beside the total. An organization's own
total is the series of its scope: it needs no dimension."""


class Measure(StrEnum):
    """What a series counts."""

    COST = "cost"
    """USD, fully loaded, without what is unpriced."""
    REQUESTS = "requests"
    """Requests; the volume."""


@dataclass(frozen=True, slots=True, order=True)
class SeriesKey:
    """Which series it is.

    Attributes:
        organization: whose rows alone are in it; None: those of all organizations together.
        dimension: one of `WATCHED_DIMENSIONS`; None: the total of the scope.
        member: its value of the dimension, as the data writes it; None where `dimension` is, and
            never for rows that have no value.
        measure: what is counted.
    """

    organization: str | None
    dimension: str | None
    member: str | None
    measure: Measure

    def __str__(self) -> str:
        """The key as text: what subjects, keys of messages and rows of the store are made of."""
        parts = ("*" if self.organization is None else f"={quote(self.organization, safe='')}",)
        if self.dimension is not None:
            parts += (self.dimension, quote(self.member or "", safe=""))
        return "/".join((*parts, self.measure.value))

    @property
    def is_total(self) -> bool:
        """Whether it is the whole of its scope."""
        return self.dimension is None

    @property
    def parents(self) -> tuple[SeriesKey, ...]:
        """The series, of the same measure, that this one is a part of; nearest first."""
        total = SeriesKey(None, None, None, self.measure)
        if self.organization is None:
            return () if self.is_total else (total,)
        if self.is_total:
            return (total,)
        own = SeriesKey(self.organization, None, None, self.measure)
        everywhere = SeriesKey(None, self.dimension, self.member, self.measure)
        return (own, everywhere, total)


def series_key(text: str) -> SeriesKey:
    """The key that `str` wrote.

    Raises:
        ValueError: it is none.
    """
    scope, *place, measure = text.split("/")
    organization = None if scope == "*" else unquote(scope.removeprefix("="))
    if not place:
        return SeriesKey(organization, None, None, Measure(measure))
    dimension, member = place
    return SeriesKey(organization, dimension, unquote(member), Measure(measure))
