"""What a person did, read from a form and told in Slack's shapes: actions, and entered values."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from playground.page.options import Choice, choices, state_key
from playground.page.surface import JsonObject, Place, as_objects, places

FormValues = Callable[[str], Sequence[str]]
"""Gives every value that the form holds under a name."""

STATELESS = frozenset({"button", "workflow_button", "overflow", "file_input"})
TEXTUAL = frozenset({"plain_text_input", "number_input", "email_text_input", "url_text_input"})


def state_values(
    blocks: list[JsonObject],
    form: FormValues,
    users: dict[str, str],
    channels: dict[str, str],
    zone: ZoneInfo,
) -> JsonObject:
    """`view.state.values` of the blocks: block_id → action_id → what is entered there."""
    values: JsonObject = {}
    for place, element in places(blocks):
        if element.get("type") in STATELESS:
            continue
        entry = _entered(element, form(f"s.{place.key}"), users, channels, zone)
        values.setdefault(place.block_id, {})[str(element.get("action_id", ""))] = entry
    return values


def action(
    place: Place,
    element: JsonObject,
    state: JsonObject,
    option_index: int | None = None,
) -> JsonObject:
    """One entry of a block_actions payload's `actions`, without `action_ts`.

    Args:
        place: where the element stands.
        element: the element that was used.
        state: the state of the surface, as `state_values` gives it.
        option_index: the chosen entry of an overflow menu.

    Raises:
        IndexError: the overflow menu has no such entry.
    """
    kind = str(element.get("type"))
    told: JsonObject = {
        "type": kind,
        "action_id": element.get("action_id", ""),
        "block_id": place.block_id,
    }
    if kind == "button":
        told["text"] = element.get("text")
        told |= {key: element[key] for key in ("value", "style") if key in element}
    elif kind == "overflow":
        told["selected_option"] = as_objects(element.get("options"))[option_index or 0]
    else:
        told |= state.get(place.block_id, {}).get(str(element.get("action_id", "")), {})
    if "confirm" in element:
        told["confirm"] = element["confirm"]
    return told


def _entered(
    element: JsonObject,
    given: Sequence[str],
    users: dict[str, str],
    channels: dict[str, str],
    zone: ZoneInfo,
) -> JsonObject:
    kind = str(element.get("type"))
    first = given[0].replace("\r\n", "\n") if given else ""
    if kind in TEXTUAL:
        return {"type": kind, "value": first or None}
    match kind:
        case "rich_text_input":
            return {"type": kind, "rich_text_value": _rich_text(first)}
        case "datepicker":
            return {"type": kind, "selected_date": first or None}
        case "timepicker":
            return {"type": kind, "selected_time": first or None}
        case "datetimepicker":
            return {"type": kind, "selected_date_time": _instant(first, zone)}
        case _:
            key = state_key(element)
            offered = choices(element, users, channels)
            picked = [_option(choice) for choice in offered if choice.value in given]
            if key.endswith("s"):
                return {"type": kind, key: picked}
            return {"type": kind, key: picked[0] if picked else None}


def _option(choice: Choice) -> JsonObject | str:
    return choice.option


def _instant(text: str, zone: ZoneInfo) -> int | None:
    """A local date and time as seconds after 1970; None where no instant is entered."""
    try:
        local = datetime.fromisoformat(text)
    except ValueError:
        return None
    return int(local.replace(tzinfo=local.tzinfo or zone).timestamp())


def _rich_text(text: str) -> JsonObject | None:
    if not text:
        return None
    section = {"type": "rich_text_section", "elements": [{"type": "text", "text": text}]}
    return {"type": "rich_text", "elements": [section]}
