"""Recommendations and what was decided of them as JSON, besides their own fields."""

from __future__ import annotations

from bot.cli.budget_json import entry_json
from handlers.recommendations.fields import (
    Fields,
    measurement_json,
    opportunity_json,
    opportunity_summary_json,
    recommendation_json,
    totals_json,
)
from handlers.recommendations.results import (
    OpportunityList,
    OpportunitySummary,
    RecommendationList,
    SavedSoFar,
    ShownOpportunity,
    ShownRecommendation,
)
from handlers.recommendations.tracker_results import Tracker


def list_json(found: RecommendationList) -> Fields:
    """A page of recommendations."""
    return {
        "recommendations": [recommendation_json(row) for row in found.rows],
        "total": found.total,
        "after": None if found.after is None else str(found.after),
        "totals": totals_json(found.totals),
    }


def shown_json(shown: ShownRecommendation) -> Fields:
    """A recommendation, with its decisions, its measurements and what can be decided."""
    return {
        **recommendation_json(shown.recommendation),
        "moves": [move.value for move in shown.moves],
        "undo_until": None if shown.undo_until is None else shown.undo_until.isoformat(),
        "entries": [entry_json(entry) for entry in shown.entries],
        "measurements": [measurement_json(one) for one in shown.measurements],
    }


def tracker_json(tracker: Tracker) -> Fields:
    """What was promised against what was measured: in total, by type, and each."""
    return {
        "organization_id": tracker.organization,
        "as_of": None if tracker.as_of is None else tracker.as_of.isoformat(),
        "total": saved_json(tracker.total),
        "by_type": {
            track.kind.value: {
                **saved_json(track.saved),
                "realization_ratio": _maybe(track.experience.plain_ratio),
                "realization_count": track.experience.count,
            }
            for track in tracker.kinds
        },
        "recommendations": [
            {
                "id": str(one.recommendation.id),
                "organization_id": one.recommendation.organization,
                "type": one.recommendation.content.kind.value,
                "title": one.recommendation.content.title,
                "status": one.recommendation.state.value,
                "promised": f"{one.promised:f}",
                "measurement": None
                if one.measurement is None
                else measurement_json(one.measurement),
            }
            for one in tracker.rows
        ],
    }


def saved_json(saved: SavedSoFar) -> Fields:
    """What several have saved so far, USD."""
    return {
        "saved": f"{saved.seen:f}",
        "saved_low": f"{saved.low:f}",
        "saved_high": f"{saved.high:f}",
        "promised": f"{saved.promised:f}",
        "counted": saved.counted,
        "not_seen_yet": saved.not_seen_yet,
        "promised_not_seen_yet": f"{saved.promised_unseen:f}",
        "not_measurable": saved.not_measurable,
    }


def opportunities_json(found: OpportunityList, summary: OpportunitySummary) -> Fields:
    """A page of opportunities, with what all of them come to."""
    return {
        "opportunities": [opportunity_json(row) for row in found.rows],
        "after": None if found.after is None else str(found.after),
        "summary": opportunity_summary_json(summary),
    }


def shown_opportunity_json(shown: ShownOpportunity) -> Fields:
    """An opportunity, with what was decided of it."""
    entries = [entry_json(entry) for entry in shown.entries]
    return {**opportunity_json(shown.opportunity), "entries": entries}


def _maybe(value: object) -> str | None:
    return None if value is None else f"{value:f}"
