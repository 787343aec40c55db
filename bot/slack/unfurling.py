"""Links of costbot's own that somebody posts: a preview below the message, for all who see it."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import cast

from slack_bolt.async_app import AsyncBoltContext
from slack_sdk.errors import SlackApiError

from analysis.errors import Unavailable
from bot.blocks.unfurl import unfurl_payload
from bot.links import Links
from bot.slack.api import BoltApp, Json, SlackApi
from bot.slack.listeners import caller_of
from bot.slack.modals import Modals
from bot.slack.nouns import MakeNoun, Wordless
from bot.slack.reply import Replies
from bot.slack.thread import reason
from bot.supervisor import Supervisor
from handlers.caller import Caller
from handlers.linked import LinkHandler
from storage.repositories.inbound import InboundEventRepository

log = logging.getLogger(__name__)

MOST_LINKS = 5
"""Previews below one message."""


@dataclass(frozen=True, slots=True)
class Unfurling(Wordless):
    """Hears of links, and shows what they lead to.

    Attributes:
        handler: finds it.
        links: reads addresses.
        inbound: which events were heard already.
        api: Slack.
        supervisor: keeps the work.
    """

    handler: LinkHandler
    links: Links
    inbound: InboundEventRepository
    api: SlackApi
    supervisor: Supervisor

    def register(self, app: BoltApp) -> None:
        """See `Noun.register`."""
        app.event("link_shared")(self.on_shared)

    async def on_shared(self, body: Json, context: AsyncBoltContext) -> None:
        """Somebody has posted links."""
        if body.get("is_ext_shared_channel"):
            return  # another company reads along, and the poster may be of it
        work = self._unfurl(body, caller_of(context))
        self.supervisor.spawn(work, "the preview of a link")

    async def _unfurl(self, body: Json, caller: Caller) -> None:
        event = cast("Json", body["event"])
        if not await self.inbound.claim(str(body["event_id"])):
            return
        sent = cast("list[Json]", event.get("links") or [])
        unfurls: dict[str, Json] = {}
        for url in [str(link.get("url", "")) for link in sent][:MOST_LINKS]:
            link = self.links.read(url)
            if link is None:
                continue
            try:
                thing = await self.handler.linked(link, caller)
            except Unavailable as error:
                log.warning("a link stays without its preview: %s", error)
                continue
            if thing is not None:
                unfurls[url] = unfurl_payload(thing, caller)
        if not unfurls:
            return
        try:
            await self.api.chat_unfurl(**_message(event), unfurls=unfurls)
        except SlackApiError as error:
            log.warning("a link stays without its preview: %s", reason(error))


def make_unfurling(handler: LinkHandler, links: Links, inbound: InboundEventRepository) -> MakeNoun:
    """Makes what hears of links.

    Args:
        handler: finds what they lead to.
        links: reads addresses.
        inbound: which events were heard already.
    """

    def make(client: SlackApi, replies: Replies, modals: Modals) -> Unfurling:
        del modals
        return Unfurling(handler, links, inbound, client, replies.supervisor)

    return make


def _message(event: Json) -> dict[str, str]:
    """Which message is meant: in a composer it has no place yet, and an id alone."""
    if event.get("unfurl_id") and event.get("source"):
        return {"unfurl_id": str(event["unfurl_id"]), "source": str(event["source"])}
    return {"channel": str(event.get("channel", "")), "ts": str(event.get("message_ts", ""))}
