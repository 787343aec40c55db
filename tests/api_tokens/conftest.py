"""A store, a clock that is moved by hand, and an HTTP surface that tells who calls."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo

import aiohttp
import pytest
from fastapi import FastAPI, Request

from analysis.roles import Role
from api.identities import Identities, Way
from api.identity import Identity
from api.problems import answer_problems
from api.token_identity import TokenIdentity
from handlers.api_tokens.failures import LoginFailures
from handlers.api_tokens.managing import ApiTokenHandler, NewToken
from handlers.api_tokens.verifying import TokenVerifier
from handlers.caller import Caller
from playground.serving import serving
from storage import Store
from storage.records.api_token import ApiToken
from tests.storage.conftest import address, clock, store
from tests.stores import TestClock, sqlite_store

__all__ = ["address", "clock", "store"]

BERLIN = ZoneInfo("Europe/Berlin")
ADA = Caller("T1", "U_ADA", "Ada", None, Role.ADMIN, BERLIN)
OTTO = Caller("T1", "U_OTTO", "Otto", "acme", Role.ORG_ADMIN, BERLIN)
GIL = Caller("T1", "U_GIL", "Gil", "globex", Role.ORG_ADMIN, BERLIN)
UTE = Caller("T1", "U_UTE", "Ute", "acme", Role.USER, BERLIN)


@dataclass
class Door:
    """What is behind the HTTP surface.

    Attributes:
        store: of the tokens.
        clock: of everything.
        failures: that were counted.
        verifier: of API tokens.
        handler: makes and revokes tokens.
    """

    store: Store
    clock: TestClock
    failures: LoginFailures
    verifier: TokenVerifier
    handler: ApiTokenHandler

    async def made(
        self, name: str = "grafana", caller: Caller = OTTO, **fields: str
    ) -> tuple[ApiToken, str]:
        """A new token and all of it."""
        made = await self.handler.create(NewToken(name, **fields), caller)
        return made.token, made.secret.get_secret_value()

    async def failed(self) -> list[tuple[str, str, object]]:
        """The logins in the audit trail that failed, oldest first: why, with what, how many."""
        found = [one for one in await self.store.audit.page(limit=500) if one.after is not None]
        logins = [one for one in reversed(found) if one.action == "login.failure"]
        return [
            (str(one.after["reason"]), one.object_id, one.after["failures"])
            for one in logins
            if one.after is not None
        ]

    def identities(self, oidc: Way | None = None) -> Identities:
        """The ways in."""
        return Identities(TokenIdentity(self.verifier), oidc, self.failures)


@pytest.fixture
async def door(tmp_path: Path, clock: TestClock) -> AsyncGenerator[Door]:
    """On SQLite: what differs by the database lies in the store, and is tried there."""
    async with sqlite_store(tmp_path, clock) as store:
        yield door_of(store, clock)


def door_of(store: Store, clock: TestClock) -> Door:
    """All of it on one store."""
    failures = LoginFailures(store.audit, clock)
    verifier = TokenVerifier(store.api_tokens, failures, BERLIN, clock)
    return Door(store, clock, failures, verifier, ApiTokenHandler(store, clock, "slack", 365))


@dataclass(frozen=True)
class Answered:
    """What came over HTTP."""

    status: int
    headers: dict[str, str]
    body: dict[str, object]


@dataclass(frozen=True)
class Client:
    """Asks over HTTP who it is."""

    session: aiohttp.ClientSession
    url: str

    async def who(self, token: str | None = None, **more: object) -> Answered:
        """Who a token is; `more` goes to aiohttp."""
        headers = {} if token is None else {"Authorization": f"Bearer {token}"}
        return await self.get("/who", {"headers": headers, **more})

    async def get(self, path: str, options: dict[str, object]) -> Answered:
        """Any request."""
        async with self.session.get(self.url + path, **options) as response:  # pyright: ignore[reportArgumentType]
            headers = {name.lower(): value for name, value in response.headers.items()}
            return Answered(response.status, headers, await response.json())


def who_app(identity: Identity) -> FastAPI:
    """Says who calls, and refuses as the REST surface does."""
    app = FastAPI()
    answer_problems(app)

    async def who(request: Request) -> dict[str, object]:
        caller = await identity.caller(request)
        return {
            "team": caller.team_id,
            "id": caller.user_id,
            "name": caller.name,
            "organization": caller.organization,
            "role": caller.role.value,
            "zone": caller.zone.key,
        }

    app.add_api_route("/who", who, methods=["GET"])
    return app


Listening = Callable[[Identity], AbstractAsyncContextManager[Client]]


@asynccontextmanager
async def listening(identity: Identity) -> AsyncGenerator[Client]:
    """The surface on the loopback, and a client of it."""
    async with serving(who_app(identity)) as url, aiohttp.ClientSession() as session:
        yield Client(session, url)
