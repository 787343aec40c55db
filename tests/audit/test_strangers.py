"""Who is not known in Slack is in the audit trail: once, and then as a number."""

from __future__ import annotations

from tests.slack.conftest import Play, play

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
