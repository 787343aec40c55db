"""One pass over some rollups: the costs are grouped once, then joined with the budgets' targets."""
# ruff: noqa: S608 - what is pasted are names of tables of our own and declared dimensions

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date

import duckdb

from queries.budget_spend.slots import slots_of
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


@dataclass(frozen=True, slots=True)
class Read:
    """The rollup of a source's UTC day."""

    day: date
    rollup: DayRollup


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
        connection.execute(
            "CREATE TABLE parts (place INTEGER, day DATE, "
            f"cost {MONEY}, requests BIGINT, unpriced BIGINT)"
        )

    def run(self, reads: Collection[Read], budgets: str, *, sign: int = 1, daily: bool) -> None:
        """Adds rows to `parts`: of each budget, what some rollups hold for it.

        Args:
            reads: the rollups.
            budgets: for which: `ALL`, `FRESH` or `SETTLED`.
            sign: -1 takes away in place of adding.
            daily: a row for each day; otherwise `day` is NULL, and a budget may have several rows.
        """
        signatures = self._aim(budgets)
        ordered = sorted(reads, key=lambda read: (read.day, read.rollup.path))
        for begin in range(0, len(ordered) if signatures else 0, self._days):
            some = ordered[begin : begin + self._days]
            self._lay_out_time(some)
            self._group(some, signatures)
            for signature, table in signatures.items():
                self._join(signature, table, sign=sign, daily=daily)
        for table in ("cells", "matched", "added_up", *signatures.values()):
            self._connection.execute(f"DROP TABLE IF EXISTS {table}")

    def _aim(self, budgets: str) -> dict[Signature, str]:
        """The targets of these budgets, by signature; those without any are left out."""
        aimed: dict[Signature, str] = {}
        for signature, table in self._targets.tables.items():
            name = f"aimed_{table}"
            self._connection.execute(
                f"CREATE OR REPLACE TEMP TABLE {name} AS SELECT * FROM {table} WHERE {budgets}"
            )
            if self._connection.execute(f"SELECT 1 FROM {name} LIMIT 1").fetchone():
                aimed[signature] = name
        return aimed

    def _lay_out_time(self, reads: Collection[Read]) -> None:
        slots = slots_of(((read.day, read.rollup.grain) for read in reads), self._targets.zones)
        execute = self._connection.execute
        execute(
            "CREATE OR REPLACE TEMP TABLE slots AS SELECT unnest($1::TIMESTAMPTZ[]) AS start, "
            "unnest($2::VARCHAR[]) AS grain, unnest($3::INTEGER[]) AS slot",
            [slots.starts, slots.grains, slots.slots],
        )
        execute(
            "CREATE OR REPLACE TEMP TABLE local_days AS SELECT unnest($1::INTEGER[]) AS zone, "
            "unnest($2::INTEGER[]) AS slot, unnest($3::DATE[]) AS day, "
            "date_trunc('month', day)::DATE AS month",
            [slots.zones, slots.slots_of_days, slots.days],
        )

    def _group(self, reads: Collection[Read], signatures: dict[Signature, str]) -> None:
        """The table `cells`: costs by slot, by the targets' values, and by whose traffic it is.

        A value that no target names has the number 0. A row without a named value of a dimension
        that all targets name counts for none of them.
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
        files = [read.rollup.path for read in reads]
        alike = {read.rollup.shape for read in reads} <= {self._shape}
        self._connection.execute(
            f"CREATE OR REPLACE TEMP TABLE cells AS SELECT {', '.join(['s.slot', *members])}, "
            f"c.is_internal IS FALSE AS customer, SUM(c.{FULLY_LOADED.name})::{MONEY} AS cost, "
            "SUM(c.requests)::BIGINT AS requests, SUM(c.unpriced_requests)::BIGINT AS unpriced "
            f"FROM {costs_of(self._dimensions, '$files', alike=alike)} c "
            "JOIN slots s ON s.start = c.charge_period_start AND s.grain = c.grain "
            f"{' '.join(joins)} WHERE c.cost_category = 'inference' GROUP BY ALL",
            {"files": files},
        )

    def _join(self, signature: Signature, table: str, *, sign: int, daily: bool) -> None:
        """Adds to `parts` what the cells hold for the targets of one signature.

        Whole months of the calendar are added up before they are joined: a month's budget then
        meets one row in place of thirty.
        """
        execute = self._connection.execute
        cells = [_member(name, self._dimensions) for name in signature]
        keys = ["zone", *(f"member_{number}" for number in range(len(signature)))]
        members = " AND ".join(
            ["TRUE", *(f"t.{key} = c.{cell}" for key, cell in zip(keys[1:], cells, strict=True))]
        )
        # First whose it is, then on which day: the other way round, every cost would be multiplied
        # by the number of zones, and DuckDB cannot tell which way is the better one.
        execute(
            f"CREATE OR REPLACE TEMP TABLE matched AS SELECT {', '.join(f't.{k}' for k in keys)}, "
            "c.slot, c.customer, c.cost, c.requests, c.unpriced FROM cells c "
            f"JOIN (SELECT DISTINCT {', '.join(keys)} FROM {table}) t ON {members}"
        )
        targets = _Aimed(table, keys, "cost, requests, unpriced")
        if sign < 0:
            targets = _Aimed(table, keys, "-cost, -requests, -unpriced")
        if daily:
            execute(_added_up("l.day", keys, "matched"))
            execute(targets.meeting("day", "y.day BETWEEN t.first_day AND t.last_day"))
            return
        execute(_added_up("l.month AS day", keys, "matched"))
        whole = "y.day >= t.first_day AND last_day(y.day) <= t.last_day"
        execute(targets.meeting("NULL", whole))
        partial = f"(FROM {table} WHERE day(first_day) > 1 OR last_day <> last_day(last_day))"
        some = f"(FROM matched SEMI JOIN {partial} t USING ({', '.join(keys)}))"
        execute(_added_up("l.day", keys, some))
        targets = replace(targets, table=partial)
        within = "y.day BETWEEN t.first_day AND t.last_day"
        whole = "date_trunc('month', y.day) >= t.first_day AND last_day(y.day) <= t.last_day"
        execute(targets.meeting("NULL", f"{within} AND NOT ({whole})"))


@dataclass(frozen=True, slots=True)
class _Aimed:
    """The targets of one signature, to be joined with what was added up.

    Attributes:
        table: of the targets.
        keys: its columns that say what a target wants: the zone and the members.
        figures: what is added to `parts`.
    """

    table: str
    keys: list[str]
    figures: str

    def meeting(self, day: str, condition: str) -> str:
        """The statement that adds to `parts` what meets the condition."""
        alike = " AND ".join(f"t.{key} = y.{key}" for key in self.keys)
        return (
            f"INSERT INTO parts SELECT place, {day}, {self.figures} FROM {self.table} t "
            f"JOIN added_up y ON {alike} AND (y.customer OR NOT t.customers_only) AND {condition}"
        )


def _added_up(stretch: str, keys: list[str], matched: str) -> str:
    """The statement that makes the table `added_up`: costs by target and stretch of days."""
    return (
        f"CREATE OR REPLACE TEMP TABLE added_up AS SELECT {', '.join(f'm.{k}' for k in keys)}, "
        f"{stretch}, m.customer, {_SUMS} FROM {matched} m "
        "JOIN local_days l ON l.zone = m.zone AND l.slot = m.slot GROUP BY ALL"
    )


def _member(name: str, dimensions: Dimensions) -> str:
    """The column of `cells` with the number of a dimension's value."""
    return f"cell_{list(dimensions).index(name)}"
