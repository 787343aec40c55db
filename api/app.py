"""The REST surface under `/api/v1/costs`: an application of its own, to be mounted there.

Every call has a caller, made from the credential alone; it is answered by the handlers that answer
Slack, and refused with problem details.
"""

from __future__ import annotations

from dataclasses import dataclass

from fastapi import Depends, FastAPI
from fastapi.security import HTTPBearer

from api.answers import Kept
from api.identity import Identity
from api.openapi import DESCRIPTION, described
from api.problems import answer_problems
from api.questions import identified, said_once
from api.routes.analysis import analysis_router
from api.routes.anomalies import anomalies_router
from api.routes.budgets import budgets_router
from api.routes.opportunities import opportunities_router
from api.routes.pricing import pricing_router
from api.routes.recommendations import recommendations_router
from api.routes.trends import trends_router
from handlers.anomalies.listing import AnomalyListHandler
from handlers.budgets.reading import ReadHandler as BudgetReadHandler
from handlers.cost import CostHandler
from handlers.forecasts.forecasting import ForecastHandler
from handlers.metric_trends import MetricTrendsHandler
from handlers.pricing import PricingHandler
from handlers.pricing_compare import PricingCompareHandler
from handlers.recommendations.opportunities import OpportunityHandler
from handlers.recommendations.reading import ReadHandler as RecommendationReadHandler
from handlers.token_mix import TokenMixHandler
from handlers.trends import TrendsHandler

PREFIX = "/api/v1/costs"
"""Where the application is mounted."""


@dataclass(frozen=True, slots=True)
class Reads:
    """The handlers behind the calls that read."""

    cost: CostHandler
    trends: TrendsHandler
    forecasts: ForecastHandler
    anomalies: AnomalyListHandler
    budgets: BudgetReadHandler
    recommendations: RecommendationReadHandler
    opportunities: OpportunityHandler
    pricing: PricingHandler
    pricing_compare: PricingCompareHandler


def create_api(identity: Identity, reads: Reads) -> FastAPI:
    """The application.

    Args:
        identity: knows callers by their credential.
        reads: answer what is read.
    """
    cost = reads.cost
    bearer = HTTPBearer(
        auto_error=False,
        scheme_name="bearer",
        description="A token of costbot, or of the identity provider that it trusts.",
    )
    app = FastAPI(
        title="Costbot",
        version="1",
        description=DESCRIPTION,
        docs_url=None,
        redoc_url=None,
        openapi_url="/openapi.json",
        servers=[{"url": PREFIX}],
        root_path_in_servers=False,
        # In this order: without a caller nothing is said of the question.
        dependencies=[
            Depends(bearer),
            Depends(identified(identity)),
            Depends(said_once(cost.dimensions)),
        ],
        redirect_slashes=False,
    )
    answer_problems(app)
    kept = Kept(cost.engine, cost.clock, cost.stale_after_hours)
    trends = MetricTrendsHandler(reads.trends, cost)
    mixes = TokenMixHandler(reads.pricing.prices, reads.pricing.clock)
    for router in (
        analysis_router(cost, kept, cost.clock),
        trends_router(trends, reads.forecasts, kept),
        anomalies_router(reads.anomalies),
        budgets_router(reads.budgets),
        recommendations_router(reads.recommendations),
        opportunities_router(reads.opportunities),
        pricing_router(reads.pricing, reads.pricing_compare, mixes, cost.dimensions),
    ):
        app.include_router(router)
    described(app, cost.dimensions)
    return app
