"""Who reads which decisions, and how they are written."""

from __future__ import annotations

import csv
import io
import json
import tracemalloc
from collections.abc import AsyncGenerator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from analysis.errors import BadInput, NotAllowed, NotFound
from analysis.roles import Role
from handlers.audit.fields import HEADER, AuditFormat, audit_json, audit_lines
from handlers.audit.reading import AuditHandler, AuditRequest
from handlers.caller import Caller
from storage import Store
from storage.repositories.audit import LEAST_KEPT
from tests.audit.entries import ENTRIES, OF_ACME, decided
from tests.stores import TestClock, sqlite_store

UTC_ZONE = ZoneInfo("UTC")
ADMIN = Caller("T1", "ada", "Ada", None, Role.ADMIN, UTC_ZONE)
OTTO = Caller("T1", "otto", "Otto", "acme", Role.ORG_ADMIN, UTC_ZONE)
NARROW = replace(OTTO, role=Role.ADMIN)
UTE = replace(OTTO, role=Role.USER)
NOBODY = replace(OTTO, organization=None)

ALL = AuditRequest()


@pytest.fixture
def clock() -> TestClock:
    return TestClock()


@pytest.fixture
async def store(tmp_path: Path, clock: TestClock) -> AsyncGenerator[Store]:
    async with sqlite_store(tmp_path, clock) as store:
        yield store


@pytest.fixture
def handler(store: Store, clock: TestClock) -> AuditHandler:
    return AuditHandler(store, clock, "cli")


async def numbers(handler: AuditHandler, request: AuditRequest, caller: Caller) -> list[int]:
    streamed = [entry.id async for entry in handler.stream(request, caller)]
    page = await handler.page(request, caller)
    assert [entry.id for entry in page.entries] == streamed[::-1]
    return streamed


async def test_everybody_reads_what_was_decided_within_their_reach(
    handler: AuditHandler, clock: TestClock
) -> None:
    first, second, third, fourth = await decided(handler.store, clock)
    assert await numbers(handler, ALL, ADMIN) == [first, second, third, fourth]
    assert await numbers(handler, AuditRequest("globex"), ADMIN) == [third]
    for caller in (OTTO, NARROW):
        assert await numbers(handler, ALL, caller) == [first, second]
        assert await numbers(handler, AuditRequest("acme"), caller) == [first, second]
    for caller in (UTE, NOBODY):
        with pytest.raises(NotAllowed):
            await handler.page(ALL, caller)
        with pytest.raises(NotAllowed):
            handler.stream(ALL, caller)


async def test_another_organization_is_as_little_there_as_none(handler: AuditHandler) -> None:
    said: set[str] = set()
    for name in ("globex", "zork", "ACME", "acme "):
        with pytest.raises(NotFound) as refused:
            handler.stream(AuditRequest(name), OTTO)
        said.add(str(refused.value).replace(name, "<name>"))
    assert len(said) == 1


async def test_pages_follow_on_each_other(handler: AuditHandler, clock: TestClock) -> None:
    known = await decided(handler.store, clock)
    first = await handler.page(ALL, ADMIN, limit=3)
    second = await handler.page(ALL, ADMIN, before=first.before, limit=3)
    assert [one.id for one in (*first.entries, *second.entries)] == known[::-1]
    assert second.before is None
    with pytest.raises(BadInput):
        await handler.page(ALL, ADMIN, limit=201)
    rest = [one.id async for one in handler.stream(ALL, ADMIN, after=known[1])]
    assert rest == known[2:]


async def test_a_csv_file_holds_all_of_it_and_no_formula(
    handler: AuditHandler, clock: TestClock
) -> None:
    await decided(handler.store, clock)
    lines = [line async for line in audit_lines(handler.stream(ALL, ADMIN), AuditFormat.CSV)]
    header, *rows = csv.reader(io.StringIO("".join(lines), newline=""))
    assert tuple(header) == HEADER
    named = [dict(zip(header, row, strict=True)) for row in rows]
    assert [row["action"] for row in named] == [entry.action for entry in ENTRIES]
    assert all(row["actor_name"].startswith("'=") for row in named)
    assert json.loads(named[0]["after"]) == OF_ACME.after
    assert (named[0]["before"], named[3]["organization"]) == ("", "")


async def test_each_json_line_is_a_decision(handler: AuditHandler, clock: TestClock) -> None:
    await decided(handler.store, clock)
    stream = handler.stream(ALL, ADMIN)
    lines = [line async for line in audit_lines(stream, AuditFormat.JSONL)]
    assert all(line.endswith("\n") and line.count("\n") == 1 for line in lines)
    page = await handler.page(ALL, ADMIN)
    assert [json.loads(line) for line in lines] == [audit_json(one) for one in page.entries[::-1]]


async def test_a_long_trail_is_written_without_being_held(handler: AuditHandler) -> None:
    async def peak(count: int) -> int:
        await handler.store.audit.add_many([OF_ACME] * count)
        tracemalloc.start()
        lines = 0
        async for _ in audit_lines(handler.stream(ALL, ADMIN), AuditFormat.JSONL):
            lines += 1
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert lines >= count
        return most

    few = await peak(1_000)
    assert await peak(5_000) < few * 1.5


async def test_what_is_old_is_forgotten_and_the_trail_says_so(
    handler: AuditHandler, clock: TestClock
) -> None:
    known = await decided(handler.store, clock)
    day = clock.now.date()
    clock.advance(LEAST_KEPT + timedelta(days=1))
    for caller in (OTTO, NARROW, UTE):
        with pytest.raises(NotAllowed):
            await handler.forget(day, caller)
    with pytest.raises(BadInput, match="kept for 800 days"):
        await handler.forget(day + timedelta(days=2), ADMIN)
    assert await handler.forget(day - timedelta(days=1), ADMIN) == 3
    said, kept = (await handler.page(ALL, ADMIN)).entries
    assert kept.id == known[-1]
    assert (said.action, said.surface, said.organization) == ("audit.forget", "cli", None)
    assert said.after == {"before": (day - timedelta(days=1)).isoformat(), "decisions": 3}
    assert await handler.forget(date(2020, 1, 1), ADMIN) == 0
