"""Inputs: text of every kind, dates and times, checkboxes and radio buttons."""

from __future__ import annotations

from datetime import datetime

from markupsafe import Markup

from playground.page.html import tag
from playground.page.menus import control, send_without_script
from playground.page.mrkdwn import mrkdwn, plain_text
from playground.page.options import choices, chosen, entered
from playground.page.surface import JsonObject, Place, Surface, as_object, as_objects, text_of

TEXT_TYPES = {"email_text_input": "email", "url_text_input": "url", "number_input": "text"}


def text_input(value: JsonObject, place: Place, surface: Surface) -> Markup:
    """A field for text, a number, an address; of several lines where the app asks for it."""
    kind = str(value.get("type"))
    stored = entered(value, place, surface)
    if kind == "rich_text_input":
        text = _rich_plain(stored.get("rich_text_value") or value.get("initial_value"))
    else:
        text = str(stored.get("value", value.get("initial_value")) or "")
    attributes = {
        **control(value, place, surface),
        "class": "control",
        "placeholder": text_of(value.get("placeholder")) or None,
        "maxlength": _length(value.get("max_length")),
        "autocomplete": "off",
    }
    if value.get("multiline") is True or kind == "rich_text_input":
        # HTML drops a line break right after the tag, so one is given for it to drop.
        return tag("textarea", {**attributes, "rows": "4"}, "\n" + text)
    numeric = None
    if kind == "number_input":
        numeric = "decimal" if value.get("is_decimal_allowed") is True else "numeric"
    return tag(
        "input",
        {
            **attributes,
            "type": TEXT_TYPES.get(kind, "text"),
            "inputmode": numeric,
            "value": text,
        },
    )


def date_or_time(value: JsonObject, place: Place, surface: Surface) -> Markup:
    """A date, a time of day, or both; an instant is entered in the reader's zone."""
    kind = str(value.get("type"))
    name = {"datepicker": "date", "timepicker": "time"}.get(kind, "date_time")
    stored = entered(value, place, surface)
    now = stored.get(f"selected_{name}", value.get(f"initial_{name}"))
    if name == "date_time":
        local = surface.reading.local(now) if isinstance(now, int) else None
        now = local.strftime("%Y-%m-%dT%H:%M") if isinstance(local, datetime) else ""
    html_type = {"date_time": "datetime-local"}.get(name, name)
    return tag(
        "span",
        {"class": "select"},
        tag(
            "input",
            {
                **control(value, place, surface),
                "class": "control",
                "type": html_type,
                "value": str(now or ""),
            },
        ),
        send_without_script(value, place, surface),
    )


def checkboxes(value: JsonObject, place: Place, surface: Surface) -> Markup:
    """Several choices, each with a box."""
    return _boxes("checkbox", value, place, surface)


def radio_buttons(value: JsonObject, place: Place, surface: Surface) -> Markup:
    """One of several choices, all in sight."""
    return _boxes("radio", value, place, surface)


def file_input(_value: JsonObject, _place: Place, _surface: Surface) -> Markup:
    """Files cannot be chosen in the playground's modals; the place says so."""
    return tag("span", {"class": "unsupported"}, "File inputs are not drawn by the playground")


def _boxes(html_type: str, value: JsonObject, place: Place, surface: Surface) -> Markup:
    now = chosen(value, place, surface)
    attributes = control(value, place, surface)
    rows: list[Markup] = []
    for index, choice in enumerate(choices(value, {}, {})):
        draw = (
            mrkdwn(choice.label, surface.reading) if choice.is_mrkdwn else plain_text(choice.label)
        )
        about = mrkdwn(choice.description, surface.reading) if choice.description else ""
        box = tag(
            "input",
            {
                "type": html_type,
                "id": attributes["id"] if index == 0 else None,
                "name": attributes["name"],
                "value": choice.value,
                "checked": choice.value in now,
                "data-send": attributes["data-send"],
            },
        )
        described = tag("span", {"class": "about"}, about) if about else ""
        rows.append(tag("label", {"class": "choice"}, box, tag("span", None, draw, described)))
    return tag(
        "div",
        {
            "class": "choices",
            "role": "radiogroup" if html_type == "radio" else "group",
            "aria-labelledby": f"{attributes['id']}-label" if place.in_input else None,
            "aria-label": attributes["aria-label"],
        },
        *rows,
        send_without_script(value, place, surface),
    )


def _rich_plain(value: object) -> str:
    sections = as_objects(as_object(value).get("elements"))
    return "\n".join(
        "".join(text_of(part) for part in as_objects(section.get("elements")))
        for section in sections
    )


def _length(value: object) -> int | None:
    return value if isinstance(value, int) and value > 0 else None
