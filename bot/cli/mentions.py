"""What Slack writes as ids, by name: channels, people, days and links in a message's text."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import cast

from bot.blocks.text import escape

_MENTION = re.compile(
    r"<(?P<mark>[#@!]|(?=https?:|mailto:))(?P<of>[^<>|]*)(?:\|(?P<label>[^<>]*))?>"
)


def with_names(message: Mapping[str, object], names: Mapping[str, str]) -> dict[str, object]:
    """The message as a reader of Slack sees it; it is left as it is.

    Args:
        message: as Slack's JSON.
        names: of channels and people, by id, with their `#` or `@`.
    """
    return cast("dict[str, object]", _named(message, names))


def _named(part: object, names: Mapping[str, str]) -> object:
    if isinstance(part, Mapping):
        items = cast("Mapping[str, object]", part).items()
        return {
            key: _in_text(value, names)
            if key == "text" and isinstance(value, str)
            else _named(value, names)
            for key, value in items
        }
    if isinstance(part, list):
        return [_named(one, names) for one in cast("list[object]", part)]
    return part


def _in_text(text: str, names: Mapping[str, str]) -> str:
    """Data is escaped, so that what looks like a mention is one."""

    def name(match: re.Match[str]) -> str:
        mark, of, label = match["mark"], match["of"], match["label"]
        if not mark:  # a link
            return f"{label} ({of})" if label and label != of else of
        if mark == "!":
            return label or f"@{of.partition('^')[0]}"
        known = names.get(of)
        return escape(known) if known is not None else f"{mark}{label or of}"

    return _MENTION.sub(name, text)
