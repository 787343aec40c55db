"""Anomalies in Slack: told in a channel, labelled by a click, listed, shown and replayed."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass

import pytest

from bot.assembly.anomalies import anomaly_watch_of
from playground.model import Message
from storage.records.route import RouteDraft
from tests.anomaly_watch.makers import DAY, LAST, planted
from tests.budgets.slack.acting import Acting, labels, text_of
from tests.slack.conftest import Play, answered, play

__all__ = ["play"]


@dataclass
class Told:
    """A stage on which the planted incident was told in #costs."""

    acting: Acting

    @property
    def root(self) -> Message:
        """The one message of the incident."""
        posted = self.acting.posted(self.acting.costs)
        (root,) = [
            one for one in posted if one.thread_ts in (None, one.ts) and one.ephemeral_to is None
        ]
        return root

    async def send(self) -> None:
        """Lets everything out of the outbox."""
        for _ in range(3):
            await self.acting.send_outbox()

    async def say(self, text: str, name: str) -> str:
        """All that is shown in answer to `/cost text`."""
        heard = answered(await self.acting.playing.stage.say(f"/cost {text}", name))
        return str(heard.ack)

    async def message(self, text: str, name: str) -> Message:
        """The message that answers `/cost text`."""
        user_id = self.acting.playing.stage.user_id(name)
        delivery = self.acting.slack.delivery
        outcome = await delivery.command(user_id, self.acting.costs, f"/cost {text}")
        await self.acting.idle()
        assert outcome.reply is not None
        return outcome.reply.posted[0]


Tell = Callable[[], AbstractAsyncContextManager[Told]]


@pytest.fixture
def told(play: Play) -> Tell:
    """Looks for anomalies, and tells #costs of what is found."""

    @asynccontextmanager
    async def begin() -> AsyncGenerator[Told]:
        async with play(planted()) as playing:
            stage = Told(Acting(playing))
            route = RouteDraft(organization=None, targets=(("slack", stage.acting.costs),))
            await playing.parts.store.routes.add(route, "T1/U1")
            await anomaly_watch_of(playing.parts).look()
            await stage.send()
            yield stage

    return begin


async def test_a_click_says_what_follows_and_the_way_back_is_in_the_same_answer(told: Tell) -> None:
    async with told() as stage:
        shown = str(stage.root.blocks)
        assert "Critical: Cost of everything" in shown
        assert "*Why:*" in shown
        (said,) = await stage.acting.click(stage.root, "Expected", "ada")
        assert f"You will not hear of Cost of everything at this level until {LAST + 15 * DAY}" in (
            said
        )
        await stage.send()
        assert "Expected, says Ada Admin" in str(stage.root.blocks)
        assert labels(stage.root)[0] == "Undo"
        (undone,) = await stage.acting.click(stage.root, "Undo", "ada")
        assert undone.startswith("Taken back: Cost of everything is no longer expected.")
        await stage.send()
        assert labels(stage.root)[:2] == ["Real", "Expected"]


async def test_what_is_planned_is_asked_for_in_a_form(told: Tell) -> None:
    async with told() as stage:
        acting = stage.acting
        await acting.click(stage.root, "Planned …", "ada")
        view = acting.modal("ada")
        assert "Cost of everything" in text_of(view)
        refused = await acting.submit(view, "ada", first=str(LAST), last=str(LAST - DAY))
        assert "before it begins" in str(refused.field_errors)
        await acting.submit(view, "ada", first=str(LAST), last=str(LAST + DAY), note="Launch")
        assert "You will not hear of Cost of everything" in text_of(acting.modal("ada"))
        (label,) = await acting.store.anomaly_labels.live()
        assert (label.kind, label.note, label.silent_last) == ("planned", "Launch", LAST + DAY)
        await acting.click(stage.root, "Planned …", "ada")
        assert "has said what it is" in text_of(acting.modal("ada"))


async def test_who_may_not_see_it_hears_that_it_is_not_there_and_users_that_they_may_not(
    told: Tell,
) -> None:
    async with told() as stage:
        (refused,) = await stage.acting.click(stage.root, "Expected", "otto")
        assert "There is no such incident" in refused
        (refused,) = await stage.acting.click(stage.root, "Expected", "ute")
        assert "This is for organization admins." in refused
        assert await stage.acting.store.anomaly_labels.live() == []


async def test_what_was_found_is_listed_shown_and_labelled_there(told: Tell) -> None:
    async with told() as stage:
        listed = await stage.message("anomalies", "ada")
        assert listed.text.startswith(f"1 anomaly, {LAST - 6 * DAY} to {LAST}")
        (root,) = [
            one
            for one in await stage.acting.store.anomaly_findings.of_days(LAST, LAST)
            if one.outcome == "told"
        ]
        shown = await stage.message(f"anomalies show {root.id.hex[:8]}", "ada")
        assert labels(shown)[:4] == ["Real", "Expected", "Planned …", "Too small"]
        await stage.acting.click(shown, "Too small", "ada")
        assert "You will not hear of Cost of everything until it moves at least" in shown.text
        assert "There is no anomaly" in await stage.say(f"anomalies show {root.id.hex[:8]}", "gil")
        assert "No anomalies" in await stage.say("anomalies", "gil")


async def test_a_replay_is_for_those_who_may_change_something(told: Tell) -> None:
    async with told() as stage:
        answer = await stage.message("replay 7d least $100000", "ada")
        assert answer.text.startswith("0 messages would have been sent")
        assert "Would be gone" in str(answer.blocks)
        assert "Only an organization admin may try" in await stage.say("replay", "ute")
