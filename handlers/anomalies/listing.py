"""What was found lately, how it stands, and what people said of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from analysis.clock import Clock
from analysis.errors import BadInput, NotUnderstood
from analysis.series import WATCHED_DIMENSIONS, SeriesKey, series_key
from handlers.anomalies.finding import About, Finder
from handlers.anomalies.known import known_days
from handlers.anomalies.naming import subject_of
from handlers.anomalies.permissions import Act, allow, may, sees, within
from handlers.anomalies.promising import promise
from handlers.anomalies.requests import MOST_DAYS, ListAnomaliesRequest
from handlers.caller import Caller
from handlers.incidents.hearing import Expected, is_heard
from handlers.incidents.permissions import Act as Routes
from handlers.incidents.permissions import may as may_at
from handlers.nearest import did_you_mean, shown
from queries.dimensions import Dimensions
from queries.mart import Mart
from storage.records.anomaly import AnomalyLabel, KeptFinding
from storage.records.incident import Incident
from storage.store import Store

DAY = timedelta(days=1)

State = Literal["open", "over", "gone"]
"""Open: it lasts. Over: later days were as usual, or somebody closed it. Gone: the figures of its
day were restated, and it is no more."""


@dataclass(frozen=True, slots=True)
class AnomalyRow:
    """An anomaly: of one that lasts, its latest day.

    Attributes:
        finding: what was found.
        days: on how many days it was found.
        state: how it stands.
        label: what was said of it and counts; None: nothing.
        incident: the open one about it; None: there is none.
    """

    finding: KeptFinding
    days: int
    state: State
    label: AnomalyLabel | None
    incident: Incident | None


@dataclass(frozen=True, slots=True)
class AnomalyList:
    """What was found.

    Attributes:
        request: the question.
        first, last: the days that it goes over; None: there is no complete day yet.
        rows: the newest and the most dollars first.
        looked_at: the newest day that was looked at; None: none ever was.
        looked_when: when that was, UTC.
        may: what the caller may do.
        is_told: some route may take an anomaly of the caller's reach, or they could not make one.
    """

    request: ListAnomaliesRequest
    first: date | None
    last: date | None
    rows: Sequence[AnomalyRow]
    looked_at: date | None
    looked_when: datetime | None
    may: frozenset[Act]
    is_told: bool = True


@dataclass(frozen=True, slots=True)
class ShownAnomaly:
    """Everything about an anomaly.

    Attributes:
        about: what it is.
        label: what was said of it and counts; None: nothing.
        promise: what follows from that; empty: nothing was said.
        state: how it stands.
        may: what the caller may do.
    """

    about: About
    label: AnomalyLabel | None
    promise: str
    state: State
    may: frozenset[Act]


@dataclass(frozen=True, slots=True)
class AnomalyListHandler:
    """Shows what was found; reads the store alone.

    Attributes:
        store: with what was found and told.
        finder: finds what is meant.
        mart: says which days are known.
        dimensions: of the deployment.
        clock: the present.
        zone: in which the deployment's days begin.
        stale_after_hours: of a source.
    """

    store: Store
    finder: Finder
    mart: Mart
    dimensions: Dimensions
    clock: Clock
    zone: ZoneInfo
    stale_after_hours: float

    async def list(self, request: ListAnomaliesRequest, caller: Caller) -> AnomalyList:
        """What was found in the latest complete days.

        Raises:
            NotAllowed: the role does not reach.
            NotUnderstood: a dimension is not watched.
            BadInput: too many days, or none.
            Unavailable: the store does not answer.
        """
        allow(Act.SEE, caller)
        reach = within(caller)
        checked_days(request.days)
        filters = checked(request.filters)
        known = known_days(self.mart.snapshot(), self.clock(), self.zone, self.stale_after_hours)
        acts = frozenset(act for act in Act if may(act, caller))
        newest = await self.store.anomaly_looks.last_day()
        last = newest if known is None else max(known.last, newest or known.last)
        if last is None:
            return AnomalyList(request, None, None, (), None, None, acts)
        span = MOST_DAYS if request.only_open else request.days
        first = last - (span - 1) * DAY
        found = await self.store.anomaly_findings.of_days(first, last, reach)
        shown_ = [one for one in found if self._is_shown(one, caller, filters)]
        rows = await self._rows(shown_)
        if request.only_open:
            rows = [row for row in rows if row.state == "open"]
        when = None
        if newest is not None:
            when = (await self.store.anomaly_looks.days(newest, newest)).get(newest)
        expected = Expected(kind="anomaly", organizations=None if reach is None else (reach,))
        told = not may_at(Routes.ROUTE, caller) or await is_heard(self.store, expected)
        return AnomalyList(request, first, last, rows, newest, when, acts, told)

    async def show(self, which: str, caller: Caller) -> ShownAnomaly:
        """Everything about an anomaly.

        Raises:
            NotAllowed: the role does not reach.
            NotFound: there is none that the caller sees.
            NotUnderstood: several are meant.
            Unavailable: the store does not answer.
        """
        allow(Act.SEE, caller)
        about = await self.finder.find(which, caller)
        labels = self.store.anomaly_labels
        label = await labels.live_of(about.subject, about.day)
        return ShownAnomaly(
            about=about,
            label=label,
            promise="" if label is None else promise(about, label, self.zone),
            state=_state(about.findings[0] if about.findings else None, about.incident, label),
            may=frozenset(act for act in Act if may(act, caller)),
        )

    def _is_shown(
        self, finding: KeptFinding, caller: Caller, filters: Mapping[str, tuple[str, ...]]
    ) -> bool:
        """Whether it stands in a list: what is a part of something else does not."""
        if finding.outcome == "silent":
            return False
        is_own = finding.part_of is not None and is_wider(finding)
        if finding.outcome == "part" and not is_own:
            return False
        if is_own and caller.organization is None and "organization" not in filters:
            return False  # the larger one stands there
        key = series_key(finding.series)
        return sees(caller, key, self.dimensions) and is_of(key, filters)

    async def _rows(self, found: Iterable[KeptFinding]) -> list[AnomalyRow]:
        latest, days = _runs(found)
        subjects = [subject_of(series_key(one.series)) for one in latest.values()]
        there = await self.store.incidents.open_of(subjects)
        said = {(one.subject, one.day): one for one in await self.store.anomaly_labels.live()}
        rows: list[AnomalyRow] = []
        for run, finding in latest.items():
            subject = subject_of(series_key(finding.series))
            incident = there.get(subject)
            if incident is not None and incident.day is not None and incident.day > finding.day:
                incident = None  # of a later anomaly of the same series
            label = said.get((subject, finding.day)) or next(
                (
                    one
                    for (of, day), one in said.items()
                    if of == subject and run[1] <= day <= finding.day
                ),
                None,
            )
            rows.append(
                AnomalyRow(finding, days[run], _state(finding, incident, label), label, incident)
            )
        return rows


Run = tuple[str, date]
"""A series, and the day on which it became odd."""


def _runs(found: Iterable[KeptFinding]) -> tuple[dict[Run, KeptFinding], dict[Run, int]]:
    """What lasts is one: of each, its latest day, and on how many days it was found."""
    latest: dict[Run, KeptFinding] = {}
    days: dict[Run, int] = {}
    going: dict[str, Run] = {}
    for finding in sorted(found, key=lambda one: one.day):
        run = going.get(finding.series)
        if run is None or (finding.day - latest[run].day > DAY and finding.since != run[1]):
            run = going[finding.series] = (finding.series, finding.since)
        latest[run] = finding
        days[run] = days.get(run, 0) + 1
    newest = sorted(latest, key=lambda run: (-latest[run].day.toordinal(), -abs(latest[run].usd)))
    return {run: latest[run] for run in newest}, days


def is_wider(finding: KeptFinding) -> bool:
    """Whether what a finding is a part of is of a wider scope: in its own it stands for itself."""
    return finding.part_of is not None and (
        series_key(finding.part_of).organization != finding.organization
    )


def _state(
    finding: KeptFinding | None, incident: Incident | None, label: AnomalyLabel | None
) -> State:
    if incident is not None and incident.closed_at is None:
        return "open"
    if finding is not None and finding.gone_at is not None and label is None:
        return "gone"
    return "over"


def is_of(key: SeriesKey, filters: Mapping[str, tuple[str, ...]]) -> bool:
    """Whether a series is one of those that are asked for; names are compared without case."""
    for name, values in filters.items():
        folded = {value.casefold() for value in values}
        own = key.organization if name == "organization" else key.member
        if name != "organization" and key.dimension != name:
            return False
        if (own or "").casefold() not in folded:
            return False
    return True


def checked(filters: Mapping[str, tuple[str, ...]]) -> Mapping[str, tuple[str, ...]]:
    """The filters, all of them by what is watched.

    Raises:
        NotUnderstood: one is by something else.
    """
    watched = ("organization", *WATCHED_DIMENSIONS)
    for name in filters:
        if name not in watched:
            sentence = f"Anomalies are not looked for by {shown(name)}."
            raise NotUnderstood(sentence, did_you_mean(name, watched))
    return filters


def checked_days(days: int) -> None:
    """Passes where so many days can be gone back.

    Raises:
        BadInput: they cannot.
    """
    if not 1 <= days <= MOST_DAYS:
        raise BadInput(f"Anomalies are not shown over {days} days.", f"Give 1 to {MOST_DAYS}.")
