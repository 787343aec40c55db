"""chat.* and reactions.add: writing, changing and taking away messages."""

from __future__ import annotations

from playground.content import LONGEST_EDIT, read_content
from playground.model import Channel, JsonObject, Message
from playground.rate_limits import SPECIAL, TIER_3, TIER_4
from playground.rendering import message_json
from playground.slack_error import SlackError, missing
from playground.web_api.call import Call, Method, check_scope


def _destination(call: Call) -> Channel:
    """The channel to post to: an id, a name, or a user whose direct message is meant."""
    sent = call.args.text("channel")
    if not sent:
        raise missing("channel")
    if sent in call.workspace.users:
        return call.workspace.open_im(call.bot, sent)
    channel = call.workspace.find_channel(sent)
    if channel is None:
        raise SlackError("channel_not_found")
    return call.reachable(channel, member=True)


def _thread(call: Call, channel: Channel) -> str | None:
    sent = call.args.text("thread_ts")
    if not sent:
        return None
    parent = call.workspace.message(channel.id, sent)
    if parent is None:
        raise SlackError("thread_not_found")
    return parent.thread_ts or parent.ts


async def post_message(call: Call) -> JsonObject:
    """chat.postMessage: one post a second and channel."""
    content = read_content(call.args, call.workspace)
    channel = _destination(call)
    thread_ts = _thread(call, channel)
    if content.is_empty:
        raise SlackError("no_text")
    if "username" in call.args:
        check_scope(call.app, ("chat:write.customize",))
    call.services.rate_limits.check_post(call.app.id, channel.id)
    message = call.workspace.post(
        Message(
            channel=channel.id,
            ts=call.workspace.new_ts(channel.id),
            user=call.bot,
            bot_id=call.app.bot_id,
            app_id=call.app.id,
            username=call.args.text("username") or None,
            text=content.text or "",
            blocks=content.blocks or [],
            attachments=content.attachments or [],
            metadata=content.metadata,
            thread_ts=thread_ts,
            reply_broadcast=call.args.flag("reply_broadcast") and thread_ts is not None,
        )
    )
    shown = message_json(message, call.workspace, with_metadata=True)
    return {"channel": channel.id, "ts": message.ts, "message": shown}


async def post_ephemeral(call: Call) -> JsonObject:
    """chat.postEphemeral: seen by one user, and never in the history."""
    content = read_content(call.args, call.workspace, LONGEST_EDIT)
    channel = _destination(call)
    user = call.user(error="user_not_in_channel")
    if user.id not in channel.members:
        raise SlackError("user_not_in_channel")
    if content.is_empty:
        raise SlackError("no_text")
    message = call.workspace.post(
        Message(
            channel=channel.id,
            ts=call.workspace.new_ts(channel.id),
            user=call.bot,
            bot_id=call.app.bot_id,
            app_id=call.app.id,
            text=content.text or "",
            blocks=content.blocks or [],
            attachments=content.attachments or [],
            thread_ts=_thread(call, channel),
            ephemeral_to=user.id,
        )
    )
    return {"message_ts": message.ts}


def _own_message(call: Call, refusal: str) -> Message:
    channel = call.channel()
    message = call.workspace.message(channel.id, call.args.required("ts"))
    if message is None:
        raise SlackError("message_not_found")
    if message.bot_id != call.app.bot_id:
        raise SlackError(refusal)
    return message


async def update(call: Call) -> JsonObject:
    """chat.update: blocks and metadata that are not sent stay as they were."""
    message = _own_message(call, "cant_update_message")
    content = read_content(call.args, call.workspace, LONGEST_EDIT)
    blocks = message.blocks if content.blocks is None else content.blocks
    if content.is_empty and not blocks:
        raise SlackError("no_text")
    call.workspace.edit(
        message,
        text=content.text,
        blocks=content.blocks,
        attachments=content.attachments,
        metadata=content.metadata,
        by=call.bot,
    )
    return {
        "channel": message.channel,
        "ts": message.ts,
        "text": message.text,
        "message": message_json(message, call.workspace, with_metadata=True),
    }


async def delete(call: Call) -> JsonObject:
    """chat.delete: the app's own messages only."""
    message = _own_message(call, "cant_delete_message")
    call.workspace.delete(message)
    return {"channel": message.channel, "ts": message.ts}


async def get_permalink(call: Call) -> JsonObject:
    """chat.getPermalink."""
    channel = call.channel()
    message = call.workspace.message(channel.id, call.args.required("message_ts"))
    if message is None:
        raise SlackError("message_not_found")
    link = f"https://{call.workspace.team.domain}.slack.com/archives/{channel.id}"
    link += f"/p{message.ts.replace('.', '')}"
    if message.is_reply:
        link += f"?thread_ts={message.thread_ts}&cid={channel.id}"
    return {"channel": channel.id, "permalink": link}


async def add_reaction(call: Call) -> JsonObject:
    """reactions.add."""
    channel = call.channel()
    name = call.args.required("name").strip(":")
    if not name.replace("_", "").replace("-", "").replace("+", "").isalnum():
        raise SlackError("invalid_name")
    message = call.workspace.message(channel.id, call.args.required("timestamp"))
    if message is None:
        raise SlackError("message_not_found")
    if not call.workspace.react(message, name, call.bot):
        raise SlackError("already_reacted")
    return {}


METHODS = {
    "chat.postMessage": Method(post_message, ("chat:write",), SPECIAL),
    "chat.postEphemeral": Method(post_ephemeral, ("chat:write",), TIER_4),
    "chat.update": Method(update, ("chat:write",), TIER_3),
    "chat.delete": Method(delete, ("chat:write",), TIER_3),
    "chat.getPermalink": Method(get_permalink, (), SPECIAL),
    "reactions.add": Method(add_reaction, ("reactions:write",), TIER_3),
}
