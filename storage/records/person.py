"""A person as costbot knows them."""

from __future__ import annotations

from dataclasses import dataclass
from zoneinfo import ZoneInfo

from analysis.errors import BadInput
from analysis.roles import Role


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Who a Slack user is.

    Attributes:
        team_id: the Slack workspace.
        user_id: the person's Slack id in it.
        name: for display only.
        organization: the one organization that the person sees; None: all, for admins alone.
        role: how far the person reaches.
        zone: in which the person's days begin.
        active: whether costbot answers them.

    Raises:
        BadInput: an admin with an organization, or anybody else without one.
    """

    team_id: str
    user_id: str
    name: str
    organization: str | None
    role: Role
    zone: ZoneInfo
    active: bool = True

    def __post_init__(self) -> None:
        check_reach(self.role, self.organization)


def check_reach(role: Role, organization: str | None) -> None:
    """Passes where a role and an organization go together.

    Raises:
        BadInput: an admin with an organization, or anybody else without one.
    """
    if role is Role.ADMIN and organization is not None:
        sentence = f"An admin sees all organizations, not {organization!r} alone."
        raise BadInput(sentence, "Leave the organization out, or make them an org_admin.")
    if role is not Role.ADMIN and not organization:
        sentence = "Only an admin sees all organizations."
        raise BadInput(sentence, "Name the organization that they belong to.")
