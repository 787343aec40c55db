"""`GET /api/v1/costs/budgets/check`: may this be spent?

For gateways: with the deployment's one gateway token, which may ask for every organization, or with
an API token or another identity, which asks for its own; another organization is not there.
"""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation
from hmac import compare_digest

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse
from pydantic import SecretStr

from analysis.errors import BadInput, NotFound, Unfit
from analysis.tally import Tally
from api.identity import Identity
from api.models.budget_check import BudgetVerdict
from api.questions import LONGEST_VALUE, check_sees
from api.routing import EXAMPLES, get
from handlers.budget_watch.check import Checks, Question, Verdict
from handlers.nearest import did_you_mean, shown
from queries.dimensions import Dimensions

PATH = "/budgets/check"
"""Below `/api/v1/costs`."""

LARGEST_ESTIMATE = Decimal(10) ** 9
"""USD: one request costs less."""

LONGEST_NUMBER = 40

_NUMBER = re.compile(r"[0-9]*\.?[0-9]+(?:[eE][+-]?[0-9]{1,3})?")
"""As programs write numbers; what else Python reads as one is none."""


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

    async def check_budget(request: Request) -> JSONResponse:
        """Answers from memory, as of the last evaluation, whether a request may be spent on.

        Asked by gateways before each request: with the deployment's gateway token for every
        organization, otherwise for the token's own.
        """
        sent = request.headers.get("authorization", "").encode("latin-1")
        own = None
        if expected is None or not compare_digest(sent, expected):
            caller = await identity.caller(request)
            check_sees(caller)
            own = caller.organization
        verdict = checks.check(_question(request, dimensions, own))
        if counted is not None:
            counted.add(verdict.decision.word)
        return JSONResponse(_written(verdict))

    get(
        router,
        PATH,
        check_budget,
        BudgetVerdict,
        tag="budgets",
        summary="Ask whether something may be spent",
        filters=_parameters(dimensions),
        identifies=True,
    )
    return router


def _parameters(dimensions: Dimensions) -> list[dict[str, object]]:
    estimate: dict[str, object] = {
        "name": "estimated_cost",
        "in": "query",
        "required": False,
        "description": "US dollars that the request will cost; 0 if it is left out.",
        "schema": {"type": "number", "minimum": 0, "maximum": int(LARGEST_ESTIMATE)},
        "example": 0.05,
    }
    return [
        estimate,
        *(
            {
                "name": name,
                "in": "query",
                "required": False,
                "description": f"The request's {dimension.meaning}.",
                "schema": {"type": "string", "maxLength": LONGEST_VALUE},
                **({"example": EXAMPLES[name]} if name in EXAMPLES else {}),
            }
            for name, dimension in dimensions.items()
        ),
    ]


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
            raise Unfit({f"query.{name}": "It is given twice: one request has one of each."})
        if name != "estimated_cost" and name not in dimensions:
            hint = did_you_mean(name, ("estimated_cost", *dimensions))
            raise Unfit({f"query.{name}": f"There is no parameter {shown(name)}. {hint}".strip()})
        if len(value) > LONGEST_VALUE:
            raise Unfit({f"query.{name}": f"Give at most {LONGEST_VALUE} characters."})
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
        is_one = len(text) <= LONGEST_NUMBER and _NUMBER.fullmatch(text)
        estimate = Decimal(text) if is_one else None
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
