"""auth.*, api.test, users.*, usergroups.*, bots.info, team.info and apps.connections.open."""

from __future__ import annotations

from playground.model import JsonObject, User
from playground.rate_limits import SPECIAL, TIER_1, TIER_2, TIER_3, TIER_4
from playground.rendering import user_group_json, user_json
from playground.slack_error import SlackError
from playground.web_api.call import Call, Method


async def auth_test(call: Call) -> JsonObject:
    """auth.test: whom the token belongs to."""
    team = call.workspace.team
    return {
        "url": f"https://{team.domain}.slack.com/",
        "team": team.name,
        "user": call.workspace.users[call.bot].name,
        "team_id": team.id,
        "user_id": call.bot,
        "bot_id": call.app.bot_id,
        "is_enterprise_install": False,
    }


def _user(call: Call, user: User) -> JsonObject:
    granted = call.app.scopes
    with_email = granted is None or "users:read.email" in granted
    workspace = call.workspace
    return user_json(user, workspace.team, workspace.clock, with_email=with_email)


async def users_info(call: Call) -> JsonObject:
    """users.info."""
    return {"user": _user(call, call.user())}


async def users_list(call: Call) -> JsonObject:
    """users.list."""
    everyone = list(call.workspace.users.values())
    page, metadata = call.page(everyone, 200)
    now = int(call.workspace.clock.now().timestamp())
    return {"members": [_user(call, user) for user in page], "cache_ts": now, **metadata}


async def users_lookup_by_email(call: Call) -> JsonObject:
    """users.lookupByEmail: whatever the letters' case."""
    email = call.args.required("email").lower()
    for user in call.workspace.people():
        if user.email.lower() == email:
            return {"user": _user(call, user)}
    raise SlackError("users_not_found")


async def usergroups_list(call: Call) -> JsonObject:
    """usergroups.list: those in use, or all with include_disabled."""
    args, workspace = call.args, call.workspace
    everyone = args.flag("include_disabled")
    return {
        "usergroups": [
            user_group_json(
                group,
                workspace.team,
                with_users=args.flag("include_users"),
                with_count=args.flag("include_count"),
            )
            for group in workspace.user_groups.values()
            if group.enabled or everyone
        ]
    }


async def usergroups_users_list(call: Call) -> JsonObject:
    """usergroups.users.list: the members' ids; of a group out of use with include_disabled."""
    group = call.workspace.user_groups.get(call.args.required("usergroup"))
    if group is None or not (group.enabled or call.args.flag("include_disabled")):
        raise SlackError("no_such_subteam")
    return {"users": list(group.users)}


async def bots_info(call: Call) -> JsonObject:
    """bots.info."""
    bot_id = call.args.text("bot", call.app.bot_id)
    for app in call.workspace.apps.values():
        if app.bot_id == bot_id:
            return {
                "bot": {
                    "id": app.bot_id,
                    "deleted": False,
                    "name": app.name,
                    "updated": 0,
                    "app_id": app.id,
                    "user_id": app.bot_user_id,
                    "icons": {},
                }
            }
    raise SlackError("bot_not_found")


async def team_info(call: Call) -> JsonObject:
    """team.info."""
    team = call.workspace.team
    url = f"https://{team.domain}.slack.com/"
    shown = {"id": team.id, "name": team.name, "domain": team.domain, "url": url}
    return {"team": {**shown, "email_domain": "", "icon": {"image_default": True}}}


async def connections_open(call: Call) -> JsonObject:
    """apps.connections.open: a WebSocket URL that works once."""
    return {"url": await call.services.socket_mode.open(call.app)}


METHODS = {
    "auth.test": Method(auth_test, (), SPECIAL),
    "users.info": Method(users_info, ("users:read",), TIER_4),
    "users.list": Method(users_list, ("users:read",), TIER_2),
    "users.lookupByEmail": Method(users_lookup_by_email, ("users:read.email",), TIER_3),
    "usergroups.list": Method(usergroups_list, ("usergroups:read",), TIER_2),
    "usergroups.users.list": Method(usergroups_users_list, ("usergroups:read",), TIER_2),
    "bots.info": Method(bots_info, ("users:read",), TIER_3),
    "team.info": Method(team_info, ("team:read",), TIER_3),
    "apps.connections.open": Method(connections_open, (), TIER_1 * 20, app_token=True),
}
