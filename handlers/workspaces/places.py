"""What a workspace means for who is in it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Protocol

from analysis.roles import Role
from storage.store import Store


@dataclass(frozen=True, slots=True)
class Place:
    """A workspace from which people ask.

    Attributes:
        workspace: its id, behind which ids of channels and people are kept; empty: it is the one
            of the settings' own token, whose ids are kept as they are.
        organization: whose costs everybody there sees, with `role`; None: that decides nothing.
        role: how far everybody there reaches; None: only who is listed does.
    """

    workspace: str = ""
    organization: str | None = None
    role: Role | None = None

    @property
    def is_own(self) -> bool:
        """Whether it is the deployment's own, for whose people the settings speak."""
        return not self.workspace


OWN = Place()


class Places(Protocol):
    """Knows the workspaces that people ask from."""

    async def place(self, team_id: str) -> Place | None:
        """The workspace of an id; None: nobody there is heard.

        Raises:
            Unavailable: the store, or Slack, does not answer.
        """
        ...


class OnePlace:
    """The only workspace, whatever its id is."""

    async def place(self, team_id: str) -> Place | None:
        """The deployment's own."""
        del team_id
        return OWN


@dataclass(frozen=True, slots=True)
class ManyPlaces:
    """The workspaces that installed costbot, and the deployment's own if it has one.

    Attributes:
        store: that knows them.
        own_team: tells the id of the workspace of the settings' own token; None: there is none.
    """

    store: Store
    own_team: Callable[[], Awaitable[str]] | None = None

    async def place(self, team_id: str) -> Place | None:
        """The workspace of an id, with what its grid says where it says nothing itself."""
        found = await self.store.workspaces.find(team_id)
        if found is None:
            is_own = self.own_team is not None and await self.own_team() == team_id
            return OWN if is_own else None
        grid = found
        if found.organization is None and found.enterprise_id not in (None, found.id):
            grid = await self.store.workspaces.find(str(found.enterprise_id)) or found
        return Place(found.id, grid.organization, grid.role)
