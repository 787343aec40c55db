"""Recommendations and opportunities as JSON, with the names under which programs know them."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import TypeAlias

from analysis.recommendations.together import Together
from handlers.recommendations.results import Generated, OpportunitySummary, StateTotal, Totals
from storage.records.opportunity import StoredOpportunity
from storage.records.recommendation import Recommendation
from storage.records.savings_measurement import SavingsMeasurement

Fields: TypeAlias = "dict[str, object]"
"""Money, shares and percentages as strings of plain digits; days and instants in ISO 8601."""


def recommendation_json(row: Recommendation) -> Fields:
    """A recommendation: the fields of `cost_recommendations`, and what it is besides."""
    content, standing = row.content, row.standing
    savings = content.savings
    return {
        "id": str(row.id),
        "organization_id": row.organization,
        "type": content.kind.value,
        "title": content.title,
        "description": content.description,
        "scope": {name: list(values) for name, values in content.scope.items()},
        "current_monthly_cost": _digits(content.current_cost),
        "projected_monthly_cost": _digits(content.projected_cost),
        "estimated_savings": _digits(savings.likely),
        "estimated_savings_low": _digits(savings.low),
        "estimated_savings_high": _digits(savings.high),
        "savings_percentage": f"{content.savings_share * 100:.2f}",
        "priority": _digits(row.drawn.priority),
        "confidence": _digits(content.confidence),
        "difficulty": content.difficulty.value,
        "quality_impact": content.quality_impact.value,
        "quality_change": _maybe(content.quality_change),
        "recommended_action": dict(content.action),
        "analysis_data": dict(content.evidence),
        "steps": list(content.steps),
        "formula": content.formula,
        "source": content.source,
        "parts": [
            {"cell": part.cell, "cost": _digits(part.cost), "saved": _digits(part.saved)}
            for part in content.parts
        ],
        "evidence_from": _day(row.drawn.evidence_first),
        "evidence_until": _day(row.drawn.evidence_last),
        "valid_until": _day(content.valid_until),
        "status": row.state.value,
        "status_since": _instant(standing.since),
        "status_changed_by": standing.decided_by,
        "status_reason": standing.decided_reason or None,
        "snoozed_until": _instant(standing.snoozed_until),
        "dismissed_until": _instant(standing.dismissed_until),
        "assigned_to": standing.assigned_to,
        "accepted_at": _instant(standing.accepted_at),
        "implemented_at": _instant(standing.implemented_at),
        "actual_savings": _maybe(standing.verified_savings),
        "verified_at": _instant(standing.verified_at),
        "verified_by": standing.verified_by,
        "archived_at": _instant(standing.archived_at),
        "created_at": _instant(row.first_seen),
        "updated_at": _instant(row.last_seen),
        "version": row.version,
    }


def totals_json(totals: Totals) -> Fields:
    """What recommendations add up to: of those open, and by state."""
    return {
        "open": _together(totals.open),
        "by_status": {total.state.value: _state_total(total) for total in totals.states},
    }


def generated_json(done: Generated) -> Fields:
    """What came of drawing recommendations anew."""
    return {
        "evidence_from": None if done.first_day is None else _day(done.first_day),
        "evidence_until": None if done.last_day is None else _day(done.last_day),
        "organizations": done.organizations,
        "found": done.found,
        "created": done.created,
        "updated": done.updated,
        "came_back": done.came_back,
        "expired": done.expired,
        "archived": done.archived,
        "opportunities": done.opportunities,
        "failed": [
            {"type": one.kind, "reason": one.reason, "organizations": one.organizations}
            for one in done.failed
        ],
    }


def measurement_json(one: SavingsMeasurement) -> Fields:
    """What a recommendation has saved so far, as of a day."""
    return {
        "as_of": _day(one.as_of),
        "status": one.state.value,
        "promised": _digits(one.promised),
        "measured": _maybe(one.measured_likely),
        "measured_low": _maybe(one.measured_low),
        "measured_high": _maybe(one.measured_high),
        "method": one.method,
        "control": one.control or None,
        "days": one.days,
        "details": dict(one.details),
    }


def opportunity_json(row: StoredOpportunity) -> Fields:
    """An opportunity: the fields of `savings_opportunities`, and what it is besides."""
    content = row.content
    return {
        "id": str(row.id),
        "organization_id": content.organization,
        "type": content.kind.value,
        "title": content.title,
        "affected_models": list(content.affected.get("model", ())),
        "affected_users": list(content.affected.get("user", ())),
        "affected": {name: list(values) for name, values in content.affected.items()},
        "period_start": _day(content.first_day),
        "period_end": _day(content.last_day),
        "current_cost": _digits(content.current_cost),
        "potential_savings": _digits(content.potential_savings),
        "confidence": _digits(content.confidence),
        "method": content.method,
        "supporting_data": dict(content.data),
        "actions": list(content.actions),
        "hours_to_implement": content.hours_to_implement,
        "status": row.state.value,
        "status_since": _instant(row.state_since),
        "status_changed_by": row.decided_by,
        "assigned_to": row.assigned_to,
        "resolution": row.resolution or None,
        "verified_savings": _maybe(row.verified_savings),
        "created_at": _instant(row.first_seen),
        "updated_at": _instant(row.last_seen),
        "version": row.version,
    }


def opportunity_summary_json(summary: OpportunitySummary) -> Fields:
    """The opportunities of somebody's reach, added up."""
    return {
        "by_status": {state.value: number for state, number in summary.counts.items()},
        "potential_savings": _digits(summary.potential),
        "verified_savings": _digits(summary.verified),
    }


def _state_total(total: StateTotal) -> Fields:
    return {
        "count": total.count,
        **_together(total.savings),
        "verified_savings": _digits(total.verified),
    }


def _together(savings: Together) -> Fields:
    return {
        "savings_alone": f"{savings.alone:.2f}",
        "savings_together": f"{savings.together:.2f}",
        "counted_twice": f"{savings.counted_twice:.2f}",
    }


def _digits(amount: Decimal) -> str:
    return f"{amount:f}"


def _maybe(amount: Decimal | None) -> str | None:
    return None if amount is None else _digits(amount)


def _day(day: date) -> str:
    return day.isoformat()


def _instant(at: datetime | None) -> str | None:
    return None if at is None else at.isoformat().replace("+00:00", "Z")
