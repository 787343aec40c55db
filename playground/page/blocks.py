"""Block Kit as HTML: every layout block that Slack draws in messages, modals and Home tabs.

A block of an unknown type is drawn as a visible box that says so. The blocks of a surface stand in
one form, which the templates put around them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from markdown_it import MarkdownIt
from markupsafe import Markup

from playground.page.elements import element
from playground.page.html import join, tag
from playground.page.mrkdwn import mrkdwn, plain_text
from playground.page.reading import safe_link
from playground.page.rich_text import rich_text
from playground.page.surface import (
    JsonObject,
    Place,
    Surface,
    as_object,
    as_objects,
    block_id_of,
    text_of,
)
from playground.page.tables import table


def blocks(values: Iterable[JsonObject], surface: Surface) -> Markup:
    """All blocks of a surface, one below the other."""
    return join(_block(index, value, surface) for index, value in enumerate(values))


def _block(index: int, value: JsonObject, surface: Surface) -> Markup:
    kind = str(value.get("type"))
    draw = DRAWERS.get(kind)
    if draw is None:
        return unsupported(f"Unsupported block: {kind}")
    return tag("div", {"class": f"block {kind.replace('_', '-')}"}, draw(index, value, surface))


def unsupported(text: str) -> Markup:
    """The box that stands where something cannot be drawn."""
    return tag("div", {"class": "unsupported", "role": "note"}, text)


def text_object(value: object, surface: Surface) -> Markup:
    """A text object, mrkdwn or plain."""
    written = as_object(value)
    if written.get("type") == "mrkdwn":
        return mrkdwn(text_of(written), surface.reading)
    return plain_text(text_of(written), with_emoji=written.get("emoji") is not False)


def _section(index: int, value: JsonObject, surface: Surface) -> Markup:
    parts: list[Markup] = []
    if value.get("text"):
        parts.append(tag("div", {"class": "text"}, text_object(value["text"], surface)))
    fields = as_objects(value.get("fields"))
    if fields:
        drawn = [tag("div", {"class": "field"}, text_object(item, surface)) for item in fields]
        parts.append(tag("div", {"class": "fields"}, *drawn))
    body = tag("div", {"class": "body"}, *parts)
    accessory = as_object(value.get("accessory"))
    if not accessory:
        return body
    if accessory.get("type") == "image":
        beside = _picture(accessory, surface)
    else:
        beside = element(accessory, Place(index, "a", block_id_of(value, index)), surface)
    return join((body, tag("div", {"class": "accessory"}, beside)))


def _header(_index: int, value: JsonObject, surface: Surface) -> Markup:
    return tag("h3", None, text_object(value.get("text"), surface))


def _divider(_index: int, _value: JsonObject, _surface: Surface) -> Markup:
    return tag("hr")


def _context(_index: int, value: JsonObject, surface: Surface) -> Markup:
    return join(
        _picture(item, surface)
        if item.get("type") == "image"
        else tag("span", {"class": "item"}, text_object(item, surface))
        for item in as_objects(value.get("elements"))
    )


def _actions(index: int, value: JsonObject, surface: Surface) -> Markup:
    block_id = block_id_of(value, index)
    return join(
        element(item, Place(index, str(slot), block_id), surface)
        for slot, item in enumerate(as_objects(value.get("elements")))
    )


def _image(_index: int, value: JsonObject, surface: Surface) -> Markup:
    title = text_of(value.get("title"))
    caption = tag("figcaption", None, plain_text(title)) if title else ""
    return tag("figure", None, caption, _picture(value, surface))


def _picture(value: JsonObject, surface: Surface) -> Markup:
    """A picture that this server has itself; one from elsewhere is only named, never fetched."""
    described = str(value.get("alt_text") or "")
    file = as_object(value.get("slack_file"))
    address = str(value.get("image_url") or file.get("url") or "")
    here = surface.reading.picture(str(file.get("id") or address))
    if here is not None:
        return tag("img", {"src": here, "alt": described, "loading": "lazy"})
    link = safe_link(address)
    about = f"{described or 'Image'} (not loaded: pictures from elsewhere stay there)"
    if link is None:
        return tag("span", {"class": "picture-elsewhere"}, about)
    attributes = {"class": "picture-elsewhere", "href": link, "target": "_blank"}
    return tag("a", {**attributes, "rel": "noopener noreferrer"}, about)


def _input(index: int, value: JsonObject, surface: Surface) -> Markup:
    block_id = block_id_of(value, index)
    place = Place(
        index, "a", block_id, in_input=True, dispatches=value.get("dispatch_action") is True
    )
    field_id = f"{surface.prefix}-{place.key}"
    error = surface.errors.get(block_id)
    optional = value.get("optional") is True
    mark = tag("span", {"class": "optional"}, " (optional)") if optional else ""
    hint = text_of(value.get("hint"))
    return tag(
        "div",
        {"class": "field-with-error" if error else None},
        tag(
            "label",
            {"for": field_id, "id": f"{field_id}-label"},
            plain_text(text_of(value.get("label"))),
            mark,
        ),
        element(as_object(value.get("element")), place, surface),
        tag(
            "div",
            {"class": "hint", "id": f"{field_id}-hint"},
            tag("p", {"class": "error", "role": "alert"}, error) if error else "",
            plain_text(hint) if hint else "",
        ),
    )


def _rich_text(_index: int, value: JsonObject, surface: Surface) -> Markup:
    return rich_text(value, surface.reading)


def _table(_index: int, value: JsonObject, surface: Surface) -> Markup:
    return table(value, surface.reading)


def _file(_index: int, value: JsonObject, _surface: Surface) -> Markup:
    return tag("span", {"class": "item"}, f"📄 File {value.get('external_id', '')}")


def _video(_index: int, value: JsonObject, _surface: Surface) -> Markup:
    return unsupported(f"Video, not played here: {text_of(value.get('title'))}")


def _markdown(_index: int, value: JsonObject, _surface: Surface) -> Markup:
    # "js-default" passes no HTML through; links are cut down to our own schemes, pictures to links.
    parser = MarkdownIt("js-default").disable("image")
    parser.validateLink = lambda url: safe_link(url) is not None
    return tag("div", {"class": "rich-text"}, Markup(parser.render(text_of(value))))  # noqa: S704


DRAWERS: dict[str, Callable[[int, JsonObject, Surface], Markup]] = {
    "section": _section,
    "header": _header,
    "divider": _divider,
    "context": _context,
    "actions": _actions,
    "image": _image,
    "input": _input,
    "rich_text": _rich_text,
    "table": _table,
    "file": _file,
    "video": _video,
    "markdown": _markdown,
}
