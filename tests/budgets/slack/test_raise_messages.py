"""The messages by which a raise is decided: in one transaction with it, and true to the end."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest

from bot.assembly import assembled, budgets_of
from bot.budget_watch import watching
from bot.raise_messages import SlackRaiseMessages
from bot.settings import Settings
from bot.stage import staged
from handlers.budgets.raising import RaiseHandler
from handlers.budgets.requests import DecideRaiseRequest, RaiseRequest, Which
from handlers.budgets.results import NamedRaise, RaiseAnswer, Standing
from storage.records.budget import Budget
from storage.records.delivery import Delivery, NewDelivery
from tests.budgets.handlers.conftest import ADMIN, KEEPER, MEMBER, OpenDesk, desk
from tests.budgets.slack.acting import PROD, Act, Acting, action, labels
from tests.facts import add
from tests.slack.conftest import FACTS, NOW, Playing

__all__ = ["desk"]

RAISE = 'raise "Prod LLM" 5 because of the launch'


class Killed(BaseException):
    """The process ends here."""


class Dying(SlackRaiseMessages):
    """Writes the messages, and then the process ends."""

    def asked(self, answer: RaiseAnswer, asked_in: str) -> tuple[NewDelivery, ...]:
        assert super().asked(answer, asked_in)
        raise Killed

    def ended(
        self,
        budget: Budget,
        named: NamedRaise,
        standing: Standing | None,
        there: Sequence[Delivery],
    ) -> tuple[NewDelivery, ...]:
        assert super().ended(budget, named, standing, there)
        raise Killed


async def waiting(acting: Acting) -> UUID:
    """The id of a raise that is asked for in #costs."""
    budget = await acting.create(f"{PROD} to #costs")
    await acting.say(RAISE, "ute")
    (raise_,) = await acting.store.raises.of_budget(budget.id)
    await acting.send_outbox()
    return raise_.id


async def test_a_raise_and_the_question_about_it_are_kept_together_or_not_at_all(
    desk: OpenDesk,
) -> None:
    async with desk() as at:
        budget = await at.create(KEEPER, slack_channels=("C0000000001",))
        asking = RaiseRequest(Which("Prod LLM"), "500", "the launch")
        raises = replace(at.budgets.raises, messages=Dying())
        with pytest.raises(Killed):
            await raises.ask(asking, MEMBER)
        assert await at.store.raises.of_budget(budget.id) == []

        raises = replace(raises, messages=SlackRaiseMessages())
        answer = await raises.ask(asking, MEMBER)
        assert answer.told == ("C0000000001",)
        assert len(await at.store.deliveries.newest()) == 1


@pytest.mark.parametrize("decision", ["approved", "rejected", "withdrawn", "expired"])
async def test_a_decision_and_its_messages_are_kept_together_or_not_at_all(
    desk: OpenDesk, decision: str
) -> None:
    async with desk() as at:
        await at.create(KEEPER, slack_channels=("C0000000001",))
        raises = replace(at.budgets.raises, messages=SlackRaiseMessages())
        asking = RaiseRequest(Which("Prod LLM"), "500", "the launch")
        key = (await raises.ask(asking, MEMBER)).raise_.raise_.id
        with pytest.raises(Killed):
            await ended(replace(raises, messages=Dying()), key, decision)
        found = await at.store.raises.find(key)
        assert found is not None
        assert found.state == "pending"
        assert len(await at.store.deliveries.newest()) == 1

        await ended(raises, key, decision)
        found = await at.store.raises.find(key)
        assert found is not None
        assert found.state == decision
        changed, asked = await at.store.deliveries.newest()
        assert (changed.payload["root"], changed.address) == (asked.key, asked.address)
        assert decision.capitalize() in str(changed.payload["text"])


async def ended(raises: RaiseHandler, key: UUID, decision: str) -> None:
    """Decides on a raise, or lets its time run out."""
    match decision:
        case "approved":
            await raises.decide(DecideRaiseRequest(key, "approved"), KEEPER)
        case "rejected":
            await raises.decide(DecideRaiseRequest(key, "rejected", "too late"), KEEPER)
        case "withdrawn":
            await raises.decide(DecideRaiseRequest(key, "withdrawn"), MEMBER)
        case _:
            await replace(raises, clock=lambda: NOW + timedelta(days=40)).expire()


async def test_a_raise_that_is_decided_in_the_terminal_loses_its_buttons(act: Act):
    async with act() as acting:
        key = await waiting(acting)
        raises = budgets_of(acting.playing.parts, "cli").raises
        await raises.decide(DecideRaiseRequest(key, "approved"), ADMIN)
        await acting.send_outbox()
        (message,) = acting.posted(acting.costs)
    assert "Approved by Ada" in message.text
    assert labels(message) == []


async def test_a_raise_that_expires_loses_its_buttons(act: Act):
    async with act() as acting:
        await waiting(acting)
        raises = budgets_of(acting.playing.parts, "system").raises
        late = replace(raises, clock=lambda: NOW + timedelta(days=40))
        assert await late.expire() == 1
        await acting.send_outbox()
        (message,) = acting.posted(acting.costs)
    assert message.text.endswith("⌛ Expired: nobody decided in time")
    assert labels(message) == []


async def test_the_question_is_answered_where_it_stands_whoever_is_told_by_then(act: Act):
    async with act() as acting:
        key = await waiting(acting)
        await acting.say('edit "Prod LLM" to #ml-platform', "otto")
        await acting.say(f"approve {key}", "otto")
        await acting.send_outbox()
        (message,) = acting.posted(acting.costs)
    assert "Approved by Otto Owner" in message.text
    assert labels(message) == []


async def test_what_is_clicked_wakes_the_outbox(tmp_path: Path):
    woken: list[str] = []
    async with assembled(Settings(home=tmp_path), lambda: NOW) as parts:
        add(parts.mart, FACTS)
        async with staged(parts, lambda: woken.append("woken")) as stage:
            acting = Acting(Playing(parts, stage))
            key = await waiting(acting)
            assert woken == ["woken"]
            message = await acting.message("help", "otto")
            await acting.press(message, action("raise_withdraw", str(key)), "ute")
            assert woken == ["woken"] * 2
            async with watching(parts) as watch:
                await watch.evaluator.evaluate()
            period = NOW.date().replace(day=1)
            which = f"{(await acting.budget()).id}:{period}"
            await acting.press(message, action("alert_acknowledge", which), "otto")
            assert woken == ["woken"] * 3
