"""The incident desk: signals come in; one open record a subject, and messages, go out.

What is told is rows of the outbox and what is kept of it a row of the incidents, both in one
transaction. Of two processes that report the same at once, one is outdated and writes nothing; one
that is killed in between has written nothing either, and its next look finds the same again.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from analysis.clock import Clock
from analysis.errors import BadInput, NotFound, Outdated
from analysis.incidents.deciding import Outcome, decide, speak_again
from analysis.incidents.levels import Level
from handlers.budgets.journal import actor_of
from handlers.caller import Caller
from handlers.incidents.book import ActedOn, Book, Reported, names_of
from handlers.incidents.hearing import Expected, is_heard
from handlers.incidents.permissions import Act, allow, sees, within
from handlers.incidents.signal import IncidentKind, Signal
from handlers.incidents.telling import (
    Compose,
    as_decided_upon,
    policy_of,
    to_begin_with,
    with_findings,
)
from storage.records.audit import Surface
from storage.records.incident import Incident, Label
from storage.store import Store

LONGEST_MUTE = timedelta(days=366)


@dataclass(frozen=True, slots=True)
class IncidentDesk:
    """Keeps incidents and has them told.

    Attributes:
        store: with the incidents, the routes, the outbox and the audit trail.
        compose: writes the messages.
        clock: the present.
        surface: where people decide; `system` for a watch.
        wake: tells the outbox of this process that there is something to send.
    """

    store: Store
    compose: Compose
    clock: Clock
    surface: Surface = "system"
    wake: Callable[[], None] | None = None

    async def report(self, signals: Sequence[Signal]) -> Reported:
        """Takes what looks have found: opens, changes and closes incidents, and has them told.

        One subject, one signal: of several the last counts. A subject that is ok and in no
        incident costs nothing.

        Raises:
            Unavailable: the store does not answer; what was not taken is found again by the next
                look.
        """
        last = {signal.subject: signal for signal in signals}
        known = await self.store.incidents.open_of(list(last))
        concerned = [
            signal
            for signal in last.values()
            if signal.subject in known or signal.level.is_trouble or signal.level is Level.NO_DATA
        ]
        now, book = self.clock(), self._book()
        for signal in concerned:
            await _take(signal, known.get(signal.subject), book, now)
        return book.reported()

    async def end_mutes(self) -> Reported:
        """Has told what the mutes held back that have ended by now, where it still holds.

        Raises:
            Unavailable: the store does not answer.
        """
        now, book = self.clock(), self._book()
        for incident in await self.store.incidents.open_muted_before(now):
            outcome = speak_again(as_decided_upon(incident), policy_of(incident), now)
            after = replace(incident, muted_by=None, muted_until=None)
            await book.write(incident, after, outcome, now)
        return book.reported()

    async def close_of_rule(self, rule_id: UUID, note: str) -> int:
        """Closes what a rule has found, since the rule is gone; what stands says so.

        Args:
            rule_id: of the rule.
            note: why, a sentence.

        Returns:
            How many incidents they were.

        Raises:
            Unavailable: the store does not answer.
        """
        now, book = self.clock(), self._book()
        for incident in await self.store.incidents.open_of_rule(rule_id):
            after = replace(incident, note=note, closed_at=now)
            outcome = Outcome(as_decided_upon(incident))
            await book.write(incident, after, outcome, now)
        return book.reported().quiet

    async def open_subjects(self, kind: IncidentKind) -> dict[str, Incident]:
        """All open incidents of a kind, by subject: for who watches, not for people.

        Raises:
            Unavailable: the store does not answer.
        """
        found = await self.store.incidents.open_of_kind(kind)
        return {incident.subject: incident for incident in found}

    async def open_incidents(self, caller: Caller) -> list[Incident]:
        """The open incidents that a caller may see, the worst and dearest first.

        Raises:
            NotAllowed: the caller is of no organization.
            Unavailable: the store does not answer.
        """
        allow(Act.SEE, caller)
        found = await self.store.incidents.open(within(caller))
        seen = [incident for incident in found if sees(caller, incident)]
        return sorted(seen, key=lambda one: (-Level(one.level).rank, -one.usd, one.subject))

    async def recent(self, caller: Caller, days: int = 7) -> list[Incident]:
        """The incidents that were closed in the last days and a caller may see, newest first.

        Raises:
            NotAllowed: the caller is of no organization.
            Unavailable: the store does not answer.
        """
        allow(Act.SEE, caller)
        since = self.clock() - timedelta(days=days)
        found = await self.store.incidents.closed_since(since, within(caller))
        return [incident for incident in found if sees(caller, incident)]

    async def find(self, incident_id: UUID, caller: Caller) -> Incident:
        """An incident, open or closed.

        Raises:
            NotAllowed: the caller is of no organization.
            NotFound: there is none that the caller may know of.
            Unavailable: the store does not answer.
        """
        allow(Act.SEE, caller)
        within(caller)
        incident = await self.store.incidents.find(incident_id)
        if incident is None or not sees(caller, incident):
            raise _not_found()
        return incident

    async def has_routes(self, caller: Caller) -> bool:
        """Whether any route may take an incident that the caller sees.

        Raises:
            NotAllowed: the caller is of no organization.
            Unavailable: the store does not answer.
        """
        reach = within(caller)
        organizations = None if reach is None else (reach,)
        kinds: tuple[IncidentKind, ...] = ("anomaly", "rule")
        expected = [Expected(kind=kind, organizations=organizations) for kind in kinds]
        return any([await is_heard(self.store, one) for one in expected])

    async def names(self, incident: Incident) -> dict[str, str]:
        """How those are called who acted on an incident, by `Actor.key`.

        Raises:
            Unavailable: the store does not answer.
        """
        return await names_of(self.store, incident)

    async def acknowledge(self, incident_id: UUID, caller: Caller) -> ActedOn:
        """Somebody is at it: only a rise to critical, and the recovery, are told from now on.

        Raises:
            NotAllowed: the role does not reach.
            NotFound: there is none that the caller may know of.
            Outdated: it is over, or somebody else acted at the same moment.
            Unavailable: the store does not answer.
        """
        allow(Act.ACKNOWLEDGE, caller)
        incident = _open(await self.find(incident_id, caller))
        if incident.acknowledged_at is not None:
            return ActedOn(incident, is_new=False)
        now = self.clock()
        seen = replace(incident, acknowledged_by=actor_of(caller).key, acknowledged_at=now)
        return await self._book().decide("incident.acknowledge", incident, seen, caller, now)

    async def mute(self, incident_id: UUID, until: datetime, caller: Caller) -> ActedOn:
        """Nothing more is told of it until then, whatever happens.

        Args:
            incident_id: which.
            until: instant at which it is heard again; see `MuteLength`.
            caller: who wants that.

        Raises:
            NotAllowed: the role does not reach.
            NotFound: there is none that the caller may know of.
            BadInput: the instant has passed, or is more than a year away.
            Outdated: it is over, or somebody else acted at the same moment.
            Unavailable: the store does not answer.
        """
        allow(Act.MUTE, caller)
        incident = _open(await self.find(incident_id, caller))
        now = self.clock()
        if not now < until <= now + LONGEST_MUTE:
            sentence = "A mute ends in the future, and within a year."
            raise BadInput(sentence, "Name another day.")
        if incident.muted_until == until:
            return ActedOn(incident, is_new=False)
        muted = replace(incident, muted_by=actor_of(caller).key, muted_until=until)
        return await self._book().decide("incident.mute", incident, muted, caller, now)

    async def unmute(self, incident_id: UUID, caller: Caller) -> ActedOn:
        """What holds now is compared with what was told before the mute, and told.

        Raises:
            NotAllowed: the role does not reach.
            NotFound: there is none that the caller may know of.
            Outdated: it is over, or somebody else acted at the same moment.
            Unavailable: the store does not answer.
        """
        allow(Act.MUTE, caller)
        incident = _open(await self.find(incident_id, caller))
        if incident.muted_until is None:
            return ActedOn(incident, is_new=False)
        now = self.clock()
        outcome = speak_again(as_decided_upon(incident), policy_of(incident), now)
        heard = replace(incident, muted_by=None, muted_until=None)
        return await self._book().decide("incident.unmute", incident, heard, caller, now, outcome)

    async def label(
        self, incident_id: UUID, label: Label | None, caller: Caller, *, close: bool, note: str
    ) -> ActedOn:
        """Keeps what somebody says that it is; what stands shows the label, who, and the note.

        Args:
            incident_id: which, open or closed.
            label: what it is; None: what was said is taken back, and an incident that was closed
                with it is open again.
            caller: who says so.
            close: nothing more is to come of it.
            note: what that changes, a sentence such as "You will not hear of this until …".

        Raises:
            NotAllowed: the role does not reach.
            NotFound: there is none that the caller may know of.
            Outdated: somebody else acted at the same moment, or its subject is in a newer incident.
            Unavailable: the store does not answer.
        """
        allow(Act.LABEL, caller)
        incident, now = await self.find(incident_id, caller), self.clock()
        was_closed_by_it = (
            incident.closed_at is not None and incident.closed_at == incident.labelled_at
        )
        closed_at = None if was_closed_by_it else incident.closed_at
        if close and closed_at is None:
            closed_at = now
        # Who says that it is real is at it, and who takes that back is not any more.
        is_left = incident.label == "real" and incident.acknowledged_by == incident.labelled_by
        is_left = is_left and label is None
        labelled = replace(
            incident,
            acknowledged_by=None if is_left else incident.acknowledged_by,
            acknowledged_at=None if is_left else incident.acknowledged_at,
            label=label,
            labelled_by=None if label is None else actor_of(caller).key,
            labelled_at=None if label is None else now,
            note=note,
            closed_at=closed_at,
        )
        if replace(labelled, labelled_at=incident.labelled_at) == incident:
            return ActedOn(incident, is_new=False)
        return await self._book().decide("incident.label", incident, labelled, caller, now)

    def _book(self) -> Book:
        return Book(self.store, self.compose, self.surface, self.wake)


async def _take(signal: Signal, incident: Incident | None, book: Book, now: datetime) -> None:
    before = None if incident is None else as_decided_upon(incident)
    outcome = decide(before, signal.level, signal.policy, now)
    if signal.level is Level.UNKNOWN or outcome.state is None:
        return
    after = with_findings(incident or to_begin_with(signal, now), signal)
    if not outcome.state.is_muted(now):  # what has ended is not shown any more
        outcome = replace(outcome, state=replace(outcome.state, muted_until=None))
    await book.write(incident, after, outcome, now)


def _open(incident: Incident) -> Incident:
    if incident.closed_at is not None:
        raise Outdated("That incident is over.", "`/cost incidents` shows those that are open.")
    return incident


def _not_found() -> NotFound:
    sentence = "There is no such incident, or none that you may see."
    return NotFound(sentence, "`/cost incidents` shows those that you may.")
