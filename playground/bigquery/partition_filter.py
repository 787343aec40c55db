"""Which partitions a query's filter leaves, and whether it is a filter at all."""

from __future__ import annotations

from collections.abc import Iterable

from sqlglot import exp

_COMPARISONS = (exp.EQ, exp.NEQ, exp.GT, exp.GTE, exp.LT, exp.LTE)


def usable(condition: exp.Expr, column: str) -> bool:
    """Whether a condition can be used for partition elimination.

    The partition column must stand alone on one side, with constants on the other.
    """
    if isinstance(condition, exp.Paren):
        return usable(condition.this, column)
    if isinstance(condition, exp.Or):
        return all(usable(part, column) for part in (condition.left, condition.right))
    if isinstance(condition, exp.And):
        return any(usable(part, column) for part in (condition.left, condition.right))
    if isinstance(condition, exp.Not):
        return usable(condition.this, column)
    if isinstance(condition, _COMPARISONS):
        left, right = condition.left, condition.right
        return (_is(left, column) and _constant(right)) or (_is(right, column) and _constant(left))
    if isinstance(condition, exp.Between):
        bounds = (condition.args["low"], condition.args["high"])
        return _is(condition.this, column) and all(map(_constant, bounds))
    if isinstance(condition, exp.In):
        some: list[exp.Expr] = condition.expressions
        unnest = condition.args.get("unnest")
        listed = [*some, *([unnest] if unnest else [])]
        return _is(condition.this, column) and bool(listed) and all(map(_constant, listed))
    if isinstance(condition, exp.Is):
        return _is(condition.this, column)
    return False


def usable_ones(conditions: Iterable[exp.Expr], column: str) -> list[exp.Expr]:
    """Of conditions that are joined by AND, those that eliminate partitions."""
    return [one for one in conditions if usable(one, column)]


def _is(node: exp.Expr, column: str) -> bool:
    node = node.unnest()
    return isinstance(node, exp.Column) and node.name.lower() == column.lower()


def _constant(node: exp.Expr) -> bool:
    return node.find(exp.Column, exp.Subquery, exp.Select) is None
