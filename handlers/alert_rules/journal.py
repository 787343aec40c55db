"""The audit trail of alert rules: who decided what, with what it was before and after."""

from __future__ import annotations

from dataclasses import fields
from datetime import timedelta
from typing import cast

from analysis.alert_rules.terms import Terms
from handlers.budgets.journal import actor_of, written
from handlers.caller import Caller
from storage.records.alert_rule import AlertRule, AlertRuleDraft
from storage.records.audit import AuditEntry, Surface

RULE = "alert rule"
"""The kind of thing that all of these decisions are of."""

_OF_TERMS = tuple(field.name for field in fields(Terms))
_OF_DRAFT = tuple(field.name for field in fields(AlertRuleDraft) if field.name != "terms")
DECIDED = (*_OF_DRAFT, *_OF_TERMS)
"""The fields that people decide."""


def of_rule(
    action: str,
    caller: Caller,
    surface: Surface,
    *,
    before: AlertRule | None,
    after: AlertRule | None,
) -> AuditEntry:
    """A decision on a rule; of a change, only what differs is kept.

    Args:
        action: such as `alert_rule.edit`.
        caller: who decides.
        surface: where.
        before: None: it was not there.
        after: None: it is not there any more.
    """
    rule = after or before
    if rule is None:
        message = "a decision is on a rule"
        raise AssertionError(message)
    names = DECIDED if before is None or after is None else changed(before, after)
    return AuditEntry(
        actor=actor_of(caller),
        surface=surface,
        action=action,
        object_kind=RULE,
        object_id=str(rule.id),
        organization=rule.organization,
        before=None if before is None else values(before, names),
        after=None if after is None else values(after, names),
    )


def changed(before: AlertRuleDraft, after: AlertRuleDraft) -> tuple[str, ...]:
    """The names of the fields in which two rules differ."""
    return tuple(name for name in DECIDED if _value(before, name) != _value(after, name))


def values(rule: AlertRuleDraft, names: tuple[str, ...] = DECIDED) -> dict[str, object]:
    """What was decided, as JSON."""
    return {name: _written(_value(rule, name)) for name in names}


def _value(rule: AlertRuleDraft, name: str) -> object:
    return cast("object", getattr(rule.terms if name in _OF_TERMS else rule, name))


def _written(value: object) -> object:
    if isinstance(value, timedelta):
        return int(value.total_seconds())
    return written(value)
