"""Who may see a picture that stands in a block: whoever sees the message."""

from __future__ import annotations

from collections.abc import Iterator

from playground.model import Message
from playground.page.drawing import may_see
from playground.page.surface import as_object, as_objects
from playground.workspace import Workspace


def stands_in_a_message(workspace: Workspace, user_id: str, file_id: str) -> bool:
    """Whether an image block of a message that the user sees shows this file."""
    return any(_shows(message, file_id) for message in _seen(workspace, user_id))


def _seen(workspace: Workspace, user_id: str) -> Iterator[Message]:
    for channel_id, messages in workspace.state.messages.items():
        if may_see(workspace, user_id, channel_id):
            yield from messages.values()
    for messages in workspace.state.ephemerals.values():
        yield from (one for one in messages.values() if one.ephemeral_to == user_id)


def _shows(message: Message, file_id: str) -> bool:
    return any(
        as_object(block.get("slack_file")).get("id") == file_id
        for block in as_objects(message.blocks)
    )
