"""What was found, as it is kept."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime

from analysis.anomalies.found import Finding
from analysis.series import SeriesKey
from handlers.anomalies.explaining import Explained
from handlers.anomalies.judged import Day
from handlers.anomalies.telling import description_of
from storage.records.anomaly import KeptFinding, Outcome


def kept_of(
    found: Day,
    outcomes: Mapping[SeriesKey, tuple[Outcome, SeriesKey | None]],
    explained: Mapping[SeriesKey, Explained],
    now: datetime,
) -> list[KeptFinding]:
    """All that was found on a day, with its parts.

    Args:
        found: on the day.
        outcomes: of what stands for itself.
        explained: why, by series.
        now: the present instant, UTC.
    """
    return list(_kept(found, outcomes, explained, now))


def _kept(
    found: Day,
    outcomes: Mapping[SeriesKey, tuple[Outcome, SeriesKey | None]],
    explained: Mapping[SeriesKey, Explained],
    now: datetime,
) -> Iterator[KeptFinding]:
    for one in found.judged:
        finding = one.finding
        outcome, wider = outcomes[finding.key]
        description = description_of(finding, explained.get(finding.key))
        yield as_kept(finding, outcome, wider, description, now)
        for part in one.parts:
            yield as_kept(part, "part", finding.key, description_of(part, None), now)


def as_kept(
    finding: Finding, outcome: Outcome, part_of: SeriesKey | None, description: str, now: datetime
) -> KeptFinding:
    """A finding as it is kept."""
    key = finding.key
    return KeptFinding(
        series=str(key),
        organization=key.organization,
        dimension=key.dimension,
        member=key.member,
        measure=key.measure.value,
        day=finding.day,
        since=finding.since,
        shape=finding.shape.value,
        level=finding.level.value,
        actual=finding.actual,
        expected=finding.expected,
        lower=finding.lower,
        upper=finding.upper,
        score=finding.score,
        usd=finding.usd,
        history_days=finding.history_days,
        outcome=outcome,
        part_of=None if part_of is None else str(part_of),
        description=description,
        found_at=now,
    )
