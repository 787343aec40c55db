"""The REST surface under `/api/v1/costs`: an application of its own, to be mounted there.

Every call has a caller, made from the credential alone; it is answered by the handlers that answer
Slack, and refused with problem details.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from fastapi import APIRouter, Depends, FastAPI
from fastapi.security import HTTPBearer

from api.answers import Kept
from api.identity import Identity
from api.methods import answer_other_methods
from api.once import Once
from api.openapi import DESCRIPTION, described
from api.problems import answer_problems
from api.questions import identified, said_once
from api.routes.analysis import analysis_router
from api.routes.anomalies import anomalies_router
from api.routes.budget_changes import budget_changes_router
from api.routes.budgets import budgets_router
from api.routes.opportunities import opportunities_router
from api.routes.opportunity_changes import opportunity_changes_router
from api.routes.price_changes import price_changes_router
from api.routes.pricing import pricing_router
from api.routes.recommendation_decisions import recommendation_decisions_router
from api.routes.recommendations import recommendations_router
from api.routes.statement_closing import statement_closing_router
from api.routes.statements import StatementFiles, statements_router
from api.routes.trends import trends_router
from handlers.anomalies.listing import AnomalyListHandler
from handlers.budgets.handlers import BudgetHandlers
from handlers.cost import CostHandler
from handlers.forecasts.forecasting import ForecastHandler
from handlers.metric_trends import MetricTrendsHandler
from handlers.pricing import PricingHandler
from handlers.pricing_compare import PricingCompareHandler
from handlers.rates import RateHandler
from handlers.recommendations.handlers import RecommendationHandlers
from handlers.showback.handlers import ShowbackHandlers
from handlers.token_mix import TokenMixHandler
from handlers.trends import TrendsHandler
from storage.store import Store

PREFIX = "/api/v1/costs"
"""Where the application is mounted."""


@dataclass(frozen=True, slots=True)
class Answering:
    """The handlers behind the calls."""

    cost: CostHandler
    trends: TrendsHandler
    forecasts: ForecastHandler
    anomalies: AnomalyListHandler
    budgets: BudgetHandlers
    recommendations: RecommendationHandlers
    pricing: PricingHandler
    pricing_compare: PricingCompareHandler
    rates: RateHandler
    showback: ShowbackHandlers
    statement_files: StatementFiles
    store: Store


def create_api(
    identity: Identity, answering: Answering, further: Iterable[APIRouter] = ()
) -> FastAPI:
    """The application.

    Args:
        identity: knows callers by their credential.
        answering: what is asked.
        further: calls that find out by themselves who calls: those of gateways.
    """
    cost = answering.cost
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
        redirect_slashes=False,
    )
    # In this order: without a caller nothing is said of the question.
    asked = [
        Depends(bearer),
        Depends(identified(identity)),
        Depends(said_once(cost.dimensions)),
    ]
    answer_problems(app)
    answer_other_methods(app)
    kept = Kept(cost.engine, cost.clock, cost.stale_after_hours)
    once = Once(answering.store)
    trends = MetricTrendsHandler(answering.trends, cost)
    mixes = TokenMixHandler(answering.pricing.prices, answering.pricing.clock)
    for router in further:  # first: `budgets/check` is no budget
        app.include_router(router)
    for router in (
        analysis_router(cost, kept, cost.clock),
        trends_router(trends, answering.forecasts, kept),
        anomalies_router(answering.anomalies),
        budgets_router(answering.budgets.read),
        budget_changes_router(answering.budgets, once),
        recommendations_router(answering.recommendations.read),
        recommendation_decisions_router(answering.recommendations, once),
        opportunities_router(answering.recommendations.opportunities),
        opportunity_changes_router(answering.recommendations.opportunities),
        pricing_router(answering.pricing, answering.pricing_compare, mixes, cost.dimensions),
        price_changes_router(answering.rates, cost.clock, once),
        # Before the one by its organization: `closed` and `close` are none.
        statement_closing_router(answering.showback, once),
        statements_router(answering.showback, answering.statement_files),
    ):
        app.include_router(router, dependencies=asked)
    described(app, cost.dimensions)
    return app
