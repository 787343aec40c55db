"""The list of Slack user groups: whose members are answered, and how far they reach."""

from __future__ import annotations

from dataclasses import dataclass

from analysis.errors import NotFound
from analysis.roles import Role
from handlers import listing
from handlers.caller import Caller
from handlers.nearest import did_you_mean, shown
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
        async with self.store.transaction() as together:
            before = await together.user_groups.find(group.team_id, group.group_id)
            if before != group:
                await together.user_groups.put(group)
                action = "user_group.add" if before is None else "user_group.change"
                await together.audit.add(
                    listing.decision(
                        action,
                        caller,
                        self.surface,
                        _key(group),
                        before=None if before is None else _values(before),
                        after=_values(group),
                    )
                )
        return group

    async def listed(self, caller: Caller, team_id: str | None = None) -> list[UserGroup]:
        """The groups of one workspace, or of all.

        Raises:
            NotAllowed: the caller is no admin.
            Unavailable: the store does not answer.
        """
        listing.only_admins(caller)
        return await self.store.user_groups.find_all(team_id)

    async def remove(self, team_id: str, group_id: str, caller: Caller) -> None:
        """Takes a group off the list.

        Raises:
            NotAllowed: the caller is no admin.
            NotFound: the group is not on it.
            Unavailable: the store does not answer.
        """
        listing.only_admins(caller)
        async with self.store.transaction() as together:
            before = await together.user_groups.find(team_id, group_id)
            if before is None or not await together.user_groups.remove(team_id, group_id):
                there = [group.group_id for group in await together.user_groups.find_all(team_id)]
                raise NotFound(
                    f"The user group {shown(group_id)} of workspace {shown(team_id)} is not "
                    "listed.",
                    did_you_mean(group_id, there, otherwise="No group of that workspace is."),
                )
            entry = listing.decision(
                "user_group.remove",
                caller,
                self.surface,
                _key(before),
                before=_values(before),
                after=None,
            )
            await together.audit.add(entry)


def _key(group: UserGroup) -> str:
    return f"{group.team_id}/{group.group_id}"


def _values(group: UserGroup) -> dict[str, object]:
    return {
        "name": group.name,
        "organization": group.organization,
        "role": group.role.value,
    }
