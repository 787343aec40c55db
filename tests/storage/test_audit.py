"""The audit trail: added to, read, forgotten where that is declared, changed in no other way."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from analysis.request_id import under
from storage import Store
from storage.addresses import parse_address
from storage.database import Database
from storage.migrate import migrate
from storage.records.actor import Actor
from storage.records.audit import AuditEntry, AuditWanted
from storage.repositories.audit import LEAST_KEPT
from tests.stores import TestClock

OPERATOR = Actor(team_id="", user_id="ops", name="Olga")
ENTRY = AuditEntry(
    actor=Actor(team_id="T1", user_id="U1", name="Ada"),
    surface="slack",
    action="budget.create",
    object_kind="budget",
    object_id="b1",
    organization="acme",
    after={"limit": "5000"},
)

COLUMNS = "at, team_id, user_id, actor_name, surface, action, object_kind, object_id"
AGAIN = f"SELECT id, {COLUMNS} FROM audit_trail"

REFUSALS = r"the audit trail is (never changed|kept for 800 days)"

FORBIDDEN = {
    "an update": ("UPDATE audit_trail SET action = 'x'", "both"),
    "an update of nothing but the name": ("UPDATE audit_trail SET actor_name = 'x'", "both"),
    "a removal": ("DELETE FROM audit_trail", "both"),
    "a removal of one": ("DELETE FROM audit_trail WHERE id = 1", "both"),
    "a replacement": (
        f"INSERT OR REPLACE INTO audit_trail (id, {COLUMNS}) {AGAIN}",
        "sqlite",
    ),
    "a replacement word": (f"REPLACE INTO audit_trail (id, {COLUMNS}) {AGAIN}", "sqlite"),
    "an upsert": (
        f"INSERT INTO audit_trail (id, {COLUMNS}) {AGAIN} WHERE true "
        "ON CONFLICT (id) DO UPDATE SET action = 'x'",
        "both",
    ),
    "a truncation": ("TRUNCATE audit_trail", "postgresql"),
    "a cut that is too young": (
        "INSERT INTO audit_cuts (before, declared_at, declared_by) "
        "VALUES ('2026-11-01 00:00:00.000000', '2026-11-20 00:00:00.000000', 'x')",
        "both",
    ),
    "a cut that is no instant": (
        "INSERT INTO audit_cuts (before, declared_at, declared_by) VALUES ('9', '9', 'x')",
        "sqlite",
    ),
}


async def test_the_database_refuses_to_change_what_was_decided(store: Store, address: str) -> None:
    await store.audit.add(ENTRY)
    before = await store.audit.page()
    database = Database(parse_address(address))
    for statement, where in FORBIDDEN.values():
        if where in ("both", store.kind):
            with pytest.raises(DBAPIError, match=REFUSALS):
                async with database.writing() as session:
                    await session.execute(text(statement))
    await database.close()
    assert await store.audit.page() == before


async def test_what_is_declared_is_forgotten_and_nothing_else(
    store: Store, clock: TestClock, address: str
) -> None:
    await store.audit.add(ENTRY)
    clock.advance(timedelta(days=10))
    kept = await store.audit.add(replace(ENTRY, object_id="b2"))
    edge = clock.now
    clock.advance(LEAST_KEPT)
    assert await store.audit.forget_before(edge, OPERATOR) == 1
    assert [entry.id for entry in await store.audit.page()] == [kept]
    assert await store.audit.forget_before(edge, OPERATOR) == 0
    database = Database(parse_address(address))
    for statement in (
        "DELETE FROM audit_trail",
        "DELETE FROM audit_cuts",
        "UPDATE audit_cuts SET declared_by = 'x'",
    ):
        with pytest.raises(DBAPIError, match="the audit trail is never changed"):
            async with database.writing() as session:
                await session.execute(text(statement))
    await database.close()
    assert [entry.id for entry in await store.audit.page()] == [kept]


async def test_what_is_younger_is_never_forgotten(store: Store, clock: TestClock) -> None:
    await store.audit.add(ENTRY)
    with pytest.raises(ValueError, match="kept for 800 days"):
        await store.audit.forget_before(clock.now - LEAST_KEPT + timedelta(seconds=1), OPERATOR)
    assert len(await store.audit.page()) == 1


async def test_a_trail_that_was_there_before_keeps_its_entries(address: str) -> None:
    database = Database(parse_address(address))
    await migrate(database, "0022")
    async with database.writing() as session:
        await session.execute(
            text(
                f"INSERT INTO audit_trail ({COLUMNS}) VALUES ('2026-11-01 00:00:00.000000', "
                "'T1', 'U1', 'Ada', 'slack', 'budget.create', 'budget', 'b1')"
            )
        )
    await migrate(database)
    async with database.reading() as session:
        assert await session.scalar(text("SELECT count(*) FROM audit_trail")) == 1
    await migrate(database, "0022")
    with pytest.raises(DBAPIError, match="the audit trail is never changed"):
        async with database.writing() as session:
            await session.execute(text("DELETE FROM audit_trail"))
    await database.close()


async def test_decisions_are_read_by_organization_time_and_kind(
    store: Store, clock: TestClock
) -> None:
    begun = clock.now
    ids: list[int] = []
    for organization, action in (
        ("acme", "budget.create"),
        ("Acme", "budget.edit"),
        (None, "budgets.odd"),
        ("acme", "budget_x"),
        ("acme", "raise.ask"),
    ):
        ids.append(await store.audit.add(replace(ENTRY, organization=organization, action=action)))
        clock.advance(timedelta(hours=1))

    async def numbers(wanted: AuditWanted) -> list[int]:
        newest = [entry.id for entry in await store.audit.newest(wanted)]
        assert newest == [entry.id for entry in await store.audit.oldest(wanted)][::-1]
        return newest[::-1]

    first, second, third, fourth, fifth = ids
    assert await numbers(AuditWanted()) == ids
    assert await numbers(AuditWanted(within="acme")) == [first, fourth, fifth]
    assert await numbers(AuditWanted(action="budget")) == [first, second]
    assert await numbers(AuditWanted(action="budget.edit")) == [second]
    since, until = begun + timedelta(hours=1), begun + timedelta(hours=3)
    assert await numbers(AuditWanted(since=since, until=until)) == [second, third]
    page = await store.audit.oldest(AuditWanted(), after=second, limit=2)
    assert [entry.id for entry in page] == [third, fourth]
    page = await store.audit.newest(AuditWanted(), before=fourth, limit=2)
    assert [entry.id for entry in page] == [third, second]


async def test_a_decision_has_the_id_of_its_request(store: Store) -> None:
    await store.audit.add(ENTRY)
    with under("job-1"):
        await store.audit.add(ENTRY)
        await store.audit.add_many([ENTRY])
    assert [entry.request_id for entry in await store.audit.page()] == ["job-1", "job-1", None]
