"""Where blocks are drawn: a message, a modal or a Home tab, and how its elements are told apart.

The browser names an element by its place and its action_id; what the element holds (its value, its
options) is looked up here on the server, so nothing that the browser sends can invent a value.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, cast

from playground.page.reading import Reading

JsonObject = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Surface:
    """What the drawing of blocks depends on.

    Args:
        reading: for whom.
        prefix: makes the ids of form fields unique within the page.
        entered: block_id → action_id → value, as the person has entered so far.
        errors: block_id → sentence shown below that input.
        sends: whether a changed select is told to the app at once (messages and Home tabs), as
            opposed to inputs that wait for the modal's submit button.
    """

    reading: Reading
    prefix: str = "m"
    entered: Mapping[str, Any] = field(default_factory=dict[str, Any])
    errors: Mapping[str, str] = field(default_factory=dict[str, str])
    sends: bool = True


@dataclass(frozen=True, slots=True)
class Place:
    """An element's place among the blocks of a surface."""

    block: int
    slot: str
    block_id: str
    in_input: bool = False
    dispatches: bool = True

    @property
    def key(self) -> str:
        """The place as the form names it."""
        return f"{self.block}.{self.slot}"


def places(blocks: list[JsonObject]) -> Iterator[tuple[Place, JsonObject]]:
    """Every interactive element of the blocks with its place."""
    for index, block in enumerate(blocks):
        block_id = block_id_of(block, index)
        match block.get("type"):
            case "section":
                if accessory := as_object(block.get("accessory")):
                    yield Place(index, "a", block_id), accessory
            case "input":
                sends = block.get("dispatch_action") is True
                yield (
                    Place(index, "a", block_id, in_input=True, dispatches=sends),
                    as_object(block.get("element")),
                )
            case "actions":
                for slot, element in enumerate(as_objects(block.get("elements"))):
                    yield Place(index, str(slot), block_id), element
            case _:
                pass


def find(blocks: list[JsonObject], key: str, action_id: str) -> tuple[Place, JsonObject] | None:
    """The element at this place, if it still is the one that was clicked."""
    for place, element in places(blocks):
        if place.key == key and element.get("action_id", "") == action_id:
            return place, element
    return None


def block_id_of(block: JsonObject, index: int) -> str:
    """The block's id; one by its position where the app has given none."""
    return str(block.get("block_id") or f"block{index}")


def as_object(value: object) -> JsonObject:
    """The value if it is a JSON object, else an empty one."""
    return cast(JsonObject, value) if isinstance(value, dict) else {}


def as_list(value: object) -> list[Any]:
    """The value if it is a JSON array, else an empty one."""
    return cast("list[Any]", value) if isinstance(value, list) else []


def as_objects(value: object) -> list[JsonObject]:
    """The objects of a JSON array."""
    return [cast(JsonObject, item) for item in as_list(value) if isinstance(item, dict)]


def text_of(value: object) -> str:
    """The text of a text object, or the string itself; empty where there is none."""
    if isinstance(value, str):
        return value
    text = as_object(value).get("text")
    return text if isinstance(text, str) else ""
