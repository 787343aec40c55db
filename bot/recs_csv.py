"""Recommendations and opportunities as CSV files: every row, unrounded."""

from __future__ import annotations

from collections.abc import Sequence

from bot.csv_file import CsvFile, as_csv
from handlers.recommendations.fields import Fields, opportunity_json, recommendation_json
from storage.records.opportunity import StoredOpportunity
from storage.records.recommendation import Recommendation

RECOMMENDATION = (
    "id",
    "organization_id",
    "type",
    "title",
    "description",
    "status",
    "status_since",
    "status_reason",
    "assigned_to",
    "current_monthly_cost",
    "projected_monthly_cost",
    "estimated_savings",
    "estimated_savings_low",
    "estimated_savings_high",
    "savings_percentage",
    "priority",
    "confidence",
    "difficulty",
    "quality_impact",
    "quality_change",
    "actual_savings",
    "verified_at",
    "evidence_from",
    "evidence_until",
    "valid_until",
    "formula",
    "source",
)
OPPORTUNITY = (
    "id",
    "organization_id",
    "type",
    "title",
    "status",
    "status_since",
    "assigned_to",
    "period_start",
    "period_end",
    "current_cost",
    "potential_savings",
    "confidence",
    "hours_to_implement",
    "method",
    "resolution",
    "verified_savings",
)
"""Columns, of the fields of `handlers.recommendations.fields`: money in USD a month."""


def recommendations_csv(rows: Sequence[Recommendation]) -> CsvFile:
    """Recommendations, a row each."""
    return _file("recommendations", RECOMMENDATION, [recommendation_json(row) for row in rows])


def opportunities_csv(rows: Sequence[StoredOpportunity]) -> CsvFile:
    """Opportunities, a row each."""
    return _file("opportunities", OPPORTUNITY, [opportunity_json(row) for row in rows])


def _file(name: str, columns: Sequence[str], found: Sequence[Fields]) -> CsvFile:
    rows = [(*(fields[column] for column in columns), "USD") for fields in found]
    return as_csv([name], (*columns, "currency"), rows)
