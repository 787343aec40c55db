"""API tokens: made, listed and revoked, each within the caller's reach."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import get_args

from pydantic import SecretStr

from analysis.clock import Clock
from analysis.errors import BadInput, NotAllowed, NotFound
from analysis.roles import Role
from analysis.written import plural
from handlers import listing
from handlers.api_tokens.permissions import Act, allow, within
from handlers.api_tokens.secret import KNOWN_BY, MARK, NewSecret, new_secret, prefix_in
from handlers.budgets.finding import id_of
from handlers.budgets.journal import actor_of
from handlers.caller import Caller
from handlers.nearest import did_you_mean, nearest, shown
from storage.records.api_token import ApiToken, ApiTokenDraft, Scope
from storage.records.audit import AuditEntry, Surface
from storage.store import Store

OBJECT_KIND = "api_token"
"""The kind of thing that these decisions are of."""

USUAL_DAYS = 90
"""How long a token lasts of which nobody has said it."""

MOST_ACTIVE = 100
"""Active tokens of one organization, or of the deployment itself."""

_DAYS = re.compile(r"([0-9]{1,5})\s*(?:d|days?)?", re.ASCII | re.IGNORECASE)
_KNOWN_BY = re.compile(rf"[0-9A-Za-z]{{{KNOWN_BY}}}", re.ASCII)

KnownOrganizations = Callable[[], Awaitable[Sequence[str]]]
"""The organizations of which there are costs."""


@dataclass(frozen=True, slots=True)
class NewToken:
    """A token that somebody wants, as it was typed.

    Attributes:
        name: how it will be called.
        organization: whose costs it reaches; None: the caller's own.
        role: `user`, `org_admin` or `admin`.
        expires: after how many days, as in `30d`; None: 90, or as many as there may be.
        scope: `all` that its role reaches, or `ingest`: to send usage, and nothing else.
    """

    name: str
    organization: str | None = None
    role: str = Role.USER.value
    expires: str | None = None
    scope: str = "all"


@dataclass(frozen=True, slots=True)
class CreatedToken:
    """A token that was made.

    Attributes:
        token: it.
        secret: all of it, here for the only time.
        doubts: what may be wrong with it, sentences.
    """

    token: ApiToken
    secret: SecretStr
    doubts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RevokedToken:
    """A token that was revoked.

    Attributes:
        token: as it is now.
        is_new: it was not before.
    """

    token: ApiToken
    is_new: bool


@dataclass(frozen=True, slots=True)
class ApiTokenHandler:
    """Keeps the tokens; each decision and its entry in the audit trail are one transaction.

    Attributes:
        store: with the tokens.
        clock: the present.
        surface: where it is decided.
        most_days: how long a token may last.
        known: looks up organizations; None: a name is taken as it is typed.
    """

    store: Store
    clock: Clock
    surface: Surface
    most_days: int
    known: KnownOrganizations | None = None

    async def create(self, new: NewToken, caller: Caller) -> CreatedToken:
        """Makes a token.

        Raises:
            NotAllowed: the caller's role, or organization, does not reach that far.
            BadInput: the name, the role, the organization or the days cannot be, the name is
                taken, or there are too many tokens.
            Unavailable: the store does not answer.
        """
        allow(Act.CREATE, caller)
        secret, now = new_secret(), self.clock()
        draft = self._draft(new, caller, secret, now)
        doubts = await self._doubts(draft)
        async with self.store.transaction() as together:
            active = await together.api_tokens.all(draft.organization, active_at=now)
            _check_room(draft, [one for one in active if one.organization == draft.organization])
            token = await together.api_tokens.add(draft, actor_of(caller))
            await together.audit.add(self._entry("create", caller, token, after=_values(token)))
        return CreatedToken(token, secret.text, doubts)

    async def listed(self, caller: Caller, *, with_ended: bool = False) -> list[ApiToken]:
        """The tokens that the caller reaches, newest first.

        Args:
            caller: who asks.
            with_ended: those that have expired or were revoked, too.

        Raises:
            NotAllowed: the caller's role does not reach.
            Unavailable: the store does not answer.
        """
        allow(Act.SEE, caller)
        active_at = None if with_ended else self.clock()
        return await self.store.api_tokens.all(within(caller), active_at=active_at)

    async def find(self, which: str, caller: Caller) -> ApiToken:
        """A token, active or not.

        Args:
            which: its id, its prefix, or the name of an active one.
            caller: who asks.

        Raises:
            NotAllowed: the caller's role does not reach.
            NotFound: there is none that the caller may know of.
            BadInput: several active ones have that name.
            Unavailable: the store does not answer.
        """
        allow(Act.SEE, caller)
        reach, which = within(caller), which.strip()
        key, prefix = id_of(which), prefix_in(which)
        if prefix is None and _KNOWN_BY.fullmatch(which):
            prefix = MARK + which
        token = None
        if key is not None:
            token = await self.store.api_tokens.find(key, reach)
        elif prefix is not None:
            token = await self.store.api_tokens.find_by_prefix(prefix, reach)
        return token or await self._named(which, reach)

    async def revoke(self, which: str, caller: Caller) -> RevokedToken:
        """Ends a token for good.

        Args:
            which: its id, its prefix, or the name of an active one.
            caller: who decides.

        Raises:
            NotAllowed: the caller's role does not reach.
            NotFound: there is none that the caller may know of.
            BadInput: several active ones have that name.
            Unavailable: the store does not answer.
        """
        allow(Act.REVOKE, caller)
        found = await self.find(which, caller)
        async with self.store.transaction() as together:
            is_new = await together.api_tokens.revoke(found.id, actor_of(caller))
            if is_new:
                entry = self._entry("revoke", caller, found, before=_values(found))
                await together.audit.add(entry)
            token = await together.api_tokens.find(found.id)
        return RevokedToken(token or found, is_new)

    def _draft(
        self, new: NewToken, caller: Caller, secret: NewSecret, now: datetime
    ) -> ApiTokenDraft:
        role = listing.role(new.role)
        return ApiTokenDraft(
            name=_name(new.name),
            prefix=secret.prefix,
            digest=secret.digest,
            organization=_organization(new.organization, role, caller),
            role=role,
            expires_at=now + timedelta(days=self._days(new.expires)),
            scope=_scope(new.scope),
        )

    def _days(self, typed: str | None) -> int:
        if typed is None:
            return min(USUAL_DAYS, self.most_days)
        found = _DAYS.fullmatch(typed.strip())
        if found is None or not 1 <= int(found[1]) <= self.most_days:
            sentence = f"A token cannot last {shown(typed)}."
            raise BadInput(sentence, f"Give 1 to {plural(self.most_days, 'day')}, such as `30d`.")
        return int(found[1])

    async def _doubts(self, draft: ApiTokenDraft) -> tuple[str, ...]:
        if draft.organization is None or self.known is None:
            return ()
        known = await self.known()
        if draft.organization in known:
            return ()
        sentence = f"No costs of organization {shown(draft.organization)} are known yet."
        near = nearest(draft.organization, known)
        return (sentence, did_you_mean(draft.organization, near)) if near else (sentence,)

    async def _named(self, which: str, reach: str | None) -> ApiToken:
        active = await self.store.api_tokens.all(reach, active_at=self.clock())
        named = [one for one in active if one.name.casefold() == which.casefold()]
        if not named:
            # Somebody may have pasted a whole token: no more of it is said again than is no secret.
            word = prefix_in(which) or which
            names = [one.name for one in active]
            hint = did_you_mean(word, names, otherwise="There is none yet.")
            raise NotFound(f"There is no API token {shown(word)}.", hint)
        if len(named) > 1:
            sentence = f"{len(named)} API tokens are called {shown(which)}."
            prefixes = ", ".join(shown(one.prefix) for one in named[:5])
            raise BadInput(sentence, f"Say which by how it begins: {prefixes}.")
        return named[0]

    def _entry(
        self,
        done: str,
        caller: Caller,
        token: ApiToken,
        *,
        before: dict[str, object] | None = None,
        after: dict[str, object] | None = None,
    ) -> AuditEntry:
        return AuditEntry(
            actor=actor_of(caller),
            surface=self.surface,
            action=f"{OBJECT_KIND}.{done}",
            object_kind=OBJECT_KIND,
            object_id=str(token.id),
            organization=token.organization,
            before=before,
            after=after,
        )


def _name(typed: str) -> str:
    name = listing.line("the name of a token", typed)
    if id_of(name) is not None or prefix_in(name) is not None:
        # It would be found by what it is not; and a token that is pasted here would be kept.
        sentence = f"{shown(prefix_in(name) or name)} cannot be the name of a token."
        raise BadInput(sentence, "Say what it is for, such as `grafana`.")
    return name


def _scope(typed: str) -> Scope:
    word = typed.strip().lower()
    for scope in get_args(Scope):
        if word == scope:
            return scope
    raise BadInput(f"{shown(typed)} is no scope.", "A token is of scope `all`, or `ingest`.")


def _organization(typed: str | None, role: Role, caller: Caller) -> str | None:
    """Whose costs a token of a role reaches.

    Raises:
        NotAllowed: the caller does not reach that far.
        BadInput: the role goes without an organization, or needs one.
    """
    if not caller.role.reaches(role):
        sentence = f"You are {caller.role.label}: a token of yours reaches no farther."
        raise NotAllowed(sentence, "Leave the role out, or ask an admin.")
    own = within(caller)
    if own is not None:
        if typed is not None and typed.strip() != own:
            raise NotAllowed(
                "The tokens that you make are of your own organization.",
                "Leave the organization out, or ask an admin.",
            )
        if role is Role.ADMIN:
            raise NotAllowed("A token of all organizations is made by who sees all of them.")
        return own
    if role is Role.ADMIN:
        if typed is not None:
            sentence = "The role admin is of all organizations."
            raise BadInput(sentence, "Leave the organization out, or give `role org_admin`.")
        return None
    if typed is None:
        sentence = "The organization is not named."
        raise BadInput(sentence, "Add `organization acme`, or `role admin` for all of them.")
    return listing.line("the organization of a token", typed)


def _check_room(draft: ApiTokenDraft, active: Sequence[ApiToken]) -> None:
    if len(active) >= MOST_ACTIVE:
        sentence = f"There are {MOST_ACTIVE} active tokens already."
        raise BadInput(sentence, "Revoke one first: `/cost token list` has them.")
    if any(one.name.casefold() == draft.name.casefold() for one in active):
        sentence = f"There is an active token {shown(draft.name)} already."
        raise BadInput(sentence, "Revoke that one, or take another name.")


def _values(token: ApiToken) -> dict[str, object]:
    return {
        "name": token.name,
        "prefix": token.prefix,
        "organization": token.organization,
        "role": token.role.value,
        "scope": token.scope,
        "expires_at": token.expires_at.isoformat(),
    }
