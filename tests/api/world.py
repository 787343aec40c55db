"""A REST surface with something behind every call, of two organizations, over real HTTP."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import aiohttp
from fastapi import FastAPI, Request

from analysis.errors import NotIdentified
from analysis.recommendations.kept.opportunities import Opportunity, OpportunityKind
from analysis.recommendations.kept.opportunity_states import LIVE, OpportunityState
from analysis.roles import Role
from api.app import PREFIX
from bot.assembly import Parts, assembled
from bot.assembly.ingest import ingest_of, usage_routers_of
from bot.assembly.rest import rest_of
from bot.budget_watch import watching
from bot.settings import Settings
from bot.web import checks_of
from handlers.caller import Caller
from handlers.ingest.gateway import Gateway
from handlers.ingest.intake import Intake
from queries.dimensions import Source
from queries.ingest.journal import CLOSED, FOLDER, OPEN
from storage.records.anomaly import KeptFinding
from storage.records.budget import BudgetDraft
from storage.records.price import ModelPrice
from storage.records.recommendation import Drawn
from tests.api.calls import needed_of
from tests.budgets.evaluation.serving import served
from tests.facts import Fact, fill, request
from tests.recommendations.proposals import proposal
from tests.stores import lay_store

NOW = datetime(2026, 11, 20, 13, 37, tzinfo=UTC)
"""A Friday."""

YESTERDAY = date(2026, 11, 19)
BERLIN = ZoneInfo("Europe/Berlin")

CALLERS: Mapping[str, Caller] = {
    "admin": Caller("API", "admin", "Ada", None, Role.ADMIN, ZoneInfo("UTC")),
    "acme-admin": Caller("API", "acme-admin", "Otto", "acme", Role.ORG_ADMIN, BERLIN),
    "acme-user": Caller("API", "acme-user", "Ute", "acme", Role.USER, BERLIN),
    "globex-admin": Caller("API", "globex-admin", "Gil", "globex", Role.ORG_ADMIN, BERLIN),
    "globex-user": Caller("API", "globex-user", "Gus", "globex", Role.USER, ZoneInfo("UTC")),
    "capitals": Caller("API", "capitals", "Cap", "ACME", Role.ORG_ADMIN, BERLIN),
    "wildcard": Caller("API", "wildcard", "Wil", "a%", Role.ORG_ADMIN, BERLIN),
    "accent": Caller("API", "accent", "Acc", "acme\N{COMBINING ACUTE ACCENT}", Role.USER, BERLIN),
    "acme-gateway": Gateway("API", "acme-gateway", "gate", "acme", Role.USER, BERLIN),
    "globex-gateway": Gateway("API", "globex-gateway", "gate", "globex", Role.USER, BERLIN),
    "nobody": Caller("API", "nobody", "Nemo", None, Role.USER, ZoneInfo("UTC")),
}
"""Everybody, by their tokens."""


class Bearers:
    """Knows callers by bearer tokens of a list."""

    def __init__(self, callers: Mapping[str, Caller]) -> None:
        self.callers = dict(callers)

    async def caller(self, request: Request) -> Caller:
        """See `api.identity.Identity`."""
        caller = await self.sender(request)
        if isinstance(caller, Gateway):
            raise NotIdentified("The token sends usage, and does nothing else.")
        return caller

    async def sender(self, request: Request) -> Caller:
        """See `api.identity.Senders`."""
        kind, _, token = request.headers.get("authorization", "").partition(" ")
        caller = self.callers.get(token) if kind.lower() == "bearer" else None
        if caller is None:
            raise NotIdentified("The token is missing or wrong.", "Send a bearer token.")
        return caller


def _facts() -> list[Fact]:
    facts: list[Fact] = []
    for ago in range(70):
        at = datetime.combine(NOW.date() - timedelta(days=ago), time(9, 15), UTC)
        for organization, cost in (("acme", 2 + at.weekday() % 3), ("globex", 7)):
            facts += [
                request(
                    at,
                    str(cost),
                    organization=organization,
                    model="gpt-4",
                    provider="openai",
                    product="api",
                    team=f"{organization} research",
                    user_id=f"{organization}-person",
                    requests=10,
                    fresh_input_tokens=9_000,
                    output_tokens=1_000,
                ),
                request(
                    at,
                    "0.25",
                    organization=organization,
                    model=f"{organization}-own-model",
                    provider="anthropic",
                    product="support",
                    requests=4,
                    fresh_input_tokens=3_000,
                    output_tokens=400,
                ),
            ]
    last = datetime(2026, 11, 20, 13, 5, tzinfo=UTC)
    return [
        *facts,
        request(last, None, organization="acme", model="aurora", requests=3),
        request(
            last,
            "0.5",
            source=Source.GPU,
            organization="acme",
            model="ltxv-13b",
            product="studio",
            gpu_seconds="360",
        ),
    ]


FACTS = _facts()


@dataclass
class Api:
    """The surface under test.

    Attributes:
        parts: behind it.
        app: itself.
        url: of its prefix.
        session: to ask it with.
        ids: by organization, of what a path names: `budget_id`, ...
    """

    parts: Parts
    app: FastAPI
    url: str
    session: aiohttp.ClientSession
    ids: dict[str, dict[str, str]] = field(default_factory=dict[str, dict[str, str]])
    further: int = 0
    told: dict[tuple[str, str], Answered] = field(default_factory=dict[tuple[str, str], "Answered"])

    async def plain(self, path: str, token: str = "acme-user") -> Answered:
        """Asks without anything besides; the same again is not asked again: nothing changes.

        Parameters without which there is no answer are taken from their examples.
        """
        key = (path, token)
        if key not in self.told:
            self.told[key] = await self.get(path, token, params=self.needed(path))
        return self.told[key]

    def needed(self, path: str) -> dict[str, str]:
        """The parameters that a path cannot do without."""
        found = self.app.openapi()["paths"].get(path, {}).get("get", {})
        return needed_of(found)

    async def get(self, path: str, token: str | None = "acme-user", **options: Any) -> Answered:
        """Asks."""
        return await self.ask("GET", path, token, **options)

    async def ask(self, method: str, path: str, token: str | None, **options: Any) -> Answered:
        """Asks in any way."""
        headers = dict(options.pop("headers", {}))
        if token is not None:
            headers["Authorization"] = f"Bearer {token}"
        url = f"{self.url}{path}"
        async with self.session.request(method, url, headers=headers, **options) as response:
            text = await response.text()
            is_json = "json" in response.content_type
            body = await response.json(content_type=None) if text and is_json else None
            kept = {name.lower(): value for name, value in response.headers.items()}
            return Answered(response.status, body, kept, text)

    def sent(self, organization: str) -> list[str]:
        """The events of an organization that were taken in, as they are kept."""
        folder = self.parts.settings.home / FOLDER
        paths = sorted(one for one in folder.glob("*") if one.suffix in (OPEN, CLOSED))
        lines = [line for path in paths for line in path.read_text("utf-8").splitlines()]
        return [line for line in lines if json.loads(line).get("organization") == organization]

    async def renewed(self, organization: str, path: str = "") -> dict[str, str]:
        """Further things of an organization's, ready for what a path does with them."""
        self.further += 1
        ids = await _decided(self.parts, organization, f" {self.further}")
        if path.endswith("/verify"):  # of what somebody has accepted
            accepted = f"/recommendations/{ids['recommendation_id']}/accept"
            assert (await self.ask("POST", accepted, "admin")).status == 200
        return ids


@dataclass(frozen=True)
class Answered:
    """What came."""

    status: int
    body: Any
    headers: Mapping[str, str]
    text: str


@asynccontextmanager
async def opened(home: Path, store_url: str | None = None) -> AsyncGenerator[Api]:
    """The surface, filled, in a folder."""
    settings = Settings(home=home, store_url=store_url)  # pyright: ignore[reportArgumentType]
    if store_url is None:
        lay_store(home)
    async with (
        assembled(settings, lambda: NOW) as parts,
        watching(parts) as watch,
        _taking(parts) as intake,
    ):
        fill(parts.mart, FACTS, NOW, settings.hourly_days)
        ids = {one: await _decided(parts, one) for one in ("acme", "globex")}
        await _decided_of_all(parts)
        bearers = Bearers(CALLERS)
        await watch.evaluator.evaluate()
        gateways = (checks_of(parts, watch, bearers), *usage_routers_of(intake, bearers))
        app = rest_of(parts, bearers, gateways)
        outer = FastAPI(openapi_url=None)
        outer.mount(PREFIX, app)
        # What is refused unread ends its connection, at times when the next request is on its way.
        fresh = aiohttp.TCPConnector(force_close=True)
        async with served(outer) as address, aiohttp.ClientSession(connector=fresh) as session:
            yield Api(parts, app, f"{address}{PREFIX}", session, ids)


@asynccontextmanager
async def _taking(parts: Parts) -> AsyncGenerator[Intake]:
    """Keeps usage that is sent; it is not merged, so that the figures stay as they are."""
    intake = ingest_of(parts).intake
    working = asyncio.create_task(intake.run())
    try:
        yield intake
    finally:
        working.cancel()
        with suppress(asyncio.CancelledError):
            await working
        intake.journal.close()


async def _decided(parts: Parts, organization: str, further: str = "") -> dict[str, str]:
    """Things of an organization's, that a path may name."""
    store = parts.store
    budgets = [
        await store.budgets.add(draft, "T1/U1")
        for draft in (
            BudgetDraft(
                name=f"{organization} LLM{further}",
                limit=Decimal(120),
                kind="monthly",
                zone=BERLIN,
                start=date(2026, 1, 1),
                organization=organization,
                emails=(f"finance@{organization}.example",),
            ),
            BudgetDraft(
                name=f"{organization} research{further}",
                limit=Decimal("1000.50"),
                kind="annual",
                zone=ZoneInfo("UTC"),
                start=date(2026, 1, 1),
                organization=organization,
                scope={"model": ("gpt-4",)},
            ),
        )
    ]
    drawn = [
        Drawn.of(
            proposal(f"{organization}-{model}{further}", saved, organization=organization),
            date(2026, 10, 20),
            YESTERDAY,
        )
        for model, saved in (("large", "40"), ("middling", "12"), ("small", "3"))
    ]
    recommendations = [await store.recommendations.add(one) for one in drawn]
    for one in await store.opportunities.page(within=organization):
        if one.state in LIVE:  # of a kind there is one that lives
            await store.opportunities.write(replace(one, state=OpportunityState.DISMISSED))
    opportunity = await store.opportunities.add(_opportunity(organization, further))
    assert recommendations[0] is not None
    assert opportunity is not None
    return {
        "budget_id": str(budgets[0].id),
        "recommendation_id": str(recommendations[0].id),
        "opportunity_id": str(opportunity.id),
        "organization_id": organization,
    }


async def _decided_of_all(parts: Parts) -> None:
    """Prices and what was found."""
    price = ModelPrice(
        provider="openai",
        model="gpt-4",
        input=Decimal(30),
        output=Decimal(60),
        effective_from=datetime(2025, 1, 1, tzinfo=UTC),
        source="published by OpenAI",
        reference="https://openai.com/api/pricing",
        created_by="the operator",
        context_window=8192,
        capabilities=("tools",),
    )
    haiku = replace(
        price,
        provider="anthropic",
        model="claude-3-haiku",
        input=Decimal("0.25"),
        output=Decimal("1.25"),
        context_window=200_000,
    )
    for one in (
        price,
        haiku,
        replace(price, organization="globex", input=Decimal("11.5"), reference="globex contract"),
        replace(haiku, effective_from=datetime(2027, 1, 1, tzinfo=UTC), input=Decimal("0.2")),
    ):
        await parts.store.prices.add(one)
    day = YESTERDAY
    look = await parts.store.anomaly_looks.begin("look", day)
    assert look is not None
    found = [
        _finding(f"={organization}/model/{member}/cost", organization, member)
        for organization in ("acme", "globex")
        for member in ("gpt-4", f"{organization}-own-model")
    ]
    await parts.store.anomaly_findings.put(day, found)
    await parts.store.anomaly_looks.finish(look, {})


def _opportunity(organization: str, further: str) -> Opportunity:
    return Opportunity(
        kind=OpportunityKind.LOW_CACHE_HIT_RATE,
        organization=organization,
        title=f"Prompts of {organization} begin alike and are not cached",
        affected={"model": (f"{organization}-own-model{further}",)},
        first_day=date(2026, 10, 20),
        last_day=YESTERDAY,
        current_cost=Decimal(90),
        potential_savings=Decimal("22.5"),
        confidence=Decimal("0.6"),
        method="share of the prompts that begins alike",
        data={"hit_ratio": "0.1"},
        actions=("Put what is alike first.",),
        hours_to_implement=8,
    )


def _finding(series: str, organization: str, member: str) -> KeptFinding:
    return KeptFinding(
        series=series,
        organization=organization,
        dimension="model",
        member=member,
        measure="cost",
        day=YESTERDAY,
        since=YESTERDAY,
        shape="spike",
        level="critical",
        actual=10.5,
        expected=2.0,
        lower=1.0,
        upper=3.0,
        score=6.1,
        usd=Decimal("8.50") if member == "gpt-4" else Decimal("3.25"),
        history_days=60,
        outcome="told",
        description=f"{member} of {organization} cost more than ever.",
        found_at=NOW,
    )
