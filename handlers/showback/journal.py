"""The audit trail of statements: who decided on the rule, who closed a month."""

from __future__ import annotations

from handlers.budgets.journal import actor_of
from handlers.caller import Caller
from handlers.showback.months import written
from storage.records.audit import AuditEntry, Surface
from storage.records.statement import ClosedMonth, RuleDecision

RULE = "statement_rule"
MONTH = "statement_month"
"""The kinds of things that these decisions are of."""


def of_rule(decision: RuleDecision, caller: Caller, surface: Surface) -> AuditEntry:
    """A rule was set."""
    return AuditEntry(
        actor=actor_of(caller),
        surface=surface,
        action="statement.rule",
        object_kind=RULE,
        object_id=str(decision.id),
        after={
            "from_month": written(decision.from_month),
            "method": decision.rule.method.value,
            "basis": decision.rule.basis.value,
            "shares": {name: f"{share:f}" for name, share in decision.rule.shares.items()},
        },
    )


def of_closing(closed: ClosedMonth, caller: Caller, surface: Surface) -> AuditEntry:
    """A month was closed."""
    return AuditEntry(
        actor=actor_of(caller),
        surface=surface,
        action="statement.close",
        object_kind=MONTH,
        object_id=written(closed.month),
        after={
            "infrastructure": f"{closed.infrastructure:f}",
            "not_charged": f"{closed.not_charged:f}",
            "corrected": f"{closed.corrected:f}",
            "digest": closed.digest,
        },
    )
