"""What Slack's client checks itself before a modal is sent: required inputs and lengths."""

from __future__ import annotations

from typing import cast

from playground.model import JsonObject

REQUIRED = "Please complete this required field."


def errors_of_inputs(blocks: list[JsonObject], values: JsonObject) -> dict[str, str]:
    """block_id → sentence for each input that may not be sent as it is."""
    errors: dict[str, str] = {}
    for block in blocks:
        if block.get("type") != "input":
            continue
        element = cast("JsonObject", block["element"])
        state = values.get(block["block_id"], {}).get(element["action_id"], {})
        entered = next((v for k, v in state.items() if k != "type"), None)
        sentence = _wrong(element, entered, optional=bool(block.get("optional")))
        if sentence:
            errors[str(block["block_id"])] = sentence
    return errors


def _wrong(element: JsonObject, entered: object, *, optional: bool) -> str:
    if entered is None or entered in ("", []):
        return "" if optional else REQUIRED
    if element.get("type") == "number_input":
        return _wrong_number(element, str(entered))
    if isinstance(entered, str):
        least, most = element.get("min_length"), element.get("max_length")
        if isinstance(least, int) and len(entered) < least:
            return f"Please enter at least {least} characters."
        if isinstance(most, int) and len(entered) > most:
            return f"Please enter at most {most} characters."
    return ""


def _wrong_number(element: JsonObject, entered: str) -> str:
    try:
        number = float(entered)
    except ValueError:
        return "Please enter a number."
    if not element.get("is_decimal_allowed") and not number.is_integer():
        return "Please enter a whole number."
    least, most = element.get("min_value"), element.get("max_value")
    if least is not None and number < float(str(least)):
        return f"Please enter a number of at least {least}."
    if most is not None and number > float(str(most)):
        return f"Please enter a number of at most {most}."
    return ""
