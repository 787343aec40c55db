"""conversations.*: finding, opening, joining and reading conversations."""

from __future__ import annotations

from collections.abc import Sequence

from playground.model import Channel, JsonObject, Message
from playground.rate_limits import TIER_2, TIER_3, TIER_4
from playground.rendering import channel_json, message_json
from playground.slack_error import SlackError
from playground.web_api.call import Call, Method, check_conversation_scope, check_scope

_TYPES = {"public_channel": "channels", "private_channel": "groups", "im": "im", "mpim": "mpim"}
_READ = ("channels:read", "groups:read", "im:read", "mpim:read")


def _type(channel: Channel) -> str:
    if channel.is_im:
        return "im"
    return "private_channel" if channel.is_private else "public_channel"


async def list_(call: Call) -> JsonObject:
    """conversations.list: public channels unless `types` says otherwise."""
    types = [t.strip() for t in call.args.text("types", "public_channel").split(",")]
    for kind in types:
        if kind not in _TYPES:
            raise SlackError("invalid_types")
        check_scope(call.app, (f"{_TYPES[kind]}:read",))
    seen = [
        channel
        for channel in call.workspace.channels.values()
        if _type(channel) in types
        and (_type(channel) == "public_channel" or call.bot in channel.members)
    ]
    page, metadata = call.page(seen, 100)
    return {"channels": [channel_json(c, call.bot, count=True) for c in page], **metadata}


async def info(call: Call) -> JsonObject:
    """conversations.info."""
    channel = call.channel()
    check_conversation_scope(call, channel, "read")
    count = call.args.flag("include_num_members")
    return {"channel": channel_json(channel, call.bot, count=count)}


async def members(call: Call) -> JsonObject:
    """conversations.members: their user ids."""
    channel = call.channel()
    check_conversation_scope(call, channel, "read")
    page, metadata = call.page(channel.members, 100)
    return {"members": list(page), **metadata}


async def open_(call: Call) -> JsonObject:
    """conversations.open: the direct message with one user."""
    if "channel" in call.args:
        channel, existed = call.channel(), True
        if not channel.is_im:
            raise SlackError("invalid_arguments", ["only direct messages are opened: channel"])
    else:
        users = [user for user in call.args.required("users").split(",") if user.strip()]
        if len(users) != 1:
            raise SlackError("invalid_users", ["the playground opens no group messages: users"])
        if users[0].strip() not in call.workspace.users:
            raise SlackError("user_not_found")
        before = len(call.workspace.channels)
        channel = call.workspace.open_im(call.bot, users[0].strip())
        existed = len(call.workspace.channels) == before
    full = call.args.flag("return_im")
    shown = channel_json(channel, call.bot) if full else {"id": channel.id}
    return {"channel": shown, **({"no_op": True, "already_open": True} if existed else {})}


async def join(call: Call) -> JsonObject:
    """conversations.join: public channels only."""
    channel = call.channel()
    if channel.is_im or channel.is_private:
        raise SlackError("method_not_supported_for_channel_type")
    already = call.bot in channel.members
    call.workspace.join(channel.id, call.bot)
    answer: JsonObject = {"channel": channel_json(channel, call.bot)}
    if already:
        warning = "already_in_channel"
        answer |= {"warning": warning, "response_metadata": {"warnings": [warning]}}
    return answer


def _within(call: Call, messages: list[Message]) -> list[Message]:
    """The messages between `oldest` and `latest`, both excluded unless `inclusive`."""
    oldest, latest = call.args.text("oldest"), call.args.text("latest")
    inclusive = call.args.flag("inclusive")
    low, high = _micros(oldest, "oldest"), _micros(latest, "latest")
    found: list[Message] = []
    for message in messages:
        ts = _micros(message.ts, "ts")
        above = not oldest or ts > low or (inclusive and ts == low)
        below = not latest or ts < high or (inclusive and ts == high)
        if above and below:
            found.append(message)
    return found


def _micros(ts: str, name: str) -> int:
    seconds, _, fraction = ts.partition(".")
    try:
        return int(seconds or 0) * 1_000_000 + int(fraction[:6].ljust(6, "0") or 0)
    except ValueError:
        raise SlackError(f"invalid_ts_{name}") from None


async def history(call: Call) -> JsonObject:
    """conversations.history: newest first, threads' replies and ephemerals left out."""
    channel = call.channel(member=True)
    check_conversation_scope(call, channel, "history")
    messages = _within(call, call.workspace.history(channel.id))[::-1]
    page, metadata = call.page(messages, 100, 999)
    return _messages(call, page, metadata) | {"pin_count": 0}


async def replies(call: Call) -> JsonObject:
    """conversations.replies: the root first, then its replies, oldest first."""
    channel = call.channel(member=True)
    check_conversation_scope(call, channel, "history")
    message = call.workspace.message(channel.id, call.args.required("ts"))
    if message is None:
        raise SlackError("thread_not_found")
    thread = call.workspace.thread(channel.id, message.thread_ts or message.ts)
    root, rest = thread[:1], _within(call, thread[1:])
    page, metadata = call.page([*root, *rest], 1000)
    return _messages(call, page, metadata)


def _messages(call: Call, page: Sequence[Message], metadata: JsonObject) -> JsonObject:
    shown = [
        message_json(m, call.workspace, with_metadata=call.args.flag("include_all_metadata"))
        for m in page
    ]
    more = bool(metadata["response_metadata"]["next_cursor"])
    return {"messages": shown, "has_more": more, **(metadata if more else {})}


METHODS = {
    "conversations.list": Method(list_, (), TIER_2),
    "conversations.info": Method(info, _READ, TIER_3),
    "conversations.members": Method(members, _READ, TIER_4),
    "conversations.open": Method(open_, ("im:write", "mpim:write", "channels:manage"), TIER_3),
    "conversations.join": Method(join, ("channels:join",), TIER_3),
    "conversations.history": Method(history, (), TIER_3),
    "conversations.replies": Method(replies, (), TIER_3),
}
