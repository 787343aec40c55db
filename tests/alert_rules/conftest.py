"""Rules over a small mart, a real store and a real desk; a clock that is moved by hand."""

from __future__ import annotations

import shutil
from collections.abc import AsyncGenerator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import cast
from zoneinfo import ZoneInfo

import pytest

from analysis.alert_rules.terms import Baseline, Kind, Terms, Unit
from bot.alert_rule_messages import compose_test, fault_messages
from bot.incident_messages import IncidentMessages
from handlers.alert_rules.drivers import HandlerDrivers
from handlers.alert_rules.evaluating import AlertRuleEvaluator
from handlers.alert_rules.handlers import AlertRuleHandlers, alert_rule_handlers
from handlers.alert_rules.looking import Looking
from handlers.failures import FailuresHandler
from handlers.incidents.desk import IncidentDesk
from handlers.incidents.telling import story_of
from handlers.why import WhyHandler
from queries.dimensions import Dimensions, Source
from queries.engines.base import Table
from queries.engines.duckdb import DuckDbEngine
from queries.mart import Mart
from queries.scope import EVERYTHING, Scope
from storage import Store
from storage.records.alert_rule import AlertRule, AlertRuleDraft
from storage.records.incident import Incident
from tests.budgets.slack.conftest import act
from tests.facts import Fact, add, request
from tests.slack.conftest import play
from tests.storage.conftest import address, clock, store
from tests.stores import TestClock, sqlite_store

__all__ = ["act", "address", "clock", "home", "play", "store", "world"]

NOW = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)
"""A Friday; the last complete day is Thursday the 19th."""

STALE = 26.0
DAYS = 40

SPIKE = AlertRuleDraft(
    name="spike",
    terms=Terms(
        kind=Kind.RELATIVE,
        unit=Unit.SHARE,
        baseline=Baseline.WEEK_BEFORE,
        warning=Decimal("0.3"),
        critical=Decimal("0.6"),
        floor=Decimal(10),
    ),
    zone=ZoneInfo("UTC"),
    each="model",
    targets=(("slack", "C1"),),
)


def midday(days_ago: int) -> datetime:
    """Half past eight, so many days ago; today it is an hour ago."""
    return NOW.replace(hour=8) - timedelta(days=days_ago)


def steady(days: int = DAYS) -> list[Fact]:
    """Every day acme spends 100 USD on gpt-4 and 10 on gpt-4o-mini, globex 20 on gpt-4.

    A pool of GPUs is half busy.
    """
    facts: list[Fact] = []
    for ago in range(days + 1):
        time = midday(ago)
        for organization, model, cost in (
            ("acme", "gpt-4", "100"),
            ("globex", "gpt-4", "20"),
            ("acme", "gpt-4o-mini", "10"),
        ):
            columns: dict[str, object] = {"organization": organization, "model": model}
            facts.append(
                _fact(time, cost, requests=10, provider="openai", product="llm", **columns)
            )
        late = time if ago == 0 else time.replace(hour=23)
        for category in ("inference", "idle"):
            gpu = {"source": Source.GPU, "cost_category": category, "product": "api"}
            requests = 1 if category == "inference" else 0
            facts.append(_fact(late, "30", requests=requests, model="ltxv", **gpu))
        facts.append(_fact(late, "0.01", organization="acme", model="tiny", product="llm"))
    return facts


def _fact(time: datetime, cost: str | None, **columns: object) -> Fact:
    return request(time, cost, **columns)  # pyright: ignore[reportArgumentType] - by name


@pytest.fixture(scope="session")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("rules")
    add(Mart(folder, Dimensions(), lambda: NOW), steady())
    return folder


@pytest.fixture
def home(filled: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(filled, tmp_path / "home"))


@dataclass
class World:
    """What the tests act on."""

    store: Store
    mart: Mart
    clock: TestClock
    evaluator: AlertRuleEvaluator
    rules: AlertRuleHandlers
    queries: list[str]

    async def rule(self, draft: AlertRuleDraft = SPIKE, **others: object) -> AlertRule:
        """A rule, of Ada's."""
        changed = replace(draft, **others)  # pyright: ignore[reportArgumentType]
        return await self.store.alert_rules.add(changed, "T1/U_ADA")

    def spend(self, cost: str | None, days_ago: int = 1, **others: object) -> None:
        """More of acme's gpt-4 on a day."""
        columns: dict[str, object] = {
            "organization": "acme",
            "model": "gpt-4",
            "product": "llm",
            "provider": "openai",
            **others,
        }
        time = cast("datetime", columns.pop("time", midday(days_ago)))
        add(self.mart, [_fact(time, cost, **columns)])

    def import_many(self, rows: list[tuple[str, dict[str, object]]]) -> None:
        """Yesterday's requests of acme's, each with its cost and more columns, as one import."""
        facts = [_fact(midday(1), cost, organization="acme", **more) for cost, more in rows]
        add(self.mart, facts)

    async def open(self) -> dict[str, Incident]:
        """The open incidents by their series."""
        found = await self.store.incidents.open_of_kind("rule")
        return {incident.subject.rpartition("|")[2]: incident for incident in found}

    async def summary(self, series: str) -> str:
        """What is told of an open incident."""
        return story_of((await self.open())[series]).summary

    async def told(self, prefix: str = "") -> list[str]:
        """The texts in the outbox, oldest first."""
        rows = (await self.store.deliveries.newest(limit=1000))[::-1]
        return [str(one.payload["text"]) for one in rows if one.key.startswith(prefix)]


@pytest.fixture
async def world(home: Path, clock: TestClock) -> AsyncGenerator[World]:
    clock.now = NOW
    async with sqlite_store(home, clock) as store:
        mart = Mart(home, Dimensions(), clock)
        engine = Counted(mart)
        engine.asked = []
        try:
            yield world_of(store, mart, engine, clock)
        finally:
            await engine.close()


class Counted(DuckDbEngine):
    """An engine that remembers what it was asked."""

    asked: list[str]

    async def query(
        self,
        sql: str,
        parameters: Mapping[str, object],
        *,
        first_day: date,
        last_day: date,
        scope: Scope = EVERYTHING,
    ) -> Table:
        """Asks the engine."""
        self.asked.append(sql)
        return await super().query(
            sql, parameters, first_day=first_day, last_day=last_day, scope=scope
        )


def world_of(store: Store, mart: Mart, engine: Counted, clock: TestClock) -> World:
    """Everything as a process has it."""
    dimensions = mart.dimensions
    looking = Looking(engine, dimensions, clock, STALE)
    desk = IncidentDesk(store, IncidentMessages(ZoneInfo("UTC")), clock)
    why = WhyHandler(engine, dimensions, clock, STALE)
    failures = FailuresHandler(engine, dimensions, clock, STALE)
    drivers = HandlerDrivers(engine, dimensions, why, failures)
    evaluator = AlertRuleEvaluator(store, looking, desk, drivers, fault_messages)

    async def opened() -> dict[str, Incident]:
        return await desk.open_subjects("rule")

    rules = alert_rule_handlers(store, looking, "slack", opened, compose_test)
    return World(store, mart, clock, evaluator, rules, engine.asked)
