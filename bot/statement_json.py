"""Statements for machines: decimals as text, in cents."""

from __future__ import annotations

from analysis.showback.dividing import Line, Part
from analysis.showback.rules import Rule
from handlers.showback.months import written
from handlers.showback.results import (
    Books,
    ListedMonth,
    MonthStatement,
    RuleResult,
    Statement,
)


def statement_json(result: MonthStatement) -> dict[str, object]:
    """The statements of a month."""
    closed = result.closed
    return {
        "month": written(result.month),
        "zone": result.zone.key,
        "state": result.state.value,
        "currency": "USD",
        "rule": None if result.rule is None else rule_fields(result.rule),
        "closed_at": None if closed is None else closed.at.isoformat(),
        "closed_by": None if closed is None else closed.actor.name,
        "unpriced_requests": result.unpriced,
        "uncorrected": [written(month) for month in result.uncorrected],
        "statements": [_statement(one) for one in result.statements],
        "books": None if result.books is None else _books(result.books),
    }


def rule_fields(rule: Rule) -> dict[str, object]:
    """A rule."""
    return {
        "method": rule.method.value,
        "basis": rule.basis.value,
        "shares": {name: f"{share:f}" for name, share in rule.shares.items()},
    }


def rule_json(result: RuleResult) -> dict[str, object]:
    """What is in force, and what comes."""
    return {
        "from_month": written(result.month),
        **rule_fields(result.rule),
        "doubts": list(result.doubts),
        "upcoming": [
            {"from_month": written(one.from_month), **rule_fields(one.rule)}
            for one in result.upcoming
        ],
    }


def listed_json(listed: list[ListedMonth]) -> list[dict[str, object]]:
    """The closed months."""
    return [
        {
            "month": written(one.closed.month),
            "total": f"{one.total:f}",
            "closed_at": one.closed.at.isoformat(),
            "closed_by": one.closed.actor.name,
        }
        for one in listed
    ]


def _statement(one: Statement) -> dict[str, object]:
    return {
        **_line(one.line),
        "corrections": [
            {
                "of_month": written(each.of_month),
                "before": f"{each.before:f}",
                "after": f"{each.after:f}",
                "amount": f"{each.amount:f}",
            }
            for each in one.corrections
        ],
        "total": f"{one.total:f}",
        "teams": [_line(team) for team in one.teams],
    }


def _line(line: Line) -> dict[str, object]:
    return {
        "organization": line.organization or None,
        "team": line.team or None,
        "amounts": {part.value: f"{line.amounts[part]:f}" for part in Part},
        "total": f"{line.total:f}",
        "credits": f"{line.use.credits:f}",
        "requests": line.use.requests,
        "unpriced_requests": line.use.unpriced,
    }


def _books(books: Books) -> dict[str, object]:
    costs = books.reconciliation
    return {
        "infrastructure": f"{books.infrastructure:f}",
        "charged": f"{books.charged:f}",
        "not_charged": _statement(books.not_charged),
        "corrected": f"{books.corrected:f}",
        "difference": f"{books.difference:f}",
        "unattributed": f"{costs.unattributed:f}",
        "reconciliation_difference": f"{costs.difference:f}",
        "pools": [
            {
                "part": pool.part.value,
                "source": pool.feed.value,
                "amount": f"{pool.amount:f}",
                "divided_by": pool.measure.value,
            }
            for pool in books.pools
        ],
    }
