"""Layout blocks, and on which surface each may stand.

Source of the limits: Slack's Block Kit reference, "blocks"; for tables, also what its servers have
been seen to refuse (empty cells, more than 10,000 characters).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from playground.blockkit.composition import (
    BLOCK_ID,
    SLACK_FILE,
    picture_url,
    plain_text,
    text,
    url,
)
from playground.blockkit.elements import IMAGE, IN_ACTIONS, IN_INPUTS, IN_SECTIONS
from playground.blockkit.rich_text import RICH_TEXT
from playground.blockkit.rules import (
    Json,
    Problems,
    Rule,
    any_type,
    array,
    boolean,
    nullable,
    one_of,
    shape,
    string,
    typed,
)

Surface = Literal["message", "modal", "home"]

TABLE_CHARACTERS = 10_000


def _block(
    required: Mapping[str, Rule],
    optional: Mapping[str, Rule] | None = None,
    also: Rule | None = None,
) -> Rule:
    return shape({"type": any_type, **required}, {"block_id": BLOCK_ID, **(optional or {})}, also)


def _text_or_fields(value: Json, pointer: str, problems: Problems) -> None:
    if isinstance(value, dict) and "text" not in value and "fields" not in value:
        problems.note(pointer, "must define either `text` or `fields`")


def _one_picture(value: Json, pointer: str, problems: Problems) -> None:
    if isinstance(value, dict) and ("image_url" in value) == ("slack_file" in value):
        problems.note(pointer, "must define either `image_url` or `slack_file`")


def _different_action_ids(value: Json, pointer: str, problems: Problems) -> None:
    elements = value.get("elements") if isinstance(value, dict) else None
    seen: set[str] = set()
    for index, element in enumerate(elements if isinstance(elements, list) else []):
        action_id = element.get("action_id") if isinstance(element, dict) else None
        if not isinstance(action_id, str):
            continue
        if action_id in seen:
            problems.note(
                f"{pointer}/elements/{index}/action_id",
                f'`action_id` "{action_id}" already exists',
            )
        seen.add(action_id)


def characters(value: Json) -> int:
    """The characters that a reader sees in a block, or in anything inside one."""
    if isinstance(value, list):
        return sum(characters(part) for part in value)
    if not isinstance(value, dict):
        return 0
    total = 0
    for name, part in value.items():
        if name == "text" and isinstance(part, str):
            total += len(part)
        else:
            total += characters(part)
    return total


def _table_size(value: Json, pointer: str, problems: Problems) -> None:
    if isinstance(value, dict) and characters(value.get("rows")) > TABLE_CHARACTERS:
        problems.note(f"{pointer}/rows", f"must be less than {TABLE_CHARACTERS + 1} characters")


_CELL = typed(
    {
        "raw_text": shape({"type": any_type, "text": string(TABLE_CHARACTERS, 1)}),
        "rich_text": RICH_TEXT,
    }
)
_COLUMN = shape({}, {"align": one_of("left", "center", "right"), "is_wrapped": boolean})

BLOCKS: Mapping[str, Rule] = {
    "section": _block(
        {},
        {
            "text": text(3000),
            "fields": array(text(2000), 1, 10),
            "accessory": typed(IN_SECTIONS),
            "expand": boolean,
        },
        _text_or_fields,
    ),
    "header": _block({"text": plain_text(150)}),
    "divider": _block({}),
    "context": _block(
        {
            "elements": array(
                typed({"image": IMAGE, "plain_text": text(3000), "mrkdwn": text(3000)}), 1, 10
            )
        }
    ),
    "actions": _block({"elements": array(typed(IN_ACTIONS), 1, 25)}, also=_different_action_ids),
    "image": _block(
        {"alt_text": string(2000, 1)},
        {"image_url": picture_url, "slack_file": SLACK_FILE, "title": plain_text(2000)},
        _one_picture,
    ),
    "input": _block(
        {"label": plain_text(2000), "element": typed(IN_INPUTS)},
        {"hint": plain_text(2000), "optional": boolean, "dispatch_action": boolean},
    ),
    "rich_text": RICH_TEXT,
    "table": _block(
        {"rows": array(array(_CELL, 1, 20), 1, 100)},
        {"column_settings": array(nullable(_COLUMN), 0, 20)},
        _table_size,
    ),
    "markdown": _block({"text": string(12_000, 1)}),
    "video": _block(
        {
            "alt_text": string(2000, 1),
            "title": plain_text(199),
            "thumbnail_url": picture_url,
            "video_url": url(),
        },
        {
            "author_name": string(49),
            "description": plain_text(200),
            "provider_icon_url": picture_url,
            "provider_name": string(200),
            "title_url": url(),
        },
    ),
}

NOT_IN: Mapping[Surface, frozenset[str]] = {
    "message": frozenset(),
    "modal": frozenset({"table", "markdown"}),
    "home": frozenset({"markdown"}),
}
"""Blocks that a surface does not take."""
