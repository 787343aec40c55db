"""What people said, put to use: days leave baselines, floors rise, findings are not told."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from decimal import Decimal

from analysis.anomalies.found import Finding, SeriesTable
from analysis.series import Measure, SeriesKey
from storage.records.anomaly import AnomalyLabel

EVERYTHING = "*/**"
"""Stands for every series there is."""


def everything_of(organization: str | None) -> str:
    """What stands for all series of an organization, or for all there are."""
    if organization is None:
        return EVERYTHING
    return f"{scope_of(str(SeriesKey(organization, None, None, Measure.COST)))}/**"


def scope_of(series: str) -> str:
    """The first part of a written key: whose rows are in it."""
    return series.partition("/")[0]


def holds_for(label: AnomalyLabel, series: str) -> bool:
    """Whether something was said of a series, by its written key."""
    if series in label.series or EVERYTHING in label.series:
        return True
    return f"{scope_of(series)}/**" in label.series


def with_labels(table: SeriesTable, labels: Sequence[AnomalyLabel]) -> SeriesTable:
    """The table with the days left out and the floors raised that people asked for.

    Args:
        table: as the facts are.
        labels: those that count.
    """
    concerned = [
        label for label in labels if label.left_out_last is not None or label.floor_usd is not None
    ]
    if not concerned:
        return table
    left_out, least = table.left_out.copy(), table.least_usd.copy()
    rows: dict[str, int] = {str(key): row for row, key in enumerate(table.keys)}
    width = left_out.shape[1]
    for label in concerned:
        places = _rows(label, rows)
        if not places:
            continue
        if label.left_out_last is not None:
            first = label.left_out_first
            begin = 0 if first is None else max(0, (first - table.first).days)
            end = min(width, (label.left_out_last - table.first).days + 1)
            if begin < end:
                left_out[places, begin:end] = True
        if label.floor_usd is not None:
            for place in places:
                least[place] = max(least[place], float(label.floor_usd))
    return replace(table, left_out=left_out, least_usd=least)


def silenced_by(
    finding: Finding, labels: Iterable[AnomalyLabel], now: datetime
) -> AnomalyLabel | None:
    """What somebody said because of which a finding is not told; None: it is.

    Args:
        finding: of a look.
        labels: those that count.
        now: the present instant, UTC.
    """
    series = str(finding.key)
    for label in labels:
        if not holds_for(label, series):
            continue
        if label.muted_until is not None and now < label.muted_until:
            return label
        if _is_silent(label, finding):
            return label
    return None


def _is_silent(label: AnomalyLabel, finding: Finding) -> bool:
    first, last = label.silent_first, label.silent_last
    if first is None or last is None or not first <= finding.day <= last:
        return False
    if label.rises is not None and label.rises is not (finding.usd >= 0):
        return False
    return label.most_usd is None or abs(finding.usd) <= label.most_usd


def _rows(label: AnomalyLabel, rows: Mapping[str, int]) -> list[int]:
    if all("**" not in series for series in label.series):
        return [rows[series] for series in label.series if series in rows]
    return [row for series, row in rows.items() if holds_for(label, series)]


def floor_above(usd: Decimal) -> Decimal:
    """A round floor above what a finding moved: two digits that matter, rounded up."""
    size = abs(usd)
    if size <= 0:
        return Decimal(1)
    step = Decimal(1).scaleb(size.adjusted() - 1)
    return max(plain((size // step + 1) * step), Decimal(1))


def plain(number: Decimal) -> Decimal:
    """The same number without an exponent and without zeros at its end."""
    return Decimal(f"{number.normalize():f}")
