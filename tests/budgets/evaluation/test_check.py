"""May this be spent? Asked over HTTP, answered from what the last evaluation knew."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import aiohttp
import pytest
from fastapi import FastAPI
from pydantic import SecretStr

from analysis.roles import Role
from api.budget_check import PATH, budget_check_router
from api.identities import Identities
from api.problems import answer_problems
from api.token_identity import TokenIdentity
from handlers.api_tokens.failures import LoginFailures
from handlers.api_tokens.managing import ApiTokenHandler, NewToken
from handlers.api_tokens.secret import new_secret
from handlers.api_tokens.verifying import TokenVerifier
from handlers.budget_watch.check import Checks
from handlers.caller import Caller
from tests.budgets.evaluation.serving import served
from tests.budgets.evaluation.world import DRAFT, START, World

TOKEN = SecretStr("a-token-of-the-gateway")

UTC_ZONE = ZoneInfo("UTC")

UNTOLD = "(not told)"

Ask = Callable[..., Any]


@pytest.fixture
async def ask(world: World) -> AsyncGenerator[Ask]:
    """Asks whether acme may spend, or what else is given."""
    app = FastAPI()
    answer_problems(app)
    checks = Checks(world.evaluator, world.clock)
    failures = LoginFailures(world.store.audit, world.clock)
    verifier = TokenVerifier(world.store.api_tokens, failures, UTC_ZONE, world.clock)
    identities = Identities(TokenIdentity(verifier), None, failures)
    app.include_router(budget_check_router(checks, world.mart.dimensions, TOKEN, identities))
    async with served(app) as url, aiohttp.ClientSession() as session:

        async def asked(*, token: str = TOKEN.get_secret_value(), **parameters: str) -> Any:
            headers = {"Authorization": f"Bearer {token}"}
            given = {"organization": "acme", **parameters}
            given = {name: value for name, value in given.items() if value != UNTOLD}
            async with session.get(f"{url}{PATH}", params=given, headers=headers) as answer:
                return {"status": answer.status, **await answer.json()}

        yield asked


@pytest.mark.parametrize(
    ("is_hard", "spent", "estimate", "decision"),
    [
        (False, "50", "1", "allow"),
        (False, "79", "0.99", "allow"),
        (False, "79", "1", "warn"),
        (True, "79", "1", "warn"),
        (True, "99", "1", "warn"),  # exactly the limit is reached, not exceeded
        (False, "99", "1.01", "warn"),
        (True, "99", "1.01", "deny"),
        (True, "101", "0", "deny"),
    ],
)
async def test_what_is_answered_of_one_budget(
    world: World, ask: Ask, is_hard: bool, spent: str, estimate: str, decision: str
) -> None:
    budget = await world.budget(is_hard=is_hard)
    world.spend(spent)
    await world.evaluate()
    answer = await ask(model="gpt-4", estimated_cost=estimate)
    assert (answer["status"], answer["decision"]) == (200, decision)
    assert (answer["budget_id"], answer["budget"]) == (str(budget.id), "Prod LLM")
    assert (answer["limit"], Decimal(answer["spend"])) == ("100", Decimal(spent))
    assert answer["utilization_percentage"] == f"{Decimal(spent):.2f}"
    assert (answer["as_of"], answer["max_age_seconds"]) == ("2026-11-20T09:30:00Z", 2700)


async def test_the_gravest_answer_of_all_budgets_that_count_the_request_is_given(
    world: World, ask: Ask
) -> None:
    await world.budget(name="Plenty", limit=Decimal(1000))
    await world.budget(name="Soft", limit=Decimal(50))
    await world.budget(name="Hard, of another model", scope={"model": ("x",)}, is_hard=True)
    await world.budget(name="All", organization=None, limit=Decimal(90), is_hard=True)
    world.spend("60")
    await world.evaluate()
    answer = await ask(model="gpt-4", estimated_cost="1")
    assert (answer["decision"], answer["budget"]) == ("warn", "Soft")
    assert answer["budgets_considered"] == 3
    answer = await ask(model="gpt-4", estimated_cost="20")
    assert (answer["decision"], answer["budget"]) == ("deny", "All")
    assert "with $20.00 more this hard budget would be exceeded" in answer["reason"]


async def test_another_organizations_budgets_say_nothing(world: World, ask: Ask) -> None:
    await world.budget(organization="globex", limit=Decimal(1), is_hard=True)
    await world.evaluate()
    answer = await ask(estimated_cost="1000")
    assert answer["decision"] == "allow"
    assert answer["reason"] == "No budget counts such a request of acme."
    assert (await ask(organization="globex"))["decision"] == "deny"


async def test_a_budget_whose_dimension_was_not_told_is_not_considered_and_that_is_said(
    world: World, ask: Ask
) -> None:
    await world.budget(scope={"model": ("gpt-4",), "team": ("search",)}, is_hard=True)
    world.spend("500", team="search")
    await world.evaluate()
    untold = await ask(model="gpt-4")
    assert (untold["decision"], untold["budgets_not_considered"]) == ("allow", 1)
    assert (await ask(model="claude"))["budgets_not_considered"] == 0
    assert (await ask(model="gpt-4", team="search"))["decision"] == "deny"


@pytest.mark.parametrize("policy", ["allow", "deny"])
@pytest.mark.parametrize(
    "unknown",
    [
        "the evaluation is too old",
        "the data is too old",
        "nothing is priced",
    ],
)
async def test_where_the_spend_is_not_known_the_budgets_own_policy_is_followed(
    world: World, ask: Ask, unknown: str, policy: str
) -> None:
    await world.budget(when_unknown=policy, start=date(2026, 10, 1))
    match unknown:
        case "the evaluation is too old":
            await world.evaluate()
            world.clock.advance(timedelta(minutes=46))
        case "the data is too old":
            world.clock.advance(timedelta(days=3))
            await world.evaluate()
        case _:
            world.spend(None)
            await world.evaluate()
    answer = await ask(estimated_cost="1")
    assert answer["decision"] == policy
    assert answer["spend"] is None
    assert "Its spend is not known" in answer["reason"]


async def test_what_is_beyond_the_limit_is_denied_though_the_data_is_old(
    world: World, ask: Ask
) -> None:
    await world.budget(is_hard=True, when_unknown="allow")
    world.spend("101")
    world.clock.advance(timedelta(days=3))
    await world.evaluate()
    assert (await ask())["decision"] == "deny"


@pytest.mark.parametrize(
    "silent",
    [
        {"paused": True},
        {"paused": True, "paused_until": START + timedelta(hours=1)},
        {"start": date(2026, 11, 21)},
        {"kind": "custom", "end": date(2026, 11, 19)},
    ],
)
async def test_nothing_is_answered_by_a_budget_that(
    world: World, ask: Ask, silent: dict[str, object]
) -> None:
    await world.budget(is_hard=True, **silent)
    world.spend("500", time=START - timedelta(days=2))
    await world.evaluate()
    assert (await ask())["decision"] == "allow"


async def test_a_pause_ends_without_an_evaluation(world: World, ask: Ask) -> None:
    await world.budget(is_hard=True, paused=True, paused_until=START + timedelta(minutes=10))
    world.spend("500")
    await world.evaluate()
    world.clock.advance(timedelta(minutes=10))
    assert (await ask())["decision"] == "deny"


async def test_a_month_that_begins_between_two_evaluations_begins_with_nothing(
    world: World, ask: Ask
) -> None:
    world.clock.now = datetime(2026, 11, 30, 14, 50, tzinfo=UTC)
    await world.budget(is_hard=True, zone=ZoneInfo("Asia/Tokyo"))
    world.spend("500")
    await world.evaluate()
    assert (await ask())["decision"] == "deny"
    world.clock.advance(timedelta(minutes=10))  # midnight in Tokyo
    assert (await ask())["decision"] == "allow"
    assert (await ask(estimated_cost="101"))["decision"] == "deny"


async def test_a_changed_limit_is_in_force_after_the_next_evaluation(
    world: World, ask: Ask
) -> None:
    budget = await world.budget(is_hard=True)
    world.spend("101")
    await world.evaluate()
    await world.store.budgets.change(budget.id, 1, replace(DRAFT, limit=Decimal(200)))
    await world.evaluate()
    assert (await ask(estimated_cost="1"))["decision"] == "allow"


async def test_before_the_first_evaluation_nothing_is_decided(ask: Ask) -> None:
    answer = await ask()
    assert answer["status"] == 503
    assert "first evaluation is still under way" in answer["detail"]


async def test_without_the_token_nothing_is_told(world: World, ask: Ask) -> None:
    await world.evaluate()
    for token in ("another", TOKEN.get_secret_value()[:-1], new_secret().text.get_secret_value()):
        answer = await ask(token=token)
        assert (answer["status"], answer["title"]) == (401, "Not identified")
        assert answer["detail"] == "The token is missing, wrong, expired or revoked."


async def made(world: World, organization: str | None) -> str:
    """An API token of an organization, or of all of them."""
    ada = Caller("T1", "U_ADA", "Ada", None, Role.ADMIN, UTC_ZONE)
    handler = ApiTokenHandler(world.store, world.clock, "slack", 365)
    role = "user" if organization else "admin"
    created = await handler.create(NewToken("gateway", organization, role), ada)
    return created.secret.get_secret_value()


async def test_an_api_token_asks_for_its_own_organization_alone(world: World, ask: Ask) -> None:
    await world.budget(is_hard=True)
    await world.budget(organization="globex", limit=Decimal(1), is_hard=True)
    world.spend("101")
    await world.evaluate()
    token = await made(world, "acme")
    assert (await ask(token=token))["decision"] == "deny"
    assert (await ask(token=token, organization=UNTOLD))["decision"] == "deny"
    told: list[str] = []
    for other in ("globex", "nobody", "ACME", "acme ", "a%", "*"):
        answer = await ask(token=token, organization=other, estimated_cost="1000")
        assert (answer["status"], answer["title"]) == (404, "Not found")
        told.append(answer["detail"].replace(other, "…"))
        assert "decision" not in answer
    assert set(told) == {"There is no organization `…`."}


async def test_an_admins_api_token_asks_for_every_organization_by_its_name(
    world: World, ask: Ask
) -> None:
    await world.budget(is_hard=True)
    world.spend("101")
    await world.evaluate()
    token = await made(world, None)
    assert (await ask(token=token))["decision"] == "deny"
    assert (await ask(token=token, organization="globex"))["decision"] == "allow"
    assert (await ask(token=token, organization=UNTOLD))["status"] == 422


@pytest.mark.parametrize(
    ("given", "error"),
    [
        ({"estimated_cost": "much"}, "The estimated cost is none."),
        ({"estimated_cost": "-1"}, "The estimated cost is none."),
        ({"estimated_cost": "NaN"}, "The estimated cost is none."),
        ({"estimated_cost": "1e99"}, "The estimated cost is none."),
        ({"organization": ""}, "The organization is not named."),
        ({"galaxy": "m31"}, "There is no parameter `galaxy`."),
        ({"model": "x" * 501}, "Give at most 500 characters."),
    ],
)
async def test_a_question_that_cannot_be_read_is_told_what_is_wrong(
    world: World, ask: Ask, given: dict[str, str], error: str
) -> None:
    await world.evaluate()
    answer = await ask(**given)
    assert answer["status"] == 422
    assert answer["detail"].startswith(error)
