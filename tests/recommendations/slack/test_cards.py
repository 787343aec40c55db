"""Cards that others see: shared, told to who is assigned, edited wherever they are decided on."""

from __future__ import annotations

import pytest

from analysis.recommendations.kept.states import State
from analysis.roles import Role
from handlers.recommendations.finding import short_id
from tests.budgets.slack.acting import labels
from tests.recommendations.slack.acting import Act, whole

HOSTILE = "<!channel> & *all* <@U0ADA00001>"


async def test_a_card_in_the_channel_is_edited_wherever_it_is_decided_on(act: Act):
    async with act() as acting:
        (row,) = await acting.drawn()
        message = await acting.message("show 1", "ute")
        (told,) = await acting.click(message, "Share", "ute")
        (again,) = await acting.click(message, "Share", "ute")
        await acting.send_outbox()
        (card,) = acting.posted(acting.costs)
        assert card.ephemeral_to is None
        offered = labels(card)
        await acting.say(f"accept {short_id(row.id)}", "otto")
        await acting.send_outbox()
        (edited,) = acting.posted(acting.costs)
    assert told.startswith("Shared: ")
    assert "was shared here today already" in again
    assert offered[:2] == ["Accept", "Reject …"]
    assert "✅ Accepted by Otto Owner" in edited.text
    assert "Accept" not in labels(edited)
    assert "<@" not in whole(edited)


async def test_a_card_in_the_channel_is_decided_on_by_who_may(act: Act):
    async with act() as acting:
        await acting.promote("gil", "globex", Role.ORG_ADMIN)
        await acting.drawn()
        message = await acting.message("show 1", "otto")
        await acting.click(message, "Share", "otto")
        await acting.send_outbox()
        (card,) = acting.posted(acting.costs)
        answers = {name: await acting.click(card, "Accept", name) for name in ("ute", "gil", "sam")}
        assert await acting.state() is State.PENDING
        assert await acting.click(card, "Accept", "otto") == []
        assert await acting.state() is State.ACCEPTED
        await acting.send_outbox()
        (after,) = acting.posted(acting.costs)
    assert "This is for organization admins" in answers["ute"][0]
    assert "There is no recommendation" in answers["gil"][0]
    assert "I don't know you yet" in answers["sam"][0]
    assert "✅ Accepted by Otto Owner" in after.text
    assert after.ephemeral_to is None


async def test_a_rejection_by_form_edits_the_card_for_everybody(act: Act):
    async with act() as acting:
        await acting.drawn()
        message = await acting.message("show 1", "otto")
        await acting.click(message, "Share", "otto")
        await acting.send_outbox()
        (card,) = acting.posted(acting.costs)
        await acting.click(card, "Reject …", "otto")
        await acting.submit(acting.modal("otto"), "otto", reason="of launch")
        (after,) = acting.posted(acting.costs)
        at_once = after.text
        await acting.send_outbox()
    assert "❌ Rejected by Otto Owner" in at_once
    assert after.text == at_once


async def test_details_of_a_card_are_for_who_asks_alone(act: Act):
    async with act() as acting:
        await acting.drawn()
        message = await acting.message("show 1", "otto")
        await acting.click(message, "Share", "otto")
        await acting.send_outbox()
        (card,) = acting.posted(acting.costs)
        before = whole(card)
        (answer,) = await acting.click(card, "Details", "ute")
    assert "smaller model" in answer
    assert whole(card) == before


async def test_who_is_assigned_is_told_in_their_direct_messages_and_sees_what_is_decided(act: Act):
    async with act() as acting:
        (row,) = await acting.drawn()
        ute = acting.playing.stage.user_id("ute")
        heard = await acting.say(f"assign {short_id(row.id)} <@{ute}|ute>", "otto")
        await acting.send_outbox()
        (direct,) = [one for one in acting.slack.workspace.channels_of(ute) if one.is_im]
        (card,) = acting.posted(direct.id)
        told = whole(card)
        await acting.say(f"accept {short_id(row.id)}", "otto")
        await acting.send_outbox()
        (after,) = acting.posted(direct.id)
    assert "Assigned to Ute User: they are told in their direct messages" in heard.ack["text"]
    assert "*Otto Owner* asks you to see to this" in told
    assert "Accepted by Otto Owner" in after.text


@pytest.mark.parametrize("name", ["gil", "sam"])
async def test_who_may_not_see_a_recommendation_is_not_told_of_it(act: Act, name: str):
    async with act() as acting:
        (row,) = await acting.drawn()
        user = acting.playing.stage.user_id(name)
        heard = await acting.say(f"assign {short_id(row.id)} <@{user}|x>", "otto")
        await acting.send_outbox()
        direct = [one for one in acting.slack.workspace.channels_of(user) if one.is_im]
        assert [one for channel in direct for one in acting.posted(channel.id)] == []
    assert "they may not see it, so they are not told" in heard.ack["text"]
