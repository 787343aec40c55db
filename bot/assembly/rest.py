"""The REST surface over the parts."""

from __future__ import annotations

from fastapi import FastAPI

from api.app import Reads, create_api
from api.identity import Identity
from bot.assembly import Parts, budgets_of, recommendations_of


def rest_of(parts: Parts, identity: Identity) -> FastAPI:
    """The application that is mounted at `api.app.PREFIX`.

    Args:
        parts: that answer.
        identity: knows callers by their credential.
    """
    handlers = parts.handlers
    recommendations = recommendations_of(parts, "rest")
    reads = Reads(
        cost=handlers.cost,
        trends=handlers.trends,
        forecasts=handlers.forecasts,
        anomalies=handlers.anomalies,
        budgets=budgets_of(parts, "rest").read,
        recommendations=recommendations.read,
        opportunities=recommendations.opportunities,
        pricing=handlers.pricing,
        pricing_compare=handlers.pricing_compare,
    )
    return create_api(identity, reads)
