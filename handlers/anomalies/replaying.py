"""What would have been told with other settings, beside what was: days gone by, judged anew."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from analysis.clock import Clock
from analysis.errors import BadInput, NotFound
from analysis.series import series_key
from handlers.anomalies.known import Known, known_days
from handlers.anomalies.listing import checked, checked_days, is_of, is_wider
from handlers.anomalies.permissions import Act, allow, sees, within
from handlers.anomalies.replayed import Fired, Replay, Rerun, Root, Used, side_by_side
from handlers.anomalies.requests import ReplayRequest, TrialSettings
from handlers.caller import Caller
from queries.dimensions import Dimensions
from queries.mart import Mart
from queries.recommendation_evidence.reading import EvidenceReader
from storage.records.anomaly import AnomalyLabel, KeptFinding
from storage.store import Store

DAY = timedelta(days=1)

MOST_BAND, MOST_USD, MOST_RATIO = 100, Decimal(1_000_000_000), 100
"""Beyond these nothing would ever be told."""

MOST_KEPT = 8
"""Results that are kept; each holds until the facts, the labels or the settings are others."""


@dataclass(slots=True)
class ReplayHandler:
    """Replays days gone by.

    Attributes:
        store: with what was found and said.
        mart: with the facts.
        reader: of the mart.
        dimensions: of the deployment.
        clock: the present.
        zone: in which the deployment's days begin.
        stale_after_hours: of a source.
        present: the settings in force.
        false_discoveries: see `DetectorSettings`.
    """

    store: Store
    mart: Mart
    reader: EvidenceReader
    dimensions: Dimensions
    clock: Clock
    zone: ZoneInfo
    stale_after_hours: float
    present: Used
    false_discoveries: float = 0.05
    _kept: OrderedDict[tuple[object, ...], Rerun] = field(
        default_factory=OrderedDict[tuple[object, ...], Rerun]
    )
    _lock: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def replay(self, request: ReplayRequest, caller: Caller) -> Replay:
        """What would have been told of the latest complete days.

        Raises:
            NotAllowed: the role does not reach.
            NotUnderstood: a dimension is not watched.
            BadInput: too many days, or settings that cannot be.
            NotFound: there is no complete day, or no such series.
            Unavailable: the facts or the store cannot be read.
        """
        allow(Act.REPLAY, caller)
        within(caller)
        checked_days(request.days)
        checked(request.filters)
        tried = tried_of(request.settings, self.present)
        now = self.clock()
        known = known_days(self.mart.snapshot(), now, self.zone, self.stale_after_hours)
        if known is None:
            hint = "`/cost about` shows how far the data reaches."
            raise NotFound("There is no complete day yet.", hint)
        labels = await self.store.anomaly_labels.live()
        days = [known.last - back * DAY for back in range(request.days, -1, -1)]
        would = await self._rerun(known, labels, tried, days)
        looked_at = await self.store.anomaly_looks.days(days[0], days[-1])
        did = await self._did(days[0], days[-1])
        if any(day not in looked_at for day in days):
            as_ever = await self._rerun(known, labels, self.present, days)
            did = {
                day: did.get(day, ()) if day in looked_at else as_ever.roots.get(day, ())
                for day in days
            }

        def seen(roots: Mapping[date, Sequence[Root]]) -> dict[date, list[Fired]]:
            return {
                day: [one.fired for one in some if self._is_seen(one, request, caller)]
                for day, some in roots.items()
            }

        return Replay(
            request=request,
            tried=tried,
            present=self.present,
            first=days[1],
            last=days[-1],
            days=side_by_side(days, seen(would.roots), seen(did), looked_at),
            series=would.series,
            labels=len(labels),
        )

    async def _rerun(
        self, known: Known, labels: Sequence[AnomalyLabel], used: Used, days: Sequence[date]
    ) -> Rerun:
        from handlers.anomalies.rerun import Judging, rerun

        key = known.slot, tuple(label.id for label in labels), used, tuple(days)
        async with self._lock:  # two who ask the same at once wait for one
            if key not in self._kept:
                judging = Judging(self.reader, self.dimensions, self.zone, self.false_discoveries)
                self._kept[key] = await rerun(judging, known, labels, used, days)
                while len(self._kept) > MOST_KEPT:
                    self._kept.popitem(last=False)
            self._kept.move_to_end(key)
            return self._kept[key]

    async def _did(self, first: date, last: date) -> dict[date, Sequence[Root]]:
        found: dict[date, list[Root]] = {}
        for one in await self.store.anomaly_findings.of_days(first, last):
            if one.outcome in ("told", "together") or is_wider(one):
                found.setdefault(one.day, []).append(_root(one))
        return dict(found)

    def _is_seen(self, root: Root, request: ReplayRequest, caller: Caller) -> bool:
        """Whether it is there for a caller, and asked for."""
        key = root.fired.key
        if caller.organization is None and root.wider is not None:
            # Told to its organization alone; everybody else is told of the larger one.
            return "organization" in request.filters and is_of(key, request.filters)
        return sees(caller, key, self.dimensions) and is_of(key, request.filters)


def _root(finding: KeptFinding) -> Root:
    fired = Fired(
        day=finding.day,
        key=series_key(finding.series),
        level=finding.level,
        shape=finding.shape,
        since=finding.since,
        actual=finding.actual,
        expected=finding.expected,
        usd=finding.usd,
    )
    return Root(fired, None if finding.part_of is None else series_key(finding.part_of))


def tried_of(trial: TrialSettings, present: Used) -> Used:
    """The settings that are tried: those in force where nothing else is said.

    Raises:
        BadInput: they cannot be.
    """
    tried = Used(
        bands=trial.bands or present.bands,
        least_usd=present.least_usd if trial.least_usd is None else trial.least_usd,
        least_ratio=present.least_ratio if trial.least_ratio is None else trial.least_ratio,
        falls=present.falls if trial.falls is None else trial.falls,
    )
    notice, warning, critical = tried.bands
    if not 0 < notice <= warning <= critical <= MOST_BAND:
        sentence = "The bands are three scores, each no smaller than the one before it."
        raise BadInput(sentence, "Write `bands 2/3/4.5`.")
    if not 0 <= tried.least_usd <= MOST_USD:
        raise BadInput("The least amount is from $0 on.", "Write `least $20`.")
    if not 0 <= tried.least_ratio <= MOST_RATIO:
        raise BadInput("The least share is from 0 % on.", "Write `ratio 40%`.")
    return tried
