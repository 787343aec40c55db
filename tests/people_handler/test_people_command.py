from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from analysis.errors import BadInput, NotFound
from bot.cli.people import app


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COSTBOT_HOME", str(tmp_path / "home"))


def run(*words: str) -> Result:
    return CliRunner().invoke(app, list(words))


def test_a_person_is_added_listed_changed_and_removed() -> None:
    assert "Nobody is listed." in run("list").stdout
    words = ("add", "U123", "--team", "T123", "--name", "[red]Ann[/]", "--zone", "Asia/Tokyo")
    added = run(*words, "--organization", "acme")
    assert added.stdout == "[red]Ann[/] is user of acme, with days in Asia/Tokyo.\n"
    assert "[red]Ann[/]" in run("list").stdout
    changed = run(*words, "--role", "admin")
    assert "admin of all organizations" in changed.stdout
    assert json.loads(run("list", "--json").stdout) == [
        {
            "team": "T123",
            "user": "U123",
            "name": "[red]Ann[/]",
            "organization": None,
            "role": "admin",
            "zone": "Asia/Tokyo",
            "active": True,
        }
    ]
    assert run("remove", "U123", "--team", "T123").stdout == "U123 is no longer listed.\n"
    assert json.loads(run("list", "--json").stdout) == []


def test_a_person_without_an_organization_is_refused() -> None:
    assert isinstance(run("add", "U123", "--team", "T123").exception, BadInput)


def test_removing_who_is_not_there_is_refused() -> None:
    assert isinstance(run("remove", "U123", "--team", "T123").exception, NotFound)


def test_a_group_is_added_listed_beside_the_people_and_removed() -> None:
    words = (
        "add-group",
        "S123",
        "--team",
        "T123",
        "--role",
        "org_admin",
        "--name",
        "[red]Leads[/]",
    )
    added = run(*words, "--organization", "acme")
    assert added.stdout == (
        "Whoever is in [red]Leads[/] is organization admin of acme, unless listed themselves.\n"
    )
    run("add", "U123", "--team", "T123", "--organization", "acme", "--name", "Ann")
    assert "[red]Leads[/]" in run("list").stdout
    person, group = json.loads(run("list", "--json").stdout)
    assert person["user"] == "U123"
    assert group == {
        "team": "T123",
        "group": "S123",
        "name": "[red]Leads[/]",
        "organization": "acme",
        "role": "org_admin",
    }
    assert run("remove-group", "S123", "--team", "T123").stdout == "S123 is no longer listed.\n"
    assert isinstance(run("remove-group", "S123", "--team", "T123").exception, NotFound)
