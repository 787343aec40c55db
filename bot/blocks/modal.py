"""Modals as Slack's JSON: their fields, and the views around them.

Written by hand: slackblocks takes no chosen options inside groups.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from bot.blocks.answer import Payload
from bot.blocks.fit import MOST_SECTION, cut

Json = dict[str, object]

VALUE = "value"
"""`action_id` of every field: the `block_id` names it."""

LONGEST_TYPED = 3000


def loading_view(title: str) -> Payload:
    """What is seen at once, while the form is being filled."""
    return _view(title, [text_block(":hourglass_flowing_sand: One moment …", "modal-loading")])


def notice_view(title: str, lines: Sequence[str]) -> Payload:
    """A word at the end: what was done, or why nothing was. Lines are escaped already."""
    blocks = [text_block(line, f"modal-notice-{at}") for at, line in enumerate(lines)]
    return _view(title, blocks, close="Close")


def text_block(mrkdwn: str, block_id: str) -> Json:
    """A paragraph in a view; escaped already."""
    text = {"type": "mrkdwn", "text": cut(mrkdwn, MOST_SECTION)}
    return {"type": "section", "block_id": block_id, "text": text}


def input_block(
    name: str, label: str, element: Json, *, hint: str = "", optional: bool = False
) -> Json:
    """A field, named by its `block_id`."""
    block: Json = {
        "type": "input",
        "block_id": name,
        "label": plain(label),
        "element": {"action_id": VALUE, **element},
        "optional": optional,
    }
    return {**block, "hint": plain(hint)} if hint else block


def typed(value: str, *, longest: int = 200, multiline: bool = False) -> Json:
    """A line that is typed."""
    element: Json = {"type": "plain_text_input", "max_length": longest, "multiline": multiline}
    return {**element, "initial_value": value[:LONGEST_TYPED]} if value else element


def number(value: str) -> Json:
    """A figure; what it may be is checked with all the rest, so that all is told at once."""
    element: Json = {"type": "number_input", "is_decimal_allowed": True}
    return {**element, "initial_value": value} if value else element


def day(value: str) -> Json:
    """A date."""
    element: Json = {"type": "datepicker"}
    return {**element, "initial_date": value} if value else element


def plain(text: str) -> Json:
    """Text without any marks."""
    return {"type": "plain_text", "text": text, "emoji": False}


def modal(
    title: str,
    blocks: Sequence[Json],
    *,
    submit: str,
    callback_id: str,
    metadata: Mapping[str, object],
) -> Payload:
    """A modal that is sent in."""
    return _view(
        title, blocks, close="Cancel", submit=submit, callback_id=callback_id, metadata=metadata
    )


def _view(
    title: str,
    blocks: Sequence[Json],
    *,
    close: str = "Cancel",
    submit: str = "",
    callback_id: str = "notice",
    metadata: Mapping[str, object] | None = None,
) -> Payload:
    view: Payload = {
        "type": "modal",
        "callback_id": callback_id,
        "title": plain(title),
        "close": plain(close),
        "blocks": list(blocks),
    }
    if metadata is not None:
        view["private_metadata"] = json.dumps(dict(metadata), default=str, separators=(",", ":"))
    return {**view, "submit": plain(submit)} if submit else view
