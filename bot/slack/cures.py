"""What to do where Slack says no, by its own word for it."""

from __future__ import annotations

APPS = "https://api.slack.com/apps"
"""Where the app's settings are."""

CURES = {
    "invalid_auth": "Copy the token again, and see that it is of this workspace.",
    "not_authed": "Copy the token again, and see that it is of this workspace.",
    "account_inactive": f"The app was removed from the workspace: install it again, {APPS}.",
    "token_revoked": f"The token was revoked: install the app again, {APPS}.",
    "token_expired": f"The token is too old: install the app again, {APPS}.",
    "org_login_required": "The workspace is being moved: wait until Slack is done with it.",
    "ekm_access_denied": "The workspace's administrators hold its keys back: ask them.",
    "team_access_not_granted": f"Install the app in this workspace too, {APPS}.",
    "not_allowed_token_type": "It is a token of another kind: the bot's begins with xoxb-, the "
    "app's with xapp-.",
    "missing_scope": f"Give the app's token the scope connections:write, {APPS}.",
    "socket_mode_not_enabled": f"Switch Socket Mode on in the app's settings, {APPS}, or "
    "leave COSTBOT_SLACK_APP_TOKEN out.",
    "internal_error": "It is Slack's own fault: try again in a minute.",
    "fatal_error": "It is Slack's own fault: try again in a minute.",
    "service_unavailable": "It is Slack's own fault: try again in a minute.",
    "ratelimited": "Wait a minute, then try again.",
}


def cure_of(error: str) -> str:
    """The next step where Slack has answered a call with `error`."""
    return CURES.get(error, f"See what {error} means at {APPS}.")
