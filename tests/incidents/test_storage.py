"""Incidents on both databases, and the outbox that Linear was added to."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text

from analysis.errors import Outdated
from storage import Store
from storage.addresses import parse_address
from storage.database import Database
from storage.migrate import migrate
from storage.records.delivery import NewDelivery
from storage.records.incident import Incident
from tests.stores import TestClock


def incident(clock: TestClock, subject: str = "s", **fields: object) -> Incident:
    made = Incident(
        id=uuid4(), subject=subject, kind="anomaly", organization=None, opened_at=clock()
    )
    return replace(made, **fields)  # pyright: ignore[reportArgumentType]


async def test_everything_is_kept_as_it_was(either_store: Store, clock: TestClock) -> None:
    full = incident(
        clock,
        organization="acme",
        about_organization="acme",
        product="api",
        rule_id=UUID(int=5),
        level="no data",
        worst="critical",
        level_told="warning",
        no_data_told=True,
        day=date(2026, 11, 19),
        told_at=clock(),
        shown_at=clock(),
        good_looks=1,
        calm_looks=2,
        sequence=7,
        usd=Decimal("1234567890123.123456789012345"),
        usd_in_all=Decimal("0.1"),
        story={"title": "Ü", "cause": ["a"]},
        last_word="Nothing.",
        telling={"least": "notice"},
        label="too_small",
        labelled_by="T/U",
        labelled_at=clock(),
        note="n",
        acknowledged_by="T/U",
        acknowledged_at=clock(),
        muted_by="T/U",
        muted_until=clock() + timedelta(days=1),
        roots={"slack:C1": "k"},
    )
    kept = await either_store.incidents.put(full)
    assert kept.version == 1
    assert await either_store.incidents.find(full.id) == kept


async def test_a_subject_is_in_one_open_incident(either_store: Store, clock: TestClock) -> None:
    first = await either_store.incidents.put(incident(clock))
    with pytest.raises(Outdated):
        await either_store.incidents.put(incident(clock))
    closed = await either_store.incidents.put(replace(first, closed_at=clock()))
    await either_store.incidents.put(incident(clock))
    with pytest.raises(Outdated):
        await either_store.incidents.put(replace(closed, closed_at=None))


async def test_who_is_late_changes_nothing(either_store: Store, clock: TestClock) -> None:
    first = await either_store.incidents.put(incident(clock))
    await either_store.incidents.put(replace(first, note="one"))
    with pytest.raises(Outdated):
        await either_store.incidents.put(replace(first, note="two"))
    found = await either_store.incidents.find(first.id)
    assert found is not None
    assert (found.note, found.version) == ("one", 2)


async def test_they_are_found_by_what_is_asked(either_store: Store, clock: TestClock) -> None:
    rule = UUID(int=9)
    for number in range(1100):
        if number % 220 == 0:
            await either_store.incidents.put(incident(clock, f"s{number}"))
    await either_store.incidents.put(
        incident(clock, "r", kind="rule", rule_id=rule, organization="acme")
    )
    gone = incident(clock, "g", organization="acme", closed_at=clock() - timedelta(days=3))
    await either_store.incidents.put(gone)
    incidents = either_store.incidents
    found = await incidents.open_of([f"s{number}" for number in range(1100)])
    assert sorted(found) == ["s0", "s220", "s440", "s660", "s880"]
    assert [one.subject for one in await incidents.open_of_kind("rule")] == ["r"]
    assert [one.subject for one in await incidents.open_of_rule(rule)] == ["r"]
    assert [one.subject for one in await incidents.open("acme")] == ["r"]
    assert len(await incidents.open(None)) == 6
    week = clock() - timedelta(days=7)
    assert [one.subject for one in await incidents.closed_since(week, "acme")] == ["g"]
    assert await incidents.closed_since(week, "globex") == []
    assert await incidents.forget_closed_before(clock()) == 1
    assert await incidents.forget_closed_before(clock()) == 0


async def test_the_outbox_keeps_its_messages_and_its_count_when_linear_is_added(
    tmp_path: Path, clock: TestClock
) -> None:
    address = f"sqlite+aiosqlite:///{tmp_path}/store.sqlite3"
    database = Database(parse_address(address))
    await migrate(database)
    await migrate(database, "0011")
    store = Store(address, clock)
    adding = text(
        "INSERT INTO deliveries (key, channel, address, payload, digest, state, may_be_sent, "
        "attempts, next_at, last_error, created_at) VALUES (:key, 'slack', 'C1', :payload, :key, "
        "'due', 0, 0, :now, '', :now)"
    )
    async with database.altering() as connection:
        for key in ("a", "b"):
            values = {"key": key, "payload": f'{{"text": "{key}"}}', "now": str(clock())}
            await connection.execute(adding, values)
        await connection.execute(text("DELETE FROM deliveries WHERE key = 'b'"))
    await store.migrate()
    (kept,) = await store.deliveries.newest()
    assert (kept.id, kept.key, kept.payload) == (1, "a", {"text": "a"})
    assert kept.workspace == ""  # the only one that there was
    linear = NewDelivery(key="c", channel="linear", address="ENG", payload={})
    assert await store.deliveries.add(linear)
    assert [row.id for row in await store.deliveries.newest()] == [3, 1]
    await store.close()
    await database.close()
