"""What a person types, as Slack passes it on: escaped, with names turned into references."""

from __future__ import annotations

import re

from playground.links import linked
from playground.workspace import Workspace

_NAME = re.compile(r"(?<![\w@#&;/])([@#])([a-z0-9][a-z0-9._-]*)")
_BROADCASTS = ("here", "channel", "everyone")


def escaped(text: str) -> str:
    """`&`, `<` and `>` as the entities that Slack sends in their place, and nothing else."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def as_message(text: str, workspace: Workspace) -> str:
    """A typed message: escaped, `@ada` and `#costs` as `<@U…>` and `<#C…|costs>` if they exist."""
    users = {user.name: user.id for user in workspace.users.values()}

    def reference(match: re.Match[str]) -> str:
        sign, name = match.groups()
        # A full stop or a dash after a name ends a sentence more often than a name.
        name, tail = (name, "") if name in users else _without_tail(name)
        if sign == "@" and name in users:
            return f"<@{users[name]}>{tail}"
        if sign == "@" and name in _BROADCASTS:
            return f"<!{name}>{tail}"
        channel = workspace.find_channel(name) if sign == "#" else None
        return f"<#{channel.id}|{channel.name}>{tail}" if channel else match.group()

    return _NAME.sub(reference, linked(escaped(text)))


def _without_tail(name: str) -> tuple[str, str]:
    short = name.rstrip("._-")
    return short, name[len(short) :]
