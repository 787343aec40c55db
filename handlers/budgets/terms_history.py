"""What the terms of a budget were: the audit trail has what each change took away."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import cast
from zoneinfo import ZoneInfo

from analysis.periods import midnight
from handlers.budgets.journal import BUDGET
from storage.records.audit import StoredAuditEntry
from storage.records.budget import Budget
from storage.repositories.audit import AuditRepository

TERMS = (
    "limit",
    "kind",
    "zone",
    "start",
    "end",
    "scope",
    "warning",
    "critical",
    "forecast",
    "rollover",
)
"""The fields from which a status follows; others, such as who is told, are always today's."""

PAGE = 200


@dataclass(frozen=True, slots=True)
class TermsHistory:
    """A budget and how it came to be what it is.

    Attributes:
        budget: as it is now.
        changes: instants, UTC, the newest first, and what the terms were before each.
    """

    budget: Budget
    changes: Sequence[tuple[datetime, Mapping[str, object]]] = ()

    def at_end_of(self, day: date) -> Budget:
        """The budget with its terms at the end of a local day, or at first where it is younger."""
        end = midnight(day + timedelta(days=1), self.budget.zone)
        before: dict[str, object] = {}
        for at, terms in self.changes:
            if at < end:
                break
            before |= terms
        return replace(self.budget, **before) if before else self.budget  # pyright: ignore[reportArgumentType] - read field by field


async def terms_history(audit: AuditRepository, budget: Budget, since: date) -> TermsHistory:
    """How a budget came to be what it is, as far back as a local day.

    Raises:
        Unavailable: the store does not answer.
    """
    first = midnight(since, budget.zone)
    changes: list[tuple[datetime, Mapping[str, object]]] = []
    before: int | None = None
    while True:
        page = await audit.of_object(BUDGET, str(budget.id), before=before, limit=PAGE)
        found = [(entry.at, _taken_away(entry)) for entry in page]
        changes += [(at, terms) for at, terms in found if terms]
        if len(page) < PAGE or page[-1].at < first:
            return TermsHistory(budget, changes)
        before = page[-1].id


def _taken_away(entry: StoredAuditEntry) -> dict[str, object]:
    """The terms that a change put others in the place of."""
    if entry.action != "budget.edit" or entry.before is None:
        return {}
    return {name: _read(name, entry.before[name]) for name in TERMS if name in entry.before}


def _read(name: str, value: object) -> object:
    """A field as `journal.written` has written it."""
    if value is None:
        return None
    match name:
        case "kind":
            return value
        case "zone":
            return ZoneInfo(str(value))
        case "start" | "end":
            return date.fromisoformat(str(value))
        case "scope":
            scope = cast("Mapping[str, Sequence[str]]", value)
            return {dimension: tuple(values) for dimension, values in scope.items()}
        case _:
            return Decimal(str(value))
