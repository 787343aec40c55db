"""One pass over some rollups: the costs are grouped once, then joined with the budgets' targets."""
# ruff: noqa: S608 - what is pasted are names of tables of our own and declared dimensions

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import groupby
from typing import cast

import duckdb

from queries.budget_spend.slots import Slots, slots_of
from queries.budget_spend.targets import Signature, Targets
from queries.dimensions import Dimensions
from queries.mart.rollup import costs_of
from queries.mart.snapshot import DayRollup
from queries.schema import FULLY_LOADED, MONEY, quoted

_SUMS = (
    f"SUM(cost)::{MONEY} AS cost, SUM(requests)::BIGINT AS requests, "
    "SUM(unpriced)::BIGINT AS unpriced"
)

ALL, FRESH, SETTLED = "TRUE", "place IN (FROM fresh)", "place NOT IN (FROM fresh)"
"""Which budgets a pass is for."""

_WORKING = ("slots", "local_days", "spans", "stretches", "cells", "matched", "added_up")

_SHARE = 0.02
"""Of all beginnings and ends of periods: where so many fall on one day, the days are cut."""

_MANY = 8
"""Rollups from which on it is worth to look at one of them before all are read."""


@dataclass(frozen=True, slots=True)
class Read:
    """The rollup of a source's UTC day, to be added or taken away."""

    day: date
    rollup: DayRollup
    is_gone: bool = False


class Pass:
    """Adds up what rollups hold for budgets, into the table `parts`.

    Args:
        connection: in whose database the targets are.
        dimensions: of the deployment.
        shape: of the rollups of these dimensions.
        targets: the budgets.
        days: rollups that are grouped at once.
    """

    def __init__(
        self,
        connection: duckdb.DuckDBPyConnection,
        dimensions: Dimensions,
        shape: str,
        targets: Targets,
        days: int,
    ) -> None:
        self._days = days
        self._connection = connection
        self._dimensions = dimensions
        self._shape = shape
        self._targets = targets
        self._is_dense = True
        self._even = "TRUE"
        connection.execute(
            "CREATE TABLE parts (place INTEGER, day DATE, "
            f"cost {MONEY}, requests BIGINT, unpriced BIGINT)"
        )

    def run(self, reads: Collection[Read], budgets: str, *, daily: bool = False) -> None:
        """Adds rows to `parts`: of each budget, what some rollups hold for it.

        Of what was replaced, only the difference is looked at: most of a day stays as it was.

        Args:
            reads: the rollups.
            budgets: for which: `ALL`, `FRESH` or `SETTLED`.
            daily: a row for each day; otherwise `day` is NULL, and a budget may have several rows.
        """
        for some in _by_month(reads, self._days):
            slots = slots_of(((read.day, read.rollup.grain) for read in some), self._targets.zones)
            self._lay_out_time(slots)
            if any(read.is_gone for read in some):
                self._gather(some, self._targets.tables)
                live = self._live(budgets, met=True)
            else:
                live = self._live(budgets)
                if live:
                    self._gather(some, live)
            if live:
                self._cut_time(live, slots)
            for signature, table in live.items():
                self._join(signature, table, daily=daily)
        live = [f"live_{table}" for table in self._targets.tables.values()]
        for table in (*_WORKING, *live):
            self._connection.execute(f"DROP TABLE IF EXISTS {table}")

    def _live(self, budgets: str, *, met: bool = False) -> dict[Signature, str]:
        """The targets of some budgets that the days laid out can concern: of a past month, few can.

        Args:
            budgets: which.
            met: only those that a cell meets; there are few cells then.
        """
        execute = self._connection.execute
        execute(
            "CREATE OR REPLACE TEMP TABLE spans AS SELECT zone, min(day) AS earliest, "
            "max(day) AS latest FROM local_days GROUP BY zone"
        )
        live: dict[Signature, str] = {}
        for signature, table in self._targets.tables.items():
            name = f"live_{table}"
            cells = f"SEMI JOIN cells c ON {self._members(signature)}" if met else ""
            execute(
                f"CREATE OR REPLACE TEMP TABLE {name} AS SELECT t.* FROM {table} t {cells} "
                "JOIN spans s ON s.zone = t.zone AND t.first_day <= s.latest "
                f"AND t.last_day >= s.earliest WHERE {budgets}"
            )
            if execute(f"SELECT 1 FROM {name} LIMIT 1").fetchone():
                live[signature] = name
        return live

    def _members(self, signature: Signature) -> str:
        """The condition that a cell `c` counts for a target `t`."""
        alike = (
            f"t.member_{number} = c.{_member(name, self._dimensions)}"
            for number, name in enumerate(signature)
        )
        return " AND ".join(["TRUE", *alike])

    def _lay_out_time(self, slots: Slots) -> None:
        execute = self._connection.execute
        execute(
            "CREATE OR REPLACE TEMP TABLE slots AS SELECT unnest($1::TIMESTAMPTZ[]) AS start, "
            "unnest($2::VARCHAR[]) AS grain, unnest($3::INTEGER[]) AS slot",
            [slots.starts, slots.grains, slots.slots],
        )
        execute(
            "CREATE OR REPLACE TEMP TABLE local_days AS SELECT unnest($1::INTEGER[]) AS zone, "
            "unnest($2::INTEGER[]) AS slot, unnest($3::DATE[]) AS day",
            [slots.zones, slots.slots_of_days, slots.days],
        )

    def _cut_time(self, signatures: dict[Signature, str], slots: Slots) -> None:
        """The table `stretches`: where most periods begin or end, the days are cut.

        Days between two cuts are added up before they are joined: a month's budget then meets one
        row in place of thirty. A target that begins or ends elsewhere among these days is uneven,
        and meets each day by itself.
        """
        execute = self._connection.execute
        edges = " UNION ALL ".join(
            f"SELECT unnest([first_day, (last_day + 1)::DATE]) AS edge FROM {table}"
            for table in signatures.values()
        )
        earliest, latest = min(slots.days), max(slots.days)
        found = execute(
            f"SELECT edge FROM ({edges}) WHERE edge > $1 AND edge <= $2 GROUP BY edge "
            f"HAVING count(*) >= {_SHARE} * (SELECT count(*) FROM ({edges}))",
            [earliest, latest],
        ).fetchall()
        cuts = sorted({earliest, *(edge for (edge,) in cast("list[tuple[date]]", found))})
        days = sorted(set(slots.days))
        execute(
            "CREATE OR REPLACE TEMP TABLE stretches AS SELECT unnest($1::DATE[]) AS day, "
            "unnest($2::DATE[]) AS stretch",
            [days, [cuts[bisect_right(cuts, day) - 1] for day in days]],
        )
        self._even = (
            f"(first_day <= DATE '{earliest}' OR first_day IN (SELECT stretch FROM stretches)) AND "
            f"(last_day >= DATE '{latest}' OR (last_day + 1)::DATE IN "
            "(SELECT stretch FROM stretches))"
        )

    def _gather(self, reads: Sequence[Read], signatures: dict[Signature, str]) -> None:
        """The table `cells`: costs by slot, by the targets' values, and by whose traffic it is.

        A value that no target names has the number 0. A row without a named value of a dimension
        that all targets name counts for none of them. Cells that are alike are added up, but not
        where nearly all rows differ: to find that out costs most of the pass.
        """
        dimensions = sorted({name for signature in signatures for name in signature})
        everywhere = set(dimensions).intersection(*signatures)
        members: list[str] = []
        joins: list[str] = []
        for number, name in enumerate(dimensions):
            column = f"c.{quoted(self._dimensions[name].column)}"
            named = " UNION ".join(
                f"SELECT member_{signature.index(name)} FROM {table}"
                for signature, table in signatures.items()
                if name in signature
            )
            values = f"(FROM {self._targets.values(name)} WHERE number IN ({named}))"
            kind = "JOIN" if name in everywhere else "LEFT JOIN"
            joins.append(f"{kind} {values} v{number} ON v{number}.value = {column}")
            members.append(f"COALESCE(v{number}.number, 0) AS {_member(name, self._dimensions)}")
        keys = ", ".join(["s.slot", *members, "c.is_internal IS FALSE AS customer"])
        come = [read for read in reads if not read.is_gone]
        gone = [read for read in reads if read.is_gone]
        rows = self._rows(come, keys, joins, "$come", "")
        given = {"come": [read.rollup.path for read in come]}
        summed = (
            f"SELECT * EXCLUDE (cost, requests, unpriced), {_SUMS} FROM ({{rows}}) GROUP BY ALL"
        )
        if gone:
            rows = self._rows(gone, keys, joins, "$gone", "-") + (
                f" UNION ALL {rows}" if come else ""
            )
            given = {"gone": [read.rollup.path for read in gone]} | (given if come else {})
            rows = (
                f"{summed.format(rows=rows)} HAVING SUM(cost) <> 0 OR SUM(requests) <> 0 "
                "OR SUM(unpriced) <> 0"
            )
        elif self._is_worth_adding_up(come, rows):
            rows = summed.format(rows=rows)
        self._connection.execute(f"CREATE OR REPLACE TEMP TABLE cells AS {rows}", given)

    def _rows(
        self, reads: Sequence[Read], keys: str, joins: Sequence[str], files: str, sign: str
    ) -> str:
        """The statement for what some rollups hold, row by row."""
        alike = {read.rollup.shape for read in reads} <= {self._shape}
        return (
            f"SELECT {keys}, {sign}c.{FULLY_LOADED.name} AS cost, {sign}c.requests AS requests, "
            f"{sign}c.unpriced_requests AS unpriced "
            f"FROM {costs_of(self._dimensions, files, alike=alike)} c "
            "JOIN slots s ON s.start = c.charge_period_start AND s.grain = c.grain "
            f"{' '.join(joins)} WHERE c.cost_category = 'inference'"
        )

    def _is_worth_adding_up(self, reads: Sequence[Read], rows: str) -> bool:
        """Whether there are far fewer cells than rows; one day tells, for no two share a cell."""
        if len(reads) >= _MANY:
            counted = self._connection.execute(
                "SELECT sum(rows), count(*) FROM (SELECT * EXCLUDE (cost, requests, unpriced), "
                f"count(*) AS rows FROM ({rows}) GROUP BY ALL)",
                {"come": [reads[len(reads) // 2].rollup.path]},
            ).fetchone()
            there, cells = cast("tuple[int | None, int]", counted)
            self._is_dense = 2 * cells <= (there or 0)
        return self._is_dense

    def _join(self, signature: Signature, table: str, *, daily: bool) -> None:
        """Adds to `parts` what the cells hold for the targets of one signature."""
        execute = self._connection.execute
        keys = ["zone", *(f"member_{number}" for number in range(len(signature)))]
        # First whose it is, then on which day: the other way round, every cost would be multiplied
        # by the number of zones, and DuckDB cannot tell which way is the better one.
        execute(
            f"CREATE OR REPLACE TEMP TABLE matched AS SELECT {', '.join(f't.{k}' for k in keys)}, "
            "t.earliest, t.latest, c.slot, c.customer, c.cost, c.requests, c.unpriced FROM cells c "
            f"JOIN (SELECT {', '.join(keys)}, min(first_day) AS earliest, max(last_day) AS latest "
            f"FROM {table} GROUP BY ALL) t ON {self._members(signature)}"
        )
        targets = _Aimed(table, keys)
        if daily:
            execute(_added_up("l.day", keys, "matched"))
            execute(targets.meeting("day"))
            return
        execute(_added_up("s.stretch AS day", keys, "matched"))
        execute(replace(targets, table=f"(FROM {table} WHERE {self._even})").meeting("NULL"))
        uneven = f"(FROM {table} WHERE NOT ({self._even}))"
        if execute(f"SELECT 1 FROM {uneven} LIMIT 1").fetchone() is None:
            return
        some = f"(FROM matched SEMI JOIN {uneven} t USING ({', '.join(keys)}))"
        execute(_added_up("l.day", keys, some))
        execute(replace(targets, table=uneven).meeting("NULL"))


@dataclass(frozen=True, slots=True)
class _Aimed:
    """The targets of one signature, to be joined with what was added up.

    Attributes:
        table: of the targets.
        keys: its columns that say what a target wants: the zone and the members.
    """

    table: str
    keys: list[str]

    def meeting(self, day: str) -> str:
        """The statement that adds to `parts` what lies within the targets' periods."""
        alike = " AND ".join(f"t.{key} = y.{key}" for key in self.keys)
        return (
            f"INSERT INTO parts SELECT place, {day}, cost, requests, unpriced FROM {self.table} t "
            f"JOIN added_up y ON {alike} AND (y.customer OR NOT t.customers_only) "
            "AND y.day BETWEEN t.first_day AND t.last_day"
        )


def _by_month(reads: Collection[Read], days: int) -> Iterator[Sequence[Read]]:
    """Rollups that are gathered at once: of one month, for most periods begin with one."""
    ordered = sorted(reads, key=lambda read: (read.day, read.rollup.path))
    for _, of_month in groupby(ordered, key=lambda read: (read.day.year, read.day.month)):
        some = list(of_month)
        for begin in range(0, len(some), days):
            yield some[begin : begin + days]


def _added_up(stretch: str, keys: list[str], matched: str) -> str:
    """The statement that makes the table `added_up`: costs by target and stretch of days."""
    return (
        f"CREATE OR REPLACE TEMP TABLE added_up AS SELECT {', '.join(f'm.{k}' for k in keys)}, "
        f"{stretch}, m.customer, {_SUMS} FROM {matched} m "
        "JOIN local_days l ON l.zone = m.zone AND l.slot = m.slot "
        "JOIN stretches s ON s.day = l.day WHERE l.day BETWEEN m.earliest AND m.latest GROUP BY ALL"
    )


def _member(name: str, dimensions: Dimensions) -> str:
    """The column of `cells` with the number of a dimension's value."""
    return f"cell_{list(dimensions).index(name)}"
