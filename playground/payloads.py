"""The payloads that Slack sends: commands, actions, views and events."""

from __future__ import annotations

from playground.model import Channel, JsonObject, Message, SlackApp, User, View
from playground.rendering import message_json, view_json
from playground.workspace import Workspace

TOKEN = "playground"  # noqa: S105 - the deprecated verification token, which nobody should check


def command_payload(
    workspace: Workspace, app: SlackApp, user: User, channel: Channel, name: str, text: str
) -> JsonObject:
    """A slash command, without its response_url and trigger_id."""
    return {
        "token": TOKEN,
        "team_id": workspace.team.id,
        "team_domain": workspace.team.domain,
        "channel_id": channel.id,
        "channel_name": _channel_name(channel),
        "user_id": user.id,
        "user_name": user.name,
        "command": name,
        "text": text,
        "api_app_id": app.id,
        "is_enterprise_install": str(app.is_org_wide).lower(),
        **({"enterprise_id": grid} if (grid := workspace.team.enterprise_id) else {}),
    }


def interaction_payload(
    kind: str, workspace: Workspace, app: SlackApp, user: User, trigger_id: str
) -> JsonObject:
    """What every interaction tells: who, in which workspace, to which app."""
    team = workspace.team
    payload: JsonObject = {
        "type": kind,
        "user": {"id": user.id, "username": user.name, "name": user.name, "team_id": team.id},
        "api_app_id": app.id,
        "token": TOKEN,
        "team": {"id": team.id, "domain": team.domain},
        "enterprise": {"id": team.enterprise_id} if team.enterprise_id else None,
        "is_enterprise_install": app.is_org_wide,
    }
    return payload | ({"trigger_id": trigger_id} if trigger_id else {})


def message_container(workspace: Workspace, message: Message) -> JsonObject:
    """Where an action happened, for actions in messages; an ephemeral message is not included."""
    ephemeral = message.ephemeral_to is not None
    channel = workspace.channels[message.channel]
    container: JsonObject = {
        "type": "message",
        "message_ts": message.ts,
        "channel_id": message.channel,
        "is_ephemeral": ephemeral,
    }
    if message.thread_ts:
        container["thread_ts"] = message.thread_ts
    payload: JsonObject = {
        "container": container,
        "channel": {"id": channel.id, "name": _channel_name(channel)},
    }
    return payload if ephemeral else payload | {"message": message_json(message, workspace)}


def view_container(workspace: Workspace, app: SlackApp, view: View) -> JsonObject:
    """Where an action happened, for actions in modals and Home tabs."""
    return {
        "container": {"type": "view", "view_id": view.id},
        "view": view_json(view, app, workspace.team),
    }


def event_payload(workspace: Workspace, app: SlackApp, event: JsonObject) -> JsonObject:
    """An event in its envelope, with an id that stays the same when it is sent again."""
    return {
        "token": TOKEN,
        "team_id": workspace.team.id,
        "context_team_id": workspace.team.id,
        "context_enterprise_id": workspace.team.enterprise_id or None,
        "api_app_id": app.id,
        **({"enterprise_id": grid} if (grid := workspace.team.enterprise_id) else {}),
        "event": event,
        "type": "event_callback",
        "event_id": workspace.new_id("Ev"),
        "event_time": int(workspace.clock.now().timestamp()),
        "authorizations": [
            {
                "enterprise_id": workspace.team.enterprise_id or None,
                "team_id": workspace.team.id,
                "user_id": app.bot_user_id,
                "is_bot": True,
                "is_enterprise_install": app.is_org_wide,
            }
        ],
        "is_ext_shared_channel": False,
    }


def message_events(
    workspace: Workspace, app: SlackApp, message: Message
) -> list[tuple[str, JsonObject]]:
    """The events that a person's message causes for an app: subscription and event."""
    channel = workspace.channels[message.channel]
    if app.bot_user_id not in channel.members:
        return []
    kind = "im" if channel.is_im else "group" if channel.is_private else "channel"
    told = {
        **message_json(message, workspace),
        "channel": channel.id,
        "channel_type": kind,
        "event_ts": message.ts,
    }
    events = [({"im": "message.im", "group": "message.groups"}.get(kind, "message.channels"), told)]
    if f"<@{app.bot_user_id}>" in message.text and not channel.is_im:
        mention = {k: v for k, v in told.items() if k != "channel_type"} | {"type": "app_mention"}
        events.append(("app_mention", mention))
    return events


def _channel_name(channel: Channel) -> str:
    if channel.is_im:
        return "directmessage"
    return "privategroup" if channel.is_private else channel.name
