"""`costbot report`, run as a process of its own, on rows and on a real trace."""

from __future__ import annotations

import csv
import json
import re
from pathlib import Path

import pytest

from analysis.clock import system_clock
from queries.dimensions import Dimensions
from queries.mart import Mart
from queries.template_list import NAMES
from tests.facts import add
from tests.house.project import ROOT
from tests.real_data import real_data
from tests.report.rows import api, two_weeks
from tests.road.processes import costbot

DAY = ("--as-of", "2026-11-19")


@pytest.fixture
def home(tmp_path: Path) -> Path:
    folder = tmp_path / "home"
    add(Mart(folder, Dimensions(), system_clock), two_weeks())
    return folder


def test_the_overview_is_read_in_the_terminal(home: Path):
    said = costbot(home, "report", *DAY)
    assert (said.returncode, said.stderr) == (0, "")
    assert "⚠ Thu 2026-11-19 cost $28.00 for 115 requests" in said.stdout
    assert "Root cause: " in said.stdout
    assert "Post here" not in said.stdout


def test_the_page_and_a_file_for_each_query_are_written(home: Path, tmp_path: Path):
    said = costbot(home, "report", *DAY, "--out", str(tmp_path / "made" / "here"))
    folder = tmp_path / "made" / "here"
    names = sorted(path.name for path in folder.iterdir())
    query = costbot(home, "query", "cost_drivers", "--param", "last_day=2026-11-19", "--format=csv")
    page = (folder / "report.md").read_text(encoding="utf-8")
    drivers = folder / "cost_drivers-2026-11-06-2026-11-19.csv"
    assert sorted(Path(line).name for line in said.stderr.splitlines()) == names
    assert len(names) == 1 + len(NAMES)
    assert drivers.read_bytes().decode() == query.stdout
    assert page.startswith("# Cost report, Thu 2026-11-19\n\n⚠ Thu 2026-11-19 cost $28.00")
    assert all(f"`{name}`" in page for name in NAMES)
    with drivers.open(newline="") as file:
        assert {row["dimension"] for row in csv.DictReader(file)} >= {"endpoint", "organization"}


def test_as_json_it_has_the_sentences_and_every_row(home: Path):
    said = costbot(home, "report", *DAY, "--json")
    found = json.loads(said.stdout)
    weeks = next(part for part in found["parts"] if part["query"] == "week_over_week")
    assert found["day"] == "2026-11-19"
    assert found["headline"][0].startswith("Thu 2026-11-19 cost $28.00")
    assert [section["title"] for section in found["sections"]][1] == "Why the week's cost moved"
    assert [part["query"] for part in found["parts"]] == list(NAMES)
    assert weeks["rows"][-1]["fully_loaded_cost"] == "228"


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("--as-of", "soon"), "soon is no day"),
        (("--as-of", "2999-01-01"), "2999-01-01 is not over yet"),
        (("--as-of", "2020-01-01"), "There is nothing to report"),
        ((*DAY, "--out", "/dev/null/x"), "cannot be written"),
    ],
)
def test_a_mistake_ends_in_a_sentence_and_no_traceback(
    home: Path, words: tuple[str, ...], says: str
):
    said = costbot(home, "report", *words)
    assert said.returncode == 2
    assert says in said.stderr
    assert "Traceback" not in said.stderr


def test_names_from_the_data_make_no_marks_on_the_page(tmp_path: Path):
    home = tmp_path / "home"
    add(
        Mart(home, Dimensions(), system_clock),
        [api(day, "1", 1, endpoint="*a*\n# [b](c)|<i>") for day in range(6, 20)],
    )
    costbot(home, "report", *DAY, "--out", str(tmp_path / "out"))
    page = (tmp_path / "out" / "report.md").read_text(encoding="utf-8")
    (line,) = [line for line in page.splitlines() if "Endpoints of the API" in line]
    assert r"\*a\*" in line
    assert r"\[b\](c)\|&lt;i&gt;" in line


def test_the_report_in_the_documents_is_the_one_of_the_real_trace(tmp_path: Path):
    document = (ROOT / "docs" / "report.md").read_text(encoding="utf-8")
    (script,) = re.findall(r"```sh\n(.+?)```", document, re.DOTALL)
    commands = [line.split() for line in re.sub(r"\\\n", " ", script).splitlines()]
    trace = real_data("gentd26_requests.csv")
    home = tmp_path / "home"
    for name, *words in commands:
        assert name == "costbot"
        known = [str(trace) if word == "gentd26_requests.csv" else word for word in words]
        assert costbot(home, *known).returncode == 0
    page = (tmp_path / "gentd26" / "report.md").read_text(encoding="utf-8")
    assert "\n".join(f"> {line}".rstrip() for line in page.splitlines()) in document
