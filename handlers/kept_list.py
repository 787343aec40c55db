"""A list of who is who, as admins keep it: added to, changed, cut; every decision in the audit."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

from analysis.errors import NotFound
from handlers.caller import Caller
from handlers.listing import Values, decision, only_admins
from handlers.nearest import did_you_mean, shown
from storage.records.audit import Surface
from storage.store import Store, Transaction


class Listed(Protocol):
    """What stands in such a list."""

    @property
    def team_id(self) -> str:
        """The Slack workspace."""
        ...


ListedT = TypeVar("ListedT", bound=Listed)


class ListRepository(Protocol[ListedT]):
    """Where such a list lies."""

    async def find(self, team_id: str, own_id: str, /) -> ListedT | None:
        """The entry; None: it is not listed."""
        ...

    async def put(self, entry: ListedT, /) -> None:
        """Keeps the entry; one that is listed already is changed."""
        ...

    async def find_all(self, team_id: str | None = None) -> list[ListedT]:
        """The entries of one workspace, or of all."""
        ...

    async def remove(self, team_id: str, own_id: str, /) -> bool:
        """Takes the entry off the list; False: it was not on it."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind(Generic[ListedT]):
    """What tells one list from the other.

    Attributes:
        name: in the audit trail: `person`.
        repository: the list, in the store or within a transaction.
        own_id: the Slack id of an entry in its workspace.
        values: what the audit trail keeps of an entry.
        called: how a sentence begins with an id: "U1", "The user group S1"; escaped.
        none: said where nothing of a workspace is listed.
    """

    name: str
    repository: Callable[[Store | Transaction], ListRepository[ListedT]]
    own_id: Callable[[ListedT], str]
    values: Callable[[ListedT], Values]
    called: Callable[[str], str]
    none: str


@dataclass(frozen=True, slots=True)
class KeptList(Generic[ListedT]):
    """One of the lists.

    Attributes:
        kind: which one.
        store: that holds it.
        surface: where it is kept from.
    """

    kind: Kind[ListedT]
    store: Store
    surface: Surface

    async def put(self, entry: ListedT, caller: Caller) -> ListedT:
        """Lists an entry; one that is listed already is changed; the same again is no decision.

        Raises:
            NotAllowed: the caller is no admin.
            Unavailable: the store does not answer.
        """
        only_admins(caller)
        async with self.store.transaction() as together:
            entries = self.kind.repository(together)
            before = await entries.find(entry.team_id, self.kind.own_id(entry))
            if before != entry:
                await entries.put(entry)
                await self._decided(together, caller, entry, before=before, after=entry)
        return entry

    async def find_all(self, caller: Caller, team_id: str | None = None) -> list[ListedT]:
        """The entries of one workspace, or of all.

        Raises:
            NotAllowed: the caller is no admin.
            Unavailable: the store does not answer.
        """
        only_admins(caller)
        return await self.kind.repository(self.store).find_all(team_id)

    async def remove(self, team_id: str, own_id: str, caller: Caller) -> None:
        """Takes an entry off the list.

        Raises:
            NotAllowed: the caller is no admin.
            NotFound: it is not on it.
            Unavailable: the store does not answer.
        """
        only_admins(caller)
        async with self.store.transaction() as together:
            entries = self.kind.repository(together)
            before = await entries.find(team_id, own_id)
            if before is None or not await entries.remove(team_id, own_id):
                there = [self.kind.own_id(entry) for entry in await entries.find_all(team_id)]
                raise NotFound(
                    f"{self.kind.called(own_id)} of workspace {shown(team_id)} is not listed.",
                    did_you_mean(own_id, there, otherwise=self.kind.none),
                )
            await self._decided(together, caller, before, before=before, after=None)

    async def _decided(
        self,
        together: Transaction,
        caller: Caller,
        entry: ListedT,
        *,
        before: ListedT | None,
        after: ListedT | None,
    ) -> None:
        """Writes into the audit trail what became of an entry."""
        action = "remove" if after is None else "add" if before is None else "change"
        await together.audit.add(
            decision(
                f"{self.kind.name}.{action}",
                caller,
                self.surface,
                f"{entry.team_id}/{self.kind.own_id(entry)}",
                before=None if before is None else self.kind.values(before),
                after=None if after is None else self.kind.values(after),
            )
        )
