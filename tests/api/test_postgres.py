"""The same on PostgreSQL."""

from __future__ import annotations

from pathlib import Path

from tests.api.test_pages import LISTS, paged
from tests.api.world import calls_of, opened
from tests.stores import Postgres


async def test_every_call_answers_pages_and_keeps_apart_on_postgresql(
    tmp_path: Path, postgres: Postgres
) -> None:
    async with opened(tmp_path, await postgres.new_store()) as api:
        for _, route in calls_of(api.app):
            path = route.path_format.format(**api.ids["acme"])
            assert (await api.get(path, "acme-user")).status == 200, path
            if "{" in route.path_format:
                assert (await api.get(path, "globex-admin")).status == 404, path
        for path, noun in LISTS.items():
            whole = (await api.get(path, "admin", params={"limit": "200"})).body[noun]
            assert await paged(api, path, 1 if len(whole) < 10 else 50) == whole
