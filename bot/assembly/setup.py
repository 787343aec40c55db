"""`/cost setup`, put together."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, cast

from bot.assembly import Parts
from bot.assembly.incidents import routes_of
from bot.blocks.setup import message_answer
from bot.outbox.payloads import Json, SlackMessage
from bot.refills import refills
from handlers.caller import Caller
from handlers.setup import Known, SetupHandler
from storage.records.delivery import NewDelivery

if TYPE_CHECKING:
    from bot.slack.nouns import MakeNoun


def setup_noun_of(parts: Parts, wake: Callable[[], None] | None = None) -> MakeNoun:
    """What hears `/cost setup` in Slack.

    Args:
        parts: that are looked at.
        wake: tells the outbox of this process that there is something to send.
    """
    from bot.slack.setup import make_setup
    from bot.slack.workspaces import here

    settings = parts.settings

    def compose(caller: Caller, at: datetime) -> NewDelivery:
        payload = message_answer(caller, at, caller.zone).payload()
        blocks = tuple(cast("list[Json]", payload["blocks"]))
        return NewDelivery(
            key=f"setup.test|{caller.team_id}/{caller.user_id}|{at.isoformat()}",
            channel="slack",
            address=caller.user_id,
            payload=SlackMessage(text=str(payload["text"]), blocks=blocks).as_json(),
            workspace=here(),
        )

    known = Known(
        ways=routes_of(parts, "slack").ways,
        admins=len(settings.admins),
        has_defaults=bool(settings.default_organization or settings.email_domains),
        fills_by=refills(settings),
    )
    handler = SetupHandler(
        parts.store,
        parts.mart,
        parts.clock,
        settings.stale_after_hours,
        known,
        compose,
        "slack",
        wake,
    )
    return make_setup(handler)
