"""Finding the anomaly that somebody means, by its id, its incident's, or the first digits of it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Protocol
from uuid import UUID

from analysis.errors import NotFound, NotUnderstood
from analysis.series import SeriesKey, series_key
from handlers.anomalies.naming import SUBJECT, key_of, title_of
from handlers.anomalies.permissions import sees, within
from handlers.caller import Caller
from handlers.incidents.permissions import sees as sees_incident
from handlers.nearest import shown
from queries.dimensions import Dimensions
from storage.records.anomaly import KeptFinding, finding_id
from storage.records.incident import Incident
from storage.store import Store

SHORTEST = 4
"""Digits of an id that are enough to look for it; 8 are shown."""

_DIGITS = re.compile(r"[0-9a-f]{4,32}", re.ASCII)


class Incidents(Protocol):
    """The incidents, as far as they are looked up here."""

    async def find(self, incident_id: UUID, caller: Caller) -> Incident:
        """An incident, open or closed; see `IncidentDesk.find`."""
        ...


@dataclass(frozen=True, slots=True)
class StoredIncidents:
    """Looks incidents up in the store, for those who change none.

    Attributes:
        store: with the incidents.
    """

    store: Store

    async def find(self, incident_id: UUID, caller: Caller) -> Incident:
        """An incident, open or closed.

        Raises:
            NotFound: there is none that the caller may know of.
            Unavailable: the store does not answer.
        """
        incident = await self.store.incidents.find(incident_id)
        if incident is None or not sees_incident(caller, incident):
            raise not_found(incident_id.hex[:8])
        return incident


@dataclass(frozen=True, slots=True)
class About:
    """What something is said about.

    Attributes:
        subject: of its signals.
        key: the series; None: several that were told together.
        organization: whose people may see it; None: those who see all organizations.
        day: that was looked at.
        since: the first day of it.
        usd: USD a day that it moved, signed.
        findings: what was found that day: of the series itself, then of its parts.
        incident: what was told of it; None: nothing by itself.
    """

    subject: str
    key: SeriesKey | None
    organization: str | None
    day: date
    since: date
    usd: Decimal
    findings: tuple[KeptFinding, ...] = ()
    incident: Incident | None = None

    @property
    def title(self) -> str:
        """What it is called: plain text."""
        if self.key is not None:
            return title_of(self.key)
        return f"what was found on {self.day}"

    @property
    def series(self) -> tuple[str, ...]:
        """The keys of all series that it holds for, its own first."""
        own = () if self.key is None else (str(self.key),)
        return tuple(dict.fromkeys((*own, *(one.series for one in self.findings))))


@dataclass(frozen=True, slots=True)
class Finder:
    """Finds anomalies.

    Attributes:
        store: with what was found.
        incidents: what was told.
        dimensions: of the deployment.
    """

    store: Store
    incidents: Incidents
    dimensions: Dimensions

    async def find(self, which: str, caller: Caller) -> About:
        """The anomaly that is meant.

        Args:
            which: the id of its incident or of what was found, or the first digits of the latter.
            caller: who asks.

        Raises:
            NotFound: there is none that the caller sees; said alike of those of others.
            NotUnderstood: several begin with these digits.
            Unavailable: the store does not answer.
        """
        reach = within(caller)
        digits = which.strip().casefold().replace("-", "").removeprefix("#")
        if not _DIGITS.fullmatch(digits):
            raise not_found(which)
        if len(digits) == 32:
            about = await self._by_id(UUID(digits), caller)
            if about is not None:
                return about
            raise not_found(which)
        found = await self.store.anomaly_findings.find_beginning(digits, reach)
        found = [one for one in found if sees(caller, series_key(one.series), self.dimensions)]
        if not found:
            raise not_found(which)
        if len(found) > 1:
            sentence = f"Several anomalies begin with {shown(which)}."
            raise NotUnderstood(sentence, "Give more digits of the id.")
        return await self._of_finding(found[0], caller)

    async def _by_id(self, key: UUID, caller: Caller) -> About | None:
        finding = await self.store.anomaly_findings.find(key)
        if finding is not None:
            if not sees(caller, series_key(finding.series), self.dimensions):
                return None
            return await self._of_finding(finding, caller)
        return await self._of_incident(await self.incidents.find(key, caller), caller)

    async def _of_finding(self, finding: KeptFinding, caller: Caller) -> About:
        """What was found, with its parts, and the open incident that is about it."""
        del caller
        parts = await self._parts(finding)
        subject = f"{SUBJECT}{finding.series}"
        there = await self.store.incidents.open_of([subject])
        return About(
            subject=subject,
            key=series_key(finding.series),
            organization=finding.organization,
            day=finding.day,
            since=finding.since,
            usd=finding.usd,
            findings=(finding, *parts),
            incident=there.get(subject),
        )

    async def _of_incident(self, incident: Incident, caller: Caller) -> About | None:
        key, day = key_of(incident.subject), incident.day
        if incident.kind != "anomaly" or day is None:
            return None
        if key is not None and not sees(caller, key, self.dimensions):
            return None
        if key is None:
            found = await self.store.anomaly_findings.of_days(day, day, incident.organization)
            together = tuple(
                one
                for one in found
                if one.outcome == "together" and one.organization == incident.organization
            )
            since = min((one.since for one in together), default=day)
        else:
            own = await self._latest(key, day)
            together = () if own is None else (own, *await self._parts(own))
            since = day if own is None else own.since
        usd = together[0].usd if key is not None and together else incident.usd
        return About(
            subject=incident.subject,
            key=key,
            organization=incident.organization,
            day=together[0].day if together else day,
            since=since,
            usd=usd,
            findings=together,
            incident=incident,
        )

    async def _latest(self, key: SeriesKey, day: date) -> KeptFinding | None:
        """What was found on the incident's day; where that was a good one, what was found last."""
        found = await self.store.anomaly_findings.find(finding_id(str(key), day))
        return found or await self.store.anomaly_findings.latest_of(str(key))

    async def _parts(self, finding: KeptFinding) -> list[KeptFinding]:
        """Its parts, and theirs."""
        found = await self.store.anomaly_findings.of_days(finding.day, finding.day)
        wholes, parts = {finding.series}, dict[str, KeptFinding]()
        while new := [one for one in found if one.part_of in wholes and one.series not in parts]:
            parts.update({one.series: one for one in new})
            wholes = {one.series for one in new}
        return list(parts.values())


def short_id(finding: KeptFinding) -> str:
    """The first digits of an id, as people are shown it."""
    return finding.id.hex[:8]


def not_found(which: str) -> NotFound:
    """What is said of an anomaly that is not there for whoever asks."""
    sentence = f"There is no anomaly {shown(which)}."
    return NotFound(sentence, "`/cost anomalies` lists what was found.")
