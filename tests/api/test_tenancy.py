"""Organizations are kept apart: every call, every role, however another one is named.

The calls are those of the application itself: a new one is covered without being named here.
"""

from __future__ import annotations

import re
from uuid import uuid4

import pytest
from fastapi.routing import APIRoute

from tests.api.world import CALLERS, Answered, Api, calls_of

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


def calls(api: Api) -> list[tuple[str, APIRoute]]:
    return calls_of(api.app)


async def asked(api: Api, method: str, path: str, token: str | None, **options: object) -> Answered:
    assert method == "GET", "send a body that would do, and hold what is answered to the same"
    return await api.get(path, token, **options)


def in_words(text: str) -> list[str]:
    """Where acme, or something of it, is named."""
    return re.findall(r"\bacme[\w-]*", text)


async def test_without_a_token_nothing_is_said(api: Api) -> None:
    for method, route in calls(api):
        path = route.path_format.format(**api.ids["acme"])
        for token in (None, "", "unknown"):
            found = await asked(api, method, f"{path}?nonsense=1", token)
            assert found.status == 401, path
            assert found.headers["www-authenticate"] == "Bearer"
            assert found.headers["content-type"] == "application/problem+json"
            assert "nonsense" not in found.text


async def test_who_is_of_no_organization_and_no_admin_sees_nothing(api: Api) -> None:
    for method, route in calls(api):
        path = route.path_format.format(**api.ids["acme"])
        assert (await asked(api, method, path, "nobody")).status == 403, path


async def test_the_own_things_are_there_and_name_nobody_else(api: Api) -> None:
    for method, route in calls(api):
        path = route.path_format.format(**api.ids["acme"])
        assert method == "GET"
        for token in OF_ACME:
            found = await api.plain(path, token)
            assert found.status == 200, f"{path} {found.text}"
            assert "globex" not in found.text.casefold(), path


async def test_things_of_others_are_as_things_that_nobody_has(api: Api) -> None:
    told = 0
    for method, route in calls(api):
        if "{" not in route.path_format:
            continue
        foreign = route.path_format.format(**api.ids["acme"])
        none = {name: str(uuid4()) for name in api.ids["acme"]}
        for token in (*OF_GLOBEX, *ALIKE):
            found = await asked(api, method, foreign, token)
            unknown = await asked(api, method, route.path_format.format(**none), token)
            assert found.status == unknown.status == 404, foreign
            assert without_ids(found, api.ids["acme"]) == without_ids(unknown, none)
            assert not in_words(found.text), foreign
            told += 1
    assert told


def without_ids(answered: Answered, ids: dict[str, str]) -> str:
    text = answered.text
    for one in ids.values():
        text = text.replace(one, "<id>").replace(one[:8], "<id>")
    return text


async def test_lists_and_sums_hold_nothing_of_others(api: Api) -> None:
    for method, route in calls(api):
        if "{" in route.path_format:
            continue
        for token in (*OF_GLOBEX, *ALIKE):
            assert method == "GET"
            found = await api.plain(route.path_format, token)
            assert found.status in (200, 404), f"{route.path_format} {found.text}"
            named = set(in_words(found.text)) - {str(CALLERS[token].organization)}
            assert named - {"acme"} == set() if token == "accent" else not named


async def test_a_header_or_a_cookie_that_names_another_organization_changes_nothing(
    api: Api,
) -> None:
    for method, route in calls(api):
        path = route.path_format.format(**api.ids["globex"])
        for token in OF_GLOBEX:
            plain = await api.plain(path, token)
            named = await asked(api, method, path, token, headers=NAMING)
            assert (named.status, named.text) == (plain.status, plain.text), path


@pytest.mark.parametrize("name", ["organization", "organization_id", "org", "tenant", "as"])
async def test_a_parameter_that_names_another_organization_opens_nothing(
    api: Api, name: str
) -> None:
    for method, route in calls(api):
        path = route.path_format.format(**api.ids["globex"])
        for token in OF_GLOBEX:
            found = await asked(api, method, path, token, params={name: "acme"})
            assert found.status in (404, 422), f"{path} {found.text}"
            assert set(in_words(found.text)) <= {"acme"}, path  # as it was asked


async def test_another_organization_is_said_to_be_as_little_there_as_none(api: Api) -> None:
    for method, route in calls(api):
        if "{" in route.path_format:
            continue
        real = await asked(api, method, route.path_format, "globex-user", params=_of("acme"))
        none = await asked(api, method, route.path_format, "globex-user", params=_of("zork"))
        assert real.status == none.status
        assert real.text.replace("acme", "zork") == none.text


async def test_the_own_organization_may_be_named(api: Api) -> None:
    for method, route in calls(api):
        names = [parameter.alias for parameter in route.dependant.query_params]
        found = await asked(api, method, route.path_format, "acme-user", params=_of("acme"))
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
