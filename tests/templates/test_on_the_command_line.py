"""`costbot query`, run as a command of its own."""

from __future__ import annotations

import csv
import io
import json
import subprocess
from pathlib import Path

import pytest
import sqlglot

from analysis.clock import system_clock
from queries.dimensions import Dimensions
from queries.mart import Mart
from queries.template_list import NAMES
from tests.facts import add, request
from tests.road.processes import costbot


@pytest.fixture
def home(tmp_path: Path) -> Path:
    mart = Mart(tmp_path, Dimensions(), system_clock)
    day = system_clock().replace(year=2024, month=12, day=2, hour=9)
    add(mart, [request(day, "0.1", product="api", model="=SUM(A1)")])
    return tmp_path


def queried(home: Path, *words: str, **variables: str) -> subprocess.CompletedProcess[str]:
    return costbot(home, "query", *words, typed=None, **variables)


def test_the_same_answer_as_table_csv_json_and_sql(home: Path) -> None:
    asked = ("day_over_day", "--param", "day=2024-12-02")
    table, rows, answer, sql = (
        queried(home, *asked, "--format", form) for form in ("table", "csv", "json", "sql")
    )
    assert "$0.10" in table.stdout
    assert [row["level"] for row in csv.DictReader(io.StringIO(rows.stdout))] == [
        "product",
        "total",
    ]
    found = json.loads(answer.stdout)
    assert found["rows"][0]["fully_loaded_cost"] == "0.1"
    assert found["parameters"] == {"day": "2024-12-02", "threshold": 0.15}
    assert found["first_day_read"] == "2024-12-01"
    assert len(sqlglot.parse(sql.stdout, read="bigquery")) == 1
    assert "DATE '2024-12-02'" in sql.stdout
    assert "@" not in sql.stdout


def test_the_list_the_mapping_and_a_mistake(home: Path) -> None:
    listed = queried(home, "--list")
    assert all(name in listed.stdout for name in NAMES)
    mapped = queried(
        home,
        "failure_cost",
        "--format",
        "sql",
        COSTBOT_BIGQUERY_TABLE="p.d.t",
        COSTBOT_BIGQUERY_COLUMNS='{"result": "request_result"}',
    )
    assert "`request_result`" in mapped.stdout
    assert "FROM `p.d.t`" in mapped.stdout
    wrong = queried(home, "failure_cost", COSTBOT_BIGQUERY_TABLE="p.d.t; DROP")
    assert (wrong.returncode, wrong.stdout) == (2, "")
    assert "COSTBOT_BIGQUERY_TABLE does not fit" in wrong.stderr
    unknown = queried(home, "failures_cost")
    assert unknown.returncode == 2
    assert "Did you mean `failure_cost`" in unknown.stderr
