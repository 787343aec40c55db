"""How long it takes to add up what 10 thousand, 100 thousand and a million budgets have spent.

A year of facts of 10,000 organizations, 62 days of it by the hour; 100 budgets an organization,
half of them by the month, with scopes of none to three dimensions, in eight zones. Then a day's
figures change for one organization in a hundred, and then for all of them.
"""

from __future__ import annotations

import asyncio
import resource
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from queries.budget_spend import BudgetPeriods, BudgetSpending, Refreshed
from queries.dimensions import Dimensions, Source
from queries.duck import connect
from queries.mart import Mart
from queries.mart.manifest import (
    MANIFEST,
    DayFiles,
    Manifest,
    SourceEntry,
    costs_shape_of,
    publish,
    requests_shape_of,
)
from queries.mart.partitions import Partitions
from queries.mart.rollup import ORDER
from queries.mart.snapshot import grain_of
from queries.schema import FULLY_LOADED, FULLY_LOADED_RULE, costs_columns, quoted

ORGANIZATIONS = 10_000
EACH = 100
DAYS = 365
HOURLY_DAYS = 62
LAST_DAY = date(2026, 11, 20)
NOW = datetime(2026, 11, 20, 18, tzinfo=UTC)
SIZES = (10_000, 100_000, 1_000_000)
HOUR_ROWS, DAY_ROWS = 100_000, 50_000
"""Rows of `costs` on a day that keeps its hours, and on one that does not."""

ZONES = (
    "UTC", "Europe/Berlin", "Asia/Tokyo", "America/New_York", "America/Los_Angeles",
    "Asia/Kolkata", "Australia/Sydney", "Pacific/Kiritimati",
)  # fmt: skip

DRAWN = {
    "is_internal": "hash(i, 2) % 50 = 0",
    "price_source": "'list'",
    "model": "'model-' || (hash(i, 6) % 20)",
    "endpoint": "'/v1/endpoint-' || (hash(i, 7) % 12)",
    "team": "'team-' || (hash(i, 9) % 20)",
    "user_id": "'user-' || (hash(i, 12) % 100000)",
    "cost_category": "'inference'",
    "result": "'success'",
    "requests": "1 + hash(i, 15) % 20",
    "billed_cost": "(hash(i, 16) % 1000000000)::DECIMAL(38,15) / 100000000",
}


@dataclass(frozen=True)
class Measured:
    """One line of the table; seconds.

    Attributes:
        budgets: how many.
        handed_over: until they were taken in.
        complete: adding up everything.
        complete_cpu: of all threads, for that; other work on the machine disturbs it less.
        few: after a day changed for one organization in a hundred; `few_changed` budgets.
        all: after it changed for all of them.
        megabytes: of memory that the process has had at most.
    """

    budgets: int
    handed_over: float
    complete: float
    complete_cpu: float
    few: float
    few_changed: int
    all: float
    megabytes: float


class Facts:
    """A mart of `costs` alone, whose last day can be written anew.

    Args:
        home: an empty folder.
        share: of the rows; 1: all.
    """

    def __init__(self, home: Path, share: float) -> None:
        self.mart = Mart(home, Dimensions(), lambda: NOW, hourly_days=HOURLY_DAYS)
        self.mart.folder.mkdir(parents=True)
        self._share = share
        self._version = 0
        self._days: dict[date, DayFiles] = {}
        self.rows = 0

    def fill(self) -> None:
        """Writes all days."""
        for back in range(DAYS):
            self._write(LAST_DAY - timedelta(days=back), "billed_cost")
        self._publish()

    def change(self, condition: str) -> None:
        """Writes the last day anew: what meets the condition is dearer by a cent."""
        self._write(LAST_DAY, f"billed_cost + CASE WHEN {condition} THEN 0.01 ELSE 0 END")
        self._publish()

    def prepare(self, conditions: Sequence[str]) -> list[bytes]:
        """Writes the last day in several ways; what is published then is the last of them.

        Returns:
            For `show`: each state, as it is published.
        """
        states: list[bytes] = []
        for condition in conditions:
            self.change(condition)
            states.append((self.mart.folder / MANIFEST).read_bytes())
        return states

    def show(self, state: bytes) -> None:
        """Publishes a prepared state: nothing is computed, so nobody is disturbed."""
        draft = self.mart.folder / "prepared.json"
        draft.write_bytes(state)
        draft.replace(self.mart.folder / MANIFEST)

    def forget_the_last_day(self) -> None:
        """Takes its file away; once it is written anew, everything has to be added up anew."""
        for rollup in self.mart.snapshot().rollups().values():
            if Path(rollup.path).parent.name.endswith(str(LAST_DAY)):
                Path(rollup.path).unlink()

    def _write(self, day: date, cost: str) -> None:
        grain = grain_of(day, NOW.date() - timedelta(days=HOURLY_DAYS))
        rows = int((HOUR_ROWS if grain == "hour" else DAY_ROWS) * self._share)
        self.rows += rows if day not in self._days else 0
        first = (LAST_DAY - day).days * HOUR_ROWS
        hour = "(hash(i, 1) % 24)::INT" if grain == "hour" else "0"
        drawn = DRAWN | {
            "dt": f"DATE '{day}'",
            "charge_period_start": f"TIMESTAMPTZ '{day} 00:00:00+00' + to_hours({hour})",
            "grain": f"'{grain}'",
            "source": "'usage'",
            "organization": f"'organization-' || (hash(i, 8) % {ORGANIZATIONS})",
        }
        columns = ", ".join(
            f"({drawn.get(column.name, '0' if column.type == 'BIGINT' else 'NULL')})"
            f"::{column.type} AS {quoted(column.name)}"
            for column in costs_columns(self.mart.dimensions)
            if column is not FULLY_LOADED
        )
        sql = (
            f"SELECT *, {FULLY_LOADED_RULE} AS {FULLY_LOADED.name} FROM (SELECT * REPLACE "
            f"(({cost})::DECIMAL(38,15) AS billed_cost) FROM (SELECT {columns} "
            f"FROM range({first}, {first + rows}) AS r(i))) {ORDER}"
        )
        with (
            connect(threads=2, memory="2GB") as connection,
            Partitions(self.mart.folder, connection).cursor() as own,
        ):
            name = own.write_day(sql, "costs", Source.USAGE, day)
        self._days[day] = DayFiles(
            requests=(),
            request_shape=requests_shape_of(self.mart.dimensions),
            rows=rows,
            costs=name,
            grain=grain,
            shape=costs_shape_of(self.mart.dimensions),
        )

    def _publish(self) -> None:
        self._version += 1
        entry = SourceEntry(
            first_time=NOW - timedelta(days=DAYS - 1),
            last_time=NOW,
            loaded_at=NOW,
            requests=self.rows,
            rows=self.rows,
            days=dict(self._days),
        )
        publish(self.mart.folder, Manifest(version=self._version, sources={Source.USAGE: entry}))


def budgets(number: int) -> BudgetPeriods:
    """So many budgets, `EACH` an organization."""
    organizations, scopes, zones, firsts, lasts = zip(*_budgets(number), strict=True)
    return BudgetPeriods(
        range(number), organizations, scopes, zones, firsts, lasts, [True] * number
    )


def _budgets(number: int) -> Iterator[tuple[str, str, str, date, date]]:
    for i in range(number):
        organization, one = divmod(i, EACH)
        scope = ("{}", f'{{"model":["model-{one % 20}"]}}', f'{{"team":["team-{one % 20}"]}}')[
            one % 3
        ]
        if one % 10 == 4:
            scope = f'{{"endpoint":["/v1/endpoint-{one % 12}"],"model":["model-{one % 20}"]}}'
        if one % 10 == 9:
            scope = '{"model":["model-1","model-2","model-3"]}'
        first, last = date(2026, 11, 1), date(2026, 11, 30)
        if one % 10 in (6, 7):
            first, last = date(2026, 10, 1), date(2026, 12, 31)
        elif one % 10 == 8:
            first, last = date(2026, 1, 1), date(2026, 12, 31)
        elif one % 10 == 5:
            first = date(2026, 9, 1) + timedelta(days=i % 60)
            last = first + timedelta(days=45)
        yield f"organization-{organization}", scope, ZONES[organization % 8], first, last


async def measure(facts: Facts, number: int) -> Measured:
    """Adds up what `number` budgets have spent, three times."""
    spending = BudgetSpending(facts.mart)
    given = budgets(number)
    facts.change("false")
    begun = time.perf_counter()
    await spending.put(given)
    handed_over = time.perf_counter() - begun
    cpu = time.process_time()
    complete, refreshed = await _refresh(spending)
    cpu = time.process_time() - cpu
    assert len(refreshed.changed) == number
    facts.change("hash(organization) % 100 = 0")
    few, some = await _refresh(spending)
    facts.change("true")
    every, _ = await _refresh(spending)
    await spending.close()
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return Measured(number, handed_over, complete, cpu, few, len(some.changed), every, memory)


async def _refresh(spending: BudgetSpending) -> tuple[float, Refreshed]:
    begun = time.perf_counter()
    refreshed = await spending.refresh()
    seconds = time.perf_counter() - begun
    await spending.told()
    return seconds, refreshed


def main(
    sizes: tuple[int, ...] = SIZES, tell: Callable[[str], None] = print, share: float = 1.0
) -> list[Measured]:
    """Measures several numbers of budgets and tells a small table."""
    home = Path(tempfile.mkdtemp(prefix="costbot-bench-"))
    try:
        facts = Facts(home, share)
        facts.fill()
        tell(f"What all budgets have spent, seconds; {facts.rows:,} rows of a year, nothing kept")
        tell(
            f"{'budgets':>12}{'taken in':>10}{'all facts / CPU':>17}{'1 % changed':>13}"
            f"{'budgets':>9}{'a day changed':>15}{'MB':>7}"
        )
        found: list[Measured] = []
        for size in sizes:
            one = asyncio.run(measure(facts, size))
            found.append(one)
            tell(
                f"{one.budgets:>12,}{one.handed_over:>10.1f}"
                f"{f'{one.complete:.1f} / {one.complete_cpu:.1f}':>17}{one.few:>13.2f}"
                f"{one.few_changed:>9,}{one.all:>15.2f}{one.megabytes:>7.0f}"
            )
    finally:
        shutil.rmtree(home)
    return found


if __name__ == "__main__":
    main(tuple(int(size) for size in sys.argv[1:]) or SIZES)
