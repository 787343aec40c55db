"""The people of the playground: one of each role, and a stranger."""

from __future__ import annotations

from dataclasses import dataclass

from analysis.roles import Role


@dataclass(frozen=True, slots=True)
class Player:
    """Somebody to be in the playground.

    Attributes:
        user_id: their Slack id.
        handle: what `costbot say --as` calls them.
        name: as Slack shows it.
        zone: IANA zone in which their days begin.
        organization: what they see; None: everything.
        role: None: costbot does not know them.
    """

    user_id: str
    handle: str
    name: str
    zone: str
    organization: str | None
    role: Role | None

    @property
    def title(self) -> str:
        """What the playground shows beside the name."""
        if self.role is None:
            return "unknown to costbot"
        where = self.organization or "all organizations"
        return f"{self.role.label}, {where}"


CAST: tuple[Player, ...] = (
    Player("U0ADA00001", "ada", "Ada Admin", "UTC", None, Role.ADMIN),
    Player("U0OTTO0001", "otto", "Otto Owner", "Europe/Berlin", "acme", Role.ORG_ADMIN),
    Player("U0UTE00001", "ute", "Ute User", "Europe/Berlin", "acme", Role.USER),
    Player("U0GIL00001", "gil", "Gil Globex", "America/New_York", "globex", Role.USER),
    Player("U0SAM00001", "sam", "Sam Stranger", "UTC", None, None),
)
"""Who is there from the start; the first is who speaks where nobody is named."""
