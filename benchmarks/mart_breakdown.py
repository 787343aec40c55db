"""How long a breakdown takes on marts of 0.1, 1 and 10 million rows of `costs`.

Ninety days, two sources, 20 models, 500 organizations, 20,000 users, most rows by the hour.
The marts hold `costs` alone: what a breakdown reads. Answers are not kept, each is computed.
"""

from __future__ import annotations

import asyncio
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from analysis.periods import Window
from queries.breakdown import Breakdown, break_down
from queries.dimensions import Dimensions, Source
from queries.duck import connect
from queries.engines import DuckDbEngine
from queries.engines.duckdb import EngineLimits
from queries.mart import Mart
from queries.mart.manifest import (
    DayFiles,
    Manifest,
    SourceEntry,
    costs_shape_of,
    publish,
    requests_shape_of,
)
from queries.mart.partitions import Partitions
from queries.mart.rolling import ROW_GROUP
from queries.mart.rollup import ORDER
from queries.schema import FULLY_LOADED, FULLY_LOADED_RULE, costs_columns, quoted

DAYS = 90
LAST_DAY = date(2024, 12, 6)
NOW = datetime(2024, 12, 6, 12, tzinfo=UTC)
SIZES = (100_000, 1_000_000, 10_000_000)
ROUNDS = 9

DRAWN = {
    "is_internal": "CASE WHEN hash(i, 1) % 20 = 0 THEN hash(i, 2) % 2 = 0 ELSE false END",
    "price_source": "CASE WHEN hash(i, 3) % 10 = 0 THEN 'genai-prices' ELSE 'list' END",
    "product": "CASE WHEN hash(i, 4) % 2 = 0 THEN 'api' ELSE 'studio' END",
    "provider": "'provider-' || (hash(i, 5) % 4)",
    "model": "'model-' || (hash(i, 6) % 20)",
    "endpoint": "'/v1/endpoint-' || (hash(i, 7) % 12)",
    "organization": "'organization-' || (hash(i, 8) % 500)",
    "team": "'team-' || (hash(i, 9) % 40)",
    "feature": "'feature-' || (hash(i, 10) % 30)",
    "environment": "CASE WHEN hash(i, 11) % 4 = 0 THEN 'staging' ELSE 'production' END",
    "user_id": "'user-' || (hash(i, 12) % 20000)",
    "cost_category": "CASE WHEN hash(i, 13) % 12 = 0 THEN 'idle' ELSE 'inference' END",
    "result": "CASE WHEN hash(i, 14) % 25 = 0 THEN 'failed' ELSE 'success' END",
    "requests": "1 + hash(i, 15) % 20",
    "failed_requests": "CASE WHEN hash(i, 14) % 25 = 0 THEN 1 ELSE 0 END",
    "billed_cost": "(hash(i, 16) % 1000000000)::DECIMAL(38,15) / 100000000",
    "attributed_idle_cost": "(hash(i, 17) % 1000000)::DECIMAL(38,15) / 1000000",
    "attributed_overhead_cost": "(hash(i, 18) % 1000000)::DECIMAL(38,15) / 2000000",
    "gpu_seconds": "(hash(i, 19) % 100000)::DECIMAL(38,9) / 1000",
    "fresh_input_tokens": "hash(i, 20) % 50000",
    "cached_input_tokens": "hash(i, 21) % 9000",
    "output_tokens": "hash(i, 22) % 8000",
    "latency_ms": "hash(i, 23) % 30000",
    "timed_requests": "1 + hash(i, 15) % 20",
}
"""What each column of `costs` is drawn from; the others are empty or 0."""

_SOURCES = (Source.GPU, Source.USAGE)
GPU_ALONE = {"attributed_idle_cost", "attributed_overhead_cost", "gpu_seconds"}
USAGE_ALONE = {
    "provider", "team", "feature", "environment", "fresh_input_tokens", "cached_input_tokens",
    "output_tokens", "latency_ms", "timed_requests",
}  # fmt: skip
"""What only rows of one of the sources have."""


REQUESTS_A_ROW = 10
"""How many requests a row of `costs` stands for, about."""


@dataclass(frozen=True)
class Spent:
    """What a question took, each the median of several rounds.

    Attributes:
        wall: milliseconds until the answer.
        cpu: milliseconds of all threads, which other work on the machine disturbs less.
    """

    wall: float
    cpu: float


@dataclass(frozen=True)
class Measured:
    """One line of the table.

    Attributes:
        rows: of `costs`.
        megabytes: of files.
        first: milliseconds of 30 days by model, asked for the first time.
        spent: what each of `questions` took.
    """

    rows: int
    megabytes: float
    first: float
    spent: dict[str, Spent]


def questions() -> dict[str, Breakdown]:
    """What is asked, by its heading; the last one is what `/cost today by model` asks."""
    month, before = _window(30, 0), _window(30, 30)
    today, yesterday = _window(1, 0), _window(1, 1)
    complete = Window(yesterday.start, yesterday.end - timedelta(hours=12), yesterday.zone)
    return {
        "30 days": Breakdown(month, None, ("model",)),
        "+ before": Breakdown(month, before, ("model",)),
        "cost alone": Breakdown(month, before, ("model",), cost_only=True),
        "by user": Breakdown(month, None, ("user",)),
        "one org": Breakdown(month, before, ("user",), organization="organization-7"),
        "today": Breakdown(today, complete, ("model",), compared_until=NOW),
    }


def big_mart(
    home: Path, rows: int, threads: int = 2, drawn: Mapping[str, str] | None = None
) -> Mart:
    """Fills a mart with `rows` rows of `costs`, spread evenly over the days.

    Args:
        home: an empty folder.
        rows: how many.
        threads: how many days are written at once.
        drawn: what some columns are drawn from, in place of `DRAWN`.
    """
    mart = Mart(home, Dimensions(), lambda: NOW)
    mart.folder.mkdir(parents=True)
    days = [LAST_DAY - timedelta(days=back) for back in range(DAYS)]
    each = rows // DAYS // len(_SOURCES)
    with connect(threads=threads, memory="2GB") as connection:
        partitions = Partitions(mart.folder, connection)

        def write(task: tuple[Source, date]) -> str:
            source, day = task
            first = (_SOURCES.index(source) * DAYS + (LAST_DAY - day).days) * each
            sql = _costs_sql(mart.dimensions, source, day, first, each, {**DRAWN, **(drawn or {})})
            with partitions.cursor() as own:
                return own.write_day(sql, "costs", source, day)

        tasks = [(source, day) for source in _SOURCES for day in days]
        with ThreadPoolExecutor(threads) as pool:
            names = dict(zip(tasks, pool.map(write, tasks), strict=True))
    publish(
        mart.folder,
        Manifest(
            version=1,
            sources={
                source: SourceEntry(
                    first_time=NOW - timedelta(days=DAYS - 1),
                    last_time=NOW,
                    loaded_at=NOW,
                    requests=each * DAYS,
                    rows=each * DAYS,
                    days={
                        day: DayFiles(
                            requests=(),
                            request_shape=requests_shape_of(mart.dimensions),
                            rows=each,
                            costs=names[source, day],
                            grain="hour",
                            shape=costs_shape_of(mart.dimensions),
                        )
                        for day in days
                    },
                )
                for source in _SOURCES
            },
        ),
    )
    return mart


def _costs_sql(
    dimensions: Dimensions,
    source: Source,
    day: date,
    first: int,
    rows: int,
    columns_from: Mapping[str, str],
) -> str:
    lacking = USAGE_ALONE if source is Source.GPU else GPU_ALONE
    drawn = {
        **{name: drawn for name, drawn in columns_from.items() if name not in lacking},
        "dt": f"DATE '{day}'",
        "charge_period_start": f"TIMESTAMPTZ '{day} 00:00:00+00' + to_hours((hash(i) % 24)::INT)",
        "grain": "'hour'",
        "source": f"'{source.value}'",
    }
    columns = ", ".join(
        f"({drawn.get(column.name, '0' if column.type == 'BIGINT' else 'NULL')})::{column.type} "
        f"AS {quoted(column.name)}"
        for column in costs_columns(dimensions)
        if column is not FULLY_LOADED
    )
    return (
        f"SELECT *, {FULLY_LOADED_RULE} AS {FULLY_LOADED.name} "
        f"FROM (SELECT {columns} FROM range({first}, {first + rows}) AS r(i)) "
        f"{ORDER if rows * REQUESTS_A_ROW > ROW_GROUP else ''}"
    )


async def measure(mart: Mart, rows: int) -> Measured:
    """Asks a mart each question several times."""
    engine = DuckDbEngine(mart, EngineLimits(kept_results=0))
    first = 0.0
    spent: dict[str, Spent] = {}
    for name, question in questions().items():
        times: list[tuple[float, float]] = []
        for _ in range(ROUNDS + 1):
            begun = time.perf_counter(), time.process_time()
            await break_down(engine, mart.dimensions, question)
            ended = time.perf_counter(), time.process_time()
            times.append(((ended[0] - begun[0]) * 1000, (ended[1] - begun[1]) * 1000))
        first = first or times[0][0]
        wall, cpu = (statistics.median(some) for some in zip(*times[1:], strict=True))
        spent[name] = Spent(wall, cpu)
    await engine.close()
    size = sum(path.stat().st_size for path in mart.folder.rglob("*.parquet"))
    return Measured(rows, size / 1e6, first, spent)


def _window(days: int, back: int) -> Window:
    end = datetime.combine(LAST_DAY, datetime.min.time(), UTC) + timedelta(days=1 - back)
    return Window(end - timedelta(days=days), end, ZoneInfo("UTC"))


def main(sizes: tuple[int, ...] = SIZES, tell: Callable[[str], None] = print) -> list[Measured]:
    """Measures marts of several sizes and tells a small table."""
    tell("Breakdown on the mart, milliseconds: until the answer / of CPU (medians, nothing kept)")
    tell(f"{'rows':>12}{'MB':>6}{'first':>7}" + "".join(f"{name:>16}" for name in questions()))
    found: list[Measured] = []
    for rows in sizes:
        home = Path(tempfile.mkdtemp(prefix="costbot-bench-"))
        try:
            one = asyncio.run(measure(big_mart(home, rows), rows))
        finally:
            shutil.rmtree(home)
        found.append(one)
        figures = "".join(f"{f'{it.wall:.1f} / {it.cpu:.1f}':>16}" for it in one.spent.values())
        tell(f"{one.rows:>12,}{one.megabytes:>6.0f}{one.first:>7.0f}{figures}")
    return found


if __name__ == "__main__":
    main(tuple(int(size) for size in sys.argv[1:]) or SIZES)
