"""What of a deployment is set up, and what is not yet: for admins, in Slack."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from analysis.checks import Check, Level, failed_with, passed, warned
from analysis.clock import Clock
from analysis.errors import NotAllowed, Unavailable
from analysis.roles import Role
from analysis.written import plural
from handlers.budgets.journal import actor_of
from handlers.caller import Caller
from handlers.freshness import freshness_of
from handlers.incidents.hearing import Expected, is_heard
from handlers.incidents.routing import Ways
from handlers.incidents.signal import IncidentKind
from queries.dimensions import Source
from queries.mart import Mart
from storage.records.audit import AuditEntry, Surface
from storage.records.delivery import NewDelivery
from storage.store import Store

LEAST_ROLE = Role.ORG_ADMIN
"""Who is told, each of what is theirs."""

WAITING_LONG = timedelta(minutes=15)
"""From then on a message that waits is worth a word."""

_LABELS = {Source.GPU: "GPU", Source.USAGE: "LLM", Source.FOCUS: "FOCUS"}

ComposeTest = Callable[[Caller, datetime], NewDelivery]
"""Writes the test message to somebody."""


@dataclass(frozen=True, slots=True)
class Known:
    """What the settings say.

    Attributes:
        ways: that messages can leave through beside Slack.
        admins: how many people are admins by the settings.
        has_defaults: people who are not listed see an organization.
        fills_by: what loads the facts of each source.
    """

    ways: Ways
    admins: int
    has_defaults: bool
    fills_by: Mapping[Source, str]


@dataclass(frozen=True, slots=True)
class Standing:
    """How far a deployment is set up, as far as it is the caller's.

    Attributes:
        organization: whose; None: all.
        checks: each thing, with its next step where it has one.
    """

    organization: str | None
    checks: tuple[Check, ...]

    @property
    def done(self) -> int:
        """How many are as they should be."""
        return sum(check.level is Level.OK for check in self.checks)


@dataclass(frozen=True, slots=True)
class SetupHandler:
    """Tells what is still to be done, and sends tests.

    Attributes:
        store: with what people decided.
        mart: from which questions are answered.
        clock: the present.
        stale_after_hours: age from which a source is stale.
        known: what the settings say.
        compose_test: writes test messages.
        surface: the audit trail names it.
        wake: tells the outbox of this process that there is something to send.
    """

    store: Store
    mart: Mart
    clock: Clock
    stale_after_hours: float
    known: Known
    compose_test: ComposeTest
    surface: Surface
    wake: Callable[[], None] | None = None

    async def look(self, caller: Caller) -> Standing:
        """What is set up of what the caller answers for.

        Raises:
            NotAllowed: the caller is no admin.
            Unavailable: the store does not answer.
        """
        reach = _within(caller)
        checks = [await asyncio.to_thread(self._data)]
        if reach is None:
            checks += [await self._people(caller), self._ways(), await self._outbox()]
        checks += [
            await self._digests(reach),
            await self._routes(reach),
            await self._budgets(reach),
            await self._rules(reach),
        ]
        return Standing(reach, tuple(checks))

    async def test(self, caller: Caller) -> bool:
        """Sends the caller a test message, the way that all messages go; one a minute.

        Returns:
            Whether one is on its way; False: one was sent within this minute.

        Raises:
            NotAllowed: the caller is no admin.
            Unavailable: the store does not answer.
        """
        reach = _within(caller)
        minute = self.clock().astimezone(UTC).replace(second=0, microsecond=0)
        message = self.compose_test(caller, minute)
        entry = AuditEntry(
            actor=actor_of(caller),
            surface=self.surface,
            action="setup.test",
            object_kind="delivery",
            object_id=message.key,
            organization=reach,
            before=None,
            after={"address": message.address},
        )
        async with self.store.transaction() as together:
            is_new = await together.deliveries.add(message)
            if is_new:
                await together.audit.add(entry)
        if is_new and self.wake is not None:
            self.wake()
        return is_new

    def _data(self) -> Check:
        try:
            snapshot = self.mart.snapshot()
        except Unavailable as error:
            return failed_with("Data", error, "`costbot doctor` says more.")
        if snapshot.is_empty:
            cure = "On the machine: `costbot import usage FILE`, `costbot sync`, `costbot sample`."
            return warned("Data", "There is none yet, so there is nothing to answer.", cure)
        found = freshness_of(snapshot, self.clock(), self.stale_after_hours).sources
        stale = [one for one in found if one.is_stale]
        if stale:
            names = " and ".join(_LABELS[one.source] for one in stale)
            until = min(one.data_until for one in stale).astimezone(UTC)
            cure = "; ".join(dict.fromkeys(self.known.fills_by[one.source] for one in stale))
            sentence = f"{names} data ends {until:%Y-%m-%d %H:%M} UTC, and has gone stale."
            return warned("Data", sentence, f"Load what is newer: {cure}.")
        names = " and ".join(_LABELS[one.source] for one in found)
        until = max(one.data_until for one in found).astimezone(UTC)
        return passed("Data", f"{names}, up to {until:%Y-%m-%d %H:%M} UTC.")

    async def _people(self, caller: Caller) -> Check:
        people = [one for one in await self.store.people.find_all() if one.active]
        groups = await self.store.user_groups.find_all()
        listed = (
            f"{plural(len(people), 'person', 'people')} and {plural(len(groups), 'user group')}"
        )
        if len(people) + len(groups) + self.known.admins <= 1 and not self.known.has_defaults:
            sentence = "Nobody but you is known: all others are strangers, and see nothing."
            cure = (
                f"`costbot people add U… --team {caller.team_id} --organization NAME`, or set "
                "COSTBOT_DEFAULT_ORGANIZATION or COSTBOT_EMAIL_DOMAINS."
            )
            return warned("People", sentence, cure)
        others = "" if self.known.has_defaults else " Others see nothing."
        return passed("People", f"{listed} are listed.{others}")

    def _ways(self) -> Check:
        ways = self.known.ways
        beside = [
            name for name, there in (("e-mail", ways.email), ("Linear", ways.linear)) if there
        ]
        beside += [plural(len(ways.webhooks), "webhook")] if ways.webhooks else []
        told = f"Slack, {', '.join(beside)}." if beside else "Slack alone, which is enough."
        return passed("Ways out", told)

    async def _outbox(self) -> Check:
        found = await self.store.deliveries.counts()
        if found.dead:
            sentence = f"{plural(found.dead, 'message')} could not be sent."
            return warned("Outbox", sentence, "`costbot outbox dead` says why.")
        oldest = found.oldest_waiting
        if found.due + found.uncertain and oldest and self.clock() - oldest > WAITING_LONG:
            waiting = plural(found.waiting, "message")
            sentence = f"{waiting} to be sent, the oldest since {_at(oldest)}."
            return warned("Outbox", sentence, "See that `costbot serve` runs; `costbot outbox`.")
        return passed("Outbox", "Nothing is stuck in it.")

    async def _digests(self, reach: str | None) -> Check:
        found = await self.store.digests.find_all(organization=reach)
        if not found:
            cure = "`/cost digest subscribe #channel daily 9:00`, or `/cost digest` for a form."
            return warned("Digests", "Nobody gets one yet.", cure)
        return passed("Digests", f"{plural(len(found), 'digest')}: `/cost digest list`.")

    async def _routes(self, reach: str | None) -> Check:
        organizations = None if reach is None else (reach,)
        kinds: Sequence[IncidentKind] = ("anomaly", "rule")
        expected = [Expected(kind=kind, organizations=organizations) for kind in kinds]
        heard = [await is_heard(self.store, one) for one in expected]
        names = ["anomalies", "alert rules"]
        if all(heard):
            return passed("Routes", "Anomalies and alert rules reach somebody: `/cost route`.")
        silent = " and ".join(name for name, is_ in zip(names, heard, strict=True) if not is_)
        sentence = f"No route takes {silent}: they are told to nobody."
        return warned("Routes", sentence, "`/cost route add to #channel`")

    async def _budgets(self, reach: str | None) -> Check:
        number = await self.store.budgets.count(within=reach)
        if not number:
            return warned("Budgets", "There is none yet.", "`/budget create` opens a form.")
        return passed("Budgets", f"{plural(number, 'budget')}: `/budget list`.")

    async def _rules(self, reach: str | None) -> Check:
        number = await self.store.alert_rules.count(within=reach)
        told = (
            f"{plural(number, 'rule')}: `/cost alert list`."
            if number
            else (
                "None beside the anomalies, which costbot watches by itself: `/cost alert create`."
            )
        )
        return passed("Alert rules", told)


def _within(caller: Caller) -> str | None:
    """Whose deployment the caller looks at; None: that of all.

    Raises:
        NotAllowed: the caller is no admin.
    """
    if not caller.role.reaches(LEAST_ROLE):
        raise NotAllowed("This is for those who look after costbot.", "Ask an admin of it.")
    if caller.role.reaches(Role.ADMIN):
        return caller.organization
    if caller.organization is None:
        raise NotAllowed("You are of no organization.", "Ask an admin of costbot to list you.")
    return caller.organization


def _at(instant: datetime) -> str:
    return f"{instant.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
