"""What a look at one day comes to: found, folded, and held against what people have said.

The watch and the replay do the same with this, so that a replay with the present settings gives
what the watch has given.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from analysis.anomalies.detect import detect
from analysis.anomalies.folding import Folded, fold
from analysis.anomalies.found import DetectorSettings, Finding, SeriesTable
from analysis.series import SeriesKey
from handlers.anomalies.as_of import as_of
from handlers.anomalies.said import silenced_by
from storage.records.anomaly import AnomalyLabel


@dataclass(frozen=True, slots=True)
class Judged:
    """A finding that stands for itself within its scope.

    Attributes:
        folded: it and its parts.
        wider: the series, of everything together, that it is a part of as well; None: of none.
        said: because of what it is not told; None: it is.
    """

    folded: Folded
    wider: SeriesKey | None
    said: AnomalyLabel | None

    @property
    def finding(self) -> Finding:
        """What was found."""
        return self.folded.finding

    @property
    def parts(self) -> tuple[Finding, ...]:
        """What only repeats it, within its scope."""
        return tuple(self.folded.children)


@dataclass(frozen=True, slots=True)
class Day:
    """What a look at a day comes to.

    Attributes:
        day: that was looked at.
        judged: what stands for itself, those of everything together first, most dollars first.
    """

    day: date
    judged: tuple[Judged, ...]

    @property
    def told(self) -> list[Judged]:
        """What is told."""
        return [one for one in self.judged if one.said is None]


def judge(
    table: SeriesTable,
    day: date,
    settings: DetectorSettings,
    labels: Sequence[AnomalyLabel],
    at: datetime,
) -> Day:
    """Looks at a day.

    Folding goes scope by scope: whoever sees one organization alone is not told of what holds for
    all of them, and so has to be told of its own.

    Args:
        table: with the labels put to use, see `with_labels`.
        day: a complete one of the table.
        settings: of the detector.
        labels: those that count.
        at: the instant of the look, UTC: what is muted then is not told.

    Raises:
        ValueError: the table does not reach to that day.
    """
    found = detect(as_of(table, day, float(settings.least_usd)), day, settings)
    by_scope: dict[str | None, list[Finding]] = {None: []}
    for finding in found:
        by_scope.setdefault(finding.key.organization, []).append(finding)
    wider = _wider(found)
    judged = [
        Judged(
            folded,
            wider.get(folded.finding.key) if scope is not None else None,
            silenced_by(folded.finding, labels, at),
        )
        for scope, findings in by_scope.items()
        for folded in fold(findings)
    ]
    judged.sort(key=_order)
    return Day(day, tuple(judged))


def _wider(found: Sequence[Finding]) -> dict[SeriesKey, SeriesKey]:
    """Of the findings of organizations those that a finding of everything together stands for."""
    return {
        child.key: folded.finding.key
        for folded in fold(found)
        if folded.finding.key.organization is None
        for child in folded.children
        if child.key.organization is not None
    }


def _order(one: Judged) -> tuple[bool, str, object, str]:
    key = one.finding.key
    return (key.organization is not None, key.organization or "", -abs(one.finding.usd), str(key))
