"""Composition objects: texts, options, confirmation dialogs, URLs of pictures.

Source of the limits: Slack's Block Kit reference, "composition objects".
"""

from __future__ import annotations

import ipaddress
from urllib.parse import urlsplit

from playground.blockkit.rules import (
    Json,
    Problems,
    Rule,
    any_type,
    array,
    boolean,
    one_of,
    shape,
    string,
    typed,
)


def plain_text(longest: int) -> Rule:
    """A `plain_text` object of 1 to `longest` characters."""
    return typed(
        {"plain_text": shape({"type": any_type, "text": string(longest, 1)}, {"emoji": boolean})}
    )


def text(longest: int) -> Rule:
    """A `plain_text` or `mrkdwn` object of 1 to `longest` characters."""
    content = string(longest, 1)
    return typed(
        {
            "plain_text": shape({"type": any_type, "text": content}, {"emoji": boolean}),
            "mrkdwn": shape({"type": any_type, "text": content}, {"verbatim": boolean}),
        }
    )


def url(longest: int = 3000) -> Rule:
    """A link that a person can follow."""

    def rule(value: Json, pointer: str, problems: Problems) -> None:
        string(longest, 1)(value, pointer, problems)
        if isinstance(value, str) and value and not urlsplit(value).scheme:
            problems.note(pointer, "must be a valid URL")

    return rule


def picture_url(value: Json, pointer: str, problems: Problems) -> None:
    """A picture that Slack's servers could fetch: http(s), and not on a private machine."""
    string(3000, 1)(value, pointer, problems)
    if not isinstance(value, str) or not value:
        return
    parts = urlsplit(value)
    host = parts.hostname or ""
    if parts.scheme not in ("http", "https") or not host or _is_private(host):
        problems.note(pointer, "downloading image failed")


def _is_private(host: str) -> bool:
    if host == "localhost" or host.endswith((".local", ".internal")):
        return True
    try:
        return not ipaddress.ip_address(host).is_global
    except ValueError:
        return "." not in host


ACTION_ID = string(255, 1)
BLOCK_ID = string(255)

CONFIRM = shape(
    {
        "title": plain_text(100),
        "text": text(300),
        "confirm": plain_text(30),
        "deny": plain_text(30),
    },
    {"style": one_of("primary", "danger")},
)


def option(label: Rule, *, with_url: bool = False) -> Rule:
    """A choice: its label (75 characters), value (150) and description (75)."""
    return shape(
        {"text": label, "value": string(150, 1)},
        {"description": text(75), **({"url": url()} if with_url else {})},
    )


PLAIN_OPTION = option(plain_text(75))
TEXT_OPTION = option(text(75))
OVERFLOW_OPTION = option(plain_text(75), with_url=True)
OPTION_GROUP = shape({"label": plain_text(75), "options": array(PLAIN_OPTION, 1, 100)})

SLACK_FILE = shape({}, {"id": string(255, 1), "url": url()})

CONVERSATION_FILTER = shape(
    {},
    {
        "include": array(one_of("im", "mpim", "private", "public"), 1, 4),
        "exclude_external_shared_channels": boolean,
        "exclude_bot_users": boolean,
    },
)

DISPATCH_CONFIG = shape(
    {},
    {"trigger_actions_on": array(one_of("on_enter_pressed", "on_character_entered"), 1, 2)},
)
