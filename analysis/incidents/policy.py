"""How an incident is told: what whoever watches a subject asks for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from analysis.incidents.levels import Level


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """How a signal is told.

    Attributes:
        least: the least level of which anything is told.
        remind_after: an incident that lasts is told of again after so long; None: never.
        recover_after: looks in a row that have to be ok before it counts as over, 1 or more.
    """

    least: Level = Level.NOTICE
    remind_after: timedelta | None = None
    recover_after: int = 1
