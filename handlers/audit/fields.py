"""A decision as others read it: JSON lines, and rows of a CSV file."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import AsyncGenerator, AsyncIterator
from enum import StrEnum

from handlers.spreadsheet import cell
from storage.records.audit import StoredAuditEntry


class AuditFormat(StrEnum):
    """How decisions are written, one after the other."""

    CSV = "csv"
    JSONL = "jsonl"


HEADER = (
    "id",
    "at",
    "team_id",
    "user_id",
    "actor_name",
    "surface",
    "organization",
    "action",
    "object_kind",
    "object_id",
    "before",
    "after",
    "request_id",
)
"""The columns of a CSV file; `before` and `after` hold JSON."""


def audit_json(entry: StoredAuditEntry) -> dict[str, object]:
    """A decision as JSON."""
    return {
        "id": entry.id,
        "at": entry.at.isoformat(),
        "actor": {
            "team_id": entry.actor.team_id,
            "user_id": entry.actor.user_id,
            "name": entry.actor.name,
        },
        "surface": entry.surface,
        "organization_id": entry.organization,
        "action": entry.action,
        "object_kind": entry.object_kind,
        "object_id": entry.object_id,
        "before": entry.before,
        "after": entry.after,
        "request_id": entry.request_id,
    }


async def audit_lines(
    entries: AsyncIterator[StoredAuditEntry], file_format: AuditFormat
) -> AsyncGenerator[str]:
    """Decisions as text, a line each, with the end of the line; of CSV the header before them."""
    if file_format is AuditFormat.CSV:
        yield _csv_line(HEADER)
    async for entry in entries:
        if file_format is AuditFormat.CSV:
            yield _csv_line(_row(entry))
        else:
            yield f"{json.dumps(audit_json(entry), ensure_ascii=False)}\n"


def _row(entry: StoredAuditEntry) -> tuple[object, ...]:
    return (
        entry.id,
        entry.at,
        entry.actor.team_id,
        entry.actor.user_id,
        entry.actor.name,
        entry.surface,
        entry.organization,
        entry.action,
        entry.object_kind,
        entry.object_id,
        _packed(entry.before),
        _packed(entry.after),
        entry.request_id,
    )


def _packed(values: object) -> str | None:
    return None if values is None else json.dumps(values, ensure_ascii=False, sort_keys=True)


def _csv_line(values: tuple[object, ...]) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator="\r\n").writerow([cell(value) for value in values])
    return out.getvalue()
