"""Finding what can be pressed in blocks, and the action that pressing it sends."""

from __future__ import annotations

from playground.content import interactive_elements
from playground.model import JsonObject


def press(blocks: list[JsonObject], action_id: str, choice: int = 0) -> JsonObject:
    """The action of the first element with this `action_id`.

    Args:
        blocks: a message's or a view's.
        action_id: the element's.
        choice: which option, where the element has some.

    Raises:
        LookupError: there is no such element, or no such option.
    """
    for block in blocks:
        for element in interactive_elements(block):
            if element.get("action_id") == action_id:
                return _action(str(block["block_id"]), element, choice)
    raise LookupError(f"nothing with the action_id {action_id} can be pressed")


def _action(block_id: str, element: JsonObject, choice: int) -> JsonObject:
    action: JsonObject = {
        "type": element["type"],
        "action_id": element["action_id"],
        "block_id": block_id,
    }
    if "options" in element:
        return action | {"selected_option": element["options"][choice]}
    shown = {key: element[key] for key in ("text", "value", "style") if key in element}
    return action | shown
