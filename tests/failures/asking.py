"""The handlers of rates and shares over a mart of worked rows, beside the templates."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Awaitable, Callable, Iterable
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import TypeVar

from analysis.periods import Dates
from analysis.prices import PriceSource, UnitPrice
from handlers.caller import Caller
from handlers.days import DaysRequest
from handlers.efficiency import EfficiencyHandler, EfficiencyResult
from handlers.failures import FailuresHandler, FailuresResult
from handlers.utilization import UtilizationHandler, UtilizationResult
from queries.dimensions import Dimensions
from queries.engines.duckdb import DuckDbEngine
from queries.mart import Mart
from tests.facts import Fact, fill
from tests.templates.conftest import ADMIN, NOW, Asked

DAYS = DaysRequest(Dates(date(2026, 11, 13), date(2026, 11, 19)))
"""The days that the templates speak of, too, where nothing else is asked for."""

T = TypeVar("T")

PRICE = UnitPrice(
    provider="openai",
    model="gpt-4",
    input=Decimal(10),
    output=Decimal(40),
    cached_input=Decimal(1),
    effective_from=datetime(2026, 1, 1, tzinfo=UTC),
    effective_until=None,
    source=PriceSource.LIST,
    reference="a list for these tests",
)
"""USD per million tokens."""


async def _listed() -> list[UnitPrice]:
    return [PRICE]


class Asking:
    """Whom to ask; what a handler gives, and what a template does."""

    def __init__(self, engine: DuckDbEngine) -> None:
        given = (engine, Dimensions(), lambda: NOW, 26.0)
        prices = (engine, Dimensions(), _listed, lambda: NOW, 26.0)
        self.templates = Asked(engine)
        self._utilization = UtilizationHandler(*given)
        self._efficiency = EfficiencyHandler(*prices)
        self._failures = FailuresHandler(*given)

    async def utilization(
        self, request: DaysRequest = DAYS, caller: Caller = ADMIN
    ) -> UtilizationResult:
        return await self._utilization.utilization(request, caller)

    async def efficiency(
        self, request: DaysRequest = DAYS, caller: Caller = ADMIN
    ) -> EfficiencyResult:
        return await self._efficiency.efficiency(request, caller)

    async def failures(self, request: DaysRequest = DAYS, caller: Caller = ADMIN) -> FailuresResult:
        return await self._failures.failures(request, caller)


def asked(facts: Iterable[Fact], question: Callable[[Asking], Awaitable[T]]) -> T:
    """What a question over these facts gives."""

    async def ask() -> T:
        with tempfile.TemporaryDirectory() as folder:
            mart = Mart(Path(folder), Dimensions(), lambda: NOW)
            fill(mart, facts, NOW)
            engine = DuckDbEngine(mart)
            try:
                return await question(Asking(engine))
            finally:
                await engine.close()

    return asyncio.run(ask())
