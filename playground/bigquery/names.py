"""Whether every column that a query names is there, and which of two is meant."""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

from sqlglot import exp
from sqlglot.optimizer.scope import Scope, traverse_scope

from playground.bigquery.refusal import invalid_query

Names = frozenset[str]
"""Columns in lower case."""

Schema = Mapping[str, Mapping[str, str]]


def check_names(tree: exp.Expr, schema: Schema) -> None:
    """Look every column up.

    Args:
        tree: a query whose tables are named as in the schema.
        schema: of each table the columns in lower case, with their types.

    Raises:
        Refusal: a name that there is not, or that could be two.
    """
    outputs: dict[int, Names | None] = {}
    for scope in traverse_scope(tree):
        if scope.pivots:
            return
        for column in scope.find_all(exp.Column):
            if not isinstance(column.this, exp.Star):
                _check(column, scope, schema, outputs)
        _check_joined(scope, _sources(scope, schema, outputs))
        outputs[id(scope.expression)] = _outputs(scope, schema, outputs)


def at(node: exp.Expr) -> str:
    """Where in the text a name stands: ` at [line:column]`, or nothing."""
    places: list[tuple[int, int]] = []
    for identifier in node.find_all(exp.Identifier):
        meta = cast("Mapping[str, int]", identifier.meta)
        if "line" in meta:
            width = meta["end"] - meta["start"]
            places.append((meta["line"], meta["col"] - width))
    return f" at [{min(places)[0]}:{min(places)[1]}]" if places else ""


def _check(
    column: exp.Column, scope: Scope, schema: Schema, outputs: Mapping[int, Names | None]
) -> None:
    name, table = column.name.lower(), column.table.lower()
    within: Scope | None = scope
    while within is not None:
        sources = _sources(within, schema, outputs)
        if table and table in sources:
            columns = sources[table]
            if columns is None or name in columns:
                return
            raise invalid_query(f"Name {column.name} not found inside {column.table}{at(column)}")
        if not table and _found(column, within, sources):
            return
        # What stands in FROM or in WITH sees nothing of the query around it.
        within = None if within.is_derived_table or within.is_cte else within.parent
    raise invalid_query(f"Unrecognized name: {column.table or column.name}{at(column)}")


def _check_joined(scope: Scope, sources: Mapping[str, Names | None]) -> None:
    """Look the columns of USING up on both sides of the join."""
    left: list[Names | None] = list(sources.values())[:1]
    for join in cast("list[exp.Join]", scope.expression.args.get("joins") or []):
        right = sources.get(join.alias_or_name.lower())
        for one in cast("list[exp.Expr]", join.args.get("using") or []):
            for side, there in (("left", left), ("right", [right])):
                if None not in there and not any(
                    one.name.lower() in (some or ()) for some in there
                ):
                    where = f"Column {one.name} in USING clause not found on {side} side of join"
                    raise invalid_query(f"{where}{at(one)}")
        left.append(right)


def _found(column: exp.Column, scope: Scope, sources: Mapping[str, Names | None]) -> bool:
    name = column.name.lower()
    # ORDER BY and their like may name what SELECT calls so.
    if _after_select(column, scope) and name in _aliases(scope):
        return True
    having = [one for one in sources.values() if one is None or name in one]
    if len(having) > 1 and None not in having and name not in _joined_by(scope):
        raise invalid_query(f"Column name {column.name} is ambiguous{at(column)}")
    return bool(having)


def _after_select(column: exp.Column, scope: Scope) -> bool:
    node: exp.Expr | None = column
    while node is not None and node is not scope.expression:
        if isinstance(node, exp.Group | exp.Order | exp.Having | exp.Qualify):
            return node.parent is scope.expression
        node = node.parent
    return False


def _aliases(scope: Scope) -> set[str]:
    select = cast("exp.Query", scope.expression)
    return {one.alias_or_name.lower() for one in select.selects}


def _joined_by(scope: Scope) -> set[str]:
    joins = cast("list[exp.Join]", scope.expression.args.get("joins") or [])
    return {
        one.name.lower()
        for join in joins
        for one in cast("list[exp.Expr]", join.args.get("using") or [])
    }


def _sources(
    scope: Scope, schema: Schema, outputs: Mapping[int, Names | None]
) -> dict[str, Names | None]:
    found: dict[str, Names | None] = {}
    for alias, (node, source) in scope.selected_sources.items():
        given = _given(node)
        if given:
            found[alias.lower()] = given
        elif isinstance(source, exp.Table):
            found[alias.lower()] = frozenset(schema[source.name]) if source.name in schema else None
        else:
            found[alias.lower()] = outputs.get(id(source.expression))
    return found


def _given(node: exp.Expr) -> Names:
    """The names of columns that an alias lists, as `UNNEST(…) AS day` does."""
    alias = node.args.get("alias")
    columns = cast("list[exp.Expr]", alias.args.get("columns") or []) if alias else []
    offset = node.args.get("offset")
    names = {one.name.lower() for one in columns}
    return frozenset(names | ({offset.name.lower()} if isinstance(offset, exp.Expr) else set()))


def _outputs(scope: Scope, schema: Schema, outputs: Mapping[int, Names | None]) -> Names | None:
    if isinstance(scope.expression, exp.SetOperation):
        left = scope.expression.left
        return outputs.get(id(left.unnest() if isinstance(left, exp.Subquery) else left))
    if not isinstance(scope.expression, exp.Select):
        return None
    names: set[str] = set()
    sources = _sources(scope, schema, outputs)
    for one in cast("list[exp.Expr]", scope.expression.expressions):
        if not one.is_star:
            names.add(one.alias_or_name.lower())
            continue
        star = one.this if isinstance(one, exp.Column) else one
        left_out = {
            name.name.lower() for name in cast("list[exp.Expr]", star.args.get("except_") or [])
        }
        table = one.table.lower() if isinstance(one, exp.Column) else ""
        stars = [sources.get(table)] if table else list(sources.values())
        for columns in stars:
            if columns is None:
                return None
            names |= columns - left_out
    return frozenset(names)
