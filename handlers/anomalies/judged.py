"""What a look at one day comes to: found, folded, and held against what people have said.

The watch and the replay do the same with this, so that a replay with the present settings gives
what the watch has given.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

import numpy as np

from analysis.anomalies.detect import detect
from analysis.anomalies.folding import EXPLAINS, MOST, Folded, fold
from analysis.anomalies.found import DetectorSettings, Finding, SeriesTable
from analysis.anomalies.slices import some
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
    found = _found(as_of(table, day, float(settings.least_usd)), day, settings)
    by_scope: dict[str | None, list[Finding]] = {None: []}
    for finding in found:
        by_scope.setdefault(finding.key.organization, []).append(finding)
    everywhere = fold(by_scope.pop(None))
    leads = _leads(everywhere)
    judged = [Judged(one, None, silenced_by(one.finding, labels, at)) for one in everywhere]
    judged += [
        Judged(one, _wider(one, leads), silenced_by(one.finding, labels, at))
        for findings in by_scope.values()
        for one in fold(findings)
    ]
    judged.sort(key=_order)
    return Day(day, tuple(judged))


def _found(table: SeriesTable, day: date, settings: DetectorSettings) -> list[Finding]:
    """What is odd about a day, in two families of tests.

    The few series of everything together are one of their own: among the thousands of customers'
    and users' series a day of theirs would have to be odder by far to be told. The chance of a
    false alarm on a quiet day is that of two families, however many series there are.
    """
    is_wide = np.array(
        [key.organization is None and key.dimension != "user" for key in table.keys],
        dtype=np.bool_,
    )
    families = (np.flatnonzero(is_wide), np.flatnonzero(~is_wide))
    return [one for rows in families for one in detect(some(table, rows), day, settings)]


def _leads(everywhere: Sequence[Folded]) -> dict[SeriesKey, Finding]:
    """What is told of each series of everything together."""
    return {
        one.key: folded.finding
        for folded in everywhere
        for one in (folded.finding, *folded.children)
    }


def _wider(own: Folded, leads: Mapping[SeriesKey, Finding]) -> SeriesKey | None:
    """What is told of everything together that an organization's own finding is a part of.

    Of its parts, too, those that make most of it are looked for: a customer's total is a part of a
    model that moved for all customers, where it is that model that moved the total.
    """
    finding = own.finding
    for one in (finding, *own.children):
        lead = leads.get(replace(one.key, organization=None))
        if (
            lead is not None
            and abs(one.usd) >= abs(finding.usd) * EXPLAINS
            and (lead.usd > 0) == (finding.usd > 0)
            and abs(finding.usd) <= abs(lead.usd) * MOST
        ):
            return lead.key
    return None


def _order(one: Judged) -> tuple[bool, str, object, str]:
    key = one.finding.key
    return (key.organization is not None, key.organization or "", -abs(one.finding.usd), str(key))
