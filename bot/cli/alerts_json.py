"""Alert rules as JSON: figures as decimal strings, unrounded."""

from __future__ import annotations

from decimal import Decimal

from analysis.alert_rules.judging import Verdict
from analysis.alert_rules.reading import FROM_NOTHING
from handlers.alert_rules.journal import values
from handlers.alert_rules.results import Outlook, SeriesNow
from handlers.alert_rules.wording import condition
from storage.records.alert_rule import AlertRule, AlertRuleDraft

Json = dict[str, object]


def draft_json(rule: AlertRuleDraft) -> Json:
    """What was decided of a rule."""
    return {**values(rule), "condition": condition(rule)}


def rule_json(rule: AlertRule) -> Json:
    """A rule that is kept."""
    return {
        "id": str(rule.id),
        "version": rule.version,
        **draft_json(rule),
        "fault": rule.fault,
        "created_by": rule.created_by,
        "created_at": rule.created_at.isoformat(),
        "updated_at": rule.updated_at.isoformat(),
    }


def outlook_json(outlook: Outlook) -> Json:
    """What a rule says, and would have said."""
    return {
        "days": outlook.days,
        "days_fired": [day.isoformat() for day in outlook.days_fired],
        "incidents": outlook.incidents,
        "stale_sources": list(outlook.stale),
        "members_left_out": outlook.left_out,
        "series": [_series(one) for one in outlook.series],
    }


def _series(series: SeriesNow) -> Json:
    return {
        "member": series.member,
        "now": _verdict(series.now),
        "fired": [_verdict(one) for one in series.fired],
    }


def _verdict(verdict: Verdict) -> Json:
    reading = verdict.reading
    return {
        "level": verdict.level.value,
        "day": None if verdict.day is None else verdict.day.isoformat(),
        "value": None if reading is None else _plain(reading.value),
        "actual": None if reading is None else _plain(reading.actual),
        "usual": None if reading is None else _plain(reading.usual),
        "usd_at_stake": None if reading is None else _plain(reading.stake),
    }


def _plain(value: Decimal | None) -> str | None:
    if value is None or value == FROM_NOTHING:
        return None
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
