"""Routes: made, looked at, tested, removed and put back, each within the caller's reach."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from analysis.clock import Clock
from analysis.errors import BadInput, NotFound
from analysis.incidents.levels import Level
from analysis.incidents.routing import News, matches
from handlers.budgets.journal import actor_of
from handlers.caller import Caller
from handlers.incidents.permissions import Act, allow, within
from handlers.incidents.places import conditions_of
from handlers.incidents.signal import IncidentKind, Target, TargetChannel
from handlers.nearest import did_you_mean, shown
from handlers.workspaces.addresses import kept
from storage.records.audit import AuditEntry, Surface
from storage.records.delivery import NewDelivery
from storage.records.route import Route, RouteDraft
from storage.store import Store

ROUTE = "route"
"""The kind of thing that these decisions are of."""

MOST_TARGETS = 20
MOST_ROUTES = 200
"""Of one organization, or of the deployment."""

_ADDRESSES: dict[TargetChannel, tuple[re.Pattern[str], str]] = {
    "slack": (
        re.compile(r"[CGDUW][A-Z0-9]{1,20}", re.ASCII),
        "Pick the channel or the person from Slack's list, or give an id, such as `C024BE91L`.",
    ),
    "email": (
        re.compile(r"[^@\s<>,;]{1,64}@[^@\s<>,;]+\.[^@\s<>,;.]+"),
        "Write it as `ann@example.com`.",
    ),
    "linear": (
        re.compile(r"[A-Z][A-Z0-9]{0,9}", re.ASCII),
        "It is what issues of the team begin with: `ENG` of ENG-12.",
    ),
}

Known = Callable[[str, str | None], Awaitable[list[str]]]
"""The values that a dimension has had, of an organization or of all."""

ComposeTest = Callable[[Route, Caller, datetime], Sequence[NewDelivery]]
"""Writes a test message for each target of a route."""


@dataclass(frozen=True, slots=True)
class Ways:
    """What can be sent through here.

    Attributes:
        email: an e-mail server is set up.
        linear: a key of Linear is set.
        webhooks: by their names in the settings.
    """

    email: bool = False
    linear: bool = False
    webhooks: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class RouteRequest:
    """A route that somebody wants, or incidents that somebody asks about.

    Attributes:
        kind, product, organization: what it is about; None: whatever.
        least: the least level.
        targets: where it is told.
    """

    kind: IncidentKind | None = None
    product: str | None = None
    organization: str | None = None
    least: Level = Level.NOTICE
    targets: tuple[Target, ...] = ()


@dataclass(frozen=True, slots=True)
class RouteResult:
    """A route that was acted on.

    Attributes:
        route: as it is now.
        doubts: what may be wrong with it, sentences.
    """

    route: Route
    doubts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RouteHandler:
    """Acts on routes; each decision with its entry in the audit trail, in one transaction.

    Attributes:
        store: with the routes.
        ways: that are set up.
        known: looks up names.
        compose_test: writes test messages.
        clock: the present.
        surface: where it is decided.
        wake: tells the outbox of this process that there is something to send.
    """

    store: Store
    ways: Ways
    known: Known
    compose_test: ComposeTest
    clock: Clock
    surface: Surface
    wake: Callable[[], None] | None = None

    async def all(self, caller: Caller) -> list[Route]:
        """The caller's routes; an admin's are those of everybody.

        Raises:
            NotAllowed: the role does not reach.
            Unavailable: the store does not answer.
        """
        allow(Act.ROUTE, caller)
        return await self.store.routes.all(within(caller))

    async def find(self, key: int, caller: Caller) -> Route:
        """A route, removed or not.

        Raises:
            NotAllowed: the role does not reach.
            NotFound: there is none that the caller may know of.
            Unavailable: the store does not answer.
        """
        allow(Act.ROUTE, caller)
        route = await self.store.routes.find(key, within(caller))
        if route is None:
            raise NotFound(f"There is no route {key}.", "`/cost route` lists them.")
        return route

    async def add(self, request: RouteRequest, caller: Caller) -> RouteResult:
        """Makes a route.

        Raises:
            NotAllowed: the role does not reach.
            BadInput: a place cannot be told anything, or there are too many.
            Unavailable: the store does not answer.
        """
        allow(Act.ROUTE, caller)
        own = within(caller)
        draft = self._draft(request, own, caller)
        existing = await self.store.routes.all(own)
        if len([route for route in existing if route.organization == own]) >= MOST_ROUTES:
            sentence = f"There are {MOST_ROUTES} routes already."
            raise BadInput(sentence, "Remove one first: `/cost route` lists them.")
        for route in existing:
            if _is_same(route, draft):
                return RouteResult(route, ("That route was there already.",))
        doubts = await self._doubts(draft, own)
        async with self.store.transaction() as transaction:
            route = await transaction.routes.add(draft, actor_of(caller).key)
            await transaction.audit.add(self._entry("route.add", route, caller))
        return RouteResult(route, doubts)

    async def remove(self, key: int, caller: Caller) -> Route:
        """Takes a route out of force; `restore` puts it back.

        Raises:
            NotAllowed: the role does not reach.
            NotFound: there is none that the caller may know of.
            Unavailable: the store does not answer.
        """
        return await self._set_removed(key, caller, is_removed=True)

    async def restore(self, key: int, caller: Caller) -> Route:
        """Puts a removed route back.

        Raises:
            NotAllowed: the role does not reach.
            NotFound: there is none that the caller may know of.
            Unavailable: the store does not answer.
        """
        return await self._set_removed(key, caller, is_removed=False)

    async def test(self, key: int, caller: Caller) -> Route:
        """Sends a marked test message to every target of a route.

        Raises:
            NotAllowed: the role does not reach.
            NotFound: there is none that the caller may know of.
            Unavailable: the store does not answer.
        """
        route = await self.find(key, caller)
        messages = self.compose_test(route, caller, self.clock())
        async with self.store.transaction() as transaction:
            await transaction.deliveries.add_many(messages)
            await transaction.audit.add(self._entry("route.test", route, caller))
        if self.wake is not None:
            self.wake()
        return route

    async def who_hears(
        self, request: RouteRequest, caller: Caller
    ) -> list[tuple[Route, tuple[Target, ...]]]:
        """The caller's routes that an incident would take, with their targets.

        Args:
            request: the incident; `least` is its level.
            caller: who asks.

        Raises:
            NotAllowed: the role does not reach.
            Unavailable: the store does not answer.
        """
        kinds: tuple[IncidentKind, ...] = (request.kind,) if request.kind else ("anomaly", "rule")
        # What concerns a customer may be found among all of them, or in their own costs.
        scopes = {within(caller), within(caller) or request.organization}
        possible = [
            News(
                organization=scope,
                kind=kind,
                product=request.product,
                about=request.organization,
                level=request.least,
            )
            for kind in kinds
            for scope in scopes
        ]
        return [
            (route, targets_of(route))
            for route in await self.all(caller)
            if any(matches(conditions_of(route), news) for news in possible)
        ]

    def _draft(self, request: RouteRequest, own: str | None, caller: Caller) -> RouteDraft:
        targets = tuple(dict.fromkeys(self._checked(target) for target in request.targets))
        if not targets:
            hint = "Say it as `to #team`, `to ann@example.com`, `to linear ENG`, `to webhook ops`."
            raise BadInput("A route needs a place where it leads.", hint)
        if len(targets) > MOST_TARGETS:
            sentence = f"{len(targets)} are more than the {MOST_TARGETS} places of a route."
            raise BadInput(sentence, "Make two routes of it.")
        about = request.organization
        if own is not None and about is not None:
            if about.casefold() != own.casefold():
                sentence = f"Your routes concern {shown(own)} alone."
                raise BadInput(sentence, "Leave `organization` out.")
            about = None
        least = request.least if request.least.is_trouble else Level.NOTICE
        return RouteDraft(
            organization=own,
            kind=request.kind,
            product=request.product,
            about_organization=about,
            least=least.value,  # pyright: ignore[reportArgumentType]
            targets=tuple(
                (one.channel, kept(one.address, caller) if one.channel == "slack" else one.address)
                for one in targets
            ),
        )

    def _checked(self, target: Target) -> Target:
        if target.channel == "webhook":
            if target.address not in self.ways.webhooks:
                names = sorted(self.ways.webhooks)
                hint = did_you_mean(
                    target.address, names, otherwise="Put it into COSTBOT_WEBHOOKS first."
                )
                raise BadInput(f"There is no webhook {shown(target.address)}.", hint)
            return target
        address = target.address.upper() if target.channel == "linear" else target.address
        pattern, hint = _ADDRESSES[target.channel]
        if not pattern.fullmatch(address):
            what = {"slack": "channel or person that I know", "email": "e-mail address"}
            is_no = what.get(target.channel, "key of a team in Linear")
            raise BadInput(f"{shown(target.address)} is no {is_no}.", hint)
        return Target(target.channel, address)

    async def _doubts(self, draft: RouteDraft, own: str | None) -> tuple[str, ...]:
        doubts: list[str] = []
        for name, value in (
            ("product", draft.product),
            ("organization", draft.about_organization),
        ):
            if value is None:
                continue
            values = await self.known(name, own)
            if value.casefold() not in {one.casefold() for one in values}:
                doubts.append(f"No costs of {name} {shown(value)} are known yet.")
                doubts.append(did_you_mean(value, values))
        channels = {channel for channel, _ in draft.targets}
        if "email" in channels and not self.ways.email:
            doubts.append("E-mail is not set up here: nothing arrives until COSTBOT_SMTP_URL is.")
        if "linear" in channels and not self.ways.linear:
            doubts.append(
                "Linear is not set up here: nothing arrives until COSTBOT_LINEAR_TOKEN is."
            )
        return tuple(doubt for doubt in doubts if doubt)

    async def _set_removed(self, key: int, caller: Caller, *, is_removed: bool) -> Route:
        await self.find(key, caller)
        async with self.store.transaction() as transaction:
            is_new = await transaction.routes.set_removed(key, is_removed=is_removed)
            after = await transaction.routes.find(key)
            if after is None:
                message = "a route is removed by a mark, and stays"
                raise AssertionError(message)
            if is_new:
                action = "route.remove" if is_removed else "route.restore"
                await transaction.audit.add(self._entry(action, after, caller))
        return after

    def _entry(self, action: str, route: Route, caller: Caller) -> AuditEntry:
        values: dict[str, object] = {
            "kind": route.kind,
            "product": route.product,
            "about_organization": route.about_organization,
            "least": route.least,
            "targets": [list(target) for target in route.targets],
            "is_removed": route.removed_at is not None,
        }
        return AuditEntry(
            actor=actor_of(caller),
            surface=self.surface,
            action=action,
            object_kind=ROUTE,
            object_id=str(route.id),
            organization=route.organization,
            before=None,
            after=values,
        )


def targets_of(route: RouteDraft) -> tuple[Target, ...]:
    """Where a route leads."""
    return tuple(Target(channel, address) for channel, address in route.targets)


def _is_same(route: Route, draft: RouteDraft) -> bool:
    names = ("organization", "kind", "product", "about_organization", "least")
    is_alike = all(getattr(route, name) == getattr(draft, name) for name in names)
    return is_alike and set(route.targets) == set(draft.targets)
