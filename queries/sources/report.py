"""What an import did."""
# ruff: noqa: S608 - what is pasted are queries of our own making

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import cast

import duckdb

from analysis.prices import PriceSource
from queries.dimensions import Source
from queries.sources.mapping import Mapped
from queries.sources.rejects import Rejected


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What became of a file's rows: `read` is always `taken` + `repeated` + `rejected`.

    Attributes:
        source: gpu, usage or focus.
        file: the imported file.
        read: rows of the file.
        taken: of these, new in the mart.
        repeated: of these, there already, in the mart or earlier in the file.
        restated: of the repeated, those whose cost is not what was taken the first time; the
            first one stays.
        rejected: of the rows read, those with something wrong.
        reasons: how many were rejected for which reason, most frequent first.
        requests: that the taken rows stand for.
        unpriced: of these requests, without a price.
        estimated: of these requests, priced by the public fallback list.
        cost: USD of the taken rows, those without a price left out.
        estimated_cost: of this cost, by the public fallback list.
        first_time, last_time: instants of the oldest and newest taken row, UTC; None: none.
        ignored_columns: of the file, because they are not known.
        rejects_file: where the rejected rows are; None: there are none.
        notes: whatever else the user should know, whole sentences.
        seconds: how long it took.
    """

    source: Source
    file: Path
    read: int
    taken: int
    repeated: int
    restated: int
    rejected: int
    reasons: Mapping[str, int]
    requests: int
    unpriced: int
    estimated: int
    cost: Decimal
    estimated_cost: Decimal
    first_time: datetime | None
    last_time: datetime | None
    ignored_columns: Sequence[str]
    rejects_file: Path | None = None
    notes: Sequence[str] = field(default_factory=tuple)
    seconds: float = 0.0


def summarize(
    connection: duckdb.DuckDBPyConnection,
    source: Source,
    file: Path,
    mapped: Mapped,
    rejected: Rejected,
    known_costs: str,
) -> ImportReport:
    """What an import is about to do, from its tables and views.

    Args:
        connection: with `staged`, `repeated`, `doubles`, `priced` and `taken`.
        source: of the rows.
        file: the imported file.
        mapped: its columns.
        rejected: its rejected rows.
        known_costs: query for `request_key` and `billed_cost` of everything in the mart.
    """
    fallback = f"price_source = '{PriceSource.FALLBACK}'"
    requests, unpriced, estimated, cost, estimated_cost, first, last = _row(
        connection,
        "SELECT COALESCE(sum(requests), 0)::BIGINT, "
        "COALESCE(sum(unpriced_requests), 0)::BIGINT, "
        f"COALESCE(sum(requests) FILTER ({fallback}), 0)::BIGINT, "
        "COALESCE(sum(billed_cost), 0), "
        f"COALESCE(sum(billed_cost) FILTER ({fallback}), 0), min(time), max(time) FROM taken",
    )
    (repeated,) = _row(connection, "SELECT count(*) FROM repeated")
    (staged,) = _row(connection, "SELECT count(*) FROM staged")
    (refused,) = _row(connection, "SELECT count(*) FROM refused")
    restated = 0
    if repeated:
        (restated,) = _row(
            connection,
            f"WITH first AS (SELECT request_key, billed_cost FROM ({known_costs}) UNION ALL "
            "SELECT request_key, billed_cost FROM priced JOIN doubles USING (request_key) "
            "WHERE record = doubles.first AND record NOT IN (FROM repeated)) "
            "SELECT count(*) FROM priced SEMI JOIN repeated USING (record) "
            "JOIN first USING (request_key) WHERE priced.billed_cost IS DISTINCT FROM "
            "first.billed_cost",
        )
    total = sum(rejected.reasons.values())
    return ImportReport(
        source=source,
        file=file,
        read=cast("int", staged) + total - cast("int", refused),
        # A row of the file may have become several of the mart: these are not counted.
        taken=cast("int", staged) - cast("int", refused) - cast("int", repeated),
        repeated=cast("int", repeated),
        restated=cast("int", restated),
        rejected=total,
        reasons=dict(rejected.reasons.most_common()),
        requests=cast("int", requests),
        unpriced=cast("int", unpriced),
        estimated=cast("int", estimated),
        cost=cast("Decimal", cost),
        estimated_cost=cast("Decimal", estimated_cost),
        first_time=cast("datetime | None", first),
        last_time=cast("datetime | None", last),
        ignored_columns=mapped.ignored,
        rejects_file=rejected.file,
    )


def _row(connection: duckdb.DuckDBPyConnection, sql: str) -> tuple[object, ...]:
    return cast("tuple[object, ...]", connection.execute(sql).fetchall()[0])
