"""Operators between types that GoogleSQL does not mix, where DuckDB would convert in silence."""

from __future__ import annotations

from collections.abc import Mapping

from sqlglot import exp

from playground.bigquery.names import at
from playground.bigquery.refusal import invalid_query

_Kind = exp.DataType.Type

_NUMBERS = frozenset({_Kind.BIGINT, _Kind.INT, _Kind.DOUBLE, _Kind.DECIMAL, _Kind.BIGDECIMAL})

_NAMES: Mapping[_Kind, str] = {
    _Kind.BIGINT: "INT64",
    _Kind.INT: "INT64",
    _Kind.DOUBLE: "FLOAT64",
    _Kind.DECIMAL: "NUMERIC",
    _Kind.BIGDECIMAL: "BIGNUMERIC",
    _Kind.TEXT: "STRING",
    _Kind.VARCHAR: "STRING",
    _Kind.BOOLEAN: "BOOL",
    _Kind.DATE: "DATE",
    _Kind.TIMESTAMPTZ: "TIMESTAMP",
}
"""The types that are checked, as GoogleSQL names them."""

_COMPARISONS: Mapping[type[exp.Expr], str] = {
    exp.EQ: "=",
    exp.NEQ: "!=",
    exp.GT: ">",
    exp.GTE: ">=",
    exp.LT: "<",
    exp.LTE: "<=",
    exp.Between: "BETWEEN",
    exp.In: "IN",
}

_ARITHMETIC: Mapping[type[exp.Expr], str] = {exp.Add: "+", exp.Sub: "-", exp.Mul: "*", exp.Div: "/"}

_FROM_TEXT = frozenset({"STRING", "DATE", "TIMESTAMP"})


def check_signatures(annotated: exp.Expr) -> None:
    """Look at every operator whose operands' types are known.

    Args:
        annotated: a tree with types, its parameters cast to theirs.

    Raises:
        Refusal: the types do not go together.
    """
    for node in annotated.walk():
        name = _COMPARISONS.get(type(node)) or _ARITHMETIC.get(type(node))
        if name is None:
            continue
        operands = _operands(node)
        kinds = [_kind(one) for one in operands]
        if None in kinds:
            continue
        known = [kind for kind in kinds if kind is not None]
        groups = {
            _group(kind)
            for kind, one in zip(known, operands, strict=True)
            if not _is_text(one, kind)
        }
        wrong = len(groups) > 1 or (
            any(map(_is_text, operands, known)) and bool(groups - _FROM_TEXT)
        )
        if type(node) in _ARITHMETIC:
            wrong = bool(groups & {"STRING", "BOOL"})
        if wrong:
            types = ", ".join(_NAMES[kind] for kind in known)
            message = f"No matching signature for operator {name} for argument types: {types}"
            raise invalid_query(f"{message}{at(node)}")


def _operands(node: exp.Expr) -> list[exp.Expr]:
    if isinstance(node, exp.Between):
        return [node.this, node.args["low"], node.args["high"]]
    if isinstance(node, exp.In):
        return [node.this, *node.expressions]
    return [node.this, node.args["expression"]]


def _kind(node: exp.Expr) -> _Kind | None:
    kind = node.type.this if node.type is not None else None
    return kind if isinstance(kind, _Kind) and kind in _NAMES else None


def _group(kind: _Kind) -> str:
    return "NUMBER" if kind in _NUMBERS else _NAMES[kind]


def _is_text(node: exp.Expr, kind: _Kind) -> bool:
    """Whether it becomes a day or an instant by itself: a quoted literal, a STRING parameter."""
    is_text = _NAMES[kind] == "STRING"
    is_parameter = isinstance(node, exp.Cast) and isinstance(node.this, exp.Parameter)
    return is_text and (isinstance(node, exp.Literal) or is_parameter)
