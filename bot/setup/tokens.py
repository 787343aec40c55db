"""Whether what was pasted is the secret that was asked for; another kind is called by its name."""

from __future__ import annotations

import re
from dataclasses import dataclass

from bot.setup.manifest import APPS

_KINDS = (
    ("xoxe.xoxb-", "bot token"),
    ("xoxe.xoxp-", "configuration token"),
    ("xoxe-", "refresh token"),
    ("xoxb-", "bot token"),
    ("xoxp-", "user token"),
    ("xapp-", "app-level token"),
    ("xoxa-", "workspace token of old apps"),
    ("xoxs-", "token of a browser"),
    ("xoxc-", "token of a browser"),
    ("xoxd-", "cookie of a browser"),
    ("https://hooks.slack.com/", "address of an incoming webhook"),
)


@dataclass(frozen=True, slots=True)
class Secret:
    """A secret that Slack gives out.

    Attributes:
        key: the setting that holds it; empty: it is not kept.
        name: what it is called.
        shape: what it looks like.
        looks: the same in words.
        place: where it is found.
    """

    key: str
    name: str
    shape: re.Pattern[str]
    looks: str
    place: str


BOT_TOKEN = Secret(
    "COSTBOT_SLACK_BOT_TOKEN",
    "bot token",
    re.compile(r"(xoxe\.)?xoxb-[A-Za-z0-9-]{10,}", re.ASCII),
    "it begins with xoxb-",
    "OAuth & Permissions → Bot User OAuth Token, once the app is installed",
)
APP_TOKEN = Secret(
    "COSTBOT_SLACK_APP_TOKEN",
    "app-level token",
    re.compile(r"xapp-[A-Za-z0-9-]{10,}", re.ASCII),
    "it begins with xapp-",
    "Basic Information → App-Level Tokens → Generate, with the scope connections:write",
)
SIGNING_SECRET = Secret(
    "COSTBOT_SLACK_SIGNING_SECRET",
    "signing secret",
    re.compile(r"[0-9a-f]{32}", re.ASCII),
    "it is 32 digits and letters a to f",
    "Basic Information → App Credentials → Signing Secret",
)
CONFIG_TOKEN = Secret(
    "",
    "configuration token",
    re.compile(r"xoxe\.xoxp-[A-Za-z0-9-]{10,}", re.ASCII),
    "it begins with xoxe.xoxp-",
    f"{APPS} → Your App Configuration Tokens → Generate Token",
)


def fault_in(secret: Secret, typed: str) -> str:
    """What is wrong with what was typed, a sentence that does not repeat it; empty: nothing."""
    if secret.shape.fullmatch(typed):
        return ""
    is_ = f"The {secret.name} is another: {secret.looks}."
    if not typed:
        return f"Nothing was given as the {secret.name}."
    kind = next((name for prefix, name in _KINDS if typed.startswith(prefix)), None)
    if kind is None and secret is not SIGNING_SECRET and SIGNING_SECRET.shape.fullmatch(typed):
        kind = "signing secret, or a client secret"
    if kind == secret.name:
        return f"The {secret.name} is not whole: it is longer, and has no blanks."
    if kind is not None:
        article = "an" if kind[0] in "aeio" else "a"
        return f"This is {article} {kind}. {is_}"
    return f"This is no {secret.name}: {secret.looks}."
