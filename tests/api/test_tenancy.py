"""Organizations are kept apart: every call, every role, however another one is named.

The calls are those of the application itself: a new one is covered without being named here.
"""

from __future__ import annotations

import json
import re
from itertools import product
from typing import Any, cast
from uuid import uuid4

import pytest
from fastapi.routing import APIRoute

from analysis.roles import Role
from api.usage.described import LINES
from storage.records.audit import StoredAuditEntry
from tests.api.calls import (
    bodies_of,
    body_of,
    calls_of,
    changes_of,
    needed_of,
    operation_of,
    reads_of,
    takes_usage,
)
from tests.api.world import CALLERS, Answered, Api

pytestmark = pytest.mark.asyncio(loop_scope="session")

OF_ACME = ("acme-admin", "acme-user")
OF_GLOBEX = ("globex-admin", "globex-user")
ALIKE = ("capitals", "wildcard", "accent")
"""Callers of organizations whose names are nearly acme's."""

NAMING = {
    "X-Organization": "acme",
    "X-Organization-Id": "acme",
    "X-Tenant-Id": "acme",
    "X-Forwarded-User": "acme-admin",
    "Cookie": "organization=acme; organization_id=acme; session=acme-admin",
}


async def asked(
    api: Api,
    method: str,
    route: APIRoute,
    token: str | None,
    *,
    ids: dict[str, str] | None = None,
    headers: dict[str, str] | None = None,
    params: dict[str, str] | None = None,
) -> Answered:
    """Asks with the example of a body and of all parameters that have to be there."""
    operation = operation_of(api.app, method, route)
    sent = body_of(operation)
    return await api.ask(
        method,
        route.path_format.format(**(ids or api.ids["acme"])),
        token,
        params={**needed_of(operation), **(params or {})},
        data=sent.get("data"),
        headers={**sent.get("headers", {}), **(headers or {})},
    )


async def trail(api: Api, organization: str | None = None) -> list[StoredAuditEntry]:
    """What was decided of an organization; None: of all."""
    return await api.parts.store.audit.page(within=organization, limit=1000)


def in_words(text: str) -> list[str]:
    """Where acme, or something of it, is named."""
    return re.findall(r"\bacme[\w-]*", text)


async def test_without_a_token_nothing_is_said(api: Api) -> None:
    for method, route in calls_of(api.app):
        for token in (None, "", "unknown"):
            for headers in (None, {"Content-Type": "text/plain"}):
                found = await asked(
                    api, method, route, token, params={"nonsense": "1"}, headers=headers
                )
                assert found.status == 401, route.path_format
                assert found.headers["www-authenticate"] == "Bearer"
                assert found.headers["content-type"] == "application/problem+json"
                assert "nonsense" not in found.text


async def test_who_is_of_no_organization_and_no_admin_sees_nothing(api: Api) -> None:
    for method, route in calls_of(api.app):
        assert (await asked(api, method, route, "nobody")).status == 403, route.path_format


async def test_the_own_things_are_there_and_name_nobody_else(api: Api) -> None:
    for route in reads_of(api.app):
        path = route.path_format.format(**api.ids["acme"])
        for token in OF_ACME:
            found = await api.plain(path, token)
            if found.status == 403:  # as little as anybody who does not see all of it
                assert (await api.plain(path, "admin")).status == 200, path
                continue
            assert found.status == 200, f"{path} {found.text}"
            assert "globex" not in found.text.casefold(), path


async def test_things_of_others_are_as_things_that_nobody_has(api: Api) -> None:
    told, before = 0, await trail(api)
    for method, route in calls_of(api.app):
        if "{" not in route.path_format:
            continue
        none = {name: str(uuid4()) for name in api.ids["acme"]}
        for token in (*OF_GLOBEX, *ALIKE):
            foreign = await asked(api, method, route, token)
            unknown = await asked(api, method, route, token, ids=none)
            is_user = method != "GET" and CALLERS[token].role is Role.USER
            status = 403 if is_user else 404
            assert foreign.status == unknown.status == status, f"{route.path_format} {foreign.text}"
            said = without_ids(foreign, api.ids["acme"])
            assert said == without_ids(unknown, none)
            assert not in_words(said), route.path_format
            told += 1
    assert told
    assert await trail(api) == before


def without_ids(answered: Answered, ids: dict[str, str]) -> str:
    text = answered.text
    for one in ids.values():
        text = text.replace(one, "<id>").replace(one[:8], "<id>")
    return text


async def test_lists_and_sums_hold_nothing_of_others(api: Api) -> None:
    for route in reads_of(api.app):
        if "{" in route.path_format:
            continue
        for token in (*OF_GLOBEX, *ALIKE):
            found = await api.plain(route.path_format, token)
            assert found.status in (200, 403, 404), f"{route.path_format} {found.text}"
            named = set(in_words(found.text)) - {str(CALLERS[token].organization)}
            assert named - {"acme"} == set() if token == "accent" else not named


async def test_who_only_looks_decides_nothing(api: Api) -> None:
    before, sent = await trail(api), api.sent("acme")
    for method, route in changes_of(api.app):
        found = await asked(api, method, route, "acme-user")
        assert found.status == 403, f"{method} {route.path_format} {found.text}"
    assert (await trail(api), api.sent("acme")) == (before, sent)


async def test_a_token_that_sends_usage_does_nothing_else(decided: Api) -> None:
    for method, route in calls_of(decided.app):
        found = await asked(decided, method, route, "acme-gateway")
        sends = takes_usage(operation_of(decided.app, method, route))
        assert (found.status < 300) if sends else (found.status == 401), route.path_format


async def test_a_header_or_a_cookie_that_names_another_organization_changes_nothing(
    api: Api,
) -> None:
    for route in reads_of(api.app):
        path = route.path_format.format(**api.ids["globex"])
        plain = await api.plain(path, "globex-admin")
        named = await api.get(path, "globex-admin", headers=NAMING, params=api.needed(path))
        assert (named.status, named.text) == (plain.status, plain.text), path


async def test_what_is_decided_is_of_the_own_organization_whatever_is_named(decided: Api) -> None:
    acme, sent, done = await trail(decided, "acme"), decided.sent("acme"), 0
    for method, route in changes_of(decided.app):
        ids = await decided.renewed("globex", route.path_format)
        found = await asked(decided, method, route, "globex-admin", ids=ids, headers=NAMING)
        assert found.status in (200, 201, 202, 204, 403), (
            f"{method} {route.path_format} {found.text}"
        )
        assert "acme" not in found.text.replace("finance@acme.example", "")
        done += found.status < 300
    assert done > 8
    assert (await trail(decided, "acme"), decided.sent("acme")) == (acme, sent)
    assert decided.sent("globex")
    assert "acme" not in "".join(decided.sent("globex"))


async def test_a_field_that_names_an_organization_is_refused(decided: Api) -> None:
    before, sent = await trail(decided), 0
    for method, route in changes_of(decided.app):
        operation = operation_of(decided.app, method, route)
        body = body_of(operation)
        if not body or takes_usage(operation):  # of which each event is judged by itself, see below
            continue
        for name in ("organization_id", "organization", "org", "tenant"):
            for value in ("acme", "globex", "zork", None):
                data = json.dumps({**json.loads(body["data"]), name: value})
                path = route.path_format.format(**decided.ids["globex"])
                found = await decided.ask(
                    method, path, "globex-admin", headers=body["headers"], data=data
                )
                assert found.status == 422, f"{path} {found.text}"
                assert list(found.body["faults"]) == [f"body.{name}"], path
                assert "acme" not in found.text
                sent += 1
    assert sent
    assert await trail(decided) == before


NAMES = (
    "organization",
    "organization_id",
    "org",
    "org_name",
    "user_api_key_org_alias",
    "costbot.organization",
)


async def test_usage_that_names_another_organization_is_of_the_own_one_or_is_refused(
    decided: Api,
) -> None:
    before = await trail(decided), decided.sent("acme")
    named = 0
    for method, route in changes_of(decided.app):
        operation = operation_of(decided.app, method, route)
        if not takes_usage(operation):
            continue
        for body in bodies_of(operation)[:2]:  # JSON, and one a line
            is_lines = body["headers"]["Content-Type"] in LINES
            sent = body["data"].splitlines() if is_lines else [body["data"]]
            for name, value in product(NAMES, ("acme", " acme\t", ["acme"])):
                lines = [json.dumps(naming(json.loads(one), name, value)) for one in sent]
                found = await decided.ask(
                    method,
                    route.path_format,
                    "globex-gateway",
                    data="\n".join(lines),
                    headers={**body["headers"], **NAMING},
                )
                assert found.status in (200, 202, 400), found.text
                assert "acme" not in found.text
                named += 1
    assert named > 50
    assert (await trail(decided), decided.sent("acme")) == before
    assert "acme" not in "".join(decided.sent("globex"))


def naming(body: Any, name: str, value: object) -> Any:
    """A body in which every object has one field more, and every list of attributes one more."""
    if isinstance(body, dict):
        fields = cast("dict[str, Any]", body)
        return {**{one: naming(held, name, value) for one, held in fields.items()}, name: value}
    if isinstance(body, list):
        parts = [naming(one, name, value) for one in cast("list[Any]", body)]
        if parts and "key" in parts[0]:
            parts.append({"key": name, "value": {"stringValue": value}})
        return parts
    return body


@pytest.mark.parametrize("name", ["organization", "organization_id", "org", "tenant", "as"])
async def test_a_parameter_that_names_another_organization_opens_nothing(
    api: Api, name: str
) -> None:
    for method, route in calls_of(api.app):
        for token in OF_GLOBEX:
            ids = api.ids["globex"]
            found = await asked(api, method, route, token, ids=ids, params={name: "acme"})
            assert found.status in (404, 422), f"{route.path_format} {found.text}"
            assert set(in_words(found.text)) <= {"acme"}, route.path_format  # as it was asked


async def test_another_organization_is_said_to_be_as_little_there_as_none(api: Api) -> None:
    for route in reads_of(api.app):
        if "{" in route.path_format:
            continue
        real = await asked(api, "GET", route, "globex-user", params=_of("acme"))
        none = await asked(api, "GET", route, "globex-user", params=_of("zork"))
        assert real.status == none.status
        assert real.text.replace("acme", "zork") == none.text


async def test_the_own_organization_may_be_named(api: Api) -> None:
    for route in reads_of(api.app):
        names = [parameter.alias for parameter in route.dependant.query_params]
        found = await asked(api, "GET", route, "acme-user", params=_of("acme"))
        assert found.status in (200, 422), f"{route.path_format} {names} {found.text}"


def _of(organization: str) -> dict[str, str]:
    return {"organization": organization}


async def test_an_admin_sees_all_and_may_name_one(api: Api) -> None:
    everybody = (await api.get("/budgets", "admin")).body["budgets"]
    assert {one["organization_id"] for one in everybody} == {"acme", "globex"}
    one = (await api.get("/budgets", "admin", params=_of("acme"))).body["budgets"]
    assert {budget["organization_id"] for budget in one} == {"acme"}
    spent = (await api.get("/analysis", "admin", params=_of("acme"))).body
    assert spent["organization_id"] == "acme"


async def test_single_people_are_no_affair_of_every_user(api: Api) -> None:
    for query in ({"group_by": "user"}, {"user": "acme-person"}):
        assert (await api.get("/analysis", "acme-user", params=query)).status == 403
        assert (await api.get("/analysis", "acme-admin", params=query)).status == 200
