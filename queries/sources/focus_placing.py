"""How the charges of a bill get into the mart: beside what is there, or in its place.

A bill is known by who bills whom for which billing period. Rows of a bill that another file has
brought for the same days are either what this file corrects or its other part; which of the two,
the file does not say, so whoever imports it does.
"""
# ruff: noqa: S608 - what is pasted are declared columns and names of our own making

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import cast

from analysis.errors import BadInput
from queries.dimensions import Dimensions, Source
from queries.mart.rollup import FILES, stored_requests
from queries.sources.focus import ACCOUNT, PERIOD, PROVIDER, tag_sql
from queries.sources.importer import Writer


class FocusMode(StrEnum):
    """What becomes of rows that the mart has of the same bill and days from other files."""

    NEW = "new"
    REPLACE = "replace"
    ADD = "add"


@dataclass(frozen=True, slots=True)
class FocusPlacing:
    """Puts the charges of a file into the mart.

    Attributes:
        dimensions: of the deployment.
        mode: what becomes of rows of the same bills and days that are there: they may not be
            there, they are replaced, or they stay.
    """

    dimensions: Dimensions
    mode: FocusMode = FocusMode.NEW

    @property
    def replaces(self) -> bool:
        """Whether rows that are there already are taken again."""
        return self.mode is FocusMode.REPLACE

    def place(self, writer: Writer, now: datetime, tell: Callable[[float], None]) -> list[str]:
        """See `queries.sources.importer.Placing`."""
        if self.mode is FocusMode.ADD:
            writer.add(Source.FOCUS, "taken", on_progress=tell)
            return []
        there = self._stage_bills(writer)
        if self.mode is FocusMode.NEW:
            if there:
                raise _counted_twice(there)
            writer.add(Source.FOCUS, "taken", on_progress=tell)
            return []
        return self._replace(writer, now, tell)

    def _stage_bills(self, writer: Writer) -> list[tuple[str, str, date]]:
        """Makes `bills` of the file, with their first and last day, and `there` of the mart.

        Returns:
            Provider, billing account and day of what both have.
        """
        connection = writer.connection
        connection.execute(
            "CREATE OR REPLACE TEMP TABLE bill_days AS "
            f"SELECT DISTINCT {_bill_sql()}, dt FROM taken"
        )
        connection.execute(
            "CREATE OR REPLACE TEMP TABLE bills AS SELECT provider, account, period, "
            "min(dt) AS first, max(dt) AS last FROM bill_days GROUP BY ALL"
        )
        span = connection.execute("SELECT min(first), max(last) FROM bills").fetchall()[0]
        first, last = cast("tuple[date, date]", span)
        files = writer.snapshot().files("requests", first, last, [Source.FOCUS])
        there = "SELECT NULL::JSON AS tags, NULL::DATE AS dt WHERE false"
        if files:
            connection.execute(f"SET VARIABLE {FILES} = $1", [files])
            there = stored_requests(self.dimensions, alike=False)
        connection.execute(
            f"CREATE OR REPLACE TEMP TABLE there AS SELECT *, {_bill_sql('bill_')} FROM ({there})"
        )
        rows = connection.execute(
            "SELECT DISTINCT COALESCE(bill_days.provider, ''), "
            "COALESCE(bill_days.account, ''), bill_days.dt "
            f"FROM bill_days JOIN there ON {_same_as('bill_days')} "
            "AND there.dt = bill_days.dt ORDER BY ALL"
        ).fetchall()
        return cast("list[tuple[str, str, date]]", rows)

    def _replace(self, writer: Writer, now: datetime, tell: Callable[[float], None]) -> list[str]:
        connection = writer.connection
        connection.execute(
            "CREATE OR REPLACE TEMP TABLE replaced AS SELECT there.rowid AS number, there.dt "
            f"FROM there JOIN bills ON {_same_as('bills')} "
            "AND there.dt BETWEEN bills.first AND bills.last"
        )
        rows = connection.execute("SELECT dt FROM replaced UNION SELECT dt FROM taken").fetchall()
        days = sorted(day for (day,) in cast("list[tuple[date]]", rows))
        (gone,) = connection.execute("SELECT count(*) FROM replaced").fetchall()[0]
        kept = ""
        if connection.execute("SELECT count(*) FROM there").fetchall()[0][0]:
            kept = (
                "UNION ALL BY NAME SELECT * EXCLUDE (bill_provider, bill_account, bill_period) "
                "FROM there WHERE rowid NOT IN (SELECT number FROM replaced) "
                "AND dt IN (SELECT dt FROM replaced UNION SELECT dt FROM taken)"
            )
        connection.execute(f"CREATE OR REPLACE TEMP VIEW placed AS SELECT * FROM taken {kept}")
        changes = writer.replace_days(Source.FOCUS, "placed", dict.fromkeys(days), origin="files")
        writer.checked(Source.FOCUS, now)
        tell(1.0)
        changed = [one for one in changes if one.changed]
        if not changed:
            return ["The mart has all of this already: no day has changed."]
        restated = sum(one.restated for one in changes)
        return [
            f"{gone:,} rows of the same bills were replaced; {len(changed):,} days have changed, "
            f"{restated:,} of them with other sums than before."
        ]


def _same_as(relation: str) -> str:
    """Whether a row of `there` is of the bill of a row of the relation."""
    return " AND ".join(
        f"there.bill_{name} IS NOT DISTINCT FROM {relation}.{name}"
        for name in ("provider", "account", "period")
    )


def _bill_sql(prefix: str = "") -> str:
    """The columns that tell a bill apart, from the tags of its rows."""
    keys = {"provider": PROVIDER, "account": ACCOUNT, "period": PERIOD}
    return ", ".join(f"{tag_sql('tags', key)} AS {prefix}{name}" for name, key in keys.items())


def _counted_twice(there: Collection[tuple[str, str, date]]) -> BadInput:
    provider, account, first = min(there, key=lambda one: one[2])
    last = max(day for _, _, day in there)
    span = f"{first}" if first == last else f"{first} to {last}"
    whose = f"{provider or 'no named provider'}, billing account {account or 'without id'}"
    return BadInput(
        f"The mart has rows of {span} from another file of the same bill ({whose}): they would be "
        "counted twice. Nothing of the file was imported.",
        "If the file corrects them: `--replace`. If it is a further part of the bill: `--add`.",
    )
