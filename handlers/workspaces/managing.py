"""Slack workspaces: installed, removed, given to an organization; each decision in the trail."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from analysis.clock import Clock
from analysis.errors import BadInput, NotAllowed, NotFound, Outdated, Unavailable
from analysis.roles import Role
from handlers import listing
from handlers.caller import Caller
from handlers.nearest import did_you_mean, shown
from handlers.workspaces.sealing import Sealing, Tokens
from storage.records.actor import Actor
from storage.records.audit import AuditEntry, Surface
from storage.records.workspace import Workspace
from storage.store import Store, Transaction

WORKSPACE = "workspace"
"""The kind of thing that these decisions are of."""

NOBODY = "nobody"
"""Said in place of a role: only people and groups that are listed reach anything."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewInstallation:
    """What Slack says of an installation; see `Workspace`."""

    id: str
    name: str
    enterprise_id: str | None
    tokens: Tokens
    expires_at: datetime | None
    bot_user_id: str
    bot_id: str
    scopes: tuple[str, ...]
    installed_by: str


@dataclass(frozen=True, slots=True)
class WorkspaceHandler:
    """Keeps the workspaces.

    Attributes:
        store: that holds them.
        clock: the present.
        surface: where it is decided.
        sealing: of tokens; None: no key is set, and what needs one is refused.
    """

    store: Store
    clock: Clock
    surface: Surface
    sealing: Sealing | None = None

    async def install(self, new: NewInstallation) -> Workspace:
        """Keeps an installation, new or again; what people there may see does not change by it.

        Raises:
            Outdated: it was changed at the same time.
            Unavailable: the store does not answer.
        """
        sealed = self._sealing.seal(new.id, new.tokens)
        async with self.store.transaction() as together:
            before = await together.workspaces.find(new.id)
            after = Workspace(
                id=new.id,
                name=new.name,
                enterprise_id=new.enterprise_id,
                sealed=sealed,
                expires_at=new.expires_at,
                bot_user_id=new.bot_user_id,
                bot_id=new.bot_id,
                scopes=new.scopes,
                installed_by=new.installed_by,
                installed_at=self.clock(),
                organization=None if before is None else before.organization,
                role=None if before is None else before.role,
                version=1 if before is None else before.version,
            )
            if before is None:
                await together.workspaces.add(after)
            else:
                await _changed(together, after)
            actor = Actor(team_id=new.id, user_id=new.installed_by, name=new.installed_by)
            await self._decided(together, "install", actor, before, after)
        return after

    async def removed(
        self,
        key: str,
        why: str,
        actor: Actor,
        *,
        by: datetime | None = None,
        is_given: bool = True,
    ) -> Workspace | None:
        """Takes the token of a workspace away: from now on nothing is sent there.

        What is known of its people and what they decided is kept.

        Args:
            key: its id.
            why: a phrase.
            actor: who removed it.
            by: when that happened; an installation that came later stays. None: now.
            is_given: it stays given to its organization, for when it is installed again.

        Returns:
            What it was before; None: it is not installed.

        Raises:
            Outdated: it was changed at the same time.
            Unavailable: the store does not answer.
        """
        async with self.store.transaction() as together:
            before = await together.workspaces.find(key)
            if before is None or before.removed_at is not None:
                return None
            if by is not None and by < before.installed_at.replace(microsecond=0):
                return None
            after = replace(
                before, sealed=None, expires_at=None, removed_at=self.clock(), removed_why=why
            )
            if not is_given:
                after = replace(after, organization=None, role=None)
            await _changed(together, after)
            await self._decided(together, "remove", actor, before, after)
        return before

    async def see(self, key: str, grid: Workspace) -> None:
        """Keeps a workspace that is reached through the installation of its grid.

        Raises:
            Unavailable: the store does not answer.
        """
        seen = Workspace(
            id=key,
            name=f"{key} of {grid.name}",
            enterprise_id=grid.id,
            installed_at=self.clock(),
        )
        await self.store.workspaces.see(seen)

    async def renew(self, one: Workspace, tokens: Tokens, expires_at: datetime) -> Workspace:
        """Keeps the tokens that Slack has given in exchange for those that end.

        Returns:
            The workspace with them; where it was removed, or got other tokens, at the same time,
            they are not kept.

        Raises:
            BadInput: no key is set.
            Unavailable: the store does not answer.
        """
        sealed = self._sealing.seal(one.id, tokens)
        after = replace(one, sealed=sealed, expires_at=expires_at)
        # The old tokens are spent: whatever else was decided meanwhile, these must not be lost.
        while not await self.store.workspaces.change(after):
            now = await self.store.workspaces.find(one.id)
            if now is None or now.sealed != one.sealed:
                break
            after = replace(now, sealed=sealed, expires_at=expires_at)
        return after

    async def give(
        self, key: str, organization: str | None, role: str, caller: Caller
    ) -> Workspace:
        """Says what everybody of a workspace sees.

        Args:
            key: its id.
            organization: whose costs; None: nobody sees anything by being there.
            role: how far they reach, as typed; `nobody`: only who is listed reaches anything, and
                e-mail domains of this organization count.
            caller: who decides.

        Raises:
            NotAllowed: the caller is no admin.
            BadInput: the role or the organization cannot be.
            NotFound: costbot was never installed there.
            Outdated: it was changed at the same time.
            Unavailable: the store does not answer.
        """
        _only_admins(caller)
        reach = None if role.strip().lower() == NOBODY or organization is None else _role(role)
        if organization is not None:
            organization = listing.line("an organization's name", organization)
        async with self.store.transaction() as together:
            before = await self._known(together, key)
            after = replace(before, organization=organization, role=reach)
            if (before.organization, before.role) != (organization, reach):
                await _changed(together, after)
                await self._decided(together, "map", _actor(caller), before, after)
        return after

    async def remove(self, key: str, caller: Caller) -> Workspace:
        """Removes costbot from a workspace, as an admin decides.

        Its people may install it again by themselves: what they see then is decided anew.

        Returns:
            What it was before.

        Raises:
            NotAllowed: the caller is no admin.
            NotFound: costbot is not installed there.
            Outdated: it was changed at the same time.
            Unavailable: the store does not answer.
        """
        _only_admins(caller)
        await self._known(self.store, key)
        before = await self.removed(key, "removed by an admin", _actor(caller), is_given=False)
        if before is None:
            sentence = f"Costbot is not installed in workspace {shown(key)} any more."
            raise NotFound(sentence, "`costbot workspaces` lists where it is.")
        return before

    async def all(self, caller: Caller) -> list[Workspace]:
        """All workspaces, those that were removed among them.

        Raises:
            NotAllowed: the caller is no admin.
            Unavailable: the store does not answer.
        """
        _only_admins(caller)
        return await self.store.workspaces.find_all()

    async def rotate_keys(self, caller: Caller) -> int:
        """Encrypts all tokens anew, with the first key.

        Returns:
            How many workspaces they are of.

        Raises:
            NotAllowed: the caller is no admin.
            BadInput: no key is set.
            Outdated: a workspace was changed at the same time.
            Unavailable: a token cannot be read with any key, or the store does not answer.
        """
        _only_admins(caller)
        sealing = self._sealing
        count = 0
        async with self.store.transaction() as together:
            for one in await together.workspaces.find_all():
                if one.sealed is None:
                    continue
                tokens = sealing.open(one.id, one.sealed)
                after = replace(one, sealed=sealing.seal(one.id, tokens))
                await _changed(together, after)
                count += 1
            await together.audit.add(
                AuditEntry(
                    actor=_actor(caller),
                    surface=self.surface,
                    action=f"{WORKSPACE}.rotate_keys",
                    object_kind=WORKSPACE,
                    object_id="",
                    after={"workspaces": count},
                )
            )
        return count

    def tokens_of(self, one: Workspace) -> Tokens:
        """The tokens of a workspace that is installed.

        Raises:
            BadInput: no key is set.
            Unavailable: it has none, or no key fits.
        """
        if one.sealed is None:
            raise Unavailable(f"Workspace {one.id} has no token of its own.")
        return self._sealing.open(one.id, one.sealed)

    @property
    def _sealing(self) -> Sealing:
        return Sealing(()) if self.sealing is None else self.sealing

    async def _known(self, store: Store | Transaction, key: str) -> Workspace:
        found = await store.workspaces.find(key)
        if found is None:
            there = [one.id for one in await store.workspaces.find_all()]
            none = "It is installed by opening /slack/install at costbot's address."
            sentence = f"Costbot was never installed in workspace {shown(key)}."
            raise NotFound(sentence, did_you_mean(key, there, otherwise=none))
        return found

    async def _decided(
        self,
        together: Transaction,
        what: str,
        actor: Actor,
        before: Workspace | None,
        after: Workspace,
    ) -> None:
        await together.audit.add(
            AuditEntry(
                actor=actor,
                surface=self.surface,
                action=f"{WORKSPACE}.{what}",
                object_kind=WORKSPACE,
                object_id=after.id,
                before=None if before is None else _values(before),
                after=_values(after),
            )
        )


async def _changed(together: Transaction, after: Workspace) -> None:
    if not await together.workspaces.change(after):
        sentence = f"Workspace {after.id} was changed at the same time."
        raise Outdated(sentence, "Look at it, and decide again.")


def _values(one: Workspace) -> Mapping[str, object]:
    """What the audit trail keeps of a workspace: no token, not even encrypted."""
    return {
        "name": one.name,
        "enterprise_id": one.enterprise_id,
        "scopes": list(one.scopes),
        "installed_by": one.installed_by,
        "removed_why": one.removed_why,
        "organization": one.organization,
        "role": None if one.role is None else one.role.value,
    }


def _actor(caller: Caller) -> Actor:
    return Actor(team_id=caller.team_id, user_id=caller.user_id, name=caller.name)


def _role(text: str) -> Role:
    found = listing.role(text)
    if found is Role.ADMIN:
        sentence = "Everybody in a workspace cannot be an admin of all organizations."
        raise BadInput(sentence, "Say user or org_admin, and list admins by `costbot people add`.")
    return found


def _only_admins(caller: Caller) -> None:
    if not caller.role.reaches(Role.ADMIN):
        raise NotAllowed("Only an admin decides on workspaces.", "Ask one.")
