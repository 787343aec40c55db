"""The same on PostgreSQL."""

from __future__ import annotations

from pathlib import Path

from tests.api.calls import body_of, changes_of, operation_of, reads_of, takes_usage
from tests.api.test_openapi import who
from tests.api.test_pages import LISTS, paged
from tests.api.world import Api, opened
from tests.stores import Postgres


async def test_every_call_answers_pages_and_keeps_apart_on_postgresql(
    tmp_path: Path, postgres: Postgres
) -> None:
    async with opened(tmp_path, await postgres.new_store()) as api:
        for route in reads_of(api.app):
            path = route.path_format.format(**api.ids["acme"])
            assert (await api.plain(path, who(route))).status == 200, path
            if "{" in route.path_format:
                assert (await api.get(path, "globex-admin")).status == 404, path
        for path, noun in LISTS.items():
            whole = (await api.get(path, "admin", params={"limit": "200"})).body[noun]
            assert await paged(api, path, 1 if len(whole) < 10 else 50) == whole
        await change_all(api)


async def change_all(api: Api) -> None:
    """Every change, under a key where it takes one, twice."""
    for method, route in changes_of(api.app):
        ids = await api.renewed("acme", route.path_format)
        operation = operation_of(api.app, method, route)
        path, sent = route.path_format.format(**ids), body_of(operation)
        headers = {**sent.get("headers", {}), "Idempotency-Key": route.path_format}
        found = await api.ask(method, path, who(route), data=sent.get("data"), headers=headers)
        assert found.status < 300, f"{method} {path} {found.text}"
        if method == "POST":
            again = await api.ask(method, path, who(route), data=sent.get("data"), headers=headers)
            assert (again.status, again.text) == (found.status, found.text)
            assert takes_usage(operation) or again.headers["idempotent-replayed"] == "true"
