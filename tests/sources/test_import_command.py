"""`costbot import` as it is typed, and its page in the docs."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot.cli.imports import app
from queries.dimensions import Dimensions, Source
from queries.sources.columns import input_columns
from tests.road.processes import costbot

ROOT = Path(__file__).resolve().parents[2]
GPU = "when,row_cost,extra\n2026-11-20T10:00:00Z,1.50,x\n2026-11-20T11:00:00Z,-1,x\n"


@pytest.fixture
def runner(tmp_path: Path) -> CliRunner:
    return CliRunner(env={"COSTBOT_HOME": str(tmp_path / "home")})


def test_the_report_tells_what_became_of_every_row(runner: CliRunner, tmp_path: Path) -> None:
    file = tmp_path / "gpu.csv"
    file.write_text(GPU)
    words = ["gpu", str(file), "--map", "time=when", "--set", "org=acme"]
    result = runner.invoke(app, words, catch_exceptions=False)
    assert result.exit_code == 0
    assert "2 rows read, 1 taken, 0 repeated, 1 rejected" in result.stdout
    assert "1 requests from 2026-11-20 10:00 to 2026-11-20 10:00 UTC, $1.50" in result.stdout
    assert "1 × row_cost is no amount of dollars from 0 on" in result.stdout
    assert "Ignored columns: extra." in result.stdout
    again = runner.invoke(app, [*words, "--json"], catch_exceptions=False)
    report = json.loads(again.stdout)
    assert (report["read"], report["taken"], report["repeated"], report["rejected"]) == (2, 0, 1, 1)
    assert Path(report["rejects_file"]).exists()
    assert report["cost"] == "0"


def test_usage_is_priced_by_the_seeded_list(runner: CliRunner, tmp_path: Path) -> None:
    file = tmp_path / "usage.jsonl"
    file.write_text(
        '{"time": "2023-11-16T18:17:03.9799600", "input_tokens": 1000, "output_tokens": 100}\n'
    )
    words = ["usage", str(file), "--set", "provider=openai", "--set", "model=gpt-4-turbo"]
    result = runner.invoke(app, [*words, "--json"], catch_exceptions=False)
    report = json.loads(result.stdout)
    assert (report["taken"], report["estimated"], report["cost"]) == (1, 0, "0.013")


@pytest.mark.parametrize(
    ("words", "sentence", "hint"),
    [
        (["gpu", "nowhere.csv"], "There is no file nowhere.csv.", "spelling"),
        (["gpu", ".", "--map", "tme=x"], "is a folder", "one by one"),
        (["gpu", "x", "--gpu-hour-rate", "dear"], "no amount of dollars", "2.50"),
        (["gpu", "x", "--map", "time"], "no equals sign", "--map time=…"),
        (["usage", "x", "--input-includes-cache", "so"], "neither yes nor no", "no"),
    ],
)
def test_what_cannot_be_imported_ends_with_a_sentence_a_hint_and_exit_code_2(
    tmp_path: Path, words: list[str], sentence: str, hint: str
) -> None:
    found = costbot(tmp_path / "home", "import", *words)
    assert found.returncode == 2
    assert found.stdout == ""
    assert sentence in found.stderr
    assert hint in found.stderr
    assert "Traceback" not in found.stderr


@pytest.mark.parametrize("source", list(Source))
def test_the_page_on_importing_lists_every_column_and_no_other(source: Source) -> None:
    page = (ROOT / "docs" / "importing.md").read_text(encoding="utf-8")
    part = page.split(f"### `costbot import {source.value}`")[1].split("\n#")[0]
    table = re.findall(r"^\| `([a-z_]+)` \|([^|]*)\|", part, re.MULTILINE)
    listed = [(name, tuple(re.findall(r"`([A-Za-z_]+)`", others))) for name, others in table]
    columns = input_columns(source, Dimensions())
    assert listed == [(column.name, column.other_names) for column in columns]
