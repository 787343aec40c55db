"""A Home tab, as it was published to one person."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class HomeView:
    """What is known of a person's Home tab.

    Attributes:
        team_id, user_id: whose it is.
        opened_at: when they last opened it, UTC.
        mark: of the facts and decisions that it was made from; empty: it was never made.
        content: digest of what stands there; empty: nothing was published.
        view_hash: Slack's own hash of it, for its protection against races; empty: none.
        published_at: when, UTC; None: never.
    """

    team_id: str
    user_id: str
    opened_at: datetime
    mark: str = ""
    content: str = ""
    view_hash: str = ""
    published_at: datetime | None = None
