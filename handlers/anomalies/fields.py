"""Anomalies for machines: the same fields in JSON and in files."""

from __future__ import annotations

from analysis.series import Measure, series_key
from handlers.anomalies.listing import AnomalyList, AnomalyRow
from handlers.anomalies.naming import title_of
from handlers.anomalies.replayed import Fired, Replay, ReplayDay, Used
from storage.records.anomaly import KeptFinding

Fields = dict[str, object]


def row_fields(row: AnomalyRow) -> Fields:
    """An anomaly: when, what, actual, expected, deviation, severity, description, and the rest."""
    finding = row.finding
    return {
        **finding_fields(finding),
        "state": row.state,
        "label": None if row.label is None else row.label.kind,
        "labelled_by": None if row.label is None else row.label.made_by_name,
        "incident_id": None if row.incident is None else str(row.incident.id),
    }


def finding_fields(finding: KeptFinding) -> Fields:
    """What was found."""
    key = series_key(finding.series)
    deviation = finding.deviation
    return {
        "timestamp": finding.day.isoformat(),
        "what": title_of(key),
        "actual": _figure(finding.actual),
        "expected": _figure(finding.expected),
        "deviation_percentage": None if deviation is None else round(deviation * 100, 1),
        "severity": finding.level,
        "description": finding.description,
        "usd_a_day": f"{finding.usd:.2f}",
        "unit": "USD" if key.measure is Measure.COST else "requests",
        "shape": finding.shape,
        "since": finding.since.isoformat(),
        "lower": _figure(finding.lower),
        "upper": _figure(finding.upper),
        "score": round(finding.score, 2),
        "history_days": finding.history_days,
        "organization": finding.organization,
        "dimension": finding.dimension,
        "member": finding.member,
        "series": finding.series,
        "outcome": finding.outcome,
        "id": str(finding.id),
    }


def list_fields(result: AnomalyList) -> Fields:
    """A list of anomalies."""
    return {
        "first_day": None if result.first is None else result.first.isoformat(),
        "last_day": None if result.last is None else result.last.isoformat(),
        "looked_at": None if result.looked_at is None else result.looked_at.isoformat(),
        "anomalies": [row_fields(row) for row in result.rows],
    }


def fired_fields(one: Fired) -> Fields:
    """What would have been told, or was."""
    return {
        "timestamp": one.day.isoformat(),
        "what": title_of(one.key),
        "actual": _figure(one.actual),
        "expected": _figure(one.expected),
        "severity": one.level,
        "usd_a_day": f"{one.usd:.2f}",
        "shape": one.shape,
        "since": one.since.isoformat(),
        "series": str(one.key),
    }


def replay_fields(result: Replay) -> Fields:
    """A replay."""
    return {
        "first_day": result.first.isoformat(),
        "last_day": result.last.isoformat(),
        "tried": _used(result.tried),
        "present": _used(result.present),
        "series": result.series,
        "labels": result.labels,
        "messages_would": result.would,
        "messages_did": result.did,
        "a_week_would": f"{result.a_week(result.would):.2f}",
        "a_week_did": f"{result.a_week(result.did):.2f}",
        "days": [_day(day) for day in result.days],
    }


def _day(day: ReplayDay) -> Fields:
    return {
        "day": day.day.isoformat(),
        "was_looked_at": day.was_looked_at,
        "would": [fired_fields(one) for one in day.would],
        "did": [fired_fields(one) for one in day.did],
        "new": [str(one.key) for one in day.new],
        "gone": [str(one.key) for one in day.gone],
    }


def _used(used: Used) -> Fields:
    return {
        "bands": list(used.bands),
        "least_usd": f"{used.least_usd:f}",
        "least_ratio": used.least_ratio,
        "falls": used.falls,
    }


def _figure(value: float) -> float:
    return round(value, 6)
