"""The watch over all daily series: each state of the facts is looked at once, by one process.

What was found is kept day by day, and told through the incident desk. Whatever fails is done by
the next look: a slot that came to nothing is free again.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

from analysis.anomalies.found import DetectorSettings
from analysis.clock import Clock
from analysis.series import SeriesKey
from handlers.anomalies.as_of import WINDOW_DAYS
from handlers.anomalies.days import days_to_judge, sources_of
from handlers.anomalies.explaining import Explainer
from handlers.anomalies.judged import Day, judge
from handlers.anomalies.keeping import kept_of
from handlers.anomalies.known import Known, known_days
from handlers.anomalies.naming import key_of, subject_of
from handlers.anomalies.planning import OwnPlaces, Plan, plan_of
from handlers.anomalies.said import with_labels
from handlers.anomalies.telling import (
    Facts,
    fine,
    is_many,
    many_of,
    silent,
    together,
    trouble,
)
from handlers.incidents.signal import IncidentKind, Signal
from queries.dimensions import Dimensions
from queries.mart import Mart
from queries.recommendation_evidence.reading import EvidenceReader
from queries.series import SeriesFacts, SeriesWanted, series_facts
from storage.records.anomaly import AnomalyLabel, Outcome
from storage.records.incident import Incident
from storage.store import Store

DAY = timedelta(days=1)

CATCH_UP = 3
"""Days before the last complete one that are looked at, too, where nobody did."""

LOOK_BACK = 14
"""Days before the last complete one that the very first look lists, without telling anybody: who
has just begun is to see what costbot would have found."""


class Desk(Protocol):
    """Where signals go; see `IncidentDesk`."""

    async def report(self, signals: Sequence[Signal]) -> object:
        """Takes what looks have found."""
        ...

    async def open_subjects(self, kind: IncidentKind) -> dict[str, Incident]:
        """All open incidents of a kind, by subject."""
        ...


@dataclass(frozen=True, slots=True)
class Looked:
    """What a look has done.

    Attributes:
        day: the last complete day that was looked at.
        series: that were judged.
        found: findings that stand for themselves.
        told: of these, that were told one by one.
        together: of these, that were told in one message with others.
        silent: of these, that were not told because of what people said.
        parts: findings that only repeat others.
        recovered: subjects that were fine again.
    """

    day: date
    series: int
    found: int
    told: int
    together: int
    silent: int
    parts: int
    recovered: int


COUNTED = ("series", "found", "told", "together", "silent", "parts", "recovered")


@dataclass(slots=True)
class AnomalyWatch:
    """Looks for anomalies, again and again.

    Attributes:
        store: with what was found, said and looked at.
        mart: with the facts.
        reader: of the mart.
        dimensions: of the deployment.
        desk: has the findings told.
        explainer: finds why.
        clock: the present.
        zone: in which the deployment's days begin.
        stale_after_hours: of a source.
        settings: of the detector.
        last: the last look of this process; None: there was none yet.
    """

    store: Store
    mart: Mart
    reader: EvidenceReader
    dimensions: Dimensions
    desk: Desk
    explainer: Explainer
    clock: Clock
    zone: ZoneInfo
    stale_after_hours: float
    settings: DetectorSettings = field(default_factory=DetectorSettings)
    last: Looked | None = None
    _done: str = ""

    async def look(self) -> Looked | None:
        """Looks at all series, where something has changed since anybody did.

        Returns:
            What came of it; None: that was done, is being done elsewhere, or there is no data.

        Raises:
            Unavailable: the facts or the store cannot be read.
        """
        now = self.clock()
        known = known_days(self.mart.snapshot(), now, self.zone, self.stale_after_hours)
        if known is None:
            return None
        labels = await self.store.anomaly_labels.live()
        slot = await self._slot(known, labels, now)
        if slot == self._done:
            return None
        looks = self.store.anomaly_looks
        if await looks.is_finished(slot):
            self._done = slot
            return None
        run = await looks.begin(slot, known.last)
        if run is None:
            return None
        try:
            looked = await self._look(known, labels, now)
        except BaseException:
            await looks.give_up(run)
            raise
        await looks.finish(run, {name: getattr(looked, name) for name in COUNTED})
        self.last, self._done = looked, slot
        return looked

    async def _slot(self, known: Known, labels: Sequence[AnomalyLabel], now: datetime) -> str:
        """What names a state of everything that a look depends on."""
        muted = sorted(
            str(one.id) for one in labels if one.muted_until is not None and now < one.muted_until
        )
        rest = f"{await self.store.anomaly_labels.stamp()}|{muted}|{self.settings!r}"
        return f"{known.slot}|{hashlib.sha256(rest.encode()).hexdigest()[:16]}"

    async def _look(self, known: Known, labels: Sequence[AnomalyLabel], now: datetime) -> Looked:
        there = await self.desk.open_subjects("anomaly")
        facts = await self._facts(known, there)
        table = await asyncio.to_thread(with_labels, facts.table, labels)
        facts = replace(facts, table=table)
        gap = await self._gap(known)
        own, counts = OwnPlaces(self.store), Counter[str]()
        if await self.store.anomaly_looks.last_day() is None:
            await self._look_back(facts, labels, known, now)
        for day, keys in await asyncio.to_thread(days_to_judge, facts, known, gap):
            found = await asyncio.to_thread(judge, table, day, self.settings, labels, now)
            judged = tuple(one for one in found.judged if one.finding.key in keys)
            there = await self.desk.open_subjects("anomaly")
            plan = await plan_of(Day(day, judged), there, own)
            await self._tell(Day(day, judged), plan, facts, keys, there, counts)
        stale = stale_signals(await self.desk.open_subjects("anomaly"), facts, known)
        if stale:
            await self.desk.report(stale)
        return Looked(day=known.last, **{name: counts[name] for name in COUNTED})

    async def _look_back(
        self, facts: SeriesFacts, labels: Sequence[AnomalyLabel], known: Known, now: datetime
    ) -> None:
        """Keeps what the days would have told on which nobody looked yet; tells nobody."""
        days = await asyncio.to_thread(days_to_judge, facts, known, LOOK_BACK)
        todays = {day for day, _ in await asyncio.to_thread(days_to_judge, facts, known)}
        for day, keys in days:
            if day in todays:
                continue
            found = await asyncio.to_thread(judge, facts.table, day, self.settings, labels, now)
            judged = tuple(one for one in found.judged if one.finding.key in keys)
            outcomes: dict[SeriesKey, tuple[Outcome, SeriesKey | None]] = {
                one.finding.key: ("before", one.wider) for one in judged
            }
            kept = kept_of(Day(day, judged), outcomes, {}, now)
            await self.store.anomaly_findings.put(day, kept, [str(key) for key in keys])

    async def _tell(
        self,
        found: Day,
        plan: Plan,
        facts: SeriesFacts,
        keys: set[SeriesKey],
        there: Mapping[str, Incident],
        counts: Counter[str],
    ) -> None:
        """Keeps what was found on a day, and reports it."""
        to_explain = [one.finding for one in plan.to_explain]
        explained = await self.explainer.explain(to_explain, facts.table)
        around = Facts(facts.table, facts.sole, explained)
        signals = await asyncio.to_thread(_signals, plan, around)
        concerned = {subject_of(one.finding.key) for one in found.judged}
        concerned |= {subject_of(part.key) for one in found.judged for part in one.parts}
        others = {name: one for name, one in there.items() if name not in concerned}
        fine_again = await asyncio.to_thread(_recovered, others, around, keys, found.day, plan)
        now = self.clock()
        kept = kept_of(found, plan.outcomes, explained, now)
        await self.store.anomaly_findings.put(found.day, kept, [str(key) for key in keys])
        await self.desk.report([*signals, *fine_again])
        counts.update(
            series=len(keys),
            found=len(found.judged),
            told=len(plan.single),
            together=sum(len(some) for some in plan.together.values()),
            silent=len(found.judged) - len(found.told),
            parts=sum(len(one.parts) for one in found.judged),
            recovered=len(fine_again),
        )

    async def _facts(self, known: Known, there: Mapping[str, Incident]) -> SeriesFacts:
        days = WINDOW_DAYS + LOOK_BACK + 1
        wanted = SeriesWanted(
            first=known.last - (days - 1) * DAY,
            last=known.last,
            zone=self.zone,
            known=known.days,
            least_usd=self.settings.least_usd,
            also=[key for key in map(key_of, there) if key is not None],
        )
        return await series_facts(self.reader, self.dimensions, wanted)

    async def _gap(self, known: Known) -> int:
        """Days before the last one that nobody has looked at."""
        looked_at = await self.store.anomaly_looks.last_day()
        if looked_at is None:
            return 0
        return max(0, min((known.last - looked_at).days - 1, CATCH_UP))


def _signals(plan: Plan, facts: Facts) -> list[Signal]:
    signals = [trouble(one, facts, places) for one, places in plan.single]
    for scope, some in plan.together.items():
        signals.append(together(scope, some, some[0].finding.day, facts))
    return signals


def _recovered(
    others: Mapping[str, Incident], facts: Facts, keys: set[SeriesKey], day: date, plan: Plan
) -> list[Signal]:
    """The signals of open subjects of which nothing was found on a day that says something."""
    signals: list[Signal] = []
    many = {many_of(scope) for scope in plan.together}
    for subject, incident in others.items():
        key = key_of(subject)
        if key is None:
            if is_many(subject) and subject not in many:
                signals.append(fine(subject, incident, facts, day))
        elif key in keys:
            signals.append(fine(subject, incident, facts, day))
    return signals


def stale_signals(there: Mapping[str, Incident], facts: SeriesFacts, known: Known) -> list[Signal]:
    """The signals of open subjects of which nothing can be said, since a source is stale."""
    signals: list[Signal] = []
    for subject in there:
        key = key_of(subject)
        if key is None:
            continue
        sources = sources_of(facts, key)
        silent_ones = sources & known.stale or sources - known.days.keys()
        if silent_ones or not sources:
            ends = [known.days[source].last for source in silent_ones if source in known.days]
            names = " and ".join(sorted(source.value for source in silent_ones)) or "its source"
            signals.append(silent(subject, key, names, min(ends, default=None)))
    return signals
