"""What people said, put to use: days leave baselines, floors rise, findings are not told."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from decimal import Decimal

from analysis.anomalies.found import Finding, SeriesTable
from handlers.anomalies.scopes import holds_for
from storage.records.anomaly import AnomalyLabel


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
            floor = _figure(label.floor_usd)
            for place in places:
                least[place] = max(least[place], floor)
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


def _figure(number: Decimal) -> float:
    """A number as statistics take it."""
    return float(number)
