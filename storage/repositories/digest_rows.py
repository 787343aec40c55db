"""Digests as rows of the table, and back."""

from __future__ import annotations

from datetime import time
from functools import lru_cache
from typing import cast
from zoneinfo import ZoneInfo

from analysis.roles import Role
from analysis.schedules import Frequency, Schedule
from storage.models import DigestRow, DigestSlotRow
from storage.records.digest import (
    Digest,
    DigestDraft,
    DigestSlot,
    SlotOutcome,
    SlotReason,
    Theme,
)


def values_of(draft: DigestDraft) -> dict[str, object]:
    """The columns of what people decide."""
    schedule = draft.schedule
    return {
        "team_id": draft.team_id,
        "owner": draft.owner,
        "owner_name": draft.owner_name,
        "organization": draft.organization,
        "role": draft.role.value,
        "address": draft.address,
        "frequency": schedule.frequency.value,
        "at_time": f"{schedule.at:%H:%M}",
        "zone": schedule.zone.key,
        "weekdays": list(schedule.weekdays),
        "day": schedule.day,
        "filters": {name: list(values) for name, values in draft.filters.items()},
        "customers_only": draft.customers_only,
        "skip_quiet": draft.skip_quiet,
        "theme": draft.theme,
        "paused": draft.paused,
    }


def digest_of(row: DigestRow) -> Digest:
    """The digest of a row."""
    return Digest(
        id=row.id,
        team_id=row.team_id,
        owner=row.owner,
        owner_name=row.owner_name,
        organization=row.organization,
        role=Role(row.role),
        address=row.address,
        schedule=_schedule(row.frequency, row.at_time, row.zone, tuple(row.weekdays), row.day),
        filters={name: tuple(values) for name, values in row.filters.items()},
        customers_only=row.customers_only,
        skip_quiet=row.skip_quiet,
        theme=cast("Theme", row.theme),
        paused=row.paused,
        version=row.version,
        since=row.since,
        stopped=row.stopped,
        last_slot=row.last_slot,
        created_at=row.created_at,
        updated_at=row.updated_at,
        deleted_at=row.deleted_at,
    )


@lru_cache(maxsize=1_000)
def _schedule(
    frequency: str, at_time: str, zone: str, weekdays: tuple[int, ...], day: int
) -> Schedule:
    """A thousand digests share a few schedules."""
    return Schedule(
        frequency=Frequency(frequency),
        at=time.fromisoformat(at_time),
        zone=ZoneInfo(zone),
        weekdays=weekdays,
        day=day,
    )


def slot_of(row: DigestSlotRow) -> DigestSlot:
    """The slot of a row."""
    return DigestSlot(
        digest_id=row.digest_id,
        local_date=row.local_date,
        due_at=row.due_at,
        outcome=cast("SlotOutcome", row.outcome),
        reason=cast("SlotReason", row.reason),
        decided_at=row.decided_at,
    )
