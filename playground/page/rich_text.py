"""Rich text blocks: sections, lists, quotes and preformatted text with their inline elements."""

from __future__ import annotations

from collections.abc import Callable

from markupsafe import Markup, escape

from playground.page.emoji import emoji
from playground.page.html import join, lines, tag
from playground.page.mrkdwn import OUTWARD, channel_link, date, mention
from playground.page.reading import Reading, safe_link
from playground.page.surface import JsonObject, as_object, as_objects

STYLE_TAGS = (
    ("code", "code"),
    ("strike", "s"),
    ("italic", "em"),
    ("bold", "strong"),
    ("underline", "u"),
    ("highlight", "mark"),
)
DEEPEST_INDENT = 6


def rich_text(block: JsonObject, reading: Reading) -> Markup:
    """A rich_text block."""
    parts = [_container(item, reading) for item in as_objects(block.get("elements"))]
    return tag("div", {"class": "rich-text"}, *parts)


def _container(item: JsonObject, reading: Reading) -> Markup:
    inner = join(_inline(element, reading) for element in as_objects(item.get("elements")))
    match item.get("type"):
        case "rich_text_list":
            return _list(item, reading)
        case "rich_text_quote":
            return tag("blockquote", None, inner)
        case "rich_text_preformatted":
            return tag("pre", None, inner)
        case "rich_text_section":
            return tag("div", None, inner)
        case other:
            return tag("div", {"class": "unsupported"}, f"Unsupported rich text: {other}")


def _list(item: JsonObject, reading: Reading) -> Markup:
    ordered = item.get("style") == "ordered"
    indent = _whole(item.get("indent"))
    offset = _whole(item.get("offset"))
    rows = [tag("li", None, _container(row, reading)) for row in as_objects(item.get("elements"))]
    attributes = {
        "class": f"indent-{min(indent, DEEPEST_INDENT)}{' bordered' if item.get('border') else ''}",
        "start": offset + 1 if ordered and offset else None,
    }
    return tag("ol" if ordered else "ul", attributes, *rows)


def _inline(element: JsonObject, reading: Reading) -> Markup:
    kind = str(element.get("type"))
    draw = INLINE.get(kind)
    if draw is None:
        return tag("span", {"class": "unsupported"}, f"Unsupported rich text: {kind}")
    drawn = draw(element, reading)
    style = as_object(element.get("style"))
    for name, tag_name in STYLE_TAGS:
        if style.get(name) is True:
            drawn = tag(tag_name, None, drawn)
    return drawn


def _string(element: JsonObject, key: str) -> str:
    value = element.get(key)
    return value if isinstance(value, str) else ""


def _text(element: JsonObject, _reading: Reading) -> Markup:
    return lines(_string(element, "text"))


def _link(element: JsonObject, _reading: Reading) -> Markup:
    address = _string(element, "url")
    label = _string(element, "text") or address
    link = safe_link(address)
    return escape(label) if link is None else tag("a", {"href": link, **OUTWARD}, label)


def _user(element: JsonObject, reading: Reading) -> Markup:
    return mention(_string(element, "user_id"), "", reading)


def _channel(element: JsonObject, reading: Reading) -> Markup:
    return channel_link(_string(element, "channel_id"), "", reading)


def _broadcast(element: JsonObject, _reading: Reading) -> Markup:
    return tag("span", {"class": "mention broadcast"}, f"@{_string(element, 'range')}")


def _usergroup(element: JsonObject, _reading: Reading) -> Markup:
    return tag("span", {"class": "mention"}, f"@{_string(element, 'usergroup_id')}")


def _emoji(element: JsonObject, _reading: Reading) -> Markup:
    name = _string(element, "name")
    character = emoji(name) or _from_code_points(_string(element, "unicode")) or f":{name}:"
    return tag("span", {"class": "emoji", "title": f":{name}:"}, character)


def _date(element: JsonObject, reading: Reading) -> Markup:
    return date(
        str(element.get("timestamp", "")),
        _string(element, "format"),
        _string(element, "url"),
        _string(element, "fallback"),
        reading,
    )


def _color(element: JsonObject, _reading: Reading) -> Markup:
    return tag("code", {"class": "color"}, _string(element, "value"))


INLINE: dict[str, Callable[[JsonObject, Reading], Markup]] = {
    "text": _text,
    "link": _link,
    "user": _user,
    "channel": _channel,
    "broadcast": _broadcast,
    "usergroup": _usergroup,
    "emoji": _emoji,
    "date": _date,
    "color": _color,
}


def _from_code_points(text: str) -> str:
    """`1f4c8` or `1f468-200d-1f4bb` as characters; empty where it is neither."""
    try:
        return "".join(chr(int(part, 16)) for part in text.split("-")) if text else ""
    except (ValueError, OverflowError):
        return ""


def _whole(value: object) -> int:
    return value if isinstance(value, int) and 0 <= value < 10_000 else 0
