"""The metadata of costbot's messages, by which one is found again."""

from __future__ import annotations

from typing import cast

from bot.slack.api import Json


def metadata_of(event: str, key: str) -> Json:
    """The metadata of a message.

    Args:
        event: the kind of message.
        key: tells it apart from every other of its kind.
    """
    return {"event_type": event, "event_payload": {"key": key}}


def key_of(message: Json, event: str) -> object:
    """The key that a message of this kind carries; None: it carries none, or is of another."""
    metadata = cast("Json", message.get("metadata") or {})
    if metadata.get("event_type") != event:
        return None
    return cast("Json", metadata.get("event_payload") or {}).get("key")
