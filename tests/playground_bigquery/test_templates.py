"""The statements that costbot prints for BigQuery's console run on the stand-in as they are."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from playground.bigquery.warehouse import TableField, Warehouse
from queries.request_table import DEFAULT_COLUMNS, DEFAULT_TABLE, RequestTable
from queries.template_list import NAMES, templates
from tests.playground_bigquery.real_client import ask, config

TODAY = date(2024, 12, 20)
TYPES = {"dt": "DATE", "is_lt_team": "BOOL"} | dict.fromkeys(
    ("row_cost", "attributed_idle_cost", "attributed_overhead_cost"), "FLOAT64"
)


def request_rows() -> list[dict[str, Any]]:
    """Four weeks in which requests and their cost are easily reckoned."""
    made: list[dict[str, Any]] = []
    for back in range(1, 41):
        day = TODAY - timedelta(days=back)
        made += [
            {
                "dt": day,
                "cost_category": "inference",
                "row_cost": float("nan") if n == 3 else 1.5,
                "attributed_idle_cost": 0.25,
                "attributed_overhead_cost": None,
                "is_lt_team": None if n == 2 else False,
                "product": "API" if n < 2 else "Studio",
                "endpoint": "/v1/text-to-video",
                "model": f"m{n % 2}",
                "org": "O'Brien",
                "result": "success" if n else "503",
            }
            for n in range(4)
        ]
        made.append({"dt": day, "cost_category": "idle", "row_cost": 2.0})
    return made


@pytest.fixture
def warehouse(clock: Any) -> Warehouse:
    made = Warehouse(clock)
    fields = [TableField(name, TYPES.get(name, "STRING")) for name in DEFAULT_COLUMNS]
    made.add_table(DEFAULT_TABLE, fields, "dt", request_rows())
    return made


def statement(name: str) -> tuple[str, set[date | None]]:
    """A template in full, and the days that it reads."""
    template = templates()[name]
    values = template.values({}, TODAY)
    first, last = template.days_read(values, TODAY)
    days = {first + timedelta(days=n) for n in range((last - first).days + 1)}
    return RequestTable().statement(template, values, (first, last)), set(days)


@pytest.mark.parametrize("name", NAMES)
def test_the_whole_statement_runs_and_reads_its_days_alone(
    client: Any, warehouse: Warehouse, name: str
) -> None:
    sql, days = statement(name)
    dry = client.query(sql, job_config=config(dry_run=True))
    found = client.query_and_wait(sql)
    columns = [(one.name, one.type) for one in templates()[name].columns]
    names = {"INTEGER": "INT64", "FLOAT": "FLOAT64", "BOOLEAN": "BOOL"}
    assert [
        (one.name, names.get(one.field_type, one.field_type)) for one in found.schema
    ] == columns
    assert found.total_rows > 0
    assert len(list(found)) == found.total_rows
    assert dry.schema == found.schema
    first, second = warehouse.jobs
    assert first.bytes_processed == second.bytes_processed > 0
    there = {TODAY - timedelta(days=back) for back in range(1, 41)}
    assert second.partitions == {DEFAULT_TABLE: days & there}


def test_a_day_costs_what_its_rows_cost(client: Any) -> None:
    sql, _ = statement("daily_total_cost")
    rows = [row for row in ask(client, sql) if row["day"] == TODAY - timedelta(days=1)]
    assert rows == [
        {
            "day": TODAY - timedelta(days=1),
            "product": product,
            "fully_loaded_cost": loaded,
            "requests": requests,
            "unpriced_requests": unpriced,
            "infrastructure_cost": direct,
        }
        for product, loaded, requests, unpriced, direct in [
            (None, 0, 0, 0, 2),
            ("API", Decimal("3.5"), 2, 0, 3),
            ("Studio", Decimal(2), 2, 1, Decimal("1.5")),
        ]
    ]
