"""GoogleSQL to DuckDB, with what sqlglot leaves different set right."""

from __future__ import annotations

from collections.abc import Mapping

from sqlglot import exp

from playground.bigquery.parameters import Parameter
from playground.bigquery.values import DUCKDB_TYPES

_NUMERIC = DUCKDB_TYPES["NUMERIC"]
_BIGNUMERIC = DUCKDB_TYPES["BIGNUMERIC"]


def to_duckdb(tree: exp.Expr, parameters: Mapping[str, Parameter]) -> str:
    """A statement or an expression for DuckDB; parameters become `$name`."""

    def mend(node: exp.Expr) -> exp.Expr:
        if isinstance(node, exp.Parameter):
            return exp.cast(node, parameters[node.name.lower()].duckdb_type, dialect="duckdb")
        return _mended(node)

    return tree.copy().transform(mend).sql("duckdb")


def _mended(node: exp.Expr) -> exp.Expr:
    if isinstance(node, exp.Literal) and not node.is_string and not node.is_int:
        # 1.5 is FLOAT64 in GoogleSQL, a decimal of two digits in DuckDB.
        return exp.cast(exp.Literal.string(node.name), "DOUBLE", dialect="duckdb")
    if isinstance(node, exp.Cast | exp.TryCast):
        return _cast(node)
    if isinstance(node, exp.DateAdd | exp.DateSub | exp.DateTrunc):
        if not isinstance(node.parent, exp.Cast):
            # In DuckDB a date and an interval make a timestamp.
            return exp.cast(node, exp.DataType.Type.DATE)
        return node
    if isinstance(node, exp.CountIf):
        return exp.Count(this=exp.Case(ifs=[exp.If(this=node.this, true=exp.Literal.number(1))]))
    return node


def _cast(node: exp.Cast) -> exp.Expr:
    kind = node.to.this
    if kind == exp.DataType.Type.BIGDECIMAL and not node.to.expressions:
        node.set("to", exp.DataType.build(_BIGNUMERIC, dialect="duckdb"))
    elif kind == exp.DataType.Type.DECIMAL and not node.to.expressions:
        node.set("to", exp.DataType.build(_NUMERIC, dialect="duckdb"))
    return node
