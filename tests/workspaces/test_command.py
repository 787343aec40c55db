"""`costbot workspaces`, as it is typed."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest
from pydantic import SecretStr
from typer.testing import CliRunner

from analysis.clock import system_clock
from bot.assembly import opened_store
from bot.cli.workspaces import app
from bot.settings import Settings
from handlers.workspaces.managing import WorkspaceHandler
from handlers.workspaces.sealing import Sealing, new_key
from tests.stores import lay_store
from tests.workspaces.conftest import installation


@pytest.fixture
def keys(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """A home with one workspace, encrypted by the first key; the second is newer."""
    old, new = new_key(), new_key()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COSTBOT_HOME", str(tmp_path))
    monkeypatch.setenv("COSTBOT_ENCRYPTION_KEYS", old)
    lay_store(tmp_path)

    async def install() -> None:
        async with opened_store(Settings(home=tmp_path)) as store:
            sealing = Sealing([SecretStr(old)])
            await WorkspaceHandler(store, system_clock, "system", sealing).install(installation())

    asyncio.run(install())
    return [old, new]


def run(*words: str) -> str:
    done = CliRunner().invoke(app, list(words), catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return done.output


def listed() -> dict[str, object]:
    (one,) = json.loads(run("--json"))
    return one


@pytest.mark.usefixtures("keys")
def test_a_workspace_is_listed_given_and_removed() -> None:
    assert listed() | {"installed_at": ""} == {
        "id": "T1",
        "name": "Workspace T1",
        "enterprise_id": None,
        "status": "installed",
        "removed_why": "",
        "organization": None,
        "everyone": "nobody",
        "scopes": ["chat:write", "commands"],
        "installed_by": "UINSTALLER",
        "installed_at": "",
        "removed_at": None,
        "token_expires_at": None,
    }
    told = run("map", "T1", "--organization", "acme")
    assert told == "Workspace T1 (T1): acme, everybody as user. It is felt within 30 seconds.\n"
    assert (listed()["organization"], listed()["everyone"]) == ("acme", "user")
    assert "acme, by who is listed" in run(
        "map", "T1", "--organization", "acme", "--everyone", "nobody"
    )
    assert "Manage apps" in run("remove", "T1")
    assert (listed()["status"], listed()["organization"]) == ("removed", None)
    assert "removed" in run()


def test_keys_are_rotated(keys: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    old, new = keys
    assert len(run("new-key").strip()) == len(old)
    monkeypatch.setenv("COSTBOT_ENCRYPTION_KEYS", f"{new},{old}")
    assert run("rotate-keys").startswith("The token of 1 workspace is encrypted")
    monkeypatch.setenv("COSTBOT_ENCRYPTION_KEYS", new)
    assert run("rotate-keys").startswith("The token of 1 workspace is encrypted")
