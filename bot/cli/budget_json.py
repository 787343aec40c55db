"""Budgets as JSON: money as decimal strings, unrounded; percentages as numbers."""

from __future__ import annotations

from dataclasses import asdict
from decimal import ROUND_HALF_EVEN, Decimal

from handlers.budgets.journal import written
from handlers.budgets.results import (
    BudgetHistory,
    BudgetPreview,
    NamedRaise,
    OverlappingBudget,
    PeriodOutcome,
    Standing,
)
from storage.records.audit import StoredAuditEntry
from storage.records.budget import BudgetDraft

Json = dict[str, object]

_QUOTIENT = Decimal("0.000001")
"""USD: quotients have no last digit, so they are given to this one."""


def budget_json(budget: BudgetDraft) -> Json:
    """What was decided of a budget, with its key where it has one."""
    values = {name: written(value) for name, value in asdict(budget).items()}
    values["budget_type"] = values.pop("kind")
    values["total_limit"] = values.pop("limit")
    for name in ("warning", "critical"):
        values[f"{name}_threshold"] = values.pop(name)
    return values


def standing_json(standing: Standing) -> Json:
    """Where a budget stands."""
    budget = standing.budget
    return {
        "id": str(budget.id),
        "name": budget.name,
        "organization": budget.organization,
        "scope": written(budget.scope),
        "zone": budget.zone.key,
        "budget_type": budget.kind,
        **outcome_json(standing.outcome),
        "is_hard": budget.is_hard,
        "paused": budget.paused,
        "version": budget.version,
        "changed_since": list(standing.since),
    }


def outcome_json(outcome: PeriodOutcome) -> Json:
    """A budget in one of its periods, in the names of the REST API."""
    status, limit = outcome.status, outcome.limit
    return {
        "period_start": status.period.first.isoformat(),
        "period_end": status.period.last.isoformat(),
        "as_of": None if status.as_of is None else status.as_of.isoformat(),
        "state": status.state.value,
        "provisional": status.is_provisional,
        "days_behind": status.days_behind,
        "total_limit": _money(limit.total),
        "agreed_limit": _money(limit.agreed),
        "carried": _money(limit.carried),
        "raised": _money(limit.raised),
        "current_spend": _money(status.spend),
        "unpriced_requests": status.unpriced_requests,
        "utilization_percentage": _percent(status.utilization),
        "remaining_budget": _money(status.remaining),
        "days_elapsed": status.elapsed_days,
        "days_remaining": status.remaining_days,
        "daily_burn_rate": _quotient(status.burn),
        "projected_total": _quotient(status.projected),
        "projected_exhaustion_date": written(status.exhaustion),
        "forecast": None
        if status.forecast is None
        else {
            "expected": _quotient(status.forecast.expected),
            "lower": _quotient(status.forecast.lower),
            "upper": _quotient(status.forecast.upper),
        },
        "status": status.word,
        "is_on_track": status.is_on_track,
        "reached": {level.value: day.isoformat() for level, day in outcome.reached.items()},
    }


def preview_json(preview: BudgetPreview) -> Json:
    """What a budget would have looked like."""
    return {
        "budget": budget_json(preview.draft),
        "periods": [outcome_json(period) for period in preview.periods],
        "overlaps": [overlap_json(one) for one in preview.overlaps],
        "unseen": list(preview.unseen),
    }


def overlap_json(other: OverlappingBudget) -> Json:
    """Another budget that the same spend may count in."""
    return {
        "id": str(other.key),
        "name": other.name,
        "organization": other.organization,
        "overlap": other.overlap.value,
    }


def raise_json(named: NamedRaise) -> Json:
    """A raise, with the names of who had to do with it."""
    values = {name: written(value) for name, value in asdict(named.raise_).items()}
    return {
        **values,
        "asked_by": named.asked_by,
        "decided_by": named.decided_by,
        "decision_reason": named.decision_reason,
    }


def history_json(history: BudgetHistory) -> Json:
    """What was decided of a budget, and how it has spent."""
    return {
        **standing_json(history.standing),
        "past": [outcome_json(period) for period in history.standing.past],
        "course": [
            {
                "day": day.day.isoformat(),
                "cost": _money(day.cost),
                "cumulative": _money(day.cumulative),
                "utilization_percentage": _percent(day.utilization),
                "provisional": day.is_provisional,
            }
            for day in history.course
        ],
        "entries": [entry_json(entry) for entry in history.entries],
    }


def entry_json(entry: StoredAuditEntry) -> Json:
    """A decision."""
    return {
        "id": entry.id,
        "at": entry.at.isoformat(),
        "who": entry.actor.name,
        "surface": entry.surface,
        "action": entry.action,
        "before": entry.before,
        "after": entry.after,
    }


def _money(value: Decimal) -> str:
    """A decimal in plain digits, without the zeros that only its scale put there."""
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _quotient(value: Decimal | None) -> str | None:
    if value is None:
        return None
    return _money(value.quantize(_QUOTIENT, ROUND_HALF_EVEN))


def _percent(share: Decimal) -> float:
    return float(round(share * 100, 6))
