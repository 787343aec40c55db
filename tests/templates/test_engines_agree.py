"""All templates answer alike from the mart and from BigQuery, over rows as hard as they come.

The statement goes to the stand-in for BigQuery through the real client, over HTTP.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

from handlers.caller import Caller
from handlers.queries import LeftOut, QueryHandler
from playground.bigquery.server import running
from playground.bigquery.warehouse import TableField, Warehouse
from queries.bigquery.access import Access
from queries.bigquery.jobs import JobRecord, Jobs
from queries.bigquery.pacing import Pacing
from queries.dimensions import Dimensions
from queries.engines.base import Engine
from queries.engines.bigquery import BigQueryEngine
from queries.engines.duckdb import DuckDbEngine
from queries.mart import Mart
from queries.request_table import RequestTable
from queries.template_list import NAMES
from tests.facts import add
from tests.templates.comparing import MONEY_DIGITS, asked_for, differences
from tests.templates.conftest import ACME, ADMIN
from tests.templates.hard_rows import FIELDS, HardRows, hard_rows

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
QUICK = Pacing(poll_seconds=0.02)
TABLE = "warehouse.gpu_costs.requests"


@asynccontextmanager
async def engines(hard: HardRows, folder: Path) -> AsyncGenerator[tuple[Engine, Engine]]:
    """The mart's engine and BigQuery's, over the same rows."""
    mart = Mart(folder, Dimensions(), lambda: NOW)
    add(mart, hard.facts)
    warehouse = Warehouse(lambda: NOW)
    fields = [TableField(name, kind) for name, kind in FIELDS.items()]  # pyright: ignore[reportArgumentType]
    warehouse.add_table(TABLE, fields, "dt", hard.rows)  # pyright: ignore[reportArgumentType]

    async def forget(job: JobRecord) -> None:
        del job

    async with running(warehouse) as server:
        access = Access("explore-costs", endpoint=server.url, most_bytes=10**9, timeout_seconds=60)
        jobs = Jobs(access, lambda: NOW, forget, QUICK)
        there = BigQueryEngine(jobs, RequestTable(TABLE), lambda: NOW)
        here = DuckDbEngine(mart)
        try:
            yield here, there
        finally:
            await there.close()
            await here.close()


async def compared(here: Engine, there: Engine, name: str, caller: Caller) -> list[str]:
    asked = asked_for(name)
    one, other = await asyncio.gather(
        QueryHandler(here, lambda: NOW, 26.0).query(asked, caller),
        QueryHandler(there, lambda: NOW, 26.0).query(asked, caller),
    )
    if not one.rows:
        return [f"{name}: nothing to compare"]
    if not _same_left_out(one.left_out, other.left_out):
        return [f"{name}: left out {one.left_out}, {other.left_out}"]
    return differences(one.columns, one.rows, other.rows)


def _same_left_out(one: LeftOut | None, other: LeftOut | None) -> bool:
    if one is None or other is None:
        return one is other
    return one.requests == other.requests and abs(one.cost - other.cost) < MONEY_DIGITS


async def test_both_engines_answer_alike_whoever_asks(tmp_path: Path):
    hard = hard_rows(seed=1, count=700, today=NOW.date())
    found: list[str] = []
    async with engines(hard, tmp_path) as (here, there):
        handler = QueryHandler(here, lambda: NOW, 26.0)
        for caller in (ADMIN, ACME):
            names = [template.name for template in handler.listed(caller)]
            assert len(names) == len(NAMES) - (caller is ACME)
            for name in names:
                found += await compared(here, there, name, caller)
    assert found[:5] == []
