"""Incidents as people see them in Slack, and what their buttons do."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import pytest

from analysis.incidents.levels import Level
from bot.assembly.incidents import incident_desk_of
from handlers.incidents.desk import IncidentDesk
from handlers.incidents.signal import Curve, Signal, Story, Target
from playground.model import Message
from tests.budgets.slack.acting import Acting, labels
from tests.incidents.conftest import signal_of
from tests.slack.conftest import Play, answered, play

__all__ = ["play"]

STORY = Story(
    title="Cost of <!channel> & gpt-4o",
    summary="Thursday's cost of <!channel> & gpt-4o was $510.00, $310.00 above the usual $200.00.",
    cause=("acme sent 2.4 times its usual requests.",),
    breakdown=("acme: $290.00 more", "globex: $20.00 more"),
    without="Without acme the day would have been as usual.",
    advice="Ask acme's team whether that was meant.",
    ask="why 2026-11-19 model gpt-4o",
    curve=Curve(
        "Cost of gpt-4o",
        date(2026, 11, 10),
        (*tuple(200.0 for _ in range(9)), 510.0),
        tuple(200.0 for _ in range(10)),
    ),
)


@dataclass
class Telling:
    """A stage on which incidents are told in #costs."""

    acting: Acting
    desk: IncidentDesk

    def signal(self, level: Level, subject: str = "anomaly|*/model/gpt-4o/cost") -> Signal:
        """A signal that is told in #costs."""
        found = signal_of(level, subject=subject, targets=(Target("slack", self.acting.costs),))
        summary = "Friday's cost of gpt-4o is back at $205.00."
        return replace(found, story=STORY if level.is_trouble else replace(STORY, summary=summary))

    async def report(self, level: Level, subject: str = "anomaly|*/model/gpt-4o/cost") -> None:
        """Takes a signal, and lets everything out of the outbox."""
        await self.desk.report([self.signal(level, subject)])
        await self.send()

    async def send(self) -> None:
        """Lets everything out of the outbox: what is in one group leaves one by one."""
        for _ in range(3):
            await self.acting.send_outbox()

    @property
    def messages(self) -> list[Message]:
        """What stands in the channel and its threads."""
        return self.acting.posted(self.acting.costs)

    @property
    def root(self) -> Message:
        """The one message of the incident."""
        (root,) = [one for one in self.messages if one.thread_ts in (None, one.ts)]
        return root

    async def mute(self, name: str) -> list[str]:
        """Chooses a week from the menu."""
        menu = next(
            one for one in self.root.blocks[-1]["elements"] if one["type"] == "static_select"
        )
        chosen: dict[str, Any] = {
            "type": "static_select",
            "action_id": menu["action_id"],
            "block_id": "incident-next",
            "selected_option": menu["options"][1],
        }
        return await self.acting.press(self.root, chosen, name)


@pytest.fixture
def stage(play: Play):
    @asynccontextmanager
    async def begin(**settings: object) -> AsyncGenerator[Telling]:
        async with play(**settings) as playing:
            yield Telling(Acting(playing), incident_desk_of(playing.parts))

    return begin


def text_in(message: Message) -> str:
    """Everything that a message shows."""
    return str(message.blocks)


async def test_an_incident_is_one_message_that_changes_with_its_news_in_the_thread(stage: Any):
    async with stage() as telling:
        await telling.report(Level.WARNING)
        shown = text_in(telling.root)
        assert "*Warning: Cost of &lt;!channel&gt; &amp; gpt-4o*" in shown
        for part in ("*Why:*", "*Where:*", "*What to do:*", "Nothing is blocked."):
            assert part in shown
        assert labels(telling.root) == [
            "Real",
            "Expected",
            "Planned …",
            "Too small",
            "Look",
        ]
        await telling.report(Level.CRITICAL)
        assert "*Critical: Cost of" in text_in(telling.root)
        news = telling.messages[-1]
        assert "Now critical: Cost of" in news.text
        assert news.reply_broadcast
        await telling.report(Level.OK)
        assert "*Over: Cost of" in text_in(telling.root)
        assert "Friday's cost of gpt-4o is back at $205.00." in text_in(telling.root)
        assert "it cost about $310.00 more than was to be expected" in text_in(telling.root)
        assert not telling.messages[-1].reply_broadcast
        assert len(telling.messages) == 3


async def test_whoever_acknowledges_is_named_in_the_message_and_hears_what_follows(stage: Any):
    async with stage() as telling:
        await telling.report(Level.WARNING, "rule|7f0d/*/cost")
        assert labels(telling.root) == ["Acknowledge", "Look"]
        (told,) = await telling.acting.click(telling.root, "Acknowledge", "ada")
        assert "You have acknowledged it: it is told again when it turns critical" in told
        await telling.send()
        assert "Seen by Ada Admin" in text_in(telling.root)
        assert "<@" not in text_in(telling.root)
        assert labels(telling.root) == ["Look"]


async def test_a_mute_is_seen_and_undone_in_the_message(stage: Any):
    async with stage() as telling:
        await telling.report(Level.WARNING)
        (told,) = await telling.mute("ada")
        assert "Nothing more is told of it until 2026-11-27" in told
        await telling.send()
        assert "Muted by Ada Admin: nothing is told until 2026-11-27" in text_in(telling.root)
        await telling.report(Level.CRITICAL)
        assert len(telling.messages) == 1
        await telling.acting.click(telling.root, "Unmute", "ada")
        await telling.send()
        assert "Now critical" in telling.messages[-1].text


async def test_who_may_not_see_it_cannot_act_on_it(stage: Any):
    async with stage() as telling:
        await telling.report(Level.WARNING, "rule|7f0d/*/cost")
        (told,) = await telling.acting.click(telling.root, "Acknowledge", "otto")
        assert "There is no such incident, or none that you may see." in told
        (told,) = await telling.mute("ute")
        assert "organization admin" in told


async def test_a_look_is_answered_beside_the_message_for_who_clicked(stage: Any):
    async with stage() as telling:
        await telling.report(Level.WARNING)
        before = text_in(telling.root)
        (told,) = await telling.acting.click(telling.root, "Look", "ada")
        assert told
        assert text_in(telling.root) == before


async def test_what_is_open_is_listed_with_a_button_for_each(stage: Any):
    async with stage() as telling:
        await telling.report(Level.CRITICAL)
        heard = answered(await telling.acting.playing.stage.say("/cost incidents", "ada"))
        assert "1 incident is open: 1 critical" in heard.ack["text"]
        assert "Details" in str(heard.ack["blocks"])
        heard = answered(await telling.acting.playing.stage.say("/cost incidents", "otto"))
        assert heard.ack["text"].startswith("No incident is open")


async def test_routes_are_made_tested_removed_and_put_back(stage: Any):
    async with stage() as telling:
        user = telling.acting.playing.stage.user_id("ada")
        costs, slack = telling.acting.costs, telling.acting.slack

        async def said(text: str) -> Message:
            outcome = await slack.delivery.command(user, costs, f"/cost {text}")
            await telling.acting.idle()
            assert outcome.reply is not None
            return outcome.reply.posted[0]

        assert "There is no route yet" in (await said("route")).text
        made = await said("route add product api at warning to #costs me@example.com")
        assert "everything of product api from warning on" in made.text
        assert "COSTBOT_SMTP_URL" in text_in(made)
        await telling.acting.click(made, "Send a test", "ada")
        await telling.send()
        assert "This is a test of route 1, sent by Ada Admin." in telling.messages[-1].text
        await telling.acting.click(made, "Remove", "ada")
        assert "There is no route yet" in (await said("route")).text
        assert "In force again" in (await said("route restore 1")).text
        hearing = await said("route who product api")
        assert f"<#{costs}>, me@example.com" in hearing.text
        nobody = await said("route who product api at notice")
        assert "Nobody would hear of it" in nobody.text
