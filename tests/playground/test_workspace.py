from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path

from playground.beginning import begin
from playground.clock import ManualClock
from playground.model import File, Message, SlackApp, User
from playground.persistence import keep_saved, load, save
from playground.workspace import Workspace

ADA = User("U0ADA0001", "ada", "Ada", "ada@example.com", title="admin")
BOB = User("U0BOB0001", "bob", "Bob", "bob@example.com")
APP = SlackApp("A0COSTBOT", "Costbot", "U0COSTBOT", "B0COSTBOT", "secret", "xoxb-1")


def new_workspace() -> Workspace:
    return begin(ManualClock(datetime(2024, 12, 5, 12, tzinfo=UTC)), [ADA, BOB], APP)


def test_two_messages_at_the_same_instant_have_different_timestamps():
    workspace = new_workspace()
    assert workspace.new_ts("C1") == "1733400000.000000"
    assert workspace.new_ts("C1") == "1733400000.000001"
    assert workspace.new_ts("C2") == "1733400000.000000"


def test_an_ephemeral_message_is_seen_by_its_reader_only_and_never_in_the_history():
    workspace = new_workspace()
    channel = workspace.find_channel("#costs")
    assert channel is not None
    public = workspace.post(Message(channel.id, workspace.new_ts(channel.id), ADA.id, "hello"))
    private = workspace.post(
        Message(
            channel.id, workspace.new_ts(channel.id), APP.bot_user_id, "psst", ephemeral_to=ADA.id
        )
    )
    assert workspace.visible(channel.id, ADA.id) == [public, private]
    assert workspace.visible(channel.id, BOB.id) == [public]
    assert workspace.history(channel.id) == [public]


def test_a_direct_message_is_opened_once():
    workspace = new_workspace()
    first = workspace.open_im(ADA.id, APP.bot_user_id)
    assert workspace.open_im(APP.bot_user_id, ADA.id) is first
    assert first.other(ADA.id) == APP.bot_user_id


async def test_a_reader_that_fell_behind_is_told_to_begin_anew():
    workspace = new_workspace()
    now = workspace.changes.version
    assert [change.kind for change in workspace.changes.since(now + 1)] == ["reset"]
    waiting = asyncio.ensure_future(workspace.changes.wait(now))
    await asyncio.sleep(0)
    workspace.add_channel("new")
    assert [change.kind for change in await waiting] == ["channel"]
    for _ in range(6_000):
        workspace.changes.record("message")
    assert [change.kind for change in workspace.changes.since(now)] == ["reset"]


async def test_what_is_saved_is_there_after_a_restart_and_ids_go_on(tmp_path: Path):
    path = tmp_path / "workspace.json"
    workspace = new_workspace()
    saving = asyncio.ensure_future(keep_saved(workspace, path, pause=0))
    await asyncio.sleep(0)
    channel = workspace.find_channel("costs")
    assert channel is not None
    workspace.post(Message(channel.id, workspace.new_ts(channel.id), ADA.id, "kept"))
    workspace.add_file(
        File(
            id=workspace.new_id("F"),
            name="a.bin",
            title="a",
            user=ADA.id,
            created=workspace.clock.now(),
            mimetype="application/octet-stream",
            filetype="binary",
            expected_size=3,
            content=b"\x00\xff\x80",
        )
    )
    saving.cancel()
    await asyncio.gather(saving, return_exceptions=True)

    again = begin(ManualClock(datetime(2024, 12, 5, 12, tzinfo=UTC)), [ADA, BOB], APP, load(path))
    assert again.state == workspace.state
    assert again.new_id("F") not in workspace.files
    assert again.new_ts(channel.id) == "1733400000.000001"
    assert "secret" not in path.read_text()
    assert "xoxb" not in path.read_text()


def test_nothing_saved_is_an_empty_beginning(tmp_path: Path):
    assert load(tmp_path / "none.json") is None
    save(new_workspace().state, tmp_path / "some.json")
    assert load(tmp_path / "some.json") is not None


async def test_a_manual_clock_wakes_sleepers_in_their_order_and_not_before():
    clock = ManualClock(datetime(2024, 12, 5, tzinfo=UTC))
    woken: list[tuple[str, datetime]] = []

    async def sleeper(name: str, *pauses: float) -> None:
        for pause in pauses:
            await clock.sleep(pause)
            woken.append((name, clock.now()))

    start = clock.now()
    tasks = [asyncio.ensure_future(sleeper("a", 2, 2)), asyncio.ensure_future(sleeper("b", 3))]
    await clock.until_sleepers(2)
    await clock.advance(1.9)
    assert woken == []
    await clock.advance(2.2)
    assert woken == [(n, start + timedelta(seconds=s)) for n, s in (("a", 2), ("b", 3), ("a", 4))]
    await asyncio.gather(*tasks)
