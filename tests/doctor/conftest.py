"""A deployment that is well, on a stand-in for BigQuery; tests break one thing after the other."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from analysis.checks import Check, Level
from bot.doctor import doctor_opened
from bot.settings import Settings
from handlers.doctor import Examination
from playground.bigquery.server import running
from playground.bigquery.warehouse import TableField, Warehouse
from queries.request_table import DEFAULT_COLUMNS

NOW = datetime(2026, 11, 20, 13, 37, tzinfo=UTC)
PROJECT = "explore-costs"
TABLE = "warehouse.gpu_costs.requests"
KINDS = {
    "dt": "DATE",
    "is_lt_team": "BOOL",
    "row_cost": "FLOAT64",
    "attributed_idle_cost": "FLOAT64",
    "attributed_overhead_cost": "NUMERIC",
    "request_inference_time_ms": "INT64",
    "request_processing_time_ms": "FLOAT64",
}
FIELDS = [TableField(name, KINDS.get(name, "STRING")) for name in DEFAULT_COLUMNS.values() if name]


def add_table(
    warehouse: Warehouse,
    *,
    fields: list[TableField] = FIELDS,
    partition_field: str | None = "dt",
    days_ago: tuple[int, ...] = (0, 1, 2),
    location: str = "EU",
) -> None:
    """The request table, with a row on each of some days."""
    rows: list[dict[str, str | float | object]] = [
        {"dt": (NOW - timedelta(days=ago)).date(), "cost_category": "inference", "row_cost": 1.5}
        for ago in days_ago
    ]
    warehouse.add_table(TABLE, fields, partition_field, rows, location=location)  # pyright: ignore[reportArgumentType]


@dataclass
class Deployment:
    """What is examined.

    Attributes:
        home: costbot's folder.
        warehouse: the stand-in for BigQuery.
        url: where it is.
    """

    home: Path
    warehouse: Warehouse
    url: str

    def settings(self, **changed: object) -> Settings:
        """Those of a deployment that is well, but for what is changed."""
        values: dict[str, object] = {
            "home": self.home,
            "bigquery_project": PROJECT,
            "bigquery_table": TABLE,
            "bigquery_endpoint": self.url,
            "bigquery_location": "EU",
            **changed,
        }
        return Settings(**values)  # pyright: ignore[reportArgumentType]

    async def examined(self, **changed: object) -> Examination:
        async with doctor_opened(self.settings(**changed), lambda: NOW) as doctor:
            return await doctor.examine()


@pytest.fixture
async def deployment(tmp_path: Path) -> AsyncGenerator[Deployment]:
    warehouse = Warehouse(lambda: NOW)
    add_table(warehouse)
    async with running(warehouse) as server:
        yield Deployment(tmp_path / "home", warehouse, server.url)


def faults(examination: Examination) -> list[Check]:
    """What does not work."""
    return [check for check in examination.checks if check.level is Level.FAULT]


def found(examination: Examination, name: str) -> Check:
    """The one check of that name."""
    (check,) = [check for check in examination.checks if check.name == name]
    return check
