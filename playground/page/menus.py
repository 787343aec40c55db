"""Menus: selects, selects of several (a list of checkboxes that unfolds), and the overflow menu."""

from __future__ import annotations

from itertools import groupby

from markupsafe import Markup

from playground.page.html import tag
from playground.page.mrkdwn import plain_text
from playground.page.options import Choice, choices, chosen
from playground.page.reading import safe_link
from playground.page.surface import JsonObject, Place, Surface, as_objects, text_of


def select(value: JsonObject, place: Place, surface: Surface) -> Markup:
    """A menu of one choice."""
    offered = _offered(value, surface)
    now = chosen(value, place, surface)
    options = [tag("option", {"value": ""}, _placeholder(value, "Select an item"))]
    for group, members in groupby(offered, key=lambda choice: choice.group):
        drawn = [
            tag(
                "option",
                {"value": choice.value, "selected": choice.value in now},
                plain_text(choice.label),
            )
            for choice in members
        ]
        options.extend([tag("optgroup", {"label": group}, *drawn)] if group else drawn)
    return tag(
        "span",
        {"class": "select"},
        tag("select", {**control(value, place, surface), "class": "control"}, *options),
        send_without_script(value, place, surface),
    )


def multi_select(value: JsonObject, place: Place, surface: Surface) -> Markup:
    """A menu of several choices; it unfolds, and is sent when it is folded again."""
    now = chosen(value, place, surface)
    rows = [
        tag(
            "label",
            {"class": "choice"},
            tag(
                "input",
                {
                    "type": "checkbox",
                    "name": f"s.{place.key}",
                    "value": choice.value,
                    "checked": choice.value in now,
                },
            ),
            tag("span", None, plain_text(choice.label)),
        )
        for choice in _offered(value, surface)
    ]
    names = [choice.label for choice in _offered(value, surface) if choice.value in now]
    summary = ", ".join(names) or _placeholder(value, "Select some")
    return tag(
        "details",
        {"class": "multi", "data-send": _sends(value, place, surface)},
        tag("summary", {"class": "control", "id": f"{surface.prefix}-{place.key}"}, summary),
        tag(
            "div",
            {"class": "menu", "role": "group", "aria-labelledby": _label(place, surface)},
            *rows,
        ),
        send_without_script(value, place, surface),
    )


def overflow(value: JsonObject, place: Place, surface: Surface) -> Markup:
    """The menu behind three dots; each entry is a button of its own."""
    entries: list[Markup] = []
    for index, option in enumerate(as_objects(value.get("options"))):
        label = plain_text(text_of(option.get("text")))
        name = f"{action_name(value, place)}|{index}"
        link = safe_link(str(option.get("url") or ""))
        if link:
            entries.append(
                tag("a", {"href": link, "target": "_blank", "rel": "noopener noreferrer"}, label)
            )
            continue
        entries.append(
            tag(
                "button",
                {"type": "submit", "name": "action", "value": name, "formnovalidate": True},
                label,
            )
        )
    return tag(
        "details",
        {"class": "overflow"},
        tag("summary", {"class": "button", "aria-label": "More actions", "title": "More"}, "⋯"),
        tag("div", {"class": "menu"}, *entries),
    )


def control(value: JsonObject, place: Place, surface: Surface) -> dict[str, str | bool | None]:
    """The attributes that every form control of an element has."""
    placeholder = text_of(value.get("placeholder"))
    return {
        "id": f"{surface.prefix}-{place.key}",
        "name": f"s.{place.key}",
        "aria-label": None if place.in_input else placeholder or str(value.get("action_id", "")),
        "aria-describedby": f"{surface.prefix}-{place.key}-hint" if place.in_input else None,
        "data-send": _sends(value, place, surface),
        "autofocus": value.get("focus_on_load") is True,
    }


def action_name(value: JsonObject, place: Place) -> str:
    """What the form sends as `action` for this element: its place and its action_id."""
    return f"{place.key}|{value.get('action_id', '')}"


def send_without_script(value: JsonObject, place: Place, surface: Surface) -> Markup:
    """A small button for browsers without the script, where a change alone sends nothing."""
    if _sends(value, place, surface) is None:
        return Markup("")
    attributes = {"type": "submit", "class": "button", "name": "action", "formnovalidate": True}
    send = tag("button", {**attributes, "value": action_name(value, place)}, "Apply")
    return tag("noscript", None, send)


def _sends(value: JsonObject, place: Place, surface: Surface) -> str | None:
    return action_name(value, place) if place.dispatches else None


def _label(place: Place, surface: Surface) -> str | None:
    return f"{surface.prefix}-{place.key}-label" if place.in_input else None


def _offered(value: JsonObject, surface: Surface) -> list[Choice]:
    return choices(value, dict(surface.reading.users), dict(surface.reading.channels))


def _placeholder(value: JsonObject, otherwise: str) -> str:
    return text_of(value.get("placeholder")) or otherwise
