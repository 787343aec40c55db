"""Days gone by, judged anew in a thread: what the watch would have found of them."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from analysis.anomalies.found import Bands, DetectorSettings
from handlers.anomalies.as_of import WINDOW_DAYS
from handlers.anomalies.days import days_to_judge
from handlers.anomalies.judged import Judged, judge
from handlers.anomalies.known import Known
from handlers.anomalies.replayed import Fired, Rerun, Root, Used
from handlers.anomalies.said import with_labels
from queries.dimensions import Dimensions
from queries.recommendation_evidence.reading import EvidenceReader
from queries.series import SeriesFacts, SeriesWanted, series_facts
from storage.records.anomaly import AnomalyLabel

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Judging:
    """What days are judged with.

    Attributes:
        reader: of the mart.
        dimensions: of the deployment.
        zone: in which the deployment's days begin.
        false_discoveries: see `DetectorSettings`.
    """

    reader: EvidenceReader
    dimensions: Dimensions
    zone: ZoneInfo
    false_discoveries: float


async def rerun(
    judging: Judging,
    known: Known,
    labels: Sequence[AnomalyLabel],
    used: Used,
    days: Sequence[date],
) -> Rerun:
    """What would have been told on some days.

    Args:
        judging: with what.
        known: of the sources.
        labels: that count now.
        used: settings.
        days: oldest first.

    Raises:
        Unavailable: the facts cannot be read.
    """
    wanted = SeriesWanted(
        first=days[0] - WINDOW_DAYS * DAY,
        last=known.last,
        zone=judging.zone,
        known=known.days,
        least_usd=used.least_usd,
    )
    facts = await series_facts(judging.reader, judging.dimensions, wanted)
    settings = settings_of(used, judging.false_discoveries)

    def work() -> Rerun:
        return _judged(facts, known, labels, settings, days, judging.zone)

    return await asyncio.to_thread(work)


def settings_of(used: Used, false_discoveries: float) -> DetectorSettings:
    """Settings as the detector takes them."""
    return DetectorSettings(
        bands=Bands(*used.bands),
        least_usd=used.least_usd,
        least_ratio=used.least_ratio,
        false_discoveries=false_discoveries,
        falls=used.falls,
    )


def _judged(
    facts: SeriesFacts,
    known: Known,
    labels: Sequence[AnomalyLabel],
    settings: DetectorSettings,
    days: Sequence[date],
    zone: ZoneInfo,
) -> Rerun:
    table = with_labels(facts.table, labels)
    facts = replace(facts, table=table)
    # Of each series its latest days: a source that lags has none of the last.
    lasting = dict(days_to_judge(facts, known, len(days)))
    roots: dict[date, list[Root]] = {}
    series = 0
    for day in days:
        keys = lasting.get(day, set())
        midnight = datetime.combine(day + DAY, time(0), zone)
        found = judge(table, day, settings, labels, midnight)
        roots[day] = [_root(one) for one in found.told if one.finding.key in keys]
        series = len(keys) or series
    return Rerun(roots, series)


def _root(one: Judged) -> Root:
    finding = one.finding
    fired = Fired(
        day=finding.day,
        key=finding.key,
        level=finding.level.value,
        shape=finding.shape.value,
        since=finding.since,
        actual=finding.actual,
        expected=finding.expected,
        usd=finding.usd,
    )
    return Root(fired, one.wider)
