"""Statements over HTTP: as the handlers have them, as JSON and as files; months close once."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import AsyncGenerator
from decimal import Decimal

import pytest
import pytest_asyncio

from bot.statement_csv import statement_csv
from handlers.showback.results import MonthStatement, StatementRequest
from tests.api.world import CALLERS, YESTERDAY, Answered, Api, opened
from tests.focus.specification import violations

pytestmark = pytest.mark.asyncio(loop_scope="session")

OCTOBER = {"month": "2026-10"}


async def october(api: Api, token: str) -> MonthStatement:
    asked = StatementRequest(YESTERDAY.replace(month=10, day=1))
    return await api.parts.handlers.showback.statements.statement(asked, CALLERS[token])


async def test_statements_are_those_of_the_handlers_and_add_up(api: Api) -> None:
    found = (await api.get("/statements", "admin", params=OCTOBER)).body
    real = await october(api, "admin")
    totals = {one.line.organization: one.total for one in real.statements}
    shown = {one["organization_id"]: Decimal(one["total"]) for one in found["statements"]}
    assert shown == totals
    books = {name: Decimal(value) for name, value in found["books"].items()}
    assert books["infrastructure_cost"] == books["charged"] + books["not_charged"]
    assert books["charged"] == sum(totals.values())
    assert books["difference"] == 0
    for one in found["statements"]:
        assert sum(map(Decimal, one["parts"].values())) == Decimal(one["total_cost"])
        teams = [Decimal(team["total_cost"]) for team in one["teams"]]
        assert sum(teams) == Decimal(one["total_cost"])


async def test_who_is_of_an_organization_sees_its_statement_alone(api: Api) -> None:
    found = (await api.get("/statements", "acme-user", params=OCTOBER)).body
    assert [one["organization_id"] for one in found["statements"]] == ["acme"]
    assert found["books"] is None
    one = (await api.get("/statements/acme", "acme-user", params=OCTOBER)).body
    assert one["statement"] == found["statements"][0]
    team = {**OCTOBER, "team": "acme research"}
    part = (await api.get("/statements/acme", "acme-user", params=team)).body["statement"]
    assert (part["team"], part["teams"]) == ("acme research", [])


async def test_a_month_that_has_not_begun_has_no_statements(api: Api) -> None:
    assert (await api.get("/statements", params={"month": "2027-01"})).status == 422
    for month in ("2026-13", "2026-1", "october", "1999-12"):
        found = await api.get("/statements", params={"month": month})
        assert (found.status, list(found.body["faults"])) == (422, ["query.month"])


@pytest.mark.parametrize("token", ["admin", "acme-user"])
async def test_the_file_is_that_of_the_command(api: Api, token: str) -> None:
    file = statement_csv(await october(api, token))
    for headers, query in (({}, {"format": "csv"}), ({"Accept": "text/csv"}, {})):
        found = await api.get(
            "/statements", token, params={**OCTOBER, **query, "limit": "1"}, headers=headers
        )
        assert found.text == file.content.replace("\r\n", "\n") or found.text == file.content
        assert found.headers["content-type"] == "text/csv; charset=utf-8"
        assert file.name in found.headers["content-disposition"]
        assert found.headers["vary"] == "Authorization, Accept"
    both = {"Accept": "application/json, text/csv"}
    found = await api.get("/statements", token, params=OCTOBER, headers=both)
    assert found.headers["content-type"] == "application/json"


@pytest.mark.parametrize("token", ["admin", "acme-user"])
async def test_a_focus_file_keeps_the_rules_and_adds_up(api: Api, token: str) -> None:
    query = {**OCTOBER, "format": "focus"}
    rows = read(await api.get("/statements", token, params=query))
    assert violations(rows[0], rows) == []
    real = await october(api, token)
    by_name: dict[str, Decimal] = {}
    for row in rows:
        name = row["SubAccountId"]
        by_name[name] = by_name.get(name, Decimal(0)) + Decimal(row["BilledCost"])
    assert by_name == {one.line.organization: one.total for one in real.statements}
    assert {row["x_StatementState"] for row in rows} == {"open"}


def read(found: Answered) -> list[dict[str, str]]:
    assert found.status == 200, found.text
    return list(csv.DictReader(io.StringIO(found.text)))


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def closing(tmp_path_factory: pytest.TempPathFactory) -> AsyncGenerator[Api]:
    async with opened(tmp_path_factory.mktemp("closing")) as served:
        yield served


async def close(api: Api, token: str = "admin", key: str | None = None, **body: str) -> Answered:
    headers = {"Content-Type": "application/json"}
    if key is not None:
        headers["Idempotency-Key"] = key
    path = "/statements/close"
    return await api.ask("POST", path, token, data=json.dumps(body), headers=headers)


async def test_a_month_is_closed_as_it_was_looked_at_and_once(closing: Api) -> None:
    for token in ("acme-admin", "acme-user"):
        assert (await close(closing, token, month="2026-09")).status == 403
    looked = await closing.get("/statements/close", "admin", params={"month": "2026-09"})
    assert looked.status == 200
    other = await close(closing, month="2026-09", digest="0123456789ab")
    assert (other.status, "changed since" in other.body["detail"]) == (409, True)
    digest = looked.body["digest"]
    done = [await close(closing, key="k", month="2026-09", digest=digest) for _ in range(2)]
    assert [one.status for one in done] == [200, 200]
    assert done[0].text == done[1].text
    assert done[0].body["total"] == looked.body["charged"]
    again = await close(closing, month="2026-09")
    assert (again.status, "closed already, by Ada" in again.body["detail"]) == (409, True)
    assert (await close(closing, month="2026-11")).status == 422  # not over, and not the next one
    entries = await closing.parts.store.audit.page(limit=3)
    assert [(one.surface, one.actor.name) for one in entries] == [("rest", "Ada")]


async def test_closed_months_are_listed_with_what_was_charged(closing: Api) -> None:
    listed = {
        token: (await closing.get("/statements/closed", token)).body["months"]
        for token in ("admin", "acme-user", "globex-user")
    }
    assert {one[0]["month"] for one in listed.values()} == {"2026-09"}
    whole, *parts = (Decimal(one[0]["total"]) for one in listed.values())
    assert whole == sum(parts)
    month = {"month": "2026-09"}
    found = (await closing.get("/statements", "acme-user", params=month)).body
    assert (found["state"], found["closed_by"]) == ("closed", "Ada")
