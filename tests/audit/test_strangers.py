"""Who is not known in Slack is in the audit trail: once, and then as a number."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from handlers.api_tokens.failures import APART, MOST_KINDS, Kind, LoginFailures
from tests.slack.conftest import Play, play
from tests.stores import TestClock, sqlite_store

__all__ = ["play"]


async def test_a_stranger_is_written_down_once_a_minute(play: Play) -> None:
    async with play() as playing:
        for line in ("/cost", "/budget list", "/recs"):
            heard = await playing.stage.say(line, "sam")
            assert "I don't know you yet" in str(heard.ack)
        (entry,) = await playing.parts.store.audit.page()
        assert (entry.action, entry.surface, entry.organization) == ("login.failure", "slack", None)
        assert entry.actor.key == f"{playing.stage.slack.workspace.team.id}/U0SAM00001"
        assert entry.after is not None
        assert (entry.after["reason"], entry.after["failures"]) == ("stranger", 1)
        await playing.stage.say("/cost", "ute")
        assert len(await playing.parts.store.audit.page()) == 1


async def test_a_flood_is_counted_together_and_over_after_a_minute(tmp_path: Path) -> None:
    clock = TestClock()
    async with sqlite_store(tmp_path, clock) as store:
        failures = LoginFailures(store.audit, clock)

        async def strangers(first: int, last: int) -> set[str]:
            known = {entry.id for entry in await store.audit.page(limit=500)}
            for number in range(first, last):
                kind = Kind("stranger", team_id="T1", user_id=f"U{number}", surface="slack")
                await failures.failed(kind)
            entries = await store.audit.page(limit=500)
            return {entry.actor.key for entry in entries if entry.id not in known}

        assert len(await strangers(0, MOST_KINDS + 20)) == MOST_KINDS + 1
        clock.advance(APART + timedelta(seconds=1))
        assert "T1/U500" in await strangers(500, 501)
