"""Alerts as people see them in Slack, and what their buttons do."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import pytest

from bot.budget_watch import BudgetWatch, watching
from playground.model import JsonObject, Message
from tests.budgets.slack.acting import PROD, Act, Acting, action, labels
from tests.facts import add, request
from tests.slack.conftest import at


@dataclass
class Alerting:
    """A stage on which a budget at its warning mark was told of in #costs."""

    acting: Acting
    watch: BudgetWatch

    @property
    def messages(self) -> list[Message]:
        """What stands in the channel and its threads."""
        return self.acting.posted(self.acting.costs)

    @property
    def root(self) -> Message:
        """The one message of the period."""
        (root,) = [one for one in self.messages if one.thread_ts in (None, one.ts)]
        return root

    @property
    def ids(self) -> str:
        """What the buttons of the alert carry."""
        elements: list[JsonObject] = self.root.blocks[-1]["elements"]
        return next(
            str(one["value"]) for one in elements if one["action_id"] == "alert_acknowledge"
        )

    async def evaluate(self) -> None:
        """Looks at all budgets and lets everything out of the outbox."""
        await self.watch.keep_up()
        await self.send()

    async def send(self) -> None:
        for _ in range(4):  # what is in one group leaves one by one
            await self.acting.send_outbox()

    def spend(self, cost: str) -> None:
        """More of what the budget counts."""
        fact = request(at(20, 13), cost, model="gpt-4", organization="acme")
        add(self.acting.playing.parts.mart, [fact])

    async def mute(self, value: str, name: str) -> list[str]:
        """Chooses from the menu."""
        option = {"text": {"type": "plain_text", "text": "Mute"}, "value": value}
        chosen: dict[str, Any] = {
            "type": "static_select",
            "action_id": "alert_mute",
            "block_id": "alert-next",
            "selected_option": option,
        }
        return await self.acting.press(self.root, chosen, name)


@asynccontextmanager
async def alerted(act: Act) -> AsyncGenerator[Alerting]:
    async with act() as acting, watching(acting.playing.parts) as watch:
        await acting.create(f"{PROD} to #costs")
        alerting = Alerting(acting, watch)
        await alerting.evaluate()
        yield alerting


async def test_an_alert_is_one_message_that_says_what_holds_and_what_can_be_done(act: Act) -> None:
    async with alerted(act) as alerting:
        root = alerting.root
    assert root.text == (
        "Budget Prod LLM (acme) has reached its warning mark: 87.5 % is spent. "
        "$14.00 of $16.00 is spent in 2026-11-01 to 2026-11-30; $2.00 is left. "
        "Nothing is blocked: this budget tells, and denies nothing."
    )
    assert labels(root) == ["Details", "Acknowledge", "Ask for a raise"]
    assert "You will not hear of this level again in this period." in str(root.blocks)


async def test_an_escalation_stands_in_the_thread_and_changes_the_root(act: Act) -> None:
    async with alerted(act) as alerting:
        alerting.spend("3")
        await alerting.evaluate()
        (reply,) = [one for one in alerting.messages if one is not alerting.root]
        assert reply.thread_ts == alerting.root.ts
        for message in (reply, alerting.root):
            assert "has exceeded its limit: 106.2 % is spent" in message.text


async def test_who_acknowledges_is_named_in_the_root_and_told(act: Act) -> None:
    async with alerted(act) as alerting:
        (answer,) = await alerting.acting.click(alerting.root, "Acknowledge", "ute")
        assert "You have acknowledged it" in answer
        await alerting.send()
        assert labels(alerting.root) == ["Details", "Ask for a raise"]
        assert "Seen by" in str(alerting.root.blocks)
        assert "<@" not in str(alerting.root.blocks)


async def test_a_muted_alert_is_silent_until_it_is_unmuted(act: Act) -> None:
    async with alerted(act) as alerting:
        (answer,) = await alerting.mute(f"{alerting.ids}:week", "otto")
        assert "Nothing more is told of it until 2026-11-27" in answer
        await alerting.send()
        assert "Unmute" in labels(alerting.root)
        alerting.spend("3")
        await alerting.evaluate()
        assert len(alerting.messages) == 1
        await alerting.acting.click(alerting.root, "Unmute", "otto")
        await alerting.evaluate()
        assert len(alerting.messages) == 2


@pytest.mark.parametrize(
    "value", ["", "x", "x:y:day", "107d06da-0e90-4466-8ad8-ef3ba63f42c8:2026-11-01:decade"]
)
async def test_a_forged_choice_is_answered_politely(act: Act, value: str) -> None:
    async with alerted(act) as alerting:
        (answer,) = await alerting.mute(value, "otto")
    assert "That button belongs to an older message." in answer


async def test_details_and_the_form_of_a_raise_leave_the_alert_where_it_stands(act: Act) -> None:
    async with alerted(act) as alerting:
        before = alerting.root.text
        (answer,) = await alerting.acting.click(alerting.root, "Details", "ute")
        assert answer.startswith("Prod LLM · 87.5 %")
        await alerting.acting.click(alerting.root, "Ask for a raise", "ute")
        assert alerting.acting.modal("ute").payload["callback_id"] == "budget_raise"
        assert alerting.root.text == before


async def test_who_may_not_is_told_so_and_who_is_of_another_organization_finds_nothing(
    act: Act,
) -> None:
    async with alerted(act) as alerting:
        (answer,) = await alerting.mute(f"{alerting.ids}:day", "ute")
        assert "This is for organization admins." in answer
        another = action("alert_acknowledge", f"{uuid4()}:2026-11-01", "alert-next")
        (answer,) = await alerting.acting.press(alerting.root, another, "otto")
        assert "There is no such alert." in answer
        assert len(await alerting.acting.store.deliveries.newest()) == 1
