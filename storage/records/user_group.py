"""A Slack user group as costbot knows it."""

from __future__ import annotations

from dataclasses import dataclass

from analysis.roles import Role
from storage.records.person import check_reach


@dataclass(frozen=True, slots=True, kw_only=True)
class UserGroup:
    """How far the members of a Slack user group reach; Slack knows who they are.

    Attributes:
        team_id: the Slack workspace.
        group_id: the group's Slack id in it, `S…`.
        name: for display only.
        organization: the one organization that the members see; None: all, for admins alone.
        role: how far the members reach.

    Raises:
        BadInput: admins with an organization, or any others without one.
    """

    team_id: str
    group_id: str
    name: str
    organization: str | None
    role: Role

    def __post_init__(self) -> None:
        check_reach(self.role, self.organization)
