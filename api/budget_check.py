"""`GET /api/v1/costs/budgets/check`: may this be spent?

For gateways: with the deployment's one gateway token, which may ask for every organization, or with
an API token or another identity, which asks for its own; another organization is not there.
"""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from hmac import compare_digest

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse
from pydantic import SecretStr

from analysis.errors import BadInput, NotFound
from analysis.tally import Tally
from api.identity import Identity
from handlers.budget_watch.check import Checks, Question, Verdict
from handlers.nearest import shown
from queries.dimensions import Dimensions

PATH = "/api/v1/costs/budgets/check"

LARGEST_ESTIMATE = Decimal(10) ** 9
"""USD: one request costs less."""

LONGEST_NUMBER = 40

LONGEST_VALUE = 500


def budget_check_router(
    checks: Checks,
    dimensions: Dimensions,
    token: SecretStr | None,
    identity: Identity,
    counted: Tally | None = None,
) -> APIRouter:
    """The route; what it refuses is raised, for `api.problems` to answer.

    Args:
        checks: answers.
        dimensions: of the deployment; each may be told by its name.
        token: that is sent as `Authorization: Bearer …` and may ask for every organization; None:
            there is no such token.
        identity: knows all other callers.
        counted: counts the answers by `decision`; None: nobody does.
    """
    router = APIRouter()
    expected = None if token is None else f"Bearer {token.get_secret_value()}".encode()

    async def check(request: Request) -> JSONResponse:
        sent = request.headers.get("authorization", "").encode("latin-1")
        own = None
        if expected is None or not compare_digest(sent, expected):
            own = (await identity.caller(request)).organization
        verdict = checks.check(_question(request, dimensions, own))
        if counted is not None:
            counted.add(verdict.decision.word)
        return JSONResponse(_written(verdict))

    router.add_api_route(PATH, check, methods=["GET"])
    return router


def _question(request: Request, dimensions: Dimensions, own: str | None) -> Question:
    """What is asked.

    Args:
        request: that asks.
        dimensions: of the deployment.
        own: the one organization that the caller sees; None: all of them.
    """
    told: dict[str, str] = {}
    for name, value in request.query_params.multi_items():
        if name in told:
            raise BadInput(f"{name} is given twice.", "One request has one of each.")
        if name != "estimated_cost" and name not in dimensions:
            hint = f"Give some of {', '.join(dimensions)}, and estimated_cost."
            raise BadInput("A parameter is unknown.", hint)
        if len(value) > LONGEST_VALUE:
            raise BadInput(f"{name} is too long.", f"Give at most {LONGEST_VALUE} characters.")
        told[name] = value
    estimate = _estimate(told.pop("estimated_cost", "0"))
    organization = told.pop("organization", "") or own
    if not organization:
        raise BadInput("The organization is not named.", "Add organization=… to the address.")
    if own is not None and organization != own:
        # Whether others have budgets is not said: theirs are not there, as those of nobody.
        sentence = f"There is no organization {shown(organization)}."
        raise NotFound(sentence, "Leave the organization out.")
    return Question(organization, {name: value for name, value in told.items() if value}, estimate)


def _estimate(text: str) -> Decimal:
    try:
        estimate = Decimal(text) if len(text) <= LONGEST_NUMBER else None
    except InvalidOperation:
        estimate = None
    if estimate is None or not estimate.is_finite() or not 0 <= estimate <= LARGEST_ESTIMATE:
        raise BadInput("The estimated cost is none.", "Give US dollars, such as 0.05.")
    return estimate


def _written(verdict: Verdict) -> dict[str, object]:
    return {
        "decision": verdict.decision.word,
        "reason": verdict.reason,
        "budget_id": None if verdict.budget_id is None else str(verdict.budget_id),
        "budget": verdict.budget,
        "limit": _amount(verdict.limit),
        "spend": _amount(verdict.spend),
        "utilization_percentage": None
        if verdict.utilization is None
        else f"{verdict.utilization * 100:.2f}",
        "budgets_considered": verdict.considered,
        "budgets_not_considered": verdict.not_considered,
        "as_of": verdict.as_of.isoformat().replace("+00:00", "Z"),
        "max_age_seconds": int(verdict.max_age.total_seconds()),
    }


def _amount(amount: Decimal | None) -> str | None:
    return None if amount is None else f"{amount:f}"
