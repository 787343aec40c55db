"""`costbot query --engine bigquery`, a process of its own against a stand-in."""

from __future__ import annotations

import asyncio
import json
from datetime import timedelta
from pathlib import Path

from analysis.clock import system_clock
from playground.bigquery.server import running
from playground.bigquery.warehouse import Warehouse
from tests.bigquery.conftest import PROJECT, TABLE, add_table
from tests.road.processes import costbot


async def test_a_template_runs_on_the_table_itself_and_tells_what_that_was_billed(tmp_path: Path):
    yesterday = system_clock().date() - timedelta(days=1)
    row = {"dt": yesterday, "cost_category": "inference", "row_cost": 2.5, "is_lt_team": False}
    warehouse = Warehouse(system_clock)
    add_table(warehouse, [{**row, "product": "api", "result": "success"}])
    async with running(warehouse) as server:
        said = await asyncio.to_thread(
            costbot,
            tmp_path / "home",
            "query",
            "day_over_day",
            "--engine",
            "bigquery",
            "--format",
            "json",
            COSTBOT_BIGQUERY_PROJECT=PROJECT,
            COSTBOT_BIGQUERY_TABLE=TABLE,
            COSTBOT_BIGQUERY_ENDPOINT=server.url,
        )
        about = await asyncio.to_thread(
            costbot, tmp_path / "home", "query", "day_over_day", "--format", "json"
        )
    total = json.loads(said.stdout)["rows"][-1]
    assert said.returncode == 0
    assert (total["level"], total["fully_loaded_cost"]) == ("total", "2.5")
    billed = sum(job.bytes_billed for job in warehouse.jobs if not job.dry_run)
    assert billed > 0
    assert said.stderr.startswith("BigQuery: 2 jobs, ")
    assert f"{billed // 2**20} MiB billed." in said.stderr
    # The mart knows nothing of it.
    assert json.loads(about.stdout)["rows"][-1]["fully_loaded_cost"] == "0"


def test_without_a_project_it_says_which_setting_is_missing(tmp_path: Path):
    said = costbot(tmp_path / "home", "query", "day_over_day", "--engine", "bigquery")
    assert (said.returncode, said.stdout) == (2, "")
    assert "COSTBOT_BIGQUERY_PROJECT" in said.stderr
