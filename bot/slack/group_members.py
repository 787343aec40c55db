"""Who is in Slack's user groups, and of which domain: asked for, and remembered for a while."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, cast

from analysis.clock import Clock
from bot.outbox.slack_calls import CallFailed, Calls, NoAnswer, Refusal, TooMany, WebApi
from bot.slack.email_domains import EmailDomains
from bot.slack.workspaces import OneWorkspace, WorkspaceClient, Workspaces, inside

if TYPE_CHECKING:
    from bot.slack.app import SlackAccess

log = logging.getLogger(__name__)

REMEMBERED = timedelta(minutes=5)
"""How long a changed membership may take to be felt, with what `Identities` remembers on top."""

TRUSTED = timedelta(hours=1)
"""How much longer the last known members count while Slack does not tell. Then nobody does."""

PAUSE = timedelta(seconds=30)
"""Until Slack is asked again after it did not tell: nobody else waits for it meanwhile."""

WITHIN = timedelta(seconds=2)
"""For an answer: Slack itself gives three seconds for the first sign to a person who asks."""

GONE = "no_such_subteam"
"""Slack's word for a group that was deleted or put out of use: it has no members."""


@dataclass(slots=True)
class _Memory:
    """What is known of one group.

    Attributes:
        members: as Slack told last.
        trusted_until: until when they count at most; None: there are none.
        ask_at: when to ask again; None: it was never asked.
        asking: held while one asks, so that the others wait for the same answer.
    """

    members: frozenset[str] = frozenset()
    trusted_until: datetime | None = None
    ask_at: datetime | None = None
    asking: asyncio.Lock = field(default_factory=asyncio.Lock)

    def is_due(self, now: datetime) -> bool:
        """Whether to ask."""
        return self.ask_at is None or now >= self.ask_at

    def known(self, now: datetime) -> frozenset[str] | None:
        """The members, as long as they count."""
        if self.trusted_until is None or now >= self.trusted_until:
            return None
        return self.members


class GroupMembers:
    """The members of user groups, from memory for five minutes.

    While Slack does not tell, the last known members count for an hour more.

    Args:
        slack: is asked, once at a time for each group.
        clock: dates what is remembered.
        workspaces: in which it is asked.
    """

    def __init__(self, slack: Calls, clock: Clock, workspaces: Workspaces) -> None:
        self._slack = slack
        self._clock = clock
        self._workspaces = workspaces
        self._groups: dict[tuple[str, str], _Memory] = {}
        self._domains = EmailDomains(slack, clock, workspaces)

    async def members(self, team_id: str, group_id: str) -> frozenset[str] | None:
        """The Slack ids of a group's members; None: that cannot be known at the moment."""
        memory = self._groups.setdefault((team_id, group_id), _Memory())
        if memory.is_due(self._clock()):
            async with memory.asking:
                if memory.is_due(self._clock()):
                    await self._ask(memory, team_id, group_id)
        return memory.known(self._clock())

    async def domain(self, team_id: str, user_id: str) -> str | None:
        """The domain of somebody's address; empty: none counts; None: it cannot be known now."""
        return await self._domains.domain(team_id, user_id)

    async def _ask(self, memory: _Memory, team_id: str, group_id: str) -> None:
        try:
            members = await self._told(team_id, group_id)
        except CallFailed as error:
            now = self._clock()
            pause = error.after if isinstance(error, TooMany) else PAUSE
            memory.ask_at = now + max(pause, PAUSE)
            log.warning(
                "Who is in the user group %s is not known (%s) %s",
                group_id,
                error,
                "Nobody counts as a member."
                if memory.known(now) is None
                else f"The last known members count until {memory.trusted_until}.",
            )
            return
        memory.members = members
        memory.ask_at = self._clock() + REMEMBERED
        memory.trusted_until = memory.ask_at + TRUSTED

    async def _told(self, team_id: str, group_id: str) -> frozenset[str]:
        arguments: dict[str, object] = {"usergroup": group_id, "team_id": team_id}
        try:
            async with inside(self._workspaces, team_id):
                answer = await self._slack.read("usergroups.users.list", arguments)
        except Refusal as refusal:
            if refusal.word != GONE:
                raise
            log.warning("The user group %s is listed, and Slack has it no more.", group_id)
            return frozenset()
        users = answer.get("users")
        if not isinstance(users, list):
            raise NoAnswer("Slack's answer names no members.")
        return frozenset(map(str, cast("Sequence[object]", users)))


def group_members(access: SlackAccess, clock: Clock) -> GroupMembers:
    """Asks the Slack of `access`, each time once and briefly: a person waits for it."""
    client = WorkspaceClient(token=access.client_token, base_url=access.api_url, retry_handlers=[])
    workspaces = access.workspaces or OneWorkspace(access.bot_token)
    return GroupMembers(Calls(cast("WebApi", client), WITHIN), clock, workspaces)
