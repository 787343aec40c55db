"""The names behind the keys that raises are kept with: the audit trail knows them."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from handlers.budgets.results import NamedRaise
from storage.records.audit import StoredAuditEntry
from storage.records.raise_ import BudgetRaise


def name_of(key: str, entries: Sequence[StoredAuditEntry]) -> str:
    """The name of who has a key, as they were last called; else their id."""
    names = (entry.actor.name for entry in entries if entry.actor.key == key)
    return next(names, key.rpartition("/")[2])


def named_raises(
    raises: Sequence[BudgetRaise], entries: Sequence[StoredAuditEntry]
) -> tuple[NamedRaise, ...]:
    """Raises with the names of who had to do with them.

    Args:
        raises: of a budget.
        entries: of that budget's audit trail.
    """
    return tuple(
        NamedRaise(
            raise_=one,
            asked_by=name_of(one.asked_by, entries),
            decided_by=None if one.decided_by is None else name_of(one.decided_by, entries),
            decision_reason=_reason(one.id, entries),
        )
        for one in raises
    )


def _reason(key: UUID, entries: Sequence[StoredAuditEntry]) -> str:
    for entry in entries:
        after = entry.after or {}
        if after.get("id") == str(key) and "decision_reason" in after:
            return str(after["decision_reason"])
    return ""
