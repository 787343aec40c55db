"""The verdict on what an app sends: a message's blocks, or a view."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from playground.blockkit.composition import plain_text
from playground.blockkit.layout import BLOCKS, NOT_IN, Surface, characters
from playground.blockkit.rules import Json, Problems, Rule, array, boolean, shape, string, typed

MESSAGE_BLOCKS = 50
VIEW_BLOCKS = 100
MESSAGE_CHARACTERS = 12_000


def _blocks_on(surface: Surface, most: int) -> Rule:
    allowed = {name: rule for name, rule in BLOCKS.items() if name not in NOT_IN[surface]}
    return array(typed(allowed), 0, most)


_MESSAGE = _blocks_on("message", MESSAGE_BLOCKS)

_VIEW_OPTIONS: Mapping[str, Rule] = {
    "private_metadata": string(3000),
    "callback_id": string(255),
    "external_id": string(255),
}

_MODAL = shape(
    {
        "type": string(5),
        "title": plain_text(24),
        "blocks": _blocks_on("modal", VIEW_BLOCKS),
    },
    {
        **_VIEW_OPTIONS,
        "submit": plain_text(24),
        "close": plain_text(24),
        "clear_on_close": boolean,
        "notify_on_close": boolean,
        "submit_disabled": boolean,
    },
)
_HOME = shape({"type": string(4), "blocks": _blocks_on("home", VIEW_BLOCKS)}, _VIEW_OPTIONS)

FileKnown = Callable[[str], bool]
"""Whether the workspace has a picture with this file id."""


def problems_of_blocks(blocks: Json, knows_file: FileKnown) -> list[str]:
    """What is wrong with a message's blocks, each with its JSON pointer; empty if nothing is."""
    problems = Problems()
    _MESSAGE(blocks, "/blocks", problems)
    if isinstance(blocks, list):
        _unique_block_ids(blocks, "/blocks", problems)
        _one_table(blocks, problems)
        _files_exist(blocks, "/blocks", problems, knows_file)
    return problems.found


def too_long(blocks: Json) -> bool:
    """Whether the blocks hold more text than one message may."""
    return characters(blocks) > MESSAGE_CHARACTERS


def problems_of_view(view: Json, knows_file: FileKnown, home: bool) -> list[str]:
    """What is wrong with a modal, or with a Home tab (`home`), each with its JSON pointer."""
    problems = Problems()
    if not isinstance(view, dict):
        problems.note("/view", "must be an object")
        return problems.found
    wanted = "home" if home else "modal"
    if view.get("type") != wanted:
        problems.note("/view/type", f"must be a valid enum value: {wanted}")
        return problems.found
    (_HOME if home else _MODAL)(view, "/view", problems)
    blocks = view.get("blocks")
    if isinstance(blocks, list):
        _unique_block_ids(blocks, "/view/blocks", problems)
        _files_exist(blocks, "/view/blocks", problems, knows_file)
        if not home and "submit" not in view and _has_input(blocks):
            problems.note("/view", "missing required field: submit")
    return problems.found


def _unique_block_ids(blocks: list[Json], pointer: str, problems: Problems) -> None:
    seen: set[str] = set()
    for index, block in enumerate(blocks):
        block_id = block.get("block_id") if isinstance(block, dict) else None
        if not isinstance(block_id, str) or not block_id:
            continue
        if block_id in seen:
            problems.note(f"{pointer}/{index}/block_id", f'`block_id` "{block_id}" already exists')
        seen.add(block_id)


def _one_table(blocks: list[Json], problems: Problems) -> None:
    tables = [i for i, b in enumerate(blocks) if isinstance(b, dict) and b.get("type") == "table"]
    for index in tables[1:]:
        problems.note(f"/blocks/{index}", "only_one_table_allowed")


def _files_exist(value: Json, pointer: str, problems: Problems, knows_file: FileKnown) -> None:
    if isinstance(value, list):
        for index, part in enumerate(value):
            _files_exist(part, f"{pointer}/{index}", problems, knows_file)
    elif isinstance(value, dict):
        for name, part in value.items():
            if name == "slack_file" and isinstance(part, dict):
                file_id = part.get("id")
                if isinstance(file_id, str) and not knows_file(file_id):
                    problems.note(f"{pointer}/slack_file", "invalid slack file")
            else:
                _files_exist(part, f"{pointer}/{name}", problems, knows_file)


def _has_input(blocks: list[Json]) -> bool:
    return any(isinstance(block, dict) and block.get("type") == "input" for block in blocks)
