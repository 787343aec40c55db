"""A mart of worked GPU and LLM rows, and what asks it."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Iterable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from analysis.roles import Role
from handlers.caller import Caller
from handlers.queries import QueryHandler, QueryRequest, QueryResult
from queries.dimensions import Dimensions, Source
from queries.engines.duckdb import DuckDbEngine
from queries.mart import Mart
from tests.facts import Fact, fill, request

NOW = datetime(2026, 11, 20, 13, 37, tzinfo=UTC)
ADMIN = Caller("T1", "U1", "Ada", None, Role.ADMIN, ZoneInfo("UTC"))
ACME = replace(ADMIN, organization="acme", role=Role.USER)

Record = dict[str, Any]
Asking = Callable[[Iterable[Fact]], AbstractAsyncContextManager["Asked"]]


def gpu(day: int, cost: str | None, **columns: object) -> Fact:
    """A GPU row of a morning in November 2026, a customer's unless `columns` say otherwise."""
    time = datetime(2026, 11, day, 9, tzinfo=UTC)
    return request(time, cost, source=Source.GPU, **columns)


def november(day: int) -> date:
    return date(2026, 11, day)


class Asked:
    """The handler, and the rows of its answers as records."""

    def __init__(self, engine: DuckDbEngine) -> None:
        self.engine = engine
        self.handler = QueryHandler(engine, lambda: NOW, 26.0)

    async def result(self, name: str, caller: Caller = ADMIN, /, **parameters: str) -> QueryResult:
        return await self.handler.query(QueryRequest(name, parameters), caller)

    async def records(
        self, name: str, caller: Caller = ADMIN, /, **parameters: str
    ) -> list[Record]:
        result = await self.result(name, caller, **parameters)
        names = [column.name for column in result.columns]
        return [dict(zip(names, row, strict=True)) for row in result.rows]


@pytest.fixture
def asking(tmp_path: Path) -> Asking:
    """Opens a mart with these facts."""

    @asynccontextmanager
    async def begin(facts: Iterable[Fact]) -> AsyncGenerator[Asked]:
        mart = Mart(tmp_path, Dimensions(), lambda: NOW)
        fill(mart, facts, NOW)
        engine = DuckDbEngine(mart)
        try:
            yield Asked(engine)
        finally:
            await engine.close()

    return begin
