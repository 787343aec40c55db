"""One time that recommendations were drawn."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class RecommendationRun:
    """A run.

    Attributes:
        id: its key.
        slot: what it was for: two runs of one slot do not begin, the first having finished.
        organization: for which alone; None: for all, and the deployment's own.
        first_day, last_day: of the evidence, both included, UTC.
        began_at: UTC.
        finished_at: UTC; None: it is running, or was ended.
        counts: what came of it, by name.
        failed: the kinds that could not be drawn.
    """

    id: UUID
    slot: str
    organization: str | None
    first_day: date
    last_day: date
    began_at: datetime
    finished_at: datetime | None = None
    counts: Mapping[str, int] = field(default_factory=dict[str, int])
    failed: tuple[str, ...] = ()
