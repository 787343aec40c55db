"""Organizations whose names are nearly alike are kept apart, on both databases."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

from analysis.errors import BadInput
from analysis.roles import Role
from handlers.audit.reading import AuditHandler, AuditRequest
from handlers.caller import Caller
from storage import Store
from storage.records.audit import AuditWanted
from storage.records.budget import BudgetDraft
from storage.records.recommendation import Drawn
from storage.repositories.recommendations import Wanted
from tests.audit.entries import OF_ACME
from tests.recommendations.proposals import proposal
from tests.stores import Postgres, TestClock, sqlite_store

UTC_ZONE = ZoneInfo("UTC")

NAMES = (
    "acme",
    "Acme",
    "ACME",
    "acm\N{LATIN SMALL LETTER E WITH ACUTE}",
    "acme\N{COMBINING ACUTE ACCENT}",
    "ac_e",
    "ac%e",
    "%",
    "*",
    "acme ",
    "acme\N{NO-BREAK SPACE}",
    "\N{CYRILLIC SMALL LETTER A}cme",
    "stra\N{LATIN SMALL LETTER SHARP S}e",
    "strasse",
    "\N{LATIN CAPITAL LETTER I WITH DOT ABOVE}nc",
    "inc",
)


@pytest.fixture(params=["sqlite", "postgresql"])
async def store(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncGenerator[Store]:
    clock = TestClock()
    if request.param == "sqlite":
        async with sqlite_store(tmp_path, clock) as made:
            yield made
        return
    running: Postgres = request.getfixturevalue("postgres")
    made = Store(await running.new_store(), clock)
    yield made
    await made.close()


async def test_what_is_kept_of_one_is_read_by_that_one_alone(store: Store) -> None:
    draft = BudgetDraft(
        name="LLM",
        limit=Decimal(120),
        kind="monthly",
        zone=UTC_ZONE,
        start=date(2026, 1, 1),
    )
    budgets: dict[str, UUID] = {}
    drawn: dict[str, UUID] = {}
    for name in NAMES:
        await store.audit.add(replace(OF_ACME, organization=name, object_id=name))
        budget = await store.budgets.add(replace(draft, organization=name), "T1/U1")
        budgets[name] = budget.id
        one = Drawn.of(proposal(organization=name), date(2026, 10, 1), date(2026, 10, 31))
        kept = await store.recommendations.add(one)
        assert kept is not None, name
        drawn[name] = kept.id
    handler = AuditHandler(store, TestClock(), "cli")
    for name in NAMES:
        caller = Caller("T1", "U1", "Una", name, Role.ORG_ADMIN, UTC_ZONE)
        page = await handler.page(AuditRequest(), caller)
        assert [entry.object_id for entry in page.entries] == [name]
        oldest = await store.audit.oldest(AuditWanted(within=name))
        assert [entry.object_id for entry in oldest] == [name]
        seen = await store.budgets.page(within=name, limit=100)
        assert [budget.id for budget in seen] == [budgets[name]]
        assert await store.budgets.count(within=name) == 1
        found = await store.budgets.find_named("llm", within=name)
        assert [budget.id for budget in found] == [budgets[name]]
        rows = await store.recommendations.page(Wanted(within=name))
        assert [row.id for row in rows] == [drawn[name]]


async def test_a_name_is_taken_within_its_own_organization_alone(store: Store) -> None:
    draft = BudgetDraft(
        name="LLM",
        limit=Decimal(120),
        kind="monthly",
        zone=UTC_ZONE,
        start=date(2026, 1, 1),
        organization="acme",
    )
    await store.budgets.add(draft, "T1/U1")
    await store.budgets.add(replace(draft, organization="Acme"), "T1/U1")
    with pytest.raises(BadInput, match="already"):
        await store.budgets.add(replace(draft, name="llm"), "T1/U1")
