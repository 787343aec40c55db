"""The options of menus, checkboxes and radio buttons: what can be chosen, and what is chosen."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from playground.page.surface import (
    JsonObject,
    Place,
    Surface,
    as_list,
    as_object,
    as_objects,
    text_of,
)


@dataclass(frozen=True, slots=True)
class Choice:
    """One thing to choose; `option` is what the app is given, an option object or an id."""

    value: str
    label: str
    option: JsonObject | str
    group: str = ""
    description: str = ""
    is_mrkdwn: bool = False


def choices(element: JsonObject, users: dict[str, str], channels: dict[str, str]) -> list[Choice]:
    """Everything that can be chosen in the element; `users` and `channels` are names by id."""
    kind = str(element.get("type")).removeprefix("multi_")
    if kind == "users_select":
        return [Choice(id_, f"@{name}", id_) for id_, name in users.items()]
    if kind in ("channels_select", "conversations_select"):
        return [Choice(id_, f"#{name}", id_) for id_, name in channels.items()]
    return [*_options(element, ""), *_grouped(element)]


def _grouped(element: JsonObject) -> Iterator[Choice]:
    for group in as_objects(element.get("option_groups")):
        yield from _options(group, text_of(group.get("label")))


def _options(holder: JsonObject, group: str) -> Iterator[Choice]:
    for option in as_objects(holder.get("options")):
        text = as_object(option.get("text"))
        yield Choice(
            value=str(option.get("value", "")),
            label=text_of(text),
            option=option,
            group=group,
            description=text_of(option.get("description")),
            is_mrkdwn=text.get("type") == "mrkdwn",
        )


CHOSEN = {
    "static_select": "option",
    "external_select": "option",
    "radio_buttons": "option",
    "users_select": "user",
    "channels_select": "channel",
    "conversations_select": "conversation",
}
"""What the chosen thing is called: `selected_option`, `initial_users`, …"""


def state_key(element: JsonObject) -> str:
    """The key of the element's choice in its state, such as `selected_option`."""
    kind = str(element.get("type"))
    if kind == "checkboxes":
        return "selected_options"
    if kind.startswith("multi_"):
        return f"selected_{CHOSEN.get(kind.removeprefix('multi_'), 'option')}s"
    return f"selected_{CHOSEN.get(kind, 'option')}"


def chosen(element: JsonObject, place: Place, surface: Surface) -> list[str]:
    """The values chosen now: what the person entered, else what the app set at first."""
    key = state_key(element)
    stored = entered(element, place, surface)
    current: Any = (
        stored[key] if key in stored else element.get(key.replace("selected_", "initial_"))
    )
    values = as_list(current) if key.endswith("s") else [current]
    return [_value(value) for value in values if value is not None]


def _value(choice: object) -> str:
    if isinstance(choice, str | int):
        return str(choice)
    return str(as_object(choice).get("value", ""))


def entered(element: JsonObject, place: Place, surface: Surface) -> JsonObject:
    """What the person has entered in the element so far; empty if nothing is known."""
    by_action = as_object(surface.entered.get(place.block_id))
    return as_object(by_action.get(str(element.get("action_id", ""))))
