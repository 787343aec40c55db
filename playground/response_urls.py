"""response_url: a message into the conversation, five times in thirty minutes, without a token."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import cast

from playground.arguments import Arguments
from playground.content import Content, read_content
from playground.model import JsonObject, Message, SlackApp
from playground.slack_error import SlackError
from playground.workspace import Workspace

LIFETIME = timedelta(minutes=30)
USES = 5


@dataclass(slots=True)
class Reply:
    """One response_url: whom it answers, where, and the message that it can replace or delete.

    Args:
        original: the message whose button was clicked; for a command, the last answer to it.
        typed: what was typed, shown in the channel once the answer is for everyone.
        from_click: whether the original is a message that was clicked, and stays the original.
        posted: every message that came through here, the ack's among them, in their order.
    """

    app: SlackApp
    user: str
    channel: str
    expires: datetime
    original: Message | None = None
    typed: str = ""
    from_click: bool = False
    uses: int = 0
    posted: list[Message] = field(default_factory=list[Message])


class ResponseUrls:
    """Gives out response_urls and does what is sent to them."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._given: dict[str, Reply] = {}

    def issue(
        self,
        app: SlackApp,
        user: str,
        channel: str,
        *,
        original: Message | None = None,
        typed: str = "",
    ) -> tuple[str, Reply]:
        """A new URL, and what it stands for."""
        now = self._workspace.clock.now()
        if len(self._given) > 10_000:
            self._given = {k: r for k, r in self._given.items() if r.expires > now}
        key = secrets.token_urlsafe(18)
        reply = Reply(app, user, channel, now + LIFETIME, original, typed, original is not None)
        self._given[key] = reply
        return f"{self._workspace.public_url}/response/{key}", reply

    def use(self, key: str, body: JsonObject) -> Message | None:
        """Do what was sent to a response_url.

        Returns:
            The message that was posted or replaced; None if one was deleted.

        Raises:
            SlackError: `used_url`, `expired_url`, or what is wrong with the content.
        """
        reply = self._given.get(key)
        if reply is None:
            raise SlackError("no_service")
        if self._workspace.clock.now() > reply.expires:
            raise SlackError("expired_url")
        if reply.uses >= USES:
            raise SlackError("used_url")
        reply.uses += 1
        return self.answer(reply, body)

    def answer(self, reply: Reply, body: JsonObject) -> Message | None:
        """Post, replace or delete as `body` says; an ack's body is answered here too.

        Raises:
            SlackError: what is wrong with the content.
        """
        args = Arguments(body)
        original = reply.original if self._still_there(reply.original) else None
        if args.flag("delete_original"):
            if original is not None:
                self._workspace.delete(original)
            return None
        content = read_content(args, self._workspace)
        if content.is_empty:
            raise SlackError("no_text")
        if original is not None and args.flag("replace_original"):
            return self._replace(original, content)
        message = self._new(reply, args, content)
        reply.posted.append(message)
        if not reply.from_click:
            reply.original = message
        return message

    def _replace(self, original: Message, content: Content) -> Message:
        """The new content alone stays: what it leaves out is gone."""
        self._workspace.edit(
            original,
            text=content.text or "",
            blocks=content.blocks or [],
            attachments=content.attachments or [],
            metadata=content.metadata,
            by=original.user,
        )
        return original

    def _new(self, reply: Reply, args: Arguments, content: Content) -> Message:
        workspace, for_all = self._workspace, args.text("response_type") == "in_channel"
        if for_all and reply.typed:
            workspace.post(
                Message(reply.channel, workspace.new_ts(reply.channel), reply.user, reply.typed)
            )
            reply.typed = ""
        return workspace.post(
            Message(
                channel=reply.channel,
                ts=workspace.new_ts(reply.channel),
                user=reply.app.bot_user_id,
                bot_id=reply.app.bot_id,
                app_id=reply.app.id,
                text=content.text or "",
                blocks=content.blocks or [],
                attachments=content.attachments or [],
                metadata=content.metadata,
                thread_ts=args.text("thread_ts") or None,
                ephemeral_to=None if for_all else reply.user,
            )
        )

    def _still_there(self, message: Message | None) -> bool:
        if message is None:
            return False
        if message.ephemeral_to is not None:
            return self._workspace.ephemeral(message.channel, message.ts) is message
        return self._workspace.message(message.channel, message.ts) is message


def as_body(parsed: object) -> JsonObject:
    """What was sent, if it is a JSON object.

    Raises:
        SlackError: `invalid_payload`.
    """
    if not isinstance(parsed, dict):
        raise SlackError("invalid_payload")
    return cast("JsonObject", parsed)
