"""`costbot outbox` as it is typed."""

from __future__ import annotations

import asyncio
import json
from datetime import timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from analysis.clock import system_clock
from analysis.errors import BadInput, NotFound
from bot.cli.outbox import app
from storage import Store
from storage.records.delivery import NewDelivery


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    home = tmp_path / "home"
    home.mkdir()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COSTBOT_HOME", str(home))
    return home


def run(*words: str) -> Result:
    return CliRunner().invoke(app, list(words), env={"COLUMNS": "200"})


async def given_up(home: Path) -> None:
    """One message that was given up, and one that is due."""
    store = Store(f"sqlite+aiosqlite:///{home}/store.sqlite3", system_clock)
    await store.migrate()
    for key in ("one", "two"):
        new = NewDelivery(key=key, channel="slack", address="C1", payload={"text": "[b]hi"})
        await store.deliveries.add(new)
    lease = timedelta(minutes=1)
    (claimed,) = await store.deliveries.claim(system_clock(), "worker", 1, lease)
    await store.deliveries.failed(claimed.id, "worker", "I am not a member.", None)
    await store.close()


def test_what_was_given_up_is_listed_and_sent_again(home: Path) -> None:
    assert "No message was given up." in run("dead").stdout
    asyncio.run(given_up(home))
    (dead,) = json.loads(run("dead", "--json").stdout)
    assert (dead["key"], dead["state"], dead["why"]) == ("one", "dead", "I am not a member.")
    assert "I am not a member." in run("dead").stdout
    told = run("resend", str(dead["id"])).stdout
    assert told == f"Message {dead['id']} to C1 is sent again.\n"
    assert [one["state"] for one in json.loads(run("list", "--json").stdout)] == ["due", "due"]
    assert isinstance(run("resend", str(dead["id"])).exception, BadInput)
    assert isinstance(run("resend", "99").exception, NotFound)


def test_the_list_says_how_many_are_where(home: Path) -> None:
    asyncio.run(given_up(home))
    told = run("list", "--state", "due").stdout
    assert "0 messages sent, 1 waiting, 0 in doubt, 1 given up; the oldest waits since" in told
    assert "two" in told
    assert "hi" not in told
