"""The rich_text block and the elements inside it.

Source: Slack's Block Kit reference, "rich text block".
"""

from __future__ import annotations

from collections.abc import Mapping

from playground.blockkit.composition import BLOCK_ID, url
from playground.blockkit.rules import (
    Rule,
    any_string,
    any_type,
    array,
    boolean,
    integer,
    one_of,
    shape,
    string,
    typed,
)

_MANY = 1000

_STYLES = ("bold", "italic", "strike", "code", "underline", "highlight")
_OF_MENTIONS: tuple[str, ...] = ("client_highlight", "unlink")
_STYLE = shape({}, dict.fromkeys((*_STYLES, *_OF_MENTIONS), boolean))


def _part(required: Mapping[str, Rule], optional: Mapping[str, Rule] | None = None) -> Rule:
    return shape({"type": any_type, **required}, {"style": _STYLE, **(optional or {})})


_PARTS: Mapping[str, Rule] = {
    "text": _part({"text": string(12_000, 1)}),
    "link": _part({"url": url()}, {"text": any_string, "unsafe": boolean}),
    "emoji": _part(
        {"name": any_string}, {"unicode": any_string, "skin_tone": integer(1, 6), "url": url()}
    ),
    "user": _part({"user_id": any_string}),
    "usergroup": _part({"usergroup_id": any_string}),
    "channel": _part({"channel_id": any_string}),
    "team": _part({"team_id": any_string}),
    "broadcast": _part({"range": one_of("here", "channel", "everyone")}),
    "color": _part({"value": any_string}),
    "date": _part(
        {"timestamp": integer(0, 99_999_999_999), "format": any_string},
        {"url": url(), "fallback": any_string},
    ),
}

_BORDER: Mapping[str, Rule] = {"border": integer(0, 1)}
_SECTION = shape({"type": any_type, "elements": array(typed(_PARTS), 0, _MANY)})

_ELEMENTS: Mapping[str, Rule] = {
    "rich_text_section": _SECTION,
    "rich_text_list": shape(
        {
            "type": any_type,
            "style": one_of("bullet", "ordered"),
            "elements": array(typed({"rich_text_section": _SECTION}), 1, _MANY),
        },
        {"indent": integer(0, 8), "offset": integer(0, 1_000_000), **_BORDER},
    ),
    "rich_text_quote": shape(
        {"type": any_type, "elements": array(typed(_PARTS), 0, _MANY)}, _BORDER
    ),
    "rich_text_preformatted": shape(
        {"type": any_type, "elements": array(typed(_PARTS), 0, _MANY)},
        {"language": any_string, **_BORDER},
    ),
}

RICH_TEXT = shape(
    {"type": any_type, "elements": array(typed(_ELEMENTS), 1, _MANY)}, {"block_id": BLOCK_ID}
)
