"""`costbot tokens` as it is typed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from analysis.errors import BadInput, NotFound
from bot.cli.tokens import app
from handlers.api_tokens.secret import presented
from tests.stores import lay_store


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    home = tmp_path / "home"
    lay_store(home)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COSTBOT_HOME", str(home))
    return home


def run(*words: str) -> Result:
    return CliRunner().invoke(app, list(words), env={"COLUMNS": "200"})


def test_a_token_is_printed_once_alone_on_standard_output(home: Path) -> None:
    made = run("create", "ci", "--organization", "acme", "--role", "org_admin", "--expires", "7d")
    secret = made.stdout.strip()
    assert presented(secret) is not None
    assert "ci reaches acme as organization admin until" in made.stderr
    assert "No costs of organization `acme` are known yet." in made.stderr
    assert secret not in made.stderr
    listed = run("list").stdout
    assert secret[:12] in listed
    assert secret[12:] not in listed + run("list", "--all", "--json").stdout
    kept = b"".join(file.read_bytes() for file in home.rglob("*") if file.is_file())
    assert secret[:12].encode() in kept
    assert secret[12:].encode() not in kept


def test_what_machines_read_has_the_secret_where_it_was_made_and_nowhere_else() -> None:
    made = json.loads(run("create", "all", "--role", "admin", "--json").stdout)
    secret = made.pop("token")
    assert presented(secret) is not None
    assert (made["role"], made["organization"], made["doubts"]) == ("admin", None, [])
    del made["doubts"]
    assert json.loads(run("list", "--json").stdout) == [made]
    ended = json.loads(run("revoke", secret, "--json").stdout)
    assert (ended["status"], ended["revoked_by"]) == ("revoked", "terminal/terminal")
    assert json.loads(run("list", "--json").stdout) == []
    assert len(json.loads(run("list", "--all", "--json").stdout)) == 1
    assert "was revoked already" in run("revoke", ended["id"]).stdout
    assert "There is no API token." in run("list").stdout


def test_what_cannot_be_is_refused() -> None:
    assert isinstance(run("create", "ci").exception, BadInput)
    assert isinstance(run("create", "ci", "--role", "root").exception, BadInput)
    assert isinstance(run("revoke", "ci").exception, NotFound)
