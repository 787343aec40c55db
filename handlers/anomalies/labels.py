"""What people say about anomalies: kept, put to use by the next look, and taken back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Protocol
from uuid import UUID
from zoneinfo import ZoneInfo

from analysis.clock import Clock
from analysis.errors import BadInput, NotFound, Outdated
from handlers.anomalies.drafting import Planned, draft_of, to_begin_with
from handlers.anomalies.finding import About, Finder
from handlers.anomalies.permissions import Act, allow
from handlers.anomalies.promising import promise, said_before, taken_back
from handlers.budgets.journal import actor_of, written
from handlers.caller import Caller
from storage.records.anomaly import AnomalyLabel, LabelDraft, LabelKind
from storage.records.audit import AuditEntry, Surface
from storage.records.incident import Incident, Label
from storage.store import Store

LONGEST_MUTE = timedelta(days=366)

ATTEMPTS = 3
"""How often an incident is changed while looks change it, too."""


class Desk(Protocol):
    """What has incidents changed; see `IncidentDesk`."""

    async def label(
        self, incident_id: UUID, label: Label | None, caller: Caller, *, close: bool, note: str
    ) -> object:
        """Keeps what somebody says that it is."""
        ...

    async def acknowledge(self, incident_id: UUID, caller: Caller) -> object:
        """Somebody is at it."""
        ...

    async def mute(self, incident_id: UUID, until: datetime, caller: Caller) -> object:
        """Nothing more is told of it until then."""
        ...

    async def unmute(self, incident_id: UUID, caller: Caller) -> object:
        """It is heard again."""
        ...


@dataclass(frozen=True, slots=True)
class Said:
    """What was said, and what follows.

    Attributes:
        about: the anomaly.
        label: what was said; of a label that was taken back as it was.
        is_new: False: it was said before.
        promise: what one will hear of it and what not, sentences; plain text.
    """

    about: About
    label: AnomalyLabel
    is_new: bool
    promise: str


@dataclass(frozen=True, slots=True)
class LabelHandler:
    """Takes what people say.

    Attributes:
        store: where it is kept.
        finder: finds what is meant.
        desk: has the incident changed that it is said of.
        clock: the present.
        zone: in which the deployment's days begin.
        surface: where it is said.
        changed: is called when something was said or taken back; None: nobody is.
    """

    store: Store
    finder: Finder
    desk: Desk
    clock: Clock
    zone: ZoneInfo
    surface: Surface
    changed: Callable[[], None] | None = None

    async def find(self, which: str, caller: Caller) -> About:
        """What a label would be about; raises as `say` does."""
        allow(Act.LABEL, caller)
        return await self.finder.find(which, caller)

    async def say(
        self, which: str, kind: LabelKind, caller: Caller, planned: Planned | None = None
    ) -> Said:
        """Somebody says what an anomaly is.

        Args:
            which: see `Finder.find`.
            kind: real, expected, planned or too small; see `mute` for the rest.
            caller: who says so.
            planned: of what was planned, the days.

        Raises:
            NotAllowed: the role does not reach.
            NotFound: there is none that the caller sees.
            BadInput: the days of what was planned cannot be.
            Outdated: somebody has said something else of it, which has to be taken back first.
            Unavailable: the store does not answer.
        """
        about = await self.find(which, caller)
        return await self._keep(about, draft_of(about, kind, planned), caller)

    async def mute(self, which: str, until: datetime, caller: Caller) -> Said:
        """Nothing is told of the series until an instant, whatever is found.

        Raises:
            NotAllowed, NotFound, Outdated, Unavailable: see `say`.
            BadInput: the instant has passed, or is more than a year away.
        """
        about = await self.find(which, caller)
        now = self.clock()
        if not now < until <= now + LONGEST_MUTE:
            raise BadInput("A mute ends in the future, and within a year.", "Name another day.")
        draft = replace(to_begin_with(about, "mute"), muted_until=until)
        return await self._keep(about, draft, caller)

    async def undo(self, which: str, caller: Caller) -> Said:
        """Takes back what was said last of an anomaly.

        Raises:
            NotAllowed, Unavailable: see `say`.
            NotFound: there is none that the caller sees, or nothing was said of it.
            Outdated: somebody else took it back at the same moment.
        """
        about = await self.find(which, caller)
        label = await self.said_of(about)
        if label is None:
            hint = "`/cost anomalies` shows what was found, and what was said of it."
            raise NotFound(f"Nothing was said of {about.title} that could be taken back.", hint)
        if about.incident is None and label.incident_id is not None:
            # It was closed by what is taken back.
            told = await self.finder.incidents.find(label.incident_id, caller)
            about = replace(about, incident=told)
        async with self.store.transaction() as transaction:
            undone = await transaction.anomaly_labels.undo(label.id, actor_of(caller))
            if undone is None:
                raise Outdated("Somebody else has just taken that back.", "`/cost anomalies`.")
            await transaction.audit.add(self._entry("anomaly.undo", label, None, caller))
        await self._change_incident(about, label, caller, "", is_undo=True)
        if self.changed is not None:
            self.changed()
        return Said(about, undone, is_new=True, promise=taken_back(about, label))

    async def said_of(self, about: About) -> AnomalyLabel | None:
        """What was said of an anomaly and counts; None: nothing.

        Raises:
            Unavailable: the store does not answer.
        """
        labels = self.store.anomaly_labels
        return await labels.live_of(about.subject, about.day) or await labels.live_of(about.subject)

    async def _keep(self, about: About, draft: LabelDraft, caller: Caller) -> Said:
        kept: AnomalyLabel | None = None
        async with self.store.transaction() as transaction:
            kept = await transaction.anomaly_labels.add(draft, actor_of(caller))
            if kept is not None:
                await transaction.audit.add(self._entry("anomaly.label", None, kept, caller))
        is_new = kept is not None
        if kept is None:
            kept = await self.store.anomaly_labels.live_of(about.subject, about.day)
            if kept is None or kept.kind != draft.kind or kept.kind in ("planned", "mute"):
                raise self._said_already(about, kept)
        follows = promise(about, kept, self.zone)
        # Again where it was said before: whoever said it first may not have got this far.
        await self._change_incident(about, kept, caller, follows)
        if is_new and self.changed is not None:
            self.changed()
        return Said(about, kept, is_new, follows)

    def _said_already(self, about: About, label: AnomalyLabel | None) -> Outdated:
        if label is None:
            return Outdated("Somebody else has just changed that.", "Look at it again.")
        sentence = said_before(about, label, self.zone)
        return Outdated(sentence, "Take that back first, then say what it is.")

    async def _change_incident(
        self, about: About, label: AnomalyLabel, caller: Caller, note: str, *, is_undo: bool = False
    ) -> None:
        incident = about.incident
        for attempt in range(ATTEMPTS):
            if incident is None:
                return
            try:
                if label.kind == "mute":
                    await self._mute_incident(incident, label, caller, is_undo=is_undo)
                else:
                    await self._label_incident(incident, label.kind, caller, note, is_undo=is_undo)
            except Outdated:
                # A look has changed it at the same moment; what was said is kept already.
                if attempt == ATTEMPTS - 1:
                    raise
                incident = await self.finder.incidents.find(incident.id, caller)
            else:
                return

    async def _mute_incident(
        self, incident: Incident, label: AnomalyLabel, caller: Caller, *, is_undo: bool
    ) -> None:
        if incident.closed_at is not None or label.muted_until is None:
            return
        if is_undo:
            await self.desk.unmute(incident.id, caller)
        else:
            await self.desk.mute(incident.id, label.muted_until, caller)

    async def _label_incident(
        self, incident: Incident, kind: Label, caller: Caller, note: str, *, is_undo: bool
    ) -> None:
        if kind == "real" and not is_undo and incident.closed_at is None:
            await self.desk.acknowledge(incident.id, caller)
        await self.desk.label(
            incident.id,
            None if is_undo else kind,
            caller,
            close=not is_undo and kind != "real",
            note=note,
        )

    def _entry(
        self,
        action: str,
        before: AnomalyLabel | None,
        after: AnomalyLabel | None,
        caller: Caller,
    ) -> AuditEntry:
        label = after or before
        if label is None:
            message = "a decision is on a label"
            raise AssertionError(message)
        return AuditEntry(
            actor=actor_of(caller),
            surface=self.surface,
            action=action,
            object_kind="anomaly",
            object_id=label.subject,
            organization=label.organization,
            before=None if before is None else _values(before),
            after=None if after is None else _values(after),
        )


_KEPT = (
    "kind",
    "day",
    "series",
    "left_out_first",
    "left_out_last",
    "silent_first",
    "silent_last",
    "most_usd",
    "floor_usd",
    "muted_until",
    "note",
)


def _values(label: AnomalyLabel) -> dict[str, object]:
    return {"id": str(label.id), **{name: written(getattr(label, name)) for name in _KEPT}}
