"""Alert rules as rows of the table, and back."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import cast
from zoneinfo import ZoneInfo

from analysis.alert_rules.terms import Baseline, Direction, Kind, Terms, Unit
from analysis.series import Measure
from storage.models import AlertRuleRow
from storage.records.alert_rule import AlertRule, AlertRuleDraft
from storage.types import plain

_NUMBERS = ("warning", "critical", "notice", "floor", "margin")


def values_of(draft: AlertRuleDraft) -> dict[str, object]:
    """The columns that people decide."""
    remind = draft.remind_after
    return {
        "organization": draft.organization,
        "name": draft.name,
        "name_key": draft.name_key,
        "kind": draft.terms.kind.value,
        "terms": terms_json(draft.terms),
        "zone": draft.zone.key,
        "filters": {name: list(values) for name, values in draft.filters.items()},
        "each_dimension": draft.each,
        "source": draft.source,
        "customers_only": draft.customers_only,
        "targets": [list(target) for target in draft.targets],
        "remind_seconds": None if remind is None else int(remind.total_seconds()),
        "paused": draft.paused,
        "paused_until": draft.paused_until,
    }


def rule_of(row: AlertRuleRow) -> AlertRule:
    """The rule of a row."""
    seconds = row.remind_seconds
    return AlertRule(
        id=row.id,
        name=row.name,
        terms=terms_of(row.kind, row.terms),
        zone=ZoneInfo(row.zone),
        organization=row.organization,
        filters={name: tuple(values) for name, values in row.filters.items()},
        each=row.each_dimension,
        source=row.source,
        customers_only=row.customers_only,
        targets=tuple((channel, address) for channel, address in row.targets),
        remind_after=None if seconds is None else timedelta(seconds=seconds),
        paused=row.paused,
        paused_until=row.paused_until,
        version=row.version,
        created_by=row.created_by,
        created_at=row.created_at,
        updated_at=row.updated_at,
        deleted_at=row.deleted_at,
        fault=row.fault,
    )


def terms_json(terms: Terms) -> dict[str, object]:
    """The terms without their kind; numbers in plain digits."""
    numbers = {name: cast("Decimal | None", getattr(terms, name)) for name in _NUMBERS}
    return {
        "unit": terms.unit.value,
        "direction": terms.direction.value,
        "measure": terms.measure.value,
        "baseline": None if terms.baseline is None else terms.baseline.value,
        **{name: None if one is None else f"{plain(one):f}" for name, one in numbers.items()},
        "is_today": terms.is_today,
        "is_infrastructure": terms.is_infrastructure,
    }


def terms_of(kind: str, values: dict[str, object]) -> Terms:
    """The terms that `terms_json` wrote."""
    baseline = values["baseline"]
    numbers = {name: _number(values[name]) for name in _NUMBERS}
    return Terms(
        kind=Kind(kind),
        unit=Unit(str(values["unit"])),
        direction=Direction(str(values["direction"])),
        measure=Measure(str(values["measure"])),
        baseline=None if baseline is None else Baseline(str(baseline)),
        warning=numbers["warning"] or Decimal(0),
        critical=numbers["critical"],
        notice=numbers["notice"],
        floor=numbers["floor"] or Decimal(0),
        margin=numbers["margin"] or Decimal(0),
        is_today=bool(values["is_today"]),
        is_infrastructure=bool(values["is_infrastructure"]),
    )


def _number(value: object) -> Decimal | None:
    return None if value is None else Decimal(str(value))
