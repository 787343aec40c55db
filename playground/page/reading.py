"""For whom something is drawn: the names behind ids, the reader's zone, and the present instant."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

SAFE_LINK = re.compile(r"(?:https?://|mailto:)[^\s\x00-\x1f<>\"]+", re.IGNORECASE)
"""The only links that are drawn as links; everything else stays text."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What drawing needs to know of the reader and of the workspace.

    Args:
        users: display name by user id.
        channels: name by channel id, only those that the reader may see.
        reader: the reader's own user id.
        zone: the zone in which instants are printed.
        now: the present instant, for "today" and "ago".
        picture: the address at which this server itself shows a picture, given a Slack file's id
            or an address; None where it has no such picture. Nothing is fetched from elsewhere.
        channel_address: the page of a channel.
    """

    users: Mapping[str, str] = field(default_factory=dict[str, str])
    channels: Mapping[str, str] = field(default_factory=dict[str, str])
    reader: str = ""
    zone: ZoneInfo = field(default_factory=lambda: ZoneInfo("UTC"))
    now: datetime = datetime(2025, 1, 1, tzinfo=UTC)
    picture: Callable[[str], str | None] = field(default=lambda _: None)
    channel_address: Callable[[str], str] = field(default=lambda channel: f"/c/{channel}")

    def local(self, seconds: float) -> datetime | None:
        """The instant `seconds` after 1970 in the reader's zone; None if no calendar reaches it."""
        try:
            return datetime.fromtimestamp(seconds, self.zone)
        except (OverflowError, ValueError, OSError):
            return None


def safe_link(address: str) -> str | None:
    """The address if it is one of http, https or mailto, else None."""
    address = address.strip()
    return address if SAFE_LINK.fullmatch(address) else None
