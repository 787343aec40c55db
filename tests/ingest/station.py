"""A costbot that takes usage in over real HTTP, and merges when a test says so."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, cast
from zoneinfo import ZoneInfo

import aiohttp
from fastapi import FastAPI, Request

from analysis.errors import NotIdentified
from analysis.roles import Role
from api.app import PREFIX
from api.problems import answer_problems
from api.usage.routes import USAGE
from bot.assembly import Parts, assembled
from bot.assembly.ingest import Ingest, ingest_of, usage_routers_of
from bot.settings import Settings
from handlers.caller import Caller
from handlers.imports import ImportHandler, ImportRequest
from handlers.ingest.gateway import Gateway
from queries.dimensions import Source
from queries.sources.report import ImportReport
from tests.budgets.evaluation.serving import served
from tests.columnar import reader
from tests.stores import lay_store

NOW = datetime(2099, 1, 1, 12, tzinfo=UTC)
"""Later than the clock of a machine that runs this, which OpenTelemetry's spans are dated by."""
UTC_ZONE = ZoneInfo("UTC")

SENDERS: Mapping[str, Caller] = {
    "acme": Gateway("api", "1", "gateway", "acme", Role.USER, UTC_ZONE),
    "globex": Gateway("api", "2", "gateway", "globex", Role.USER, UTC_ZONE),
    "all": Gateway("api", "3", "gateway", None, Role.ADMIN, UTC_ZONE),
    "otto": Caller("api", "4", "Otto", "acme", Role.ORG_ADMIN, UTC_ZONE),
    "ute": Caller("api", "5", "Ute", "acme", Role.USER, UTC_ZONE),
    "nemo": Caller("api", "6", "Nemo", None, Role.ORG_ADMIN, UTC_ZONE),
}
"""Who sends, by the token."""

LINES = "application/x-ndjson"
JSON = "application/json"

EVENT: Mapping[str, object] = {
    "time": "2026-11-20T10:00:00Z",
    "provider": "openai",
    "model": "gpt-4",
    "input_tokens": 1000,
    "output_tokens": 100,
}
"""It costs $0.036: gpt-4 was seeded at 30 and 60 dollars a million tokens."""


def event(request_id: str | None = None, **columns: object) -> dict[str, object]:
    """An event; of two without an id neither is the other."""
    named = {} if request_id is None else {"request_id": request_id}
    return {**EVENT, **named, **columns}


class Senders:
    """Knows senders by the tokens of `SENDERS`."""

    async def sender(self, request: Request) -> Caller:
        token = request.headers.get("authorization", "").removeprefix("Bearer ")
        if token not in SENDERS:
            raise NotIdentified("Nobody knows you.")
        return SENDERS[token]


@dataclass(frozen=True)
class Answered:
    """What came back."""

    status: int
    headers: Mapping[str, str]
    content: bytes

    @property
    def body(self) -> Any:
        return json.loads(self.content)

    @property
    def counts(self) -> tuple[int, int, int, int]:
        """Received, accepted, duplicates, rejected."""
        body = self.body
        return body["received"], body["accepted"], body["duplicates"], body["rejected"]


@dataclass(frozen=True)
class Station:
    """What takes usage in."""

    home: Path
    parts: Parts
    ingest: Ingest
    session: aiohttp.ClientSession
    address: str

    async def post(
        self, data: bytes, kind: str = JSON, path: str = USAGE, token: str = "acme", **headers: str
    ) -> Answered:
        """Sends a body."""
        sent = {
            "Content-Type": kind,
            "Authorization": f"Bearer {token}",
            **{name.replace("_", "-"): value for name, value in headers.items()},
        }
        async with self.session.post(f"{PREFIX}{path}", data=data, headers=sent) as answer:
            return Answered(answer.status, answer.headers, await answer.read())

    async def send(
        self, *events: object, path: str = USAGE, token: str = "acme", **headers: str
    ) -> Answered:
        """Sends events as a JSON array."""
        return await self.post(json.dumps(events).encode(), JSON, path, token, **headers)

    async def merge(self) -> tuple[int, int, int]:
        """Merges; how many events were taken, were there already, and were rejected."""
        did = await self.ingest.merger.merge()
        return did.taken, did.repeated, did.rejected

    async def rows(self, columns: str, order: str = "time") -> list[tuple[object, ...]]:
        """Columns of what is in the mart, merged first."""
        await self.merge()
        return rows_of(self.parts, columns, order)

    async def import_file(self, path: Path) -> ImportReport:
        """Imports a file of usage, as `costbot import usage` does."""
        handler = ImportHandler(
            self.home,
            self.parts.mart,
            self.parts.dimensions,
            self.parts.clock,
            self.parts.store.prices.unit_prices,
        )
        return await handler.import_file(ImportRequest(Source.USAGE, path))

    def on_disk(self) -> bytes:
        """Every byte of the home folder."""
        files = [path for path in self.home.rglob("*") if path.is_file()]
        return b"\n".join(path.name.encode() + path.read_bytes() for path in files)


def rows_of(parts: Parts, columns: str, order: str = "time") -> list[tuple[object, ...]]:
    """Columns of what is in the mart."""
    files = parts.mart.snapshot().files("requests", date.min, date.max)
    if not files:
        return []
    with reader() as connection:
        found = connection.execute(
            f"SELECT {columns} FROM read_parquet($files) ORDER BY {order}", {"files": files}
        )
        return cast("list[tuple[object, ...]]", found.fetchall())


def lines_of(events: Sequence[object]) -> bytes:
    """Events one a line."""
    return "\n".join(json.dumps(one) for one in events).encode()


@asynccontextmanager
async def station_in(home: Path, most_backlog: int | None = None) -> AsyncGenerator[Station]:
    """Takes usage in, in a home folder."""
    lay_store(home)
    async with assembled(Settings(home=home), lambda: NOW) as parts:
        ingest = ingest_of(parts)
        if most_backlog is not None:
            ingest = replace(ingest, intake=replace(ingest.intake, most_backlog=most_backlog))
        working = asyncio.create_task(ingest.intake.run())
        app = FastAPI()
        answer_problems(app)
        for router in usage_routers_of(ingest.intake, Senders()):
            app.include_router(router, prefix=PREFIX)
        try:
            async with served(app) as address, aiohttp.ClientSession(address) as session:
                yield Station(home, parts, ingest, session, address)
        finally:
            working.cancel()
            with suppress(asyncio.CancelledError):
                await working
            ingest.intake.journal.close()
