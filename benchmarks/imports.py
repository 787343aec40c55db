"""How many rows a second are imported: read, checked, priced, deduplicated, rolled up, written."""

from __future__ import annotations

import asyncio
import sys
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import duckdb
from rich.console import Console
from rich.table import Table

from analysis.prices import PriceSource, UnitPrice
from handlers.imports import ImportHandler, ImportRequest
from queries.dimensions import Dimensions, Source
from queries.mart import Mart
from queries.sources.report import ImportReport

ROWS = 1_000_000
_NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)

_USAGE = """
SELECT strftime(TIMESTAMP '2026-08-24' + to_milliseconds(i * 7689), '%Y-%m-%dT%H:%M:%S.%gZ')
        AS time,
    'org-' || hash(i, 1) % 50 AS organization, 'user-' || hash(i, 2) % 2000 AS "user",
    ['openai', 'openai', 'anthropic', 'google'][1 + (hash(i, 3) % 4)::INT] AS provider,
    CASE provider WHEN 'openai' THEN ['gpt-4-turbo', 'gpt-4o-mini'][1 + (hash(i, 4) % 2)::INT]
        WHEN 'anthropic' THEN 'claude-sonnet-4-5' ELSE 'gemini-2.5-pro' END AS model,
    'req_' || md5(i::VARCHAR) AS request_id,
    50 + hash(i, 5) % 6000 AS input_tokens, 10 + hash(i, 6) % 900 AS output_tokens,
    CASE WHEN hash(i, 7) % 3 = 0 THEN hash(i, 8) % 50 ELSE 0 END AS cached_input_tokens,
    0 AS cache_write_tokens, 0 AS reasoning_tokens, hash(i, 9) % 20 = 0 AS batch,
    200 + hash(i, 10) % 9000 AS latency_ms,
    CASE WHEN hash(i, 11) % 50 = 0 THEN 500 ELSE 200 END AS status,
    'team-' || hash(i, 12) % 12 AS team, 'feature-' || hash(i, 13) % 20 AS feature,
    ['production', 'staging'][1 + (hash(i, 14) % 2)::INT] AS environment,
    'key-' || hash(i, 15) % 60 AS key
FROM range(ROWS) AS t(i)
"""

_GPU = """
SELECT strftime(TIMESTAMP '2026-08-24' + to_milliseconds(i * 7689), '%Y-%m-%d %H:%M:%S') AS time,
    'inference' AS cost_category, (hash(i, 1) % 900000) / 1000000 AS row_cost,
    0.01 AS attributed_idle_cost, 0.002 AS attributed_overhead_cost,
    hash(i, 2) % 90 / 2 AS gpu_seconds, hash(i, 3) % 15 = 0 AS is_lt_team,
    ['api', 'studio'][1 + (hash(i, 4) % 2)::INT] AS product, 'ltxv-' || hash(i, 5) % 4 AS model,
    '/v1/endpoint-' || hash(i, 6) % 8 AS endpoint, 'org-' || hash(i, 7) % 50 AS org,
    ['success', 'success', 'success', 'failed'][1 + (hash(i, 8) % 4)::INT] AS result,
    'on_demand' AS billing_type, 'gpu_' || md5(i::VARCHAR) AS request_id
FROM range(ROWS) AS t(i)
"""


def usage_sql(rows: int) -> str:
    """So many events of usage."""
    return _USAGE.replace("ROWS", str(rows))


def _prices() -> list[UnitPrice]:
    return [
        UnitPrice(
            "openai",
            "gpt-4-turbo",
            Decimal(10),
            Decimal(30),
            datetime(2023, 11, 6, tzinfo=UTC),
            None,
            PriceSource.LIST,
            "benchmark",
        )
    ]


def generate(folder: Path, rows: int) -> list[tuple[Source, Path]]:
    """Writes files of both sources, in each format."""
    made: list[tuple[Source, Path]] = []
    with duckdb.connect(":memory:") as connection:
        for source, query in ((Source.USAGE, _USAGE), (Source.GPU, _GPU)):
            for ending, how in (("csv", "CSV, HEADER"), ("jsonl", "JSON"), ("parquet", "PARQUET")):
                path = folder / f"{source.value}.{ending}"
                connection.execute(
                    f"COPY ({query.replace('ROWS', str(rows))}) TO '{path}' (FORMAT {how})"
                )
                made.append((source, path))
    return made


async def import_one(source: Source, path: Path, home: Path) -> tuple[ImportReport, float]:
    """Imports a file into a new mart; the report, and the seconds that it took."""
    dimensions = Dimensions()
    clock: Callable[[], datetime] = lambda: _NOW  # noqa: E731

    async def prices() -> list[UnitPrice]:
        return _prices()

    handler = ImportHandler(home, Mart(home, dimensions, clock), dimensions, clock, prices)
    loop = asyncio.get_running_loop()
    begun = loop.time()
    report = await handler.import_file(ImportRequest(source, path))
    return report, loop.time() - begun


def main(rows: int = ROWS) -> None:
    """Prints rows a second for both importers."""
    table = Table("import", "rows", "taken", "seconds", "rows/s", title="Imports")
    with tempfile.TemporaryDirectory() as folder:
        for source, path in generate(Path(folder), rows):
            home = Path(folder) / f"home-{path.name}"
            report, seconds = asyncio.run(import_one(source, path, home))
            table.add_row(
                f"{source.value} {path.suffix}",
                f"{report.read:,}",
                f"{report.taken:,}",
                f"{seconds:.2f}",
                f"{report.read / seconds:,.0f}",
            )
    Console().print(table)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else ROWS)
