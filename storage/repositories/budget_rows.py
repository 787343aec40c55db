"""Budgets as rows of the table, and back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import cast
from uuid import UUID
from zoneinfo import ZoneInfo

from storage.models import BudgetRow
from storage.records.budget import (
    Budget,
    BudgetColumns,
    BudgetDraft,
    BudgetKind,
    WhenUnknown,
    scope_of,
    scope_text,
)

COLUMNS = (
    BudgetRow.id,
    BudgetRow.version,
    BudgetRow.organization,
    BudgetRow.scope,
    BudgetRow.kind,
    BudgetRow.zone,
    BudgetRow.start_day,
    BudgetRow.end_day,
    BudgetRow.total_limit,
    BudgetRow.rollover,
    BudgetRow.warning,
    BudgetRow.critical,
    BudgetRow.forecast,
    BudgetRow.is_hard,
    BudgetRow.when_unknown,
    BudgetRow.alerts_enabled,
    BudgetRow.paused,
    BudgetRow.paused_until,
    BudgetRow.deleted_at.is_not(None).label("deleted"),
    BudgetRow.updated_at,
    BudgetRow.name,
)
"""What `BudgetColumns` is made of, in its order."""


def values_of(draft: BudgetDraft) -> dict[str, object]:
    """The columns that people decide."""
    return {
        "organization": draft.organization,
        "name": draft.name,
        "name_key": draft.name_key,
        "description": draft.description,
        "total_limit": draft.limit,
        "currency": draft.currency,
        "kind": draft.kind,
        "zone": draft.zone.key,
        "scope": scope_text(draft.scope),
        "start_day": draft.start,
        "end_day": draft.end,
        "warning": draft.warning,
        "critical": draft.critical,
        "forecast": draft.forecast,
        "is_hard": draft.is_hard,
        "when_unknown": draft.when_unknown,
        "rollover": draft.rollover,
        "emails": list(draft.emails),
        "slack_channels": list(draft.slack_channels),
        "slack_users": list(draft.slack_users),
        "webhooks": list(draft.webhooks),
        "alerts_enabled": draft.alerts_enabled,
        "paused": draft.paused,
        "paused_until": draft.paused_until,
    }


def budget_of(row: BudgetRow) -> Budget:
    """The budget of a row."""
    return Budget(
        id=row.id,
        version=row.version,
        created_by=row.created_by,
        created_at=row.created_at,
        updated_at=row.updated_at,
        deleted_at=row.deleted_at,
        name=row.name,
        limit=row.total_limit,
        kind=cast("BudgetKind", row.kind),
        zone=ZoneInfo(row.zone),
        start=row.start_day,
        organization=row.organization,
        description=row.description,
        scope=scope_of(row.scope),
        end=row.end_day,
        warning=row.warning,
        critical=row.critical,
        forecast=row.forecast,
        is_hard=row.is_hard,
        when_unknown=cast("WhenUnknown", row.when_unknown),
        rollover=row.rollover,
        emails=tuple(row.emails),
        slack_channels=tuple(row.slack_channels),
        slack_users=tuple(row.slack_users),
        webhooks=tuple(row.webhooks),
        alerts_enabled=row.alerts_enabled,
        paused=row.paused,
        paused_until=row.paused_until,
    )


def columns_of(rows: Sequence[Sequence[object]]) -> BudgetColumns:
    """Rows of `COLUMNS`, turned on their side; at least one."""
    columns = tuple(zip(*rows, strict=True))
    return BudgetColumns(
        ids=cast("tuple[UUID, ...]", columns[0]),
        versions=cast("tuple[int, ...]", columns[1]),
        organizations=cast("tuple[str | None, ...]", columns[2]),
        scopes=cast("tuple[str, ...]", columns[3]),
        kinds=cast("tuple[BudgetKind, ...]", columns[4]),
        zones=cast("tuple[str, ...]", columns[5]),
        starts=cast("tuple[date, ...]", columns[6]),
        ends=cast("tuple[date | None, ...]", columns[7]),
        limits=cast("tuple[Decimal, ...]", columns[8]),
        rollovers=cast("tuple[Decimal | None, ...]", columns[9]),
        warnings=cast("tuple[Decimal, ...]", columns[10]),
        criticals=cast("tuple[Decimal, ...]", columns[11]),
        forecasts=cast("tuple[Decimal | None, ...]", columns[12]),
        is_hard=cast("tuple[bool, ...]", columns[13]),
        when_unknown=cast("tuple[WhenUnknown, ...]", columns[14]),
        alerts_enabled=cast("tuple[bool, ...]", columns[15]),
        paused=cast("tuple[bool, ...]", columns[16]),
        paused_until=cast("tuple[datetime | None, ...]", columns[17]),
        deleted=cast("tuple[bool, ...]", columns[18]),
        updated_at=cast("tuple[datetime, ...]", columns[19]),
        names=cast("tuple[str, ...]", columns[20]),
    )
