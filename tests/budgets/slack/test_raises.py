"""Raises: asked for with a reason, decided on by somebody else, once, and named."""

from __future__ import annotations

import asyncio
import json
from uuid import UUID

import pytest

from analysis.roles import Role
from playground.model import Message
from tests.budgets.slack.acting import PROD, Act, Acting, button, forged, labels, text_of

RAISE = 'raise "Prod LLM" 5 because of <!channel> launch'


async def asked(acting: Acting, who: str = "ute") -> Message:
    """The message that asks for a decision on a raise that somebody asks for in a line."""
    await acting.create(f"{PROD} to #costs")
    heard = await acting.say(RAISE, who)
    assert "pending" in heard.ack["text"]
    await acting.send_outbox()
    (message,) = acting.posted(acting.costs)
    return message


async def states(acting: Acting) -> list[str]:
    """Where the raises of the budget are."""
    budget = await acting.budget()
    return [raise_.state for raise_ in await acting.store.raises.of_budget(budget.id)]


async def test_a_raise_is_asked_for_where_the_budgets_alerts_go(act: Act):
    async with act() as acting:
        message = await asked(acting)
    assert message.ephemeral_to is None
    assert message.text.startswith("Raise of $5.00 for Prod LLM")
    assert "asked by Ute User: of &lt;!channel&gt; launch" in message.text
    assert labels(message) == ["Approve", "Reject …", "Withdraw"]
    assert "<@" not in str(message.blocks)


async def test_a_raise_of_a_budget_that_tells_nobody_is_asked_for_where_it_was_typed(act: Act):
    async with act() as acting:
        await acting.create()
        await acting.say(RAISE, "ute")
        await acting.send_outbox()
        (message,) = acting.posted(acting.costs)
        await acting.click(message, "Approve", "otto")
        assert await states(acting) == ["approved"]


async def test_who_approved_and_when_takes_the_place_of_the_buttons(act: Act):
    async with act() as acting:
        message = await asked(acting)
        assert await acting.click(message, "Approve", "otto") == []
        heard = await acting.say('show "Prod LLM"', "ute")
        replaced = message.text
        await acting.send_outbox()
        messages = acting.posted(acting.costs)
    assert "✅ Approved by Otto Owner, 2026-11-20 14:37 Europe/Berlin" in replaced
    assert labels(message) == []
    assert message.ephemeral_to is None
    assert "Limit $21.00: $16.00 agreed + $5.00 raised" in str(heard.ack)
    assert [one.text for one in messages] == [replaced]


async def test_nobody_approves_a_raise_of_their_own(act: Act):
    async with act() as acting:
        message = await asked(acting, "otto")
        (answer,) = await acting.click(message, "Approve", "otto")
        assert await states(acting) == ["pending"]
    assert "Nobody decides on a raise of their own" in answer
    assert labels(message) == ["Approve", "Reject …", "Withdraw"]


async def test_who_has_no_right_is_told_so_and_decides_nothing(act: Act):
    async with act() as acting:
        message = await asked(acting, "otto")
        answers = [
            *await acting.click(message, "Approve", "ute"),
            *await acting.click(message, "Reject …", "ute"),
            *await acting.click(message, "Withdraw", "ute"),
            *await acting.click(message, "Approve", "gil"),
            *await acting.click(message, "Withdraw", "gil"),
            *await acting.click(message, "Approve", "sam"),
        ]
        assert await states(acting) == ["pending"]
    role = "This is for organization admins. Ask an admin for the role."
    assert answers[0] == answers[1] == answers[3] == role
    assert "Only who asked for a raise withdraws it" in answers[2]
    assert "There is no such raise" in answers[4]
    assert "I don't know you yet" in answers[5]


async def test_an_organization_admin_of_another_organization_finds_no_such_raise(act: Act):
    async with act() as acting:
        await acting.promote("gil", "globex", Role.ORG_ADMIN)
        message = await asked(acting)
        (answer,) = await acting.click(message, "Approve", "gil")
        await acting.click(message, "Reject …", "gil")
        view = text_of(acting.modal("gil"))
        assert await states(acting) == ["pending"]
    assert "There is no such raise" in answer
    assert "There is no such raise" in view


async def test_a_rejection_needs_a_reason_and_tells_it(act: Act):
    async with act() as acting:
        message = await asked(acting)
        await acting.click(message, "Reject …", "otto")
        view = acting.modal("otto")
        nothing = await acting.submit(view, "otto", reason="   ")
        assert await states(acting) == ["pending"]
        await acting.submit(view, "otto", reason="the <month> is nearly over")
        assert await states(acting) == ["rejected"]
        await acting.send_outbox()
        (message,) = acting.posted(acting.costs)
    assert "reason" in nothing.field_errors
    assert "❌ Rejected by Otto Owner" in message.text
    assert "the &lt;month&gt; is nearly over" in message.text
    assert labels(message) == []


async def test_who_asked_withdraws(act: Act):
    async with act() as acting:
        message = await asked(acting)
        await acting.click(message, "Withdraw", "ute")
        assert await states(acting) == ["withdrawn"]
    assert "Withdrawn by Ute User" in message.text


async def test_of_two_who_decide_at_once_one_does_and_the_other_learns_who(act: Act):
    async with act() as acting:
        message = await asked(acting)
        approve = button(message, "Approve")
        answers = await asyncio.gather(
            *(acting.press(message, approve, name) for name in ("otto", "ada"))
        )
        assert await states(acting) == ["approved"]
        budget = await acting.budget()
        entries = await acting.store.audit.of_object("budget", str(budget.id))
    decided = [entry.actor.name for entry in entries if entry.action == "raise.approved"]
    told = [text for some in answers for text in some]
    assert len(decided) == len(told) == 1
    assert f"This raise was approved by {decided[0]}" in told[0]


async def test_a_click_on_what_was_decided_is_answered_with_who_and_when(act: Act):
    async with act() as acting:
        message = await asked(acting)
        approve, reject = button(message, "Approve"), button(message, "Reject …")
        await acting.press(message, approve, "otto")
        (answer,) = await acting.press(message, approve, "ada")
        await acting.press(message, reject, "ada")
        view = text_of(acting.modal("ada"))
        assert await states(acting) == ["approved"]
    assert "This raise was approved by Otto Owner at 2026-11-20 13:37 UTC" in answer
    assert "Approved" in view
    assert acting.modal("ada").payload.get("submit") is None


async def test_a_raise_is_asked_for_in_a_form_too(act: Act):
    async with act() as acting:
        await acting.create(f"{PROD} to #costs")
        view = await acting.open_form('raise "Prod LLM"', "ute")
        faulty = await acting.submit(view, "ute", amount="0", reason="launch")
        assert await states(acting) == []
        await acting.submit(view, "ute", amount="5", reason="launch", last_day="2026-11-25")
        budget = await acting.budget()
        (raise_,) = await acting.store.raises.of_budget(budget.id)
        await acting.send_outbox()
    assert "amount" in faulty.field_errors
    assert (raise_.amount, str(raise_.last_day), raise_.reason) == (5, "2026-11-25", "launch")
    assert f"asked: <#{acting.costs}>" in text_of(view)
    assert len(acting.posted(acting.costs)) == 1


async def test_a_form_that_is_sent_in_twice_asks_once(act: Act):
    async with act() as acting:
        await acting.create(f"{PROD} to #costs")
        view = await acting.open_form('raise "Prod LLM"', "ute")
        before = view.payload
        await acting.submit(view, "ute", amount="5", reason="launch")
        view.payload = before
        await acting.submit(view, "ute", amount="5", reason="launch")
        assert await states(acting) == ["pending"]
        await acting.send_outbox()
        assert len(acting.posted(acting.costs)) == 1


@pytest.mark.parametrize(
    "metadata", ["", "{}", '{"budget":"x"}', '{"budget":"107d06da-0e90-4466-8ad8-ef3ba63f42c8"}']
)
async def test_forged_metadata_asks_for_nothing(act: Act, metadata: str):
    async with act() as acting:
        await acting.create()
        view = forged(await acting.open_form('raise "Prod LLM"', "ute"), metadata)
        outcome = await acting.submit(view, "ute", amount="5", reason="launch")
        assert await states(acting) == []
    assert outcome.status == 200


async def test_forged_metadata_rejects_nothing_of_others(act: Act):
    async with act() as acting:
        await acting.promote("gil", "globex", Role.ORG_ADMIN)
        theirs = await acting.create('create "Theirs" 5 monthly', "gil")
        await acting.say("raise Theirs 5 because of us", "gil")
        (other,) = await acting.store.raises.of_budget(theirs.id)
        await acting.create(f"{PROD} to #costs")
        await acting.say(RAISE, "ute")
        await acting.send_outbox()
        message = next(one for one in acting.posted(acting.costs) if "Prod LLM" in one.text)
        await acting.click(message, "Reject …", "otto")
        view = forged(acting.modal("otto"), json.dumps({"raise": str(other.id)}))
        await acting.submit(view, "otto", reason="none of your business")
        found = await acting.store.raises.find(UUID(str(other.id)))
    assert found is not None
    assert found.state == "pending"
    assert "There is no such raise" in text_of(view)
