"""How much single users and keys ask for, hour by hour."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Literal

from analysis.recommendations.cells import Route


@dataclass(frozen=True, slots=True)
class ActorHour:
    """What somebody did in one hour.

    Attributes:
        start: of the hour, UTC.
        requests: that were made.
        failed: of these.
        repeats: of these, whose whole prompt the same actor had asked within the hour before, as
            far as hashes tell.
        cost: USD billed.
    """

    start: datetime
    requests: int
    failed: int
    repeats: int
    cost: Decimal


@dataclass(frozen=True, slots=True)
class ActorLoad:
    """A user or a key whose busiest hour stands out from its own others.

    Attributes:
        organization: whose.
        kind: user or key.
        name: as the rows have it.
        routes: USD billed for it in all hours, by where its requests went, dearest first.
        hours: in which it made requests, in order; the evidence's other hours have none.
        evidence_hours: how many hours the evidence spans.
    """

    organization: str | None
    kind: Literal["user", "key"]
    name: str
    routes: tuple[tuple[Route, Decimal], ...]
    hours: tuple[ActorHour, ...]
    evidence_hours: int
