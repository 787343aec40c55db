"""`/cost setup` as admins see it in Slack."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

from analysis.checks import Check, Level
from bot.assembly import Parts
from bot.assembly.setup import setup_noun_of
from bot.slack.setup import SetupNoun
from handlers.caller import Caller
from handlers.setup import SetupHandler
from playground.model import Message
from storage.records.audit import AuditWanted
from storage.records.delivery import NewDelivery
from storage.records.route import RouteDraft
from tests.budgets.slack.acting import Acting
from tests.budgets.slack.conftest import act
from tests.slack.conftest import NOW, play

__all__ = ["act", "play"]


async def asked(acting: Acting, name: str, text: str = "setup") -> Message:
    """The answer to `/cost setup`."""
    user_id = acting.playing.stage.user_id(name)
    outcome = await acting.slack.delivery.command(user_id, acting.costs, f"/cost {text}")
    await acting.idle()
    assert outcome.reply is not None
    return outcome.reply.posted[0]


def handler_of(parts: Parts) -> SetupHandler:
    nothing: Any = None
    noun = setup_noun_of(parts)(nothing, nothing, nothing)
    assert isinstance(noun, SetupNoun)
    return noun.handler


async def caller(acting: Acting, name: str) -> Caller:
    team = acting.slack.workspace.team.id
    user_id = acting.playing.stage.user_id(name)
    found = await acting.playing.parts.callers.caller_of(team, user_id)
    assert found is not None
    return found


async def test_an_admin_sees_what_is_open_with_its_next_step_and_sends_a_test(act: Any) -> None:
    async with act() as acting:
        message = await asked(acting, "ada")
        assert message.text == "Setup: 5 of 8 done. To do: Digests, Routes, Budgets."
        assert "`/cost route add to #channel`" in str(message.blocks)
        (told,) = await acting.click(message, "Send me a test", "ada")
        assert "on its way to your direct messages" in told
        (told,) = await acting.click(message, "Send me a test", "ada")
        assert "within this minute" in told
        await acting.send_outbox()
        ada = acting.playing.stage.user_id("ada")
        im = acting.slack.workspace.open_im(acting.slack.workspace.users["U0COSTBOT1"].id, ada)
        (sent,) = acting.posted(im.id)
        assert sent.text == "This is a test: costbot reaches you."
        entries = await acting.store.audit.newest(AuditWanted(action="setup.test"))
        assert [entry.actor.name for entry in entries] == ["Ada Admin"]
        await acting.say("create Prod 5 monthly", "ada")
        again = await acting.click(message, "Check again", "ada")
        assert again == [] or "6 of 8" in again[0]
        assert "Budgets, " not in (await asked(acting, "ada")).text


async def test_an_admin_of_an_organization_sees_its_own_and_others_nothing(act: Any) -> None:
    async with act() as acting:
        await acting.store.routes.add(
            RouteDraft(organization="globex", targets=(("slack", "C1"),)), "gil"
        )
        message = await asked(acting, "otto")
        assert message.text == "Setup of acme: 2 of 5 done. To do: Digests, Routes, Budgets."
        assert "costbot doctor" not in str(message.blocks)
        assert "This is for those who look after costbot." in (await asked(acting, "ute")).text
        assert "nothing that `/cost setup` knows" in (await asked(acting, "ada", "setup now")).text


async def test_what_goes_wrong_is_told_to_admins_of_all(act: Any) -> None:
    async with act() as acting:
        handler, ada = handler_of(acting.playing.parts), await caller(acting, "ada")
        await acting.store.deliveries.add(
            NewDelivery(key="k", channel="slack", address="C1", payload={"text": "x"})
        )
        late = replace(handler, clock=lambda: NOW + timedelta(days=3))
        found = {check.name: check for check in (await late.look(ada)).checks}
        assert found["Data"].sentence.startswith("LLM and GPU data ends 2026-11-20 ")
        assert "`costbot import usage`; `costbot import gpu`" in found["Data"].cure
        assert found["Outbox"].sentence.startswith("1 message to be sent")
        assert all(check.cure for check in found.values() if check.level is not Level.OK)


async def test_who_is_alone_is_told_how_others_get_in(act: Any) -> None:
    async with act() as acting:
        handler, ada = handler_of(acting.playing.parts), await caller(acting, "ada")
        for person in await acting.store.people.find_all():
            await acting.store.people.remove(person.team_id, person.user_id)

        async def people(**known: object) -> Check:
            other = replace(handler, known=replace(handler.known, **known))  # pyright: ignore[reportArgumentType]
            return next(one for one in (await other.look(ada)).checks if one.name == "People")

        assert "COSTBOT_DEFAULT_ORGANIZATION" in (await people(admins=1)).cure
        assert (await people(has_defaults=True)).level is Level.OK
