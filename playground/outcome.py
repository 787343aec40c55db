"""What came of something that a person did."""

from __future__ import annotations

from dataclasses import dataclass, field

from playground.model import JsonObject, Message
from playground.response_urls import Reply


@dataclass(frozen=True, slots=True)
class Outcome:
    """The app's answer, and what the person sees of it.

    Args:
        status: the HTTP status of the ack; None if none came.
        ack: the ack's body as an object; a plain text is `{"text": …}`, an empty one `{}`.
        error: empty, or what Slack shows: `operation_timeout`, `dispatch_failed`,
            `invalid_blocks`, `msg_too_long`, `is_not_a_valid_command`, `view_closed`, …
        problems: what is wrong with the ack's blocks or view, each with its JSON pointer.
        messages: what the ack, or the failure, put into the conversation.
        reply: the response_url that was sent along; its `posted` goes on growing.
        field_errors: block_id → sentence, for a modal that could not be submitted.
    """

    status: int | None = None
    ack: JsonObject = field(default_factory=JsonObject)
    error: str = ""
    problems: list[str] = field(default_factory=list[str])
    messages: list[Message] = field(default_factory=list[Message])
    reply: Reply | None = None
    field_errors: dict[str, str] = field(default_factory=dict[str, str])
