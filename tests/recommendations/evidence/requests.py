"""Requests for the evidence of recommendations: one organization's, on one day, unless said."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta

from analysis.recommendations.cells import EvidencePeriod, Route
from queries.dimensions import Source
from tests.facts import Fact, request

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
MONDAY = datetime(2026, 11, 16, tzinfo=UTC)
NOON = MONDAY + timedelta(hours=12)
DAY = EvidencePeriod(MONDAY.date(), MONDAY.date(), NOW)
WEEK = EvidencePeriod(date(2026, 11, 14), date(2026, 11, 20), NOW)
CHAT = Route("acme", "openai", "gpt-4o", None, "chat", "production")


def llm(
    time: datetime = NOON,
    cost: str | None = "1",
    *,
    tags: dict[str, str] | None = None,
    source: Source = Source.USAGE,
    **columns: object,
) -> Fact:
    """A request of the route `CHAT`, with 2,000 tokens in and 100 out."""
    chat: dict[str, object] = {
        "organization": "acme",
        "provider": "openai",
        "model": "gpt-4o",
        "feature": "chat",
        "environment": "production",
        "fresh_input_tokens": 2_000,
        "output_tokens": 100,
        "tags": None if tags is None else json.dumps(tags),
    }
    return request(time, cost, source=source, **(chat | columns))


def after(seconds: float) -> datetime:
    return NOON + timedelta(seconds=seconds)
