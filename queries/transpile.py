"""GoogleSQL to DuckDB, for the constructs that were found to mean the same on both.

The list below is of what is allowed, from a construct-by-construct comparison with GoogleSQL's
own evaluator. What is not on it is refused, because the dangerous differences raise no error:
EXTRACT(DAYOFWEEK) off by one, weeks that begin elsewhere, x/0, COUNTIF over nothing,
TIMESTAMP_DIFF, zones in FORMAT_TIMESTAMP, NUMERIC with three digits, an alias that shadows a
column in a grouped query.
"""

from __future__ import annotations

from functools import lru_cache

import sqlglot
from sqlglot import exp

from queries.schema import MONEY


class NotPortableError(ValueError):
    """A template uses something that DuckDB and GoogleSQL do not do alike.

    A bug in the template, never something that a user typed: templates are ours.
    """


COSTS = "costs"
"""The one relation that templates may read."""

_STRUCTURE: tuple[type[exp.Expr], ...] = (
    exp.Select, exp.With, exp.CTE, exp.TableAlias, exp.Table, exp.From, exp.Join, exp.Subquery,
    exp.Union, exp.Where, exp.Group, exp.Having, exp.Qualify, exp.Order, exp.Ordered, exp.Limit,
    exp.Identifier, exp.Column, exp.Alias, exp.Star, exp.Literal, exp.Null, exp.Boolean,
    exp.Parameter, exp.Var, exp.Paren, exp.Tuple, exp.DataType, exp.DataTypeParam, exp.Distinct,
    exp.Window, exp.WindowSpec,
)  # fmt: skip

_OPERATORS: tuple[type[exp.Expr], ...] = (
    exp.And, exp.Or, exp.Not, exp.EQ, exp.NEQ, exp.GT, exp.GTE, exp.LT, exp.LTE, exp.Is, exp.In,
    exp.Between, exp.Add, exp.Sub, exp.Mul, exp.Neg,
)  # fmt: skip

_FUNCTIONS: tuple[type[exp.Expr], ...] = (
    exp.Sum, exp.Count, exp.Avg, exp.Min, exp.Max, exp.Stddev, exp.StddevSamp, exp.If, exp.Case,
    exp.Coalesce, exp.Nullif, exp.SafeDivide, exp.Abs, exp.Greatest, exp.Least, exp.Lower,
    exp.Upper, exp.Lag, exp.Lead, exp.RowNumber, exp.Rank, exp.DenseRank, exp.Cast, exp.Date,
    exp.DateDiff, exp.DateAdd, exp.DateSub, exp.Interval, exp.GenerateDateArray, exp.Unnest,
)  # fmt: skip

_ALLOWED = frozenset((*_STRUCTURE, *_OPERATORS, *_FUNCTIONS))

_CASTS = frozenset(
    {
        exp.DataType.Type.DATE,
        exp.DataType.Type.BIGINT,
        exp.DataType.Type.BOOLEAN,
        exp.DataType.Type.DOUBLE,
        exp.DataType.Type.BIGDECIMAL,
    }
)
"""NUMERIC is not among them: nine digits after the point are too few for a token. BIGNUMERIC has 38
there and money in DuckDB 15; the cast is written with them. Nor is STRING: floats are written
differently."""


_PLACE = "the_relation_costs"
"""Stands where `costs` is read until the text is written: no name that a template uses."""


@lru_cache(maxsize=1024)
def to_duckdb(sql: str, costs: str = COSTS) -> str:
    """The same query for DuckDB; named parameters @x become $x.

    Args:
        sql: one GoogleSQL query over `costs`.
        costs: what DuckDB reads in its place, as it stands after FROM. A relation of the query's
            own (WITH) would say the same; planning takes half a millisecond longer with it.

    Raises:
        NotPortableError: it uses something that the two do not do alike.
    """
    tree = _checked(sql)
    tree = tree.transform(_days_stay_dates).transform(_money_is_wide).transform(_place_costs)
    return tree.sql("duckdb").replace(_PLACE, costs)


@lru_cache(maxsize=1024)
def check_portable(sql: str) -> None:
    """Refuses what `to_duckdb` refuses, for an engine that runs GoogleSQL as it is.

    Raises:
        NotPortableError: it reads something else than `costs`, or uses something that the two
            engines do not do alike.
    """
    _checked(sql)


def _checked(sql: str) -> exp.Expr:
    try:
        tree = sqlglot.parse_one(sql, read="bigquery")
    except sqlglot.ParseError as error:
        message = f"not one GoogleSQL query: {error}"
        raise NotPortableError(message) from error
    _check(tree)
    return tree


def _check(tree: exp.Expr) -> None:
    if not isinstance(tree, exp.Query):
        message = "a template is one query, nothing that changes anything"
        raise NotPortableError(message)
    ctes = {cte.alias for cte in tree.find_all(exp.CTE)}
    for node in tree.walk():
        if type(node) not in _ALLOWED:
            message = f"{type(node).__name__} is not alike on both: {node.sql('bigquery')}"
            raise NotPortableError(message)
        _check_detail(node, ctes)


def _check_detail(node: exp.Expr, ctes: set[str]) -> None:
    reason = ""
    if isinstance(node, exp.Table) and node.name not in ctes | {COSTS}:
        reason = "only costs and the query's own WITH can be read"
    elif isinstance(node, exp.Cast) and node.to.this not in _CASTS:
        reason = "casts are to DATE, INT64, BOOL, FLOAT64 and BIGNUMERIC only"
    elif isinstance(node, exp.DateDiff | exp.DateAdd | exp.DateSub) and _unit(node) != "DAY":
        reason = "dates are reckoned in days only"
    elif isinstance(node, exp.Unnest) and node.args.get("offset"):
        reason = "WITH OFFSET counts from 1 in DuckDB"
    elif isinstance(node, exp.With) and node.args.get("recursive"):
        reason = "a recursive WITH was not compared"
    elif isinstance(node, exp.Union) and node.args.get("distinct"):
        reason = "UNION ALL says what is meant"
    elif isinstance(node, exp.Select):
        reason = _shadow(node)
    if reason:
        message = f"{reason}: {node.sql('bigquery')}"
        raise NotPortableError(message)


def _shadow(select: exp.Select) -> str:
    """Why a grouped query's alias would be taken for a column by one of the two, or nothing."""
    if not select.args.get("group"):
        return ""
    where = select.args.get("where")
    # GROUP BY and ORDER BY may name the alias; a column inside an expression may not.
    inside = {
        column.name.lower()
        for expression in (*select.expressions, *([where] if where else []))
        for column in expression.find_all(exp.Column)
    }
    for projection in select.expressions:
        name, value = projection.alias.lower(), projection.this
        itself = isinstance(value, exp.Column) and value.name.lower() == name
        if isinstance(projection, exp.Alias) and not itself and name in inside:
            return f"the alias {name} shadows a column of a grouped query"
    return ""


def _unit(node: exp.Expr) -> str:
    unit = node.args.get("unit")
    return str(unit.name).upper() if isinstance(unit, exp.Expr) else "DAY"


def _days_stay_dates(node: exp.Expr) -> exp.Expr:
    # In DuckDB a date and an interval make a timestamp.
    if isinstance(node, exp.DateAdd | exp.DateSub) and not isinstance(node.parent, exp.Cast):
        return exp.cast(node, exp.DataType.Type.DATE)
    return node


def _money_is_wide(node: exp.Expr) -> exp.Expr:
    # Without digits of its own, DuckDB's BIGNUMERIC would have five after the point.
    if isinstance(node, exp.Cast) and node.to.this == exp.DataType.Type.BIGDECIMAL:
        return exp.cast(node.this, MONEY, dialect="duckdb")
    return node


def _place_costs(node: exp.Expr) -> exp.Expr:
    if not isinstance(node, exp.Table) or node.name != COSTS:
        return node
    return exp.alias_(exp.to_table(_PLACE), node.alias or COSTS, table=True)
