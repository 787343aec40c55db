"""What budgets have spent, as it is kept in a DuckDB of its own."""
# ruff: noqa: S608 - what is pasted are names of tables of our own

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import TypeVar, cast
from uuid import uuid4

import duckdb

from analysis.errors import Unavailable
from queries.budget_spend.columns import BudgetPeriods, DailySpend, Difference, Refreshed, Spent
from queries.budget_spend.credits import Credits
from queries.budget_spend.passes import ALL, FRESH, SETTLED, Pass, Read
from queries.budget_spend.targets import Targets
from queries.budget_spend.working import give_way
from queries.dimensions import Source
from queries.duck import connect
from queries.mart.collector import TEMPORARY
from queries.mart.mart import Mart
from queries.mart.snapshot import DayRollup
from queries.schema import MONEY

T = TypeVar("T")

_DAY = timedelta(days=1)

_NAMED = 10
"""Differences that are told of one by one."""

_PIECE = 1_000
"""Figures that are taken over at once: half a millisecond of work."""

_Rollups = dict[tuple[Source, date], DayRollup]

_ADDED_UP = (
    f"SELECT place, SUM(cost)::{MONEY} AS cost, SUM(requests)::BIGINT AS requests, "
    "SUM(unpriced)::BIGINT AS unpriced FROM parts GROUP BY place"
)


@dataclass(frozen=True, slots=True)
class SpendingLimits:
    """What the passes may take.

    Attributes:
        threads: of DuckDB.
        memory: of DuckDB, as it writes sizes; beyond it rows spill into the mart's folder.
        days: rollups of a day that are grouped at once: more are quicker, and need more memory.
    """

    threads: int = 2
    memory: str = "2GB"
    days: int = 31


class Work:
    """The database of the budgets, used by one thread at a time."""

    def __init__(self, mart: Mart, limits: SpendingLimits, shape: str) -> None:
        self._mart = mart
        self._limits = limits
        self.connection = connect(
            threads=limits.threads, memory=limits.memory, temporary=_temporary(mart)
        )
        # The mart's files never change: what was read of them once stays true.
        self.connection.execute("SET parquet_metadata_cache = true")
        self._targets = Targets(self.connection, mart.dimensions)
        self._pass = Pass(self.connection, mart.dimensions, shape, self._targets, limits.days)
        self.connection.execute(
            f"CREATE TABLE spent (place INTEGER, cost {MONEY}, requests BIGINT, unpriced BIGINT)"
        )
        self.connection.execute("CREATE TABLE untold (place INTEGER)")
        self._credits = Credits(self.connection, mart.dimensions, shape)
        self._unanswerable: set[int] = set()
        self._version: int | None = None
        self._rollups: _Rollups = {}
        self._using = threading.Lock()

    def run(self, job: Callable[[Work], T]) -> T:
        """Does something as a whole or not at all."""
        return self._run(job, keeps=True)

    def look(self, job: Callable[[Work], T]) -> T:
        """Does something and leaves nothing of it behind."""
        return self._run(job, keeps=False)

    def _run(self, job: Callable[[Work], T], *, keeps: bool) -> T:
        with self._using:
            before = self._version, self._rollups, set(self._unanswerable), self._targets.state()
            self.connection.execute("BEGIN")
            ending = "ROLLBACK"
            try:
                result = job(self)
                ending = "COMMIT" if keeps else ending
            except duckdb.IOException as error:
                message = "The mart's files cannot be read."
                raise Unavailable(message) from error
            except duckdb.OutOfMemoryException as error:
                message = f"The budgets need more memory than {self._limits.memory}."
                raise Unavailable(message) from error
            finally:
                self.connection.execute(ending)
                if ending == "ROLLBACK":
                    self._version, self._rollups, self._unanswerable, state = before
                    self._targets.restore(state)
            return result

    def put(self, budgets: BudgetPeriods) -> None:
        """See `BudgetSpending.put`."""
        places = list(budgets.places)
        self.remove(places)
        self._unanswerable |= set(self._targets.put(budgets))

    def remove(self, places: list[int]) -> None:
        """See `BudgetSpending.remove`."""
        self._targets.remove(places)
        self._unanswerable -= set(places)
        self.connection.execute("DELETE FROM spent WHERE place IN (FROM leaving)")

    def refresh(self, *, anew: bool) -> Refreshed:
        """See `BudgetSpending.refresh`."""
        snapshot = self._mart.snapshot()
        now, before = snapshot.rollups(), self._rollups
        gone = [Read(key[1], r, True) for key, r in before.items() if now.get(key) != r]
        come = [Read(key[1], r) for key, r in now.items() if before.get(key) != r]
        # Files that were left behind stay for a while only: without them nothing is taken away.
        complete = self._version is None or not all(Path(r.rollup.path).exists() for r in gone)
        differing, differences = 0, list[Difference]()
        if complete:
            days_read = self._complete(now)
            changed = "SELECT place FROM spent"
        else:
            days_read = self._renew(gone, come) + self._begin(now)
            changed = "SELECT place FROM moved UNION SELECT place FROM fresh"
            if anew:
                days_read += self._recount(now)
                changed += " UNION SELECT place FROM differing"
                differing, differences = self._differences()
        self.connection.execute(f"INSERT INTO untold {changed}")
        found = self._figures("FROM spent WHERE place IN (FROM untold)")
        self._targets.settle()
        self._version, self._rollups = snapshot.version, now
        return Refreshed(
            version=snapshot.version,
            changed=found,
            unanswerable=tuple(sorted(self._unanswerable)),
            days_read=days_read,
            complete=complete or anew,
            differing=differing,
            differences=tuple(differences),
            credited=self._credits.look(now),
        )

    def told(self) -> None:
        """See `BudgetSpending.told`."""
        self.connection.execute("DELETE FROM untold")

    def spent(self, places: list[int] | None) -> Spent:
        """See `BudgetSpending.spent`."""
        if places is None:
            return self._figures("FROM spent")
        self.connection.execute(
            "CREATE OR REPLACE TEMP TABLE asked AS SELECT unnest($1::INTEGER[]) AS place", [places]
        )
        return self._figures("SELECT * FROM spent WHERE place IN (FROM asked)")

    def daily(self, budgets: BudgetPeriods) -> list[DailySpend]:
        """See `BudgetSpending.daily`; for a database that watches no budgets."""
        self._targets.put(budgets)
        self._add_up(self._within(self._mart.snapshot().rollups(), ALL), ALL, daily=True)
        found = self.connection.execute(
            f"SELECT place, day, SUM(cost)::{MONEY}, SUM(requests)::BIGINT, "
            "SUM(unpriced)::BIGINT FROM parts GROUP BY place, day ORDER BY place, day"
        )
        days: list[DailySpend] = []
        while rows := found.fetchmany(_PIECE // 4):
            days += [
                DailySpend(*row) for row in cast("list[tuple[int, date, Decimal, int, int]]", rows)
            ]
            give_way()
        return days

    def _renew(self, gone: list[Read], come: list[Read]) -> int:
        """What changed days held is taken away from the budgets, what they hold is added."""
        self.connection.execute("DELETE FROM parts")
        self._pass.run([*gone, *come], SETTLED)
        self.connection.execute(
            f"CREATE OR REPLACE TEMP TABLE moved AS SELECT * FROM ({_ADDED_UP}) "
            "WHERE cost <> 0 OR requests <> 0 OR unpriced <> 0"
        )
        self.connection.execute(
            f"UPDATE spent SET cost = (spent.cost + moved.cost)::{MONEY}, "
            "requests = spent.requests + moved.requests, "
            "unpriced = spent.unpriced + moved.unpriced FROM moved WHERE spent.place = moved.place"
        )
        return len(gone) + len(come)

    def _begin(self, now: _Rollups) -> int:
        """The spend of budgets that were put since the last refresh."""
        reads = self._within(now, FRESH)
        self._add_up(reads, FRESH)
        self._enter("fresh")
        return len(reads)

    def _complete(self, now: _Rollups) -> int:
        """The spend of all budgets, whatever was known of it."""
        reads = self._within(now, ALL)
        self._add_up(reads, ALL)
        self.connection.execute("DELETE FROM spent")
        self._enter("budgets")
        return len(reads)

    def _recount(self, now: _Rollups) -> int:
        """The spend of all budgets from the facts; the table `differing` has what was not that."""
        self.connection.execute("CREATE OR REPLACE TEMP TABLE kept AS FROM spent")
        days_read = self._complete(now)
        self.connection.execute(
            "CREATE OR REPLACE TEMP TABLE differing AS SELECT place, kept.cost AS kept_cost, "
            "kept.requests AS kept_requests, spent.cost, spent.requests "
            "FROM kept FULL JOIN spent USING (place) WHERE kept.cost IS DISTINCT FROM spent.cost "
            "OR kept.requests IS DISTINCT FROM spent.requests "
            "OR kept.unpriced IS DISTINCT FROM spent.unpriced"
        )
        self.connection.execute("DROP TABLE kept")
        return days_read

    def _differences(self) -> tuple[int, list[Difference]]:
        rows = self.connection.execute(
            f"FROM differing ORDER BY abs(cost - kept_cost) DESC NULLS FIRST, place LIMIT {_NAMED}"
        ).fetchall()
        counted = self.connection.execute("SELECT count(*) FROM differing").fetchone()
        return cast("tuple[int]", counted)[0], [Difference(*row) for row in rows]

    def _enter(self, budgets: str) -> None:
        """Keeps what was added up as the spend of the budgets in a table."""
        self.connection.execute(
            "INSERT INTO spent SELECT b.place, COALESCE(cost, 0), COALESCE(requests, 0), "
            f"COALESCE(unpriced, 0) FROM {budgets} b LEFT JOIN ({_ADDED_UP}) USING (place) "
            "WHERE b.place NOT IN (SELECT unnest($1::INTEGER[]))",
            [sorted(self._unanswerable)],
        )

    def _add_up(self, reads: list[Read], budgets: str, *, daily: bool = False) -> None:
        if reads:
            # Where what does not fit into the memory goes: DuckDB makes the last folder alone.
            (self._mart.folder / TEMPORARY).mkdir(exist_ok=True)
        self.connection.execute("DELETE FROM parts")
        self._pass.run(reads, budgets, daily=daily)

    def _within(self, rollups: _Rollups, budgets: str) -> list[Read]:
        """The rollups that can hold something of these budgets' periods."""
        span = self.connection.execute(
            f"SELECT min(first_day), max(last_day) FROM budgets WHERE {budgets}"
        ).fetchone()
        first, last = cast("tuple[date | None, date | None]", span)
        if first is None or last is None:
            return []
        # Nowhere is it more than a day earlier or later than in UTC.
        return [
            Read(day, rollup)
            for (_, day), rollup in rollups.items()
            if first - _DAY <= day <= last + _DAY
        ]

    def _figures(self, query: str) -> Spent:
        """The rows of a query by place.

        They come as text, a piece at a time: value by value, DuckDB would take eight times as long
        to hand them over, and hold the interpreter meanwhile.
        """
        pieces = self.connection.execute(
            "SELECT string_agg(concat_ws(' ', place, cost, requests, unpriced), ' ' ORDER BY place)"
            f" FROM (SELECT *, row_number() OVER (ORDER BY place) // {_PIECE} AS piece "
            f"FROM ({query})) GROUP BY piece ORDER BY piece"
        )
        places: list[int] = []
        costs: list[Decimal] = []
        requests: list[int] = []
        unpriced: list[int] = []
        while (row := pieces.fetchone()) is not None:
            values = cast("tuple[str]", row)[0].split(" ")
            places += map(int, values[0::4])
            costs += map(Decimal, values[1::4])
            requests += map(int, values[2::4])
            unpriced += map(int, values[3::4])
            give_way()
        return Spent(tuple(places), tuple(costs), tuple(requests), tuple(unpriced))


def _temporary(mart: Mart) -> Path:
    # Of one's own: DuckDBs do not share a folder. What a crash leaves behind, the writer collects.
    return mart.folder / TEMPORARY / f"budgets-{uuid4().hex}"
