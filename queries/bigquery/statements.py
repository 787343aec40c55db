"""What a statement may read: nothing of a table without bounds on the days.

BigQuery bills what a query reads. A statement is therefore looked at before it is sent: each table
in it is read by a SELECT whose own WHERE bounds the partition column from both sides by constants
or parameters, in a part that must hold (an OR does not count). That a column is merely mentioned
says nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from analysis.errors import BadInput

_METADATA = "INFORMATION_SCHEMA"

_CONSTANT: tuple[type[exp.Expr], ...] = (
    exp.Literal, exp.Parameter, exp.Var, exp.Identifier, exp.Cast, exp.DataType, exp.DataTypeParam,
    exp.DateAdd, exp.DateSub, exp.Interval, exp.Paren, exp.Neg, exp.Date, exp.Unnest,
)  # fmt: skip
"""What an expression that BigQuery can prune partitions by is made of."""


class UnboundedError(BadInput):
    """A table would be read without bounds on its days.

    Args:
        table: which one, as the statement names it.
        column: by which it is partitioned.
        size: how large all of it is, in words; empty where that is not known.
    """

    def __init__(self, table: str, column: str, size: str = "") -> None:
        whole = f", all {size} of it" if size else ""
        super().__init__(
            f"The query would read {table}{whole}, without a filter on its partition column "
            f"{column}.",
            "Bound the days from both sides, by AND: "
            f"`WHERE {column} BETWEEN @first_day AND @last_day`.",
        )
        self.table = table
        self.column = column


@lru_cache(maxsize=256)
def tables_read(sql: str) -> tuple[str, ...]:
    """The tables that a query reads, as it names them, without those of its own WITH.

    Raises:
        BadInput: it is not one query.
    """
    return tuple(dict.fromkeys(_name(table) for table in _tables(_parsed(sql))))


@lru_cache(maxsize=256)
def check_bounds(sql: str, partition_column: str | None) -> None:
    """Holds a statement against the rule of this module.

    Args:
        sql: one GoogleSQL query.
        partition_column: that bounds what is read; None: it may read metadata alone.

    Raises:
        BadInput: it is not one query.
        UnboundedError: it reads a table without bounds.
    """
    for table in _tables(_parsed(sql)):
        if _METADATA in (part.upper() for part in _name(table).split(".")):
            continue
        if partition_column is None:
            message = f"A statement about metadata would read the table {_name(table)}."
            raise BadInput(message)
        if not _is_bounded(table, partition_column):
            raise UnboundedError(_name(table), partition_column)


@lru_cache(maxsize=64)
def _parsed(sql: str) -> exp.Query:
    try:
        trees = sqlglot.parse(sql, read="bigquery")
    except SqlglotError as error:
        message = "This is no GoogleSQL query."
        raise BadInput(message) from error
    if len(trees) != 1 or not isinstance(trees[0], exp.Query):
        message = "A statement is one query, and changes nothing."
        raise BadInput(message)
    return trees[0]


def _tables(tree: exp.Expr) -> Iterator[exp.Table]:
    own = {cte.alias.lower() for cte in tree.find_all(exp.CTE)}
    for table in tree.find_all(exp.Table):
        if table.args.get("db") or table.name.lower() not in own:
            yield table


def _name(table: exp.Table) -> str:
    # As one text: in backticks, the whole path may be one name.
    return ".".join(part.name or part.sql("bigquery") for part in table.parts)


def _is_bounded(table: exp.Table, column: str) -> bool:
    select = table.find_ancestor(exp.Select)
    where = select.args.get("where") if select else None
    if select is None or not isinstance(where, exp.Where):
        return False
    alone = sum(one.find_ancestor(exp.Select) is select for one in _tables(select)) == 1
    names = {table.alias_or_name.lower()} | ({""} if alone else set[str]())
    below = above = False
    for condition in _conjuncts(where.this):
        lower, upper = _bounds(condition, column.lower(), names)
        below, above = below or lower, above or upper
    return below and above


def _conjuncts(condition: exp.Expr) -> Iterator[exp.Expr]:
    inner = condition.unnest()
    if isinstance(inner, exp.And):
        yield from _conjuncts(inner.left)
        yield from _conjuncts(inner.right)
    else:
        yield inner


def _bounds(condition: exp.Expr, column: str, names: set[str]) -> tuple[bool, bool]:
    """Whether a condition bounds the column from below, and from above."""

    def is_column(side: exp.Expr | None) -> bool:
        inner = side.unnest() if side else None
        return (
            isinstance(inner, exp.Column)
            and inner.name.lower() == column
            and inner.table.lower() in names
        )

    match condition:
        case exp.Between() if is_column(condition.this):
            low, high = condition.args["low"], condition.args["high"]
            return _is_constant(low), _is_constant(high)
        case exp.In() if is_column(condition.this):
            listed = [*condition.expressions, condition.args.get("unnest")]
            found = [one for one in listed if isinstance(one, exp.Expr)]
            sure = bool(found) and not condition.args.get("query") and all(map(_is_constant, found))
            return sure, sure
        case exp.EQ() | exp.GT() | exp.GTE() | exp.LT() | exp.LTE():
            left, right = condition.left, condition.right
            if is_column(left) and _is_constant(right):
                is_lower = isinstance(condition, exp.EQ | exp.GT | exp.GTE)
                return is_lower, isinstance(condition, exp.EQ | exp.LT | exp.LTE)
            if is_column(right) and _is_constant(left):
                is_lower = isinstance(condition, exp.EQ | exp.LT | exp.LTE)
                return is_lower, isinstance(condition, exp.EQ | exp.GT | exp.GTE)
            return False, False
        case _:
            return False, False


def _is_constant(value: exp.Expr) -> bool:
    return all(isinstance(node, _CONSTANT) for node in value.walk())
