"""The list of Slack user groups: whose members are answered, and how far they reach."""

from __future__ import annotations

from dataclasses import dataclass

from analysis.roles import Role
from handlers import listing
from handlers.caller import Caller
from handlers.kept_list import KeptList, Kind
from handlers.nearest import shown
from storage.records.audit import Surface
from storage.records.user_group import UserGroup
from storage.store import Store


@dataclass(frozen=True, slots=True)
class NewGroup:
    """A user group to list, as it was typed.

    Attributes:
        team_id, group_id: the Slack workspace, and the group's id in it.
        role: of the members: `user`, `org_admin` or `admin`.
        organization: the one that the members see; None: all, for admins alone.
        name: for display; empty: the group's id.
    """

    team_id: str
    group_id: str
    role: str = Role.USER.value
    organization: str | None = None
    name: str = ""


@dataclass(frozen=True, slots=True)
class UserGroupHandler:
    """Keeps the list of user groups; every change of it is in the audit trail.

    Attributes:
        store: that holds it.
        surface: where the list is kept from.
    """

    store: Store
    surface: Surface

    async def add(self, new: NewGroup, caller: Caller) -> UserGroup:
        """Lists a group; one that is listed already is changed.

        Raises:
            NotAllowed: the caller is no admin.
            BadInput: an id, the role, the name or the organization cannot be.
            Unavailable: the store does not answer.
        """
        listing.only_admins(caller)
        group_id = listing.user_group(new.group_id)
        group = UserGroup(
            team_id=listing.team(new.team_id),
            group_id=group_id,
            name=listing.line("the group's name", new.name) if new.name.strip() else group_id,
            organization=None
            if new.organization is None
            else listing.line("the group's organization", new.organization),
            role=listing.role(new.role),
        )
        return await self._groups.put(group, caller)

    async def listed(self, caller: Caller, team_id: str | None = None) -> list[UserGroup]:
        """The groups of one workspace, or of all.

        Raises:
            NotAllowed: the caller is no admin.
            Unavailable: the store does not answer.
        """
        return await self._groups.find_all(caller, team_id)

    async def remove(self, team_id: str, group_id: str, caller: Caller) -> None:
        """Takes a group off the list.

        Raises:
            NotAllowed: the caller is no admin.
            NotFound: the group is not on it.
            Unavailable: the store does not answer.
        """
        await self._groups.remove(team_id, group_id, caller)

    @property
    def _groups(self) -> KeptList[UserGroup]:
        return KeptList(USER_GROUPS, self.store, self.surface)


def _values(group: UserGroup) -> dict[str, object]:
    return {
        "name": group.name,
        "organization": group.organization,
        "role": group.role.value,
    }


USER_GROUPS: Kind[UserGroup] = Kind(
    name="user_group",
    repository=lambda where: where.user_groups,
    own_id=lambda group: group.group_id,
    values=_values,
    called=lambda group_id: f"The user group {shown(group_id)}",
    none="No group of that workspace is.",
)
"""The list of user groups, among those that admins keep."""
