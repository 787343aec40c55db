"""What was told about one period of one budget."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Literal
from uuid import UUID

ToldLevel = Literal["ok", "warning", "critical", "exceeded"]
"""The level that was told last; `ok`: none, or the recovery from one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredAlertState:
    """What was told about a budget's period, and what people did about it.

    Attributes:
        budget_id: of which budget.
        period_first: first day of the period, in the budget's zone.
        version: 0: not kept yet; grows by 1 each time it is.
        level_told: the level that was told last.
        told_at: when each level was told last at this limit, UTC.
        sequence: of the last message that was decided upon; 0: none was.
        forecast_told: whether the forecast's alert is told and not taken back.
        forecast_told_at: when, UTC.
        limit_told: the limit in force that both were told of, USD.
        roots: the key of the root message's delivery, by way out and address (`slack:C1`).
        acknowledged_by, acknowledged_at: who has seen it (see `Actor.key`), and when, UTC.
        muted_by, muted_until: who wants to hear nothing, and until when, UTC.
    """

    budget_id: UUID
    period_first: date
    version: int = 0
    level_told: ToldLevel = "ok"
    told_at: Mapping[ToldLevel, datetime] = field(default_factory=dict[ToldLevel, datetime])
    sequence: int = 0
    forecast_told: bool = False
    forecast_told_at: datetime | None = None
    limit_told: Decimal | None = None
    roots: Mapping[str, str] = field(default_factory=dict[str, str])
    acknowledged_by: str | None = None
    acknowledged_at: datetime | None = None
    muted_by: str | None = None
    muted_until: datetime | None = None
