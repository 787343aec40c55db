"""What the outbox tells of itself, and what may be sent again."""

from __future__ import annotations

from dataclasses import replace
from zoneinfo import ZoneInfo

import pytest

from analysis.errors import BadInput, NotAllowed, NotFound
from analysis.roles import Role
from handlers.caller import Caller
from handlers.outbox import OutboxHandler
from playground.faults import Fault
from tests.outbox.conftest import Outbox

OPERATOR = Caller("terminal", "terminal", "the operator", None, Role.ADMIN, ZoneInfo("UTC"))
POST = frozenset({"chat.postMessage"})


async def test_it_counts_and_lists_newest_first(outbox: Outbox) -> None:
    handler = OutboxHandler(outbox.store)
    for key in ("sent", "also sent"):
        await outbox.add(key)
    await outbox.send()
    await outbox.add("dead", to="general")
    await outbox.send()
    await outbox.add("due")
    counts = await handler.counts()
    assert (counts.sent, counts.dead, counts.due, counts.waiting) == (2, 1, 1, 1)
    assert [one.key for one in await handler.listed(OPERATOR)] == [
        "due",
        "dead",
        "also sent",
        "sent",
    ]
    assert [one.key for one in await handler.listed(OPERATOR, limit=1)] == ["due"]
    (dead,) = await handler.listed(OPERATOR, "dead")
    assert "invite me" in dead.last_error


async def test_what_was_given_up_is_sent_again_and_the_worker_is_told(outbox: Outbox) -> None:
    told: list[str] = []
    handler = OutboxHandler(outbox.store, lambda: told.append("wake"))
    await outbox.add("one", to="general")
    await outbox.send()
    outbox.slack.workspace.join(outbox.id_of("general"), "U0COSTBOT1")
    again = await handler.resend((await outbox.row("one")).id, OPERATOR, "cli")
    assert (again.state, again.attempts, told) == ("due", 0, ["wake"])
    (entry,) = await outbox.store.audit.of_object("delivery", str(again.id))
    assert (entry.actor.name, entry.action) == ("the operator", "delivery.resend")
    assert "not_in_channel" in str(entry.before)
    await outbox.send()
    assert outbox.texts("general") == ["one"]


async def test_what_was_not_given_up_is_not_sent_again(outbox: Outbox) -> None:
    handler = OutboxHandler(outbox.store)
    await outbox.add("one")
    await outbox.send()
    await outbox.add("two")
    outbox.slack.faults.set(Fault("reply_lost", methods=POST))
    await outbox.add("other", to="ml-platform")
    for key, why in (("one", "it is sent"), ("two", "still to be sent")):
        with pytest.raises(BadInput, match=why):
            await handler.resend((await outbox.row(key)).id, OPERATOR, "cli")
    await outbox.sender.send_what_is_due()
    doubtful = [one.key for one in await handler.listed(OPERATOR, "uncertain")]
    assert len(doubtful) == 1
    with pytest.raises(BadInput, match="may have arrived"):
        await handler.resend((await outbox.row(doubtful[0])).id, OPERATOR, "cli")


async def test_what_is_not_there_is_said_with_where_to_look(outbox: Outbox) -> None:
    handler = OutboxHandler(outbox.store)
    with pytest.raises(NotFound, match="no message 99"):
        await handler.resend(99, OPERATOR, "cli")
    with pytest.raises(BadInput, match="Take 1 to"):
        await handler.listed(OPERATOR, limit=0)


@pytest.mark.parametrize("role", [Role.USER, Role.ORG_ADMIN])
async def test_only_admins_look_into_it(outbox: Outbox, role: Role) -> None:
    handler = OutboxHandler(outbox.store)
    caller = replace(OPERATOR, role=role, organization="acme")
    await outbox.add("one", to="general")
    await outbox.send()
    with pytest.raises(NotAllowed):
        await handler.listed(caller)
    with pytest.raises(NotAllowed):
        await handler.resend((await outbox.row("one")).id, caller, "slack")
    assert (await outbox.row("one")).state == "dead"
