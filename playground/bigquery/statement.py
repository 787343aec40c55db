"""A statement: what it reads, of which days, and whether BigQuery would take it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import cast
from zlib import crc32

import sqlglot
from sqlglot import exp
from sqlglot.errors import OptimizeError, ParseError, TokenError
from sqlglot.optimizer.annotate_types import annotate_types
from sqlglot.optimizer.pushdown_predicates import pushdown_predicates
from sqlglot.optimizer.pushdown_projections import pushdown_projections
from sqlglot.optimizer.qualify import qualify
from sqlglot.optimizer.scope import Scope, traverse_scope

from playground.bigquery.dialect import Kind, number_nodes, typed_parameters, types_of
from playground.bigquery.names import at, check_names
from playground.bigquery.parameters import Parameter
from playground.bigquery.refusal import Refusal, invalid_query
from playground.bigquery.signatures import check_signatures
from playground.bigquery.tables import TableField, TableName
from playground.bigquery.values import GOOGLESQL_TYPES

PARTITIONS = "INFORMATION_SCHEMA.PARTITIONS"

REMEMBERED = 256
"""Queries whose reading is kept: a dry run precedes the run, and clients repeat themselves."""

Lookup = Callable[[TableName], list[TableField]]


@dataclass(frozen=True, slots=True)
class Reference:
    """A table that a statement reads.

    Attributes:
        name: of the table.
        place: what stands for it in the statement's tree.
        columns: that are read, as the table spells them.
        filters: conditions on it, each joined to the others by AND.
    """

    name: TableName
    place: str
    columns: frozenset[str]
    filters: tuple[exp.Expr, ...]


@dataclass(frozen=True, slots=True)
class Statement:
    """A query whose tables are replaced by places, and what it reads.

    Attributes:
        tree: GoogleSQL.
        references: the tables.
        types: of the nodes of the tree, by their numbers.
    """

    tree: exp.Expr
    references: tuple[Reference, ...]
    types: Mapping[int, Kind]


def parse(sql: str) -> exp.Expr:
    """The tree of one GoogleSQL query.

    Raises:
        Refusal: it is none.
    """
    try:
        trees = [tree for tree in sqlglot.parse(sql, read="bigquery") if tree is not None]
    except ParseError as error:
        where = error.errors[0] if error.errors else {}
        line, column = where.get("line", 1), where.get("col", 1)
        what = where.get("highlight") or "end of script"
        raise invalid_query(f"Syntax error: Unexpected {what} at [{line}:{column}]") from error
    except TokenError as error:
        raise invalid_query("Syntax error: Unclosed string literal at [1:1]") from error
    if not trees:
        raise invalid_query("Syntax error: Unexpected end of script at [1:1]")
    if len(trees) > 1 or not isinstance(trees[0], exp.Query):
        raise Refusal("notImplemented", "Only a single query is imitated, no script and no DML.")
    return trees[0]


def place_of(name: TableName) -> str:
    """What stands for a table in the trees, and what DuckDB calls it."""
    # Neither DuckDB nor sqlglot tells names apart by case.
    text = str(name)
    readable = text.lower().replace(".", "__").replace("-", "_")
    return f"{readable}__{crc32(text.encode()):08x}"


def table_of(table: exp.Table, project: str, dataset: tuple[str, str] | None) -> TableName:
    """The table that a FROM names.

    Args:
        table: in the tree.
        project: for one that names none.
        dataset: the default one, with its project.

    Raises:
        Refusal: it names no dataset and there is no default.
    """
    if not table.db and dataset:
        return TableName(*dataset, table.name)
    if not table.db:
        message = (
            f'Table "{table.name}" must be qualified with a dataset (e.g. dataset.table){at(table)}'
        )
        raise invalid_query(message)
    return TableName(table.catalog or project, table.db, table.name)


def read_statement(
    sql: str,
    project: str,
    dataset: tuple[str, str] | None,
    parameters: Mapping[str, Parameter],
    lookup: Lookup,
) -> Statement:
    """Find what a query reads. What was found of the last ones is remembered.

    Args:
        sql: one GoogleSQL query.
        project: where the job runs, for tables that name none.
        dataset: the default dataset, with its project.
        parameters: by name in lower case.
        lookup: the columns of a table; it refuses what there is not.

    Raises:
        Refusal: no query, an unknown table, column or parameter, or types that do not go together.
    """
    mentioned = _mentioned(sql, project, dataset)
    for name in mentioned.parameters:
        if name.lower() not in parameters:
            raise invalid_query(f"Query parameter '{name}' not found at [1:1]")
    kinds = tuple((name, one.googlesql_type) for name, one in parameters.items())
    fields = tuple((name, tuple(lookup(name))) for name in mentioned.tables)
    return _read(sql, project, dataset, kinds, fields)


@dataclass(frozen=True, slots=True)
class _Mentioned:
    """What a query names: its parameters, and its tables, each once."""

    parameters: tuple[str, ...]
    tables: tuple[TableName, ...]


@lru_cache(REMEMBERED)
def _mentioned(sql: str, project: str, dataset: tuple[str, str] | None) -> _Mentioned:
    tree = parse(sql)
    parameters = [one.name for one in tree.find_all(exp.Parameter)]
    tables = [table_of(table, project, dataset) for table in _tables(tree)]
    return _Mentioned(tuple(dict.fromkeys(parameters)), tuple(dict.fromkeys(tables)))


@lru_cache(REMEMBERED)
def _read(
    sql: str,
    project: str,
    dataset: tuple[str, str] | None,
    kinds: tuple[tuple[str, str], ...],
    fields: tuple[tuple[TableName, tuple[TableField, ...]], ...],
) -> Statement:
    """What the query reads; nobody changes the trees of a statement, they are copied first."""
    tree = parse(sql)
    columns = dict(fields)
    names: dict[str, TableName] = {}
    schema: dict[str, dict[str, str]] = {}
    spelling: dict[str, dict[str, str]] = {}
    for table in list(_tables(tree)):
        name = table_of(table, project, dataset)
        place = place_of(name)
        names[place] = name
        schema[place] = {one.name.lower(): GOOGLESQL_TYPES[one.kind] for one in columns[name]}
        spelling[place] = {one.name.lower(): one.name for one in columns[name]}
        alias = table.alias or name.table
        if name.table == PARTITIONS and alias in {"", PARTITIONS, str(name)}:
            alias = "PARTITIONS"
        table.replace(exp.alias_(exp.to_table(place), alias, table=True, quoted=False))
    _name_outputs(tree)
    check_names(tree, schema)
    number_nodes(tree)
    annotated, pruned = _optimized(tree, schema, dict(kinds))
    check_signatures(annotated)
    found = [
        Reference(
            names[source.name],
            source.name,
            frozenset(
                spelling[source.name][column.name.lower()]
                for column in _columns(scope, alias)
                if column.name.lower() in spelling[source.name]
            ),
            tuple(_conditions(scope, alias)),
        )
        for scope in traverse_scope(pruned)
        for alias, (_, source) in scope.selected_sources.items()
        if isinstance(source, exp.Table) and source.name in names
    ]
    return Statement(tree, tuple(found), types_of(annotated))


def _optimized(
    tree: exp.Expr, schema: dict[str, dict[str, str]], kinds: Mapping[str, str]
) -> tuple[exp.Expr, exp.Expr]:
    """Two copies of the tree.

    One is with types; in the other conditions are moved to the tables that they are about, and
    columns that nobody uses are gone.
    """
    try:
        qualified = qualify(
            tree.copy(),
            schema=cast("dict[str, object]", schema),
            dialect="bigquery",
            validate_qualify_columns=False,
            identify=False,
            quote_identifiers=False,
        )
        annotated = annotate_types(
            typed_parameters(qualified.copy(), kinds),
            schema=cast("dict[str, object]", schema),
            dialect="bigquery",
        )
        return annotated, pushdown_projections(pushdown_predicates(qualified, dialect="bigquery"))
    except OptimizeError as error:
        raise Refusal("notImplemented", f"A construct that is not imitated: {error}") from error


def _name_outputs(tree: exp.Expr) -> None:
    """Call the columns of the result that have no name f0_, f1_ and so on."""
    number = 0
    selects = cast("exp.Query", tree).selects
    for one in selects:
        if not isinstance(one, exp.Column | exp.Alias) and not one.is_star:
            one.replace(exp.alias_(one.copy(), f"f{number}_"))
            number += 1


def _tables(tree: exp.Expr) -> Iterable[exp.Table]:
    for scope in traverse_scope(tree):
        for _, source in scope.selected_sources.values():
            if isinstance(source, exp.Table):
                yield source


def _columns(scope: Scope, alias: str) -> Iterable[exp.Column]:
    return [column for column in scope.columns if column.table.lower() == alias.lower()]


def _conditions(scope: Scope, alias: str) -> Iterable[exp.Expr]:
    select = scope.expression
    where = cast("exp.Where | None", select.args.get("where"))
    joins = cast("list[exp.Join]", select.args.get("joins") or [])
    conditions = [cast("exp.Expr", where.this)] if where else []
    conditions += [join.args["on"] for join in joins if join.args.get("on") and not join.side]
    for condition in conditions:
        for part in condition.flatten() if isinstance(condition, exp.And) else [condition]:
            columns = list(part.find_all(exp.Column))
            if columns and all(column.table.lower() == alias.lower() for column in columns):
                yield part
