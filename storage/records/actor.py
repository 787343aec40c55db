"""Who did something."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """A person, or costbot itself.

    Attributes:
        team_id: the Slack workspace; empty: it was not in Slack.
        user_id: the person's id in it, or the name of an account on a machine.
        name: for display only.
    """

    team_id: str
    user_id: str
    name: str

    @property
    def key(self) -> str:
        """Who it is, in one text: `T0001/U0001`."""
        return f"{self.team_id}/{self.user_id}"

    @classmethod
    def itself(cls) -> Self:
        """Costbot, where nobody asked for it."""
        return cls(team_id="", user_id="costbot", name="costbot")
