"""Slack as a way out: a message is posted, replied or changed, once, and found again by its key."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import cast

from pydantic import ValidationError

from bot.blocks.fit import MOST_SECTION, cut
from bot.outbox.outcome import Later, Never, NotTried, Outcome, Sent, StillMine, Unsure
from bot.outbox.payloads import SlackMessage
from bot.outbox.slack_calls import CallFailed, Calls, NoAnswer, Refusal, TooMany, WebApi
from bot.outbox.slack_looking import Conversation, NotShown, found_again
from bot.outbox.slack_words import BAD_BLOCKS, LASTING, THREAD_GONE
from bot.outbox.steps import reached
from bot.slack.metadata import metadata_of
from bot.slack.pace import Pace
from bot.slack.pictures import PROCESSING, NoPicture, Pictures, is_unprocessed, placed
from bot.slack.workspaces import NoWorkspace, WorkspaceClient, Workspaces, inside
from storage.records.delivery import Delivery, digest_of

log = logging.getLogger(__name__)

EVENT = "costbot_delivery"
"""The type of the metadata by which a message is found again."""

PATIENCE = timedelta(seconds=3)
"""A channel that is held for longer is not waited for: the message goes back meanwhile."""

ROOT_COMES = timedelta(seconds=5)
"""How long to wait for the message below which a reply goes, where it has not left yet."""

FindKeys = Callable[[list[str]], Awaitable[list[Delivery]]]
"""The deliveries of some keys; see `DeliveryRepository.find_keys`."""


class _RootWaits(Exception):
    """The message that this one belongs to has not left yet."""


class _RootFailed(Exception):
    """The message that this one belongs to is not there."""


def outbox_client(token: str | None, api_url: str) -> WebApi:
    """The Web API for the outbox.

    The library would by itself send again what broke off, though it may have arrived.

    Args:
        token: the bot's, `xoxb-…`; None: that of the workspace which is entered.
        api_url: where the Web API is, a slash at its end.
    """
    return cast("WebApi", WorkspaceClient(token=token, base_url=api_url, retry_handlers=[]))


@dataclass(frozen=True, slots=True)
class SlackChannel:
    """Sends the outbox's messages to Slack.

    A message carries the digest of its key in its metadata. One that may have been sent is looked
    for by it, back to when it was added to the outbox, before it is sent.

    Attributes:
        calls: of the Web API.
        pace: of the messages, shared with all else that posts in this process.
        find_keys: finds the message that another one belongs to.
        pictures: makes them; None: messages go without.
        workspaces: that messages go to; None: there is one, of the client's token.
    """

    calls: Calls
    pace: Pace
    find_keys: FindKeys
    pictures: Pictures | None = None
    workspaces: Workspaces | None = None
    _conversations: dict[tuple[str, str], str] = field(default_factory=dict[tuple[str, str], str])

    async def deliver(self, delivery: Delivery, still_mine: StillMine) -> Outcome:
        """Sends a message, once; see `Channel.deliver`."""
        try:
            message = SlackMessage.model_validate(delivery.payload)
        except ValidationError as error:
            return Never(f"The message cannot be read: {error.errors()[0]['msg']}.")
        try:
            if self.workspaces is None:
                return await self._attempt(delivery, message, still_mine)
            async with inside(self.workspaces, delivery.workspace):
                return await self._attempt(delivery, message, still_mine)
        except _RootWaits:
            return Later("The message that it belongs to has not left yet.", ROOT_COMES)
        except _RootFailed:
            return Never("The message that was to be changed was never sent.")
        except CallFailed as failure:
            return self._failed(delivery, failure)

    async def _attempt(
        self, delivery: Delivery, message: SlackMessage, still_mine: StillMine
    ) -> Outcome:
        channel = await self._conversation(delivery.workspace, delivery.address)
        ts = await self._root(message)
        attempt = _Attempt(self, delivery, message, channel, ts, still_mine)
        return await (attempt.change() if message.do == "update" else attempt.post())

    @staticmethod
    def _failed(delivery: Delivery, failure: CallFailed) -> Outcome:
        """What follows where a call failed that would not itself have sent the message."""
        outcome = meaning(failure)
        unsure = delivery.state == "uncertain"
        if isinstance(outcome, Unsure):
            return Later(outcome.reason, is_unsure=unsure)
        if isinstance(outcome, Later):
            return Later(outcome.reason, outcome.after, is_unsure=unsure)
        return outcome

    async def _conversation(self, workspace: str, address: str) -> str:
        """The id of a conversation; of the direct messages with a person, where one is named."""
        if not address.startswith(("U", "W")):
            return address
        who = workspace, address
        if who not in self._conversations:
            opened = await self.calls.write("conversations.open", {"users": address})
            self._conversations[who] = str(cast("dict[str, object]", opened["channel"])["id"])
        return self._conversations[who]

    async def _root(self, message: SlackMessage) -> str | None:
        """The `ts` of the message that this one belongs to; None: it stands by itself."""
        if message.root is None:
            return message.ts
        found = await self.find_keys([message.root])
        root = found[0] if found else None
        if root is not None and root.state == "sent" and root.remote_id is not None:
            return root.remote_id
        if root is not None and root.state not in ("dead", "cancelled", "sent"):
            raise _RootWaits
        if message.do == "update":
            raise _RootFailed
        log.warning("posted by itself, its root %s is not there", digest_of(message.root)[:12])
        return None


@dataclass(frozen=True, slots=True)
class _Attempt:
    """One attempt to get one message to where it belongs."""

    slack: SlackChannel
    delivery: Delivery
    message: SlackMessage
    channel: str
    ts: str | None
    still_mine: StillMine

    async def post(self) -> Outcome:
        """Posts it, unless it stands there already."""
        if (held := self.slack.pace.held(self.channel)) > PATIENCE:
            return NotTried(held)
        if self.delivery.state == "uncertain":
            standing = await self._looked_for()
            reached("looked", self.delivery)
            if standing is not None:
                return Sent(standing)
        arguments: dict[str, object] = {
            "channel": self.channel,
            "text": self.message.text,
            "unfurl_links": False,
            "metadata": metadata_of(EVENT, self.delivery.digest),
        }
        if self.message.blocks:
            arguments["blocks"] = list(self.message.blocks)
        if self.ts is not None:
            arguments["thread_ts"] = self.ts
            arguments["reply_broadcast"] = self.message.broadcast
        return await self._written("chat.postMessage", arguments)

    async def change(self) -> Outcome:
        """Puts it in the place of what stands there; as often as need be, for it stays one."""
        arguments: dict[str, object] = {
            "channel": self.channel,
            "ts": self.ts,
            "text": self.message.text,
            "blocks": list(self.message.blocks),
        }
        outcome = await self._written("chat.update", arguments)
        return Later(outcome.reason) if isinstance(outcome, Unsure) else outcome

    async def _looked_for(self) -> str | None:
        """The `ts` under which it stands; None: it does not, or nobody may look."""
        # A reply whose root went away was posted into the channel.
        places = [Conversation(self.channel)]
        if self.ts is not None:
            places.insert(0, Conversation(self.channel, self.ts))
        for place in places:
            try:
                ts = await found_again(
                    self.slack.calls, place, EVENT, self.delivery.digest, self._since
                )
            except NotShown as error:
                log.warning(
                    "delivery %d is sent without having looked for it: Slack does not show "
                    "the conversation (%s)",
                    self.delivery.id,
                    error.word,
                )
                return None
            if ts is not None:
                return ts
        return None

    @property
    def _since(self) -> datetime:
        return self.delivery.created_at

    async def _written(self, method: str, arguments: dict[str, object]) -> Outcome:
        """Calls the method that sends, in less and less demanding ways."""
        plain, arguments = arguments, await self._pictured(arguments)
        waits = iter(PROCESSING)
        while True:
            try:
                answer = await self._called(method, arguments)
            except Refusal as refusal:
                if refusal.word in BAD_BLOCKS and arguments.get("blocks") != plain.get("blocks"):
                    if not await self._waited(refusal, waits):
                        arguments = {**arguments, "blocks": plain.get("blocks", [])}
                elif refusal.word in BAD_BLOCKS and arguments.get("blocks"):
                    log.error(
                        "Slack refused the blocks of delivery %d, which goes as text (%s): %s",
                        self.delivery.id,
                        refusal.word,
                        "; ".join(refusal.details),
                    )
                    arguments = {**arguments, "blocks": []}
                elif refusal.word in THREAD_GONE and "thread_ts" in arguments:
                    log.warning("the thread of delivery %d is gone", self.delivery.id)
                    gone = ("thread_ts", "reply_broadcast")
                    arguments = {k: v for k, v in arguments.items() if k not in gone}
                else:
                    return meaning(refusal)
            except TooMany as failure:
                self.slack.pace.hold(self.channel, failure.after)
                return meaning(failure)
            except CallFailed as failure:
                return meaning(failure)
            else:
                return NotTried() if answer is None else answer

    async def _pictured(self, arguments: dict[str, object]) -> dict[str, object]:
        """The arguments with the picture among the blocks; as they are, where there is none."""
        chart, pictures = self.message.picture, self.slack.pictures
        if chart is None or pictures is None:
            return arguments
        try:
            blocks = self.message.blocks or (_paragraph(self.message.text),)
            block = await pictures.block(chart)
            return {**arguments, "blocks": placed(blocks, block, self.message.picture_at)}
        except NoPicture as reason:
            log.warning("delivery %d goes without its picture: %s", self.delivery.id, reason)
            return arguments

    async def _waited(self, refusal: Refusal, waits: Iterator[float]) -> bool:
        """Lets Slack look through the upload; False: it is not the upload, or takes too long."""
        chart, pictures = self.message.picture, self.slack.pictures
        said = "; ".join(refusal.details)
        wait = next(waits, None) if is_unprocessed(said) else None
        if chart is None or pictures is None or wait is None:
            log.warning(
                "delivery %d goes without its picture (%s): %s",
                self.delivery.id,
                refusal.word,
                said,
            )
            if chart is not None and pictures is not None:
                pictures.forget(chart)
            return False
        await pictures.pause(wait)
        return True

    async def _called(self, method: str, arguments: dict[str, object]) -> Sent | None:
        """Calls it once; None: it is not this worker's any more."""
        if method != "chat.postMessage":
            return await self._called_at_once(method, arguments)
        async with self.slack.pace.turn(self.channel):
            return await self._called_at_once(method, arguments)

    async def _called_at_once(self, method: str, arguments: dict[str, object]) -> Sent | None:
        if not await self.still_mine():
            return None
        reached("sending", self.delivery)
        answer = await self.slack.calls.write(method, arguments)
        reached("stored", self.delivery)
        return Sent(str(answer["ts"]))


def _paragraph(text: str) -> dict[str, object]:
    return {"type": "section", "text": {"type": "mrkdwn", "text": cut(text, MOST_SECTION)}}


def meaning(failure: CallFailed) -> Never | Later | Unsure:
    """What follows for a message where the call that sends it failed."""
    match failure:
        case Refusal(word=word) if word in LASTING:
            return Never(f"{LASTING[word]} (Slack: {word})")
        case TooMany(after=after):
            return Later(str(failure), after)
        case NoWorkspace():
            return Never(str(failure))
        case NoAnswer():
            return Unsure(str(failure))
        case _:
            return Later(str(failure))
