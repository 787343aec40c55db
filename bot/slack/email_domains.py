"""Of which domain somebody's e-mail address is, as Slack knows it: asked for, and remembered."""

from __future__ import annotations

import logging
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import cast

from analysis.clock import Clock
from bot.outbox.slack_calls import CallFailed, Calls
from bot.slack.workspaces import Workspaces, inside

log = logging.getLogger(__name__)

REMEMBERED = timedelta(minutes=5)
"""How long a changed address may take to be felt, with what `Identities` remembers on top."""

TRUSTED = timedelta(hours=1)
"""How much longer the last known address counts while Slack does not tell."""

PAUSE = timedelta(seconds=30)
"""Until Slack is asked again of somebody after it did not tell."""

MOST_REMEMBERED = 10_000

NONE = ""
"""Stands for no address that counts."""


@dataclass(frozen=True, slots=True)
class _Memory:
    """What is known of one person.

    Attributes:
        domain: as Slack told last; None: it never did.
        ask_at: when to ask again.
        trusted_until: until when the domain counts.
    """

    domain: str | None
    ask_at: datetime
    trusted_until: datetime


class EmailDomains:
    """The domains of people's addresses, from memory for five minutes.

    An address counts where Slack has it confirmed, for a member of the workspace: not for guests,
    whom a channel's members invite, nor for people of other workspaces, bots, and who has left.
    Only the domain is remembered, not the address.

    Args:
        slack: is asked.
        clock: dates what is remembered.
        workspaces: in which it is asked.
    """

    def __init__(self, slack: Calls, clock: Clock, workspaces: Workspaces) -> None:
        self._slack = slack
        self._clock = clock
        self._workspaces = workspaces
        self._people: OrderedDict[tuple[str, str], _Memory] = OrderedDict()

    async def domain(self, team_id: str, user_id: str) -> str | None:
        """The domain, lower case; empty: no address counts; None: not known at the moment."""
        key, now = (team_id, user_id), self._clock()
        memory = self._people.get(key)
        if memory is None or now >= memory.ask_at:
            memory = await self._asked(memory, team_id, user_id)
            self._people[key] = memory
            self._people.move_to_end(key)
            while len(self._people) > MOST_REMEMBERED:
                self._people.popitem(last=False)
        return memory.domain if now < memory.trusted_until else None

    async def _asked(self, before: _Memory | None, team_id: str, user_id: str) -> _Memory:
        now = self._clock()
        try:
            async with inside(self._workspaces, team_id):
                answer = await self._slack.read("users.info", {"user": user_id})
        except CallFailed as error:
            log.warning("The e-mail domain of %s is not known (%s)", user_id, error)
            if before is None:
                return _Memory(None, now + PAUSE, now)
            return _Memory(before.domain, now + PAUSE, before.trusted_until)
        domain = _domain_of(answer.get("user"), team_id)
        return _Memory(domain, now + REMEMBERED, now + REMEMBERED + TRUSTED)


def _domain_of(user: object, team_id: str) -> str:
    if not isinstance(user, dict):
        return NONE
    fields = cast("Mapping[str, object]", user)
    is_apart = any(
        fields.get(name)
        for name in ("deleted", "is_bot", "is_restricted", "is_ultra_restricted", "is_stranger")
    )
    profile = fields.get("profile")
    if is_apart or not _is_of(fields, team_id) or not isinstance(profile, dict):
        return NONE
    email = cast("Mapping[str, object]", profile).get("email")
    if fields.get("is_email_confirmed") is not True or not isinstance(email, str):
        return NONE
    name, at, domain = email.strip().rpartition("@")
    return domain.lower() if name and at else NONE


def _is_of(user: Mapping[str, object], team_id: str) -> bool:
    """Whether somebody belongs to a workspace, by itself or within its organization."""
    if user.get("team_id") == team_id:
        return True
    enterprise = user.get("enterprise_user")
    if not isinstance(enterprise, dict):
        return False
    teams = cast("Mapping[str, object]", enterprise).get("teams")
    return isinstance(teams, list) and team_id in cast("list[object]", teams)
