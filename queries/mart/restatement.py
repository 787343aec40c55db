"""Restatements: days that were over, and whose figures a later reading changed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from pydantic import BaseModel, ConfigDict

from queries.dimensions import Source

MOST_KEPT = 1_000
"""So many restatements are kept at most, the newest."""

KEPT_FOR = timedelta(days=90)
"""How long a restatement is kept."""


@dataclass(frozen=True, slots=True)
class DayFigures:
    """What one source's UTC day adds up to.

    Attributes:
        requests: that its rows stand for.
        fully_loaded: USD, see `queries.schema.FULLY_LOADED_RULE`.
        infrastructure: USD, direct cost of all categories.
        rows: imported rows.
    """

    requests: int = 0
    fully_loaded: Decimal = Decimal(0)
    infrastructure: Decimal = Decimal(0)
    rows: int = 0

    def adds_up_to(self, other: DayFigures) -> bool:
        """Whether requests and costs are the same, however many rows they are spread over."""
        return (self.requests, self.fully_loaded, self.infrastructure) == (
            other.requests,
            other.fully_loaded,
            other.infrastructure,
        )


@dataclass(frozen=True, slots=True)
class DayReplacement:
    """What became of a day that was replaced.

    Attributes:
        day: the UTC day.
        before: its figures until then; None: there was no such day.
        after: its figures now; None: it has become empty.
        changed: whether any of its rows did; the sums may still be the same.
        restated: the sums of a day that was over changed: see `Restatement`.
    """

    day: date
    before: DayFigures | None
    after: DayFigures | None
    changed: bool
    restated: bool


class Restatement(BaseModel):
    """A day that was over, and whose figures changed afterwards.

    Attributes:
        source: of the costs.
        day: the UTC day.
        at: the instant at which the new figures came, UTC.
        requests_before: what it added up to until then; 0 where there was no such day.
        requests_after: what it adds up to since; 0 where it became empty.
        fully_loaded_before: USD.
        fully_loaded_after: USD.
        infrastructure_before: USD, direct cost of all categories.
        infrastructure_after: USD.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    source: Source
    day: date
    at: datetime
    requests_before: int
    requests_after: int
    fully_loaded_before: Decimal
    fully_loaded_after: Decimal
    infrastructure_before: Decimal
    infrastructure_after: Decimal

    @property
    def fully_loaded_change(self) -> Decimal:
        """USD more than before."""
        return self.fully_loaded_after - self.fully_loaded_before

    @property
    def infrastructure_change(self) -> Decimal:
        """USD more than before."""
        return self.infrastructure_after - self.infrastructure_before


def restatement_of(source: Source, replacement: DayReplacement, at: datetime) -> Restatement:
    """The restatement that a replacement is."""
    before, after = replacement.before or DayFigures(), replacement.after or DayFigures()
    return Restatement(
        source=source,
        day=replacement.day,
        at=at,
        requests_before=before.requests,
        requests_after=after.requests,
        fully_loaded_before=before.fully_loaded,
        fully_loaded_after=after.fully_loaded,
        infrastructure_before=before.infrastructure,
        infrastructure_after=after.infrastructure,
    )


def kept(restatements: Iterable[Restatement], now: datetime) -> tuple[Restatement, ...]:
    """The restatements that are still kept at `now`, oldest first."""
    young = sorted(
        (one for one in restatements if one.at >= now - KEPT_FOR), key=lambda one: (one.at, one.day)
    )
    return tuple(young[-MOST_KEPT:])
