"""The audit trail of budgets: who decided what, with what it was before and after."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, fields
from datetime import date, datetime
from decimal import Decimal
from typing import cast
from uuid import UUID
from zoneinfo import ZoneInfo

from handlers.caller import Caller
from storage.records.actor import Actor
from storage.records.audit import AuditEntry, Surface
from storage.records.budget import Budget, BudgetDraft
from storage.records.raise_ import BudgetRaise

BUDGET = "budget"
"""The kind of thing that all of these decisions are of: those on raises as well."""

DECIDED = tuple(field.name for field in fields(BudgetDraft))
"""The fields that people decide."""


def actor_of(caller: Caller) -> Actor:
    """Who decides."""
    return Actor(team_id=caller.team_id, user_id=caller.user_id, name=caller.name)


def of_budget(
    action: str,
    caller: Caller,
    surface: Surface,
    *,
    before: Budget | None,
    after: Budget | None,
) -> AuditEntry:
    """A decision on a budget; of a change, only what differs is kept.

    Args:
        action: such as `budget.edit`.
        caller: who decides.
        surface: where.
        before: None: it was not there.
        after: None: it is not there any more.
    """
    budget = after or before
    if budget is None:
        message = "a decision is on a budget"
        raise AssertionError(message)
    names = DECIDED if before is None or after is None else changed(before, after)
    return AuditEntry(
        actor=actor_of(caller),
        surface=surface,
        action=action,
        object_kind=BUDGET,
        object_id=str(budget.id),
        organization=budget.organization,
        before=None if before is None else _values(before, names),
        after=None if after is None else _values(after, names),
    )


def of_raise(
    action: str,
    actor: Actor,
    surface: Surface,
    budget: Budget,
    raise_: BudgetRaise,
    *,
    before: str | None,
    reason: str = "",
) -> AuditEntry:
    """A decision on a raise of a budget.

    Args:
        action: such as `raise.approved`.
        actor: who decides.
        surface: where.
        budget: whose limit.
        raise_: as it is now.
        before: the state that it was in; None: it was not asked for.
        reason: of the decision.
    """
    after = {name: written(value) for name, value in asdict(raise_).items() if name != "budget_id"}
    return AuditEntry(
        actor=actor,
        surface=surface,
        action=action,
        object_kind=BUDGET,
        object_id=str(budget.id),
        organization=budget.organization,
        before=None if before is None else {"id": str(raise_.id), "state": before},
        after={**after, **({"decision_reason": reason} if reason else {})},
    )


def changed(before: BudgetDraft, after: BudgetDraft) -> tuple[str, ...]:
    """The names of the fields in which two budgets differ."""
    return tuple(name for name in DECIDED if getattr(before, name) != getattr(after, name))


def _values(budget: Budget, names: tuple[str, ...]) -> dict[str, object]:
    return {name: written(getattr(budget, name)) for name in names}


def written(value: object) -> object:
    """A value as JSON: decimals in plain digits, days and instants in ISO 8601."""
    match value:
        case Decimal():
            return f"{value:f}"
        case datetime() | date():
            return value.isoformat()
        case UUID():
            return str(value)
        case ZoneInfo():
            return value.key
        case tuple():
            return [written(one) for one in cast("tuple[object, ...]", value)]
        case Mapping():
            named = cast("Mapping[str, object]", value)
            return {name: written(one) for name, one in named.items()}
        case _:
            return value
