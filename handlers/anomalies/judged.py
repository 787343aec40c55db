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
from analysis.anomalies.folding import APART, EXPLAINS, MOST, Folded, fold
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
    found = _found(as_of(table, day, settings.least_usd), day, settings)
    by_scope: dict[str | None, list[Finding]] = {None: []}
    for finding in found:
        by_scope.setdefault(finding.key.organization, []).append(finding)
    everywhere = _with_wholes(fold(by_scope.pop(None), table.products))
    leads = _leads(everywhere)
    judged = [Judged(one, None, silenced_by(one.finding, labels, at)) for one in everywhere]
    judged += [
        Judged(one, _wider(one, leads), silenced_by(one.finding, labels, at))
        for findings in by_scope.values()
        for one in _with_wholes(fold(findings, table.products))
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


def _with_wholes(folded: Sequence[Folded]) -> list[Folded]:
    """Folds a scope's total into the part that moved more than it, the same way at the same time.

    What else there is moved the other way and hides some of it: of the two the part says more.
    """
    kept: list[Folded] = []
    taken: dict[SeriesKey, Folded] = {}
    for one in folded:
        if not one.finding.key.is_total:
            continue
        larger = [part for part in folded if _hides(one.finding, part.finding)]
        if larger:
            taken[one.finding.key] = max(larger, key=lambda part: abs(part.finding.usd))
    for one in folded:
        if one.finding.key in taken:
            continue
        wholes = [
            child
            for whole in folded
            if taken.get(whole.finding.key) is one
            for child in (whole.finding, *whole.children)
        ]
        kept.append(replace(one, children=(*one.children, *wholes)) if wholes else one)
    return kept


def _hides(whole: Finding, part: Finding) -> bool:
    return (
        not part.key.is_total
        and abs(part.usd) > abs(whole.usd)
        and (part.usd > 0) == (whole.usd > 0)
        and abs(part.since - whole.since) <= APART
    )


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
