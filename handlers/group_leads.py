"""Who leads by a listed Slack user group, without being listed by name."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterable
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from analysis.errors import NotAllowed
from analysis.roles import Role
from handlers.callers import Callers, Membership
from storage.records.person import Person

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class GroupLeads:
    """Finds those whose role in an organization, or over all, comes from a user group.

    Attributes:
        callers: knows who a Slack identity is.
        membership: who is in the groups.
    """

    callers: Callers
    membership: Membership

    @property
    def zone(self) -> ZoneInfo:
        """In which the days of those begin who are not listed."""
        return self.callers.defaults.zone

    async def leads(self, listed: Iterable[Person]) -> list[Person]:
        """Organization admins and admins by a group, each once, where nobody has listed them.

        Whose groups are of several organizations is left out, as is who is in a group that Slack
        does not tell of at the moment.

        Args:
            listed: people whose place the list of people says, whether active or not.

        Raises:
            Unavailable: the store does not answer.
        """
        known = {(person.team_id, person.user_id) for person in listed}
        groups = [
            group
            for group in await self.callers.store.user_groups.find_all()
            if group.role.reaches(Role.ORG_ADMIN)
        ]
        members = await asyncio.gather(
            *(self.membership.members(group.team_id, group.group_id) for group in groups)
        )
        ids = {
            (group.team_id, user_id)
            for group, users in zip(groups, members, strict=True)
            for user_id in users or ()
        }
        found = [await self._lead(*one) for one in sorted(ids - known)]
        return [person for person in found if person is not None]

    async def _lead(self, team_id: str, user_id: str) -> Person | None:
        try:
            caller = await self.callers.caller_of(team_id, user_id)
        except NotAllowed as error:
            log.info("%s/%s is told nothing as a lead: %s", team_id, user_id, error)
            return None
        if caller is None or not caller.role.reaches(Role.ORG_ADMIN):
            return None
        return Person(
            team_id=team_id,
            user_id=user_id,
            name=caller.name,
            organization=caller.organization,
            role=caller.role,
            zone=caller.zone,
        )
