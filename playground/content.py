"""What a message says, checked as Slack checks it, wherever it comes from.

Posted, sent to a response_url or given in an ack: the limits are the same.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import cast

from playground.arguments import Arguments
from playground.blockkit.rules import Json
from playground.blockkit.validation import problems_of_blocks, too_long
from playground.model import JsonObject
from playground.slack_error import SlackError
from playground.workspace import Workspace

LONGEST_TEXT = 40_000
LONGEST_EDIT = 4_000
MOST_ATTACHMENTS = 100
METADATA_CHARACTERS = 20_000


@dataclass(frozen=True, slots=True)
class Content:
    """The checked content; None where the argument was not sent."""

    text: str | None = None
    blocks: list[JsonObject] | None = None
    attachments: list[JsonObject] | None = None
    metadata: JsonObject | None = None
    files: list[str] = field(default_factory=list[str])

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to show."""
        return not (self.text or "").strip() and not self.blocks and not self.attachments


def read_content(args: Arguments, workspace: Workspace, longest: int = LONGEST_TEXT) -> Content:
    """The text, blocks, attachments and metadata of a message.

    Raises:
        SlackError: `invalid_blocks`, `invalid_blocks_format`, `msg_too_long`,
            `msg_blocks_too_long`, `invalid_metadata_format`, …
    """
    text = args.text("text") if "text" in args else None
    if text is None and "markdown_text" in args:
        text = args.text("markdown_text")
    if text is not None and len(text) > longest:
        raise SlackError("msg_too_long")
    blocks = _objects(args, "blocks", "invalid_blocks_format")
    attachments = _objects(args, "attachments", "invalid_attachments")
    if blocks is not None:
        check_blocks(cast("Json", blocks), workspace)
    if attachments is not None:
        if len(attachments) > MOST_ATTACHMENTS:
            raise SlackError("too_many_attachments")
        for attachment in attachments:
            within = attachment.get("blocks")
            if within is not None:
                check_blocks(within, workspace)
    return Content(text, blocks, attachments, _metadata(args))


def check_blocks(blocks: Json, workspace: Workspace) -> None:
    """Check a message's blocks and give ids to those that have none.

    Raises:
        SlackError: `invalid_blocks` with all that is wrong, or `msg_blocks_too_long`.
    """
    problems = problems_of_blocks(blocks, workspace.can_show)
    if problems:
        raise SlackError("invalid_blocks", problems)
    if too_long(blocks):
        raise SlackError("msg_blocks_too_long")
    name_blocks(cast("list[JsonObject]", blocks), workspace)


def name_blocks(blocks: list[JsonObject], workspace: Workspace) -> None:
    """Give a block_id and an action_id to whatever lacks one, as Slack does."""
    for block in blocks:
        if not block.get("block_id"):
            block["block_id"] = workspace.new_id("")[-5:]
        for element in interactive_elements(block):
            if not element.get("action_id"):
                element["action_id"] = workspace.new_id("")[-5:]


def interactive_elements(block: JsonObject) -> list[JsonObject]:
    """The elements of a block that a person can act on (pictures and texts left out)."""
    if block.get("type") == "actions":
        found = cast("list[JsonObject]", block.get("elements", []))
    else:
        single = block.get("accessory") or block.get("element")
        found = [cast("JsonObject", single)] if isinstance(single, dict) else []
    return [element for element in found if element.get("type") != "image"]


def _objects(args: Arguments, name: str, error: str) -> list[JsonObject] | None:
    if name not in args:
        return None
    value = args.data(name, error)
    if value is None:
        return []
    if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
        raise SlackError(error)
    return cast("list[JsonObject]", value)


def _metadata(args: Arguments) -> JsonObject | None:
    if "metadata" not in args:
        return None
    value = args.data("metadata", "invalid_metadata_format")
    if not isinstance(value, dict):
        raise SlackError("invalid_metadata_format")
    if value and not (
        isinstance(value.get("event_type"), str) and isinstance(value.get("event_payload"), dict)
    ):
        raise SlackError("invalid_metadata_schema")
    if len(str(value)) > METADATA_CHARACTERS:
        raise SlackError("metadata_too_large")
    return cast("JsonObject", value)
