"""The workspace's things as the JSON that Slack shows of them."""

from __future__ import annotations

from urllib.parse import quote
from zoneinfo import ZoneInfo

from playground.clock import Clock
from playground.model import (
    Channel,
    File,
    JsonObject,
    Message,
    SlackApp,
    Team,
    User,
    UserGroup,
    View,
)
from playground.workspace import Workspace


def message_json(
    message: Message, workspace: Workspace, *, with_metadata: bool = False
) -> JsonObject:
    """A message as `conversations.history` and payloads show it; its metadata only if asked for."""
    files = [workspace.files[file_id] for file_id in message.files]
    reactions = [
        {"name": r.name, "users": r.users, "count": len(r.users)} for r in message.reactions
    ]
    edited = message.edited and {"user": message.edited.user, "ts": message.edited.ts}
    where_there: JsonObject = {
        "bot_id": message.bot_id,
        "app_id": message.app_id,
        "username": message.username,
        "subtype": message.subtype,
        "blocks": message.blocks,
        "attachments": message.attachments,
        "edited": edited,
        "reactions": reactions,
        "files": [file_json(file, workspace) for file in files],
        "is_ephemeral": message.ephemeral_to is not None,
        "metadata": message.metadata if with_metadata else None,
    }
    return {
        "type": "message",
        "user": message.user,
        "ts": message.ts,
        "text": message.text,
        "team": workspace.team.id,
        **{name: value for name, value in where_there.items() if value},
        **_thread_json(message, workspace),
    }


def _thread_json(message: Message, workspace: Workspace) -> JsonObject:
    if message.thread_ts is None:
        return {}
    if message.is_reply:
        root = workspace.message(message.channel, message.thread_ts)
        parent = {"parent_user_id": root.user} if root else {}
        return {"thread_ts": message.thread_ts, **parent}
    replies = workspace.replies(message)
    users = list(dict.fromkeys(reply.user for reply in replies))
    return {
        "thread_ts": message.thread_ts,
        "reply_count": len(replies),
        "reply_users_count": len(users),
        "reply_users": users[:5],
        **({"latest_reply": replies[-1].ts} if replies else {}),
    }


def user_group_json(
    group: UserGroup, team: Team, *, with_users: bool, with_count: bool
) -> JsonObject:
    """A user group as `usergroups.list` shows it; members and their number only if asked for."""
    changed = int(group.created.timestamp())
    return {
        "id": group.id,
        "team_id": team.id,
        "is_usergroup": True,
        "is_subteam": True,
        "name": group.name,
        "description": group.description,
        "handle": group.handle,
        "is_external": False,
        "date_create": changed,
        "date_update": changed,
        "date_delete": 0 if group.enabled else changed,
        "auto_type": None,
        "prefs": {"channels": [], "groups": []},
        **({"users": group.users} if with_users else {}),
        **({"user_count": len(group.users)} if with_count else {}),
    }


def channel_json(channel: Channel, member: str, *, count: bool = False) -> JsonObject:
    """A conversation as a member, or someone who could become one, sees it."""
    created = int(channel.created.timestamp())
    if channel.is_im:
        return {
            "id": channel.id,
            "created": created,
            "is_im": True,
            "is_org_shared": False,
            "user": channel.other(member),
            "is_user_deleted": False,
            "is_open": True,
        }
    body: JsonObject = {
        "id": channel.id,
        "name": channel.name,
        "name_normalized": channel.name,
        "created": created,
        "creator": channel.creator,
        "is_channel": not channel.is_private,
        "is_group": channel.is_private,
        "is_im": False,
        "is_mpim": False,
        "is_private": channel.is_private,
        "is_archived": False,
        "is_general": channel.name == "general",
        "is_member": member in channel.members,
        "is_shared": False,
        "is_ext_shared": False,
        "is_org_shared": False,
        "topic": {"value": channel.topic, "creator": channel.creator, "last_set": created},
        "purpose": {"value": channel.purpose, "creator": channel.creator, "last_set": created},
    }
    if count:
        body["num_members"] = len(channel.members)
    return body


def user_json(user: User, team: Team, clock: Clock, *, with_email: bool) -> JsonObject:
    """A user; the address only where the app may read it."""
    offset = clock.now().astimezone(ZoneInfo(user.tz)).utcoffset()
    profile: JsonObject = {
        "real_name": user.real_name,
        "real_name_normalized": user.real_name,
        "display_name": user.name,
        "display_name_normalized": user.name,
        "title": user.title,
        "team": team.id,
    }
    if with_email and user.email:
        profile["email"] = user.email
    return {
        "id": user.id,
        "team_id": team.id,
        "name": user.name,
        "real_name": user.real_name,
        "deleted": user.deleted,
        "tz": user.tz,
        "tz_label": user.tz,
        "tz_offset": int(offset.total_seconds()) if offset is not None else 0,
        "is_admin": user.is_admin,
        "is_owner": False,
        "is_bot": user.is_bot,
        "is_app_user": False,
        "is_restricted": False,
        "is_ultra_restricted": False,
        **({"is_email_confirmed": True} if with_email and user.email else {}),
        "profile": profile,
    }


def file_json(file: File, workspace: Workspace) -> JsonObject:
    """A file with the messages that share it; its contents are behind `url_private`."""
    shares: JsonObject = {}
    for channel_id in file.channels:
        kind = "private" if workspace.channels[channel_id].is_private else "public"
        messages = workspace.state.messages.get(channel_id, {}).values()
        shared = [
            {"ts": m.ts, **({"thread_ts": m.thread_ts} if m.thread_ts else {})}
            for m in messages
            if file.id in m.files
        ]
        shares.setdefault(kind, {})[channel_id] = shared
    url = f"{workspace.public_url}/files/{file.id}/{quote(file.name)}"
    return {
        "id": file.id,
        "created": int(file.created.timestamp()),
        "timestamp": int(file.created.timestamp()),
        "name": file.name,
        "title": file.title,
        "alt_txt": file.alt_txt,
        "mimetype": file.mimetype,
        "filetype": file.filetype,
        "pretty_type": file.filetype.upper(),
        "user": file.user,
        "size": file.size,
        "mode": "hosted",
        "is_external": False,
        "is_public": bool(shares.get("public")),
        "url_private": url,
        "url_private_download": f"{url}?download=1",
        "permalink": f"https://{workspace.team.domain}.slack.com/files/{file.user}/{file.id}",
        "channels": [c for c in file.channels if c.startswith("C")],
        "groups": [],
        "ims": [c for c in file.channels if c.startswith("D")],
        "shares": shares,
    }


def view_json(view: View, app: SlackApp, team: Team) -> JsonObject:
    """A view as payloads and answers show it, with what has been entered."""
    empty: JsonObject = {
        "private_metadata": "",
        "callback_id": "",
        "clear_on_close": False,
        "notify_on_close": False,
        "close": None,
        "submit": None,
        "title": None,
    }
    return {
        **empty,
        **view.payload,
        "id": view.id,
        "team_id": team.id,
        "state": {"values": view.state_values},
        "hash": view.hash,
        "root_view_id": view.root_view_id,
        "previous_view_id": view.previous_view_id,
        "external_id": view.external_id,
        "app_id": app.id,
        "bot_id": app.bot_id,
        "app_installed_team_id": team.id,
    }
