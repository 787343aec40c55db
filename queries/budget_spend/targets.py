"""The budgets inside DuckDB: what a row of costs has to have, to count for one of them.

A table of targets for each signature (the dimensions that a scope names): one row for each
combination of accepted values. Values are numbered, so that what is joined and grouped are small
integers.
"""
# ruff: noqa: S608 - what is pasted are names of tables of our own and declared dimensions

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import cast
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import duckdb

from queries.budget_spend.columns import BudgetPeriods
from queries.budget_spend.working import give_way
from queries.dimensions import Dimensions

Signature = tuple[str, ...]
"""Names of dimensions, sorted."""

ORGANIZATION = "organization"

_SCHEMA = """
CREATE TABLE budgets (place INTEGER, first_day DATE, last_day DATE);
CREATE TABLE fresh (place INTEGER);
"""

_INCOMING = """
CREATE OR REPLACE TEMP TABLE incoming (
    place INTEGER, organization VARCHAR, scope VARCHAR, zone VARCHAR,
    first_day DATE, last_day DATE, customers_only BOOLEAN
)
"""

_HAND_OVER = """
INSERT INTO incoming SELECT unnest(from_json($places, '["INTEGER"]')),
    unnest(from_json($organizations, '["VARCHAR"]')), unnest(from_json($scopes, '["VARCHAR"]')),
    unnest(from_json($zones, '["VARCHAR"]')), unnest(from_json($firsts, '["DATE"]')),
    unnest(from_json($lasts, '["DATE"]')), unnest(from_json($customers_only, '["BOOLEAN"]'))
"""
# One text for a column: a list of as many values would be bound value by value.

AT_ONCE = 5_000
"""Budgets that are handed over with one statement: a millisecond of work for each column."""


class Targets:
    """The budgets that are watched.

    Args:
        connection: in whose database they are.
        dimensions: of the deployment.
    """

    def __init__(self, connection: duckdb.DuckDBPyConnection, dimensions: Dimensions) -> None:
        self._connection = connection
        self._dimensions = dimensions
        self._zones: dict[str, int] = {}
        self._unknown_zones: set[str] = set()
        self.tables: dict[Signature, str] = {}
        connection.execute(_SCHEMA)

    def state(self) -> tuple[dict[str, int], set[str], dict[Signature, str]]:
        """What is kept outside of the database."""
        return dict(self._zones), set(self._unknown_zones), dict(self.tables)

    def restore(self, state: tuple[dict[str, int], set[str], dict[Signature, str]]) -> None:
        """Takes back what was changed since `state`, as the database does."""
        self._zones, self._unknown_zones, self.tables = state

    @property
    def zones(self) -> list[ZoneInfo]:
        """The zones that are in use, by number."""
        return [ZoneInfo(name) for name in self._zones]

    def values(self, dimension: str) -> str:
        """The table with the numbers of a dimension's values."""
        return f"values_{list(self._dimensions).index(dimension)}"

    def put(self, budgets: BudgetPeriods) -> list[int]:
        """Takes budgets in whose places nobody has; they are fresh until `settle`.

        Returns:
            The places of those that nothing can be said of.
        """
        execute = self._connection.execute
        execute(_INCOMING)
        columns: dict[str, Sequence[object]] = {
            "places": budgets.places,
            "organizations": budgets.organizations,
            "scopes": budgets.scopes,
            "zones": budgets.zones,
            "firsts": budgets.firsts,
            "lasts": budgets.lasts,
            "customers_only": budgets.customers_only,
        }
        for begin in range(0, len(budgets), AT_ONCE):
            given: dict[str, str] = {}
            for name, column in columns.items():
                given[name] = json.dumps(list(column[begin : begin + AT_ONCE]), default=str)
                give_way()
            execute(_HAND_OVER, given)
        execute("INSERT INTO budgets SELECT place, first_day, last_day FROM incoming")
        self._number_zones()
        unanswerable = self._place(execute(_UNKNOWN_ZONE, [sorted(self._unknown_zones)]))
        for signature, has_organization in self._signatures():
            if set(signature) <= set(self._dimensions):
                self._aim(signature, has_organization=has_organization)
            else:
                unanswerable += self._place(execute(_OF_SIGNATURE, [list(signature)]))
        execute("INSERT INTO fresh SELECT place FROM incoming")
        execute("DROP TABLE incoming")
        return sorted(set(unanswerable))

    def remove(self, places: Iterable[int]) -> None:
        """Lets budgets go; the table `leaving` has their places until others leave."""
        self._connection.execute(
            "CREATE OR REPLACE TEMP TABLE leaving AS SELECT unnest($1::INTEGER[]) AS place",
            [list(places)],
        )
        for table in ("budgets", "fresh", *self.tables.values()):
            self._connection.execute(f"DELETE FROM {table} WHERE place IN (FROM leaving)")

    def settle(self) -> None:
        """What was fresh is so no longer."""
        self._connection.execute("DELETE FROM fresh")

    def _place(self, found: duckdb.DuckDBPyConnection) -> list[int]:
        return [place for (place,) in cast("list[tuple[int]]", found.fetchall())]

    def _number_zones(self) -> None:
        found = self._connection.execute("SELECT DISTINCT zone FROM incoming ORDER BY zone")
        for (name,) in cast("list[tuple[str]]", found.fetchall()):
            if name in self._zones or name in self._unknown_zones:
                continue
            try:
                ZoneInfo(name)
            except (ZoneInfoNotFoundError, ValueError, OSError):
                self._unknown_zones.add(name)
            else:
                self._zones[name] = len(self._zones)

    def _signatures(self) -> list[tuple[Signature, bool]]:
        found = self._connection.execute(
            "SELECT DISTINCT list_sort(json_keys(scope)), organization IS NOT NULL FROM incoming"
        ).fetchall()
        rows = cast("list[tuple[list[str], bool]]", found)
        return sorted((tuple(names), has) for names, has in rows)

    def _aim(self, named: Signature, *, has_organization: bool) -> None:
        """Makes targets of the incoming budgets of a signature."""
        signature = tuple(sorted({*named, ORGANIZATION} if has_organization else named))
        table = self._table(signature)
        selected = ["place", "zone_number", "first_day", "last_day", "customers_only"]
        lists: list[str] = []
        joins: list[str] = []
        for number, name in enumerate(signature):
            accepted = f"from_json(json_extract(scope, {_pointer(name)}), '[\"VARCHAR\"]')"
            if name == ORGANIZATION and has_organization:
                # Whoever names another organization than their own spends nothing there.
                within = f"list_filter({accepted}, lambda one: one = organization)"
                accepted = within if name in named else "[organization]"
            lists.append(f"unnest({accepted}) AS value_{number}")
            joins.append(f"JOIN {self.values(name)} v{number} ON v{number}.value = value_{number}")
            selected.append(f"v{number}.number")
        # One unnest a step: side by side they would be drawn out in parallel, not multiplied.
        aimed = (
            "SELECT i.*, z.number AS zone_number FROM incoming i JOIN zone_numbers z "
            "ON z.name = i.zone WHERE list_sort(json_keys(i.scope)) = $named::VARCHAR[] "
            "AND (i.organization IS NOT NULL) = $has_organization"
        )
        for one in lists:
            aimed = f"SELECT *, {one} FROM ({aimed})"
        given = {"named": list(named), "has_organization": has_organization}
        execute = self._connection.execute
        execute("CREATE OR REPLACE TEMP TABLE zone_numbers (name VARCHAR, number INTEGER)")
        execute(
            "INSERT INTO zone_numbers SELECT unnest($1::VARCHAR[]), unnest($2::INTEGER[])",
            [list(self._zones), list(self._zones.values())],
        )
        execute(f"CREATE OR REPLACE TEMP TABLE aimed AS {aimed}", given)
        for number, name in enumerate(signature):
            values = self.values(name)
            execute(
                f"INSERT INTO {values} SELECT value, (SELECT count(*) FROM {values}) "
                f"+ row_number() OVER () FROM (SELECT DISTINCT value_{number} AS value FROM aimed) "
                f"WHERE value NOT IN (SELECT value FROM {values})"
            )
        execute(f"INSERT INTO {table} SELECT {', '.join(selected)} FROM aimed {' '.join(joins)}")
        execute("DROP TABLE aimed")

    def _table(self, signature: Signature) -> str:
        """The table of a signature's targets, made where there is none."""
        if signature not in self.tables:
            table = f"targets_{len(self.tables)}"
            members = "".join(f", member_{number} INTEGER" for number in range(len(signature)))
            self._connection.execute(
                f"CREATE TABLE {table} (place INTEGER, zone INTEGER, first_day DATE, "
                f"last_day DATE, customers_only BOOLEAN{members})"
            )
            self.tables[signature] = table
            for name in signature:
                self._connection.execute(
                    f"CREATE TABLE IF NOT EXISTS {self.values(name)} "
                    "(value VARCHAR, number INTEGER)"
                )
        return self.tables[signature]


_UNKNOWN_ZONE = "SELECT place FROM incoming WHERE list_contains($1::VARCHAR[], zone)"

_OF_SIGNATURE = "SELECT place FROM incoming WHERE list_sort(json_keys(scope)) = $1"


def _pointer(name: str) -> str:
    pointer = "/" + name.replace("~", "~0").replace("/", "~1")
    return "'" + pointer.replace("'", "''") + "'"
