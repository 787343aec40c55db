"""Interactive elements as form controls: buttons and menus (inputs are in `inputs`).

A control is named after its place, so that a form works without a script; `data-` attributes tell
the script what to send at once.
"""

from __future__ import annotations

from collections.abc import Callable

from markupsafe import Markup

from playground.page.html import tag
from playground.page.inputs import (
    checkboxes,
    date_or_time,
    file_input,
    radio_buttons,
    text_input,
)
from playground.page.menus import multi_select, overflow, select
from playground.page.mrkdwn import OUTWARD, mrkdwn, plain_text
from playground.page.reading import safe_link
from playground.page.surface import JsonObject, Place, Surface, as_object, text_of

Drawer = Callable[[JsonObject, Place, Surface], Markup]


def element(value: JsonObject, place: Place, surface: Surface) -> Markup:
    """The control for one interactive element; a visible note where it is of an unknown type."""
    kind = str(value.get("type"))
    draw = DRAWERS.get(kind)
    if draw is None:
        return tag("span", {"class": "unsupported"}, f"Unsupported element: {kind}")
    return draw(value, place, surface)


def button(value: JsonObject, place: Place, surface: Surface) -> Markup:
    """A button; with an address it opens it and still tells the app, as in Slack."""
    style = value.get("style")
    names = f"button {style}" if style in ("primary", "danger") else "button"
    label = plain_text(text_of(value.get("text")))
    spoken = value.get("accessibility_label")
    link = safe_link(str(value.get("url") or ""))
    if link:
        attributes = {"class": names, "href": link, "data-action": _name(value, place), **OUTWARD}
        return tag(
            "a",
            attributes,
            label,
            tag("span", {"class": "outward", "aria-hidden": "true"}, "↗\ufe0e"),
        )
    return tag(
        "button",
        {
            "type": "submit",
            "class": names,
            "name": "action",
            "value": _name(value, place),
            "formnovalidate": True,
            "aria-label": spoken if isinstance(spoken, str) else None,
        },
        label,
    )


def confirmation(value: JsonObject, surface: Surface) -> Markup | None:
    """The question that has to be answered before the element acts; None if it asks none."""
    confirm = as_object(value.get("confirm"))
    if not confirm:
        return None
    text = as_object(confirm.get("text"))
    body = text_of(text)
    drawn = mrkdwn(body, surface.reading) if text.get("type") == "mrkdwn" else plain_text(body)
    danger = confirm.get("style") == "danger"
    return tag(
        "div",
        {"class": "confirmation"},
        tag("h2", {"id": "confirm-title"}, plain_text(text_of(confirm.get("title")))),
        tag("p", None, drawn),
        tag(
            "div",
            {"class": "dialog-buttons"},
            tag(
                "button",
                {"type": "submit", "class": "button", "name": "answer", "value": "no"},
                plain_text(text_of(confirm.get("deny")) or "Cancel"),
            ),
            tag(
                "button",
                {
                    "type": "submit",
                    "class": f"button {'danger' if danger else 'primary'}",
                    "name": "answer",
                    "value": "yes",
                    "autofocus": True,
                },
                plain_text(text_of(confirm.get("confirm")) or "Yes"),
            ),
        ),
    )


def _name(value: JsonObject, place: Place) -> str:
    return f"{place.key}|{value.get('action_id', '')}"


DRAWERS: dict[str, Drawer] = {
    "button": button,
    "workflow_button": button,
    "overflow": overflow,
    "datepicker": date_or_time,
    "timepicker": date_or_time,
    "datetimepicker": date_or_time,
    "checkboxes": checkboxes,
    "radio_buttons": radio_buttons,
    "plain_text_input": text_input,
    "rich_text_input": text_input,
    "number_input": text_input,
    "email_text_input": text_input,
    "url_text_input": text_input,
    "file_input": file_input,
    **dict.fromkeys(
        (
            "static_select",
            "external_select",
            "users_select",
            "conversations_select",
            "channels_select",
        ),
        select,
    ),
    **dict.fromkeys(
        (
            "multi_static_select",
            "multi_external_select",
            "multi_users_select",
            "multi_conversations_select",
            "multi_channels_select",
        ),
        multi_select,
    ),
}
