"""The book of incidents: a record, what is told of it, and who decided it, in one transaction."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from analysis.errors import Outdated
from analysis.incidents.deciding import Move, Outcome
from analysis.incidents.levels import Level
from handlers.budgets.journal import actor_of, written
from handlers.caller import Caller
from handlers.incidents.places import Places
from handlers.incidents.telling import (
    Compose,
    Telling,
    as_decided_upon,
    as_kept,
    story_of,
    targets_of,
)
from storage.records.audit import AuditEntry, Surface
from storage.records.delivery import digest_of
from storage.records.incident import Incident
from storage.store import Store

log = logging.getLogger(__name__)

INCIDENT = "incident"
"""The kind of thing that these decisions are of."""

SHOW_AGAIN_AFTER = timedelta(hours=1)
"""Figures that move while nothing else does are brought up to date in what stands so seldom."""

_DECIDED = (
    "label",
    "note",
    "closed_at",
    "acknowledged_by",
    "acknowledged_at",
    "muted_by",
    "muted_until",
)


@dataclass(frozen=True, slots=True)
class Reported:
    """What came of some signals.

    Attributes:
        told: what was told, each with its incident.
        quiet: incidents that changed without a word.
        outdated: those that somebody else wrote down at the same moment.
    """

    told: tuple[tuple[Move, Incident], ...] = ()
    quiet: int = 0
    outdated: int = 0


@dataclass(frozen=True, slots=True)
class ActedOn:
    """An incident that somebody has acted on.

    Attributes:
        incident: as it is now.
        is_new: False: it was so before.
    """

    incident: Incident
    is_new: bool


@dataclass(slots=True)
class Book:
    """Writes down what follows from one report, or from one decision.

    Attributes:
        store: with the incidents, the routes, the outbox and the audit trail.
        compose: writes the messages.
        surface: where people decide.
        wake: tells the outbox of this process that there is something to send.
    """

    store: Store
    compose: Compose
    surface: Surface
    wake: Callable[[], None] | None
    _places: Places = field(init=False)
    _told: list[tuple[Move, Incident]] = field(default_factory=list[tuple[Move, Incident]])
    _quiet: int = 0
    _outdated: int = 0

    def __post_init__(self) -> None:
        """The routes are read once, when the first is needed."""
        self._places = Places(self.store)

    def reported(self) -> Reported:
        """What was written down so far; the outbox is told."""
        if (self._told or self._quiet) and self.wake is not None:
            self.wake()
        return Reported(tuple(self._told), self._quiet, self._outdated)

    async def write(
        self,
        before: Incident | None,
        after: Incident,
        outcome: Outcome,
        now: datetime,
    ) -> None:
        """Writes down what follows from a look; nothing where somebody else was first.

        Args:
            before: the record that was looked at; None: there was none.
            after: it with what was found.
            outcome: what follows.
            now: the present instant, UTC.

        Raises:
            Unavailable: the store does not answer.
        """
        if outcome.is_over:
            after = replace(after, closed_at=now)
        telling = await self._telling(before, after, outcome, now)
        if telling.incident == before:
            return
        composed = self.compose(telling) if _is_shown(before, telling) else None
        kept = telling.incident
        if composed is not None:
            kept = replace(kept, roots=composed.roots, shown_at=now)
        try:
            async with self.store.transaction() as transaction:
                kept = await transaction.incidents.put(kept)
                if composed is not None:
                    await transaction.deliveries.add_many(composed.deliveries)
        except Outdated:
            log.info("somebody else has written down %s", digest_of(after.subject)[:12])
            self._outdated += 1
            return
        if outcome.move is None:
            self._quiet += 1
        else:
            self._told.append((outcome.move, kept))

    async def decide(
        self,
        action: str,
        before: Incident,
        after: Incident,
        caller: Caller,
        now: datetime,
        outcome: Outcome | None = None,
    ) -> ActedOn:
        """Writes down what somebody decided, with its entry in the audit trail.

        Args:
            action: such as `incident.mute`.
            before: the record that was decided upon.
            after: it as decided.
            caller: who decides.
            now: the present instant, UTC.
            outcome: what follows from it; None: nothing is told.

        Raises:
            Outdated: somebody else acted at the same moment.
            Unavailable: the store does not answer.
        """
        outcome = outcome or Outcome(as_decided_upon(after))
        if outcome.is_over:
            after = replace(after, closed_at=now)
        telling = await self._telling(before, after, outcome, now)
        composed = self.compose(telling)
        kept = replace(telling.incident, roots=composed.roots, shown_at=now)
        async with self.store.transaction() as transaction:
            kept = await transaction.incidents.put(kept)
            await transaction.deliveries.add_many(composed.deliveries)
            await transaction.audit.add(
                AuditEntry(
                    actor=actor_of(caller),
                    surface=self.surface,
                    action=action,
                    object_kind=INCIDENT,
                    object_id=str(kept.id),
                    organization=kept.organization,
                    before={name: written(getattr(before, name)) for name in _DECIDED},
                    after={name: written(getattr(kept, name)) for name in _DECIDED},
                )
            )
        if self.wake is not None:
            self.wake()
        return ActedOn(kept, is_new=True)

    async def _telling(
        self,
        before: Incident | None,
        after: Incident,
        outcome: Outcome,
        now: datetime,
    ) -> Telling:
        if outcome.state is not None:
            after = as_kept(after, outcome.state, outcome.move)
        targets = targets_of(after)
        if outcome.move is not None and not targets:
            targets = await self._places.of(after)
        return Telling(
            incident=after,
            story=story_of(after),
            move=outcome.move,
            before=Level.OK if before is None else Level(before.level_told),
            is_reopened=before is not None and before.closed_at is not None and not after.closed_at,
            targets=targets,
            at=now,
            names=await names_of(self.store, after),
        )


async def names_of(store: Store, incident: Incident) -> dict[str, str]:
    """How those are called who acted, by `Actor.key`; who is not listed, by the id in Slack.

    Raises:
        Unavailable: the store does not answer.
    """
    names: dict[str, str] = {}
    acted = {incident.acknowledged_by, incident.muted_by, incident.labelled_by}
    for key in acted - {None}:
        team_id, _, user_id = str(key).partition("/")
        person = await store.people.find(team_id, user_id)
        names[str(key)] = user_id if person is None else person.name
    return names


def _is_shown(before: Incident | None, telling: Telling) -> bool:
    """Whether messages follow: news, or what stands says what is no longer so."""
    if telling.move is not None:
        return True
    if before is None or not before.roots:
        return False
    after = telling.incident
    if before.shown_at is None or telling.at - before.shown_at >= SHOW_AGAIN_AFTER:
        return True
    names = ("level", "day", "closed_at", "muted_until", "acknowledged_at")
    return any(getattr(before, name) != getattr(after, name) for name in names)
