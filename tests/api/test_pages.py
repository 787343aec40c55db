"""Lists come in pages, whose cursors are of their question alone."""

from __future__ import annotations

from base64 import urlsafe_b64encode
from typing import Any

import pytest

from tests.api.world import Api

pytestmark = pytest.mark.asyncio(loop_scope="session")

LISTS = {
    "/budgets": "budgets",
    "/recommendations": "recommendations",
    "/opportunities": "opportunities",
    "/anomalies": "anomalies",
    "/pricing/models": "prices",
    "/statements": "statements",
}


async def paged(api: Api, path: str, limit: int, token: str = "admin") -> list[Any]:
    found: list[Any] = []
    query = {"limit": str(limit)}
    while True:
        page = (await api.get(path, token, params=query)).body
        assert len(page[LISTS[path]]) <= limit
        found += page[LISTS[path]]
        if page["next_cursor"] is None:
            return found
        query["cursor"] = page["next_cursor"]


@pytest.mark.parametrize("path", LISTS)
async def test_page_by_page_the_list_is_the_whole_list(api: Api, path: str) -> None:
    whole = (await api.get(path, "admin", params={"limit": "200"})).body[LISTS[path]]
    assert len(whole) > 1
    assert await paged(api, path, 1 if len(whole) < 10 else 7) == whole


@pytest.mark.parametrize("path", LISTS)
async def test_a_cursor_is_refused_with_another_question(api: Api, path: str) -> None:
    first = (await api.get(path, "admin", params={"limit": "1"})).body
    for token, query in (
        ("acme-user", {}),
        ("admin", {"provider": "meta"} if path == "/pricing/models" else {"organization": "acme"}),
    ):
        asked = {"cursor": first["next_cursor"], **query}
        found = await api.get(path, token, params=asked)
        assert (found.status, "cursor" in found.body["detail"]) == (404, True)


@pytest.mark.parametrize("path", LISTS)
@pytest.mark.parametrize(
    "cursor",
    ["", "x", "é", "!!!!", "e30", "W10", "bnVsbA", urlsafe_b64encode(b"[" * 300).decode()[:490]],
    ids=["empty", "short", "no ascii", "no base64", "an object", "nothing", "null", "deep"],
)
async def test_what_is_no_cursor_is_refused(api: Api, path: str, cursor: str) -> None:
    found = await api.get(path, "acme-user", params={"cursor": cursor})
    assert (found.status, "cursor" in found.body["detail"]) == (404, True)


async def test_the_size_of_a_page_may_change_from_page_to_page(api: Api) -> None:
    first = (await api.get("/recommendations", "admin", params={"limit": "2"})).body
    rest = await api.get(
        "/recommendations", "admin", params={"limit": "50", "cursor": first["next_cursor"]}
    )
    assert len(first["recommendations"]) + len(rest.body["recommendations"]) == 6


@pytest.mark.parametrize("limit", ["0", "201", "-1", "1.5", "many"])
async def test_a_page_has_its_bounds(api: Api, limit: str) -> None:
    for path in LISTS:
        assert (await api.get(path, params={"limit": limit})).status == 422
