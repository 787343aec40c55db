"""A serving costbot has the REST surface beside all else that it answers."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import aiohttp

from api.app import PREFIX
from bot.assembly import assembled
from bot.settings import Settings
from bot.web import create_web_app
from queries.mart import Mart
from tests.api.world import CALLERS, FACTS, NOW, Bearers
from tests.budgets.evaluation.serving import served
from tests.facts import add, fill, request
from tests.stores import TestClock, lay_store

ADMIN = {"Authorization": "Bearer admin"}


async def test_the_surface_is_mounted_and_leaves_the_other_routes_alone(tmp_path: Path) -> None:
    lay_store(tmp_path)
    async with assembled(Settings(home=tmp_path), lambda: NOW) as parts:
        fill(parts.mart, FACTS, NOW, parts.settings.hourly_days)
        app = create_web_app(parts, None, None, Bearers(CALLERS))
        async with served(app) as address, aiohttp.ClientSession(address) as session:
            for path, status in (
                ("/healthz", 200),
                ("/readyz", 200),
                (f"{PREFIX}/analysis", 200),
                (f"{PREFIX}/openapi.json", 200),
                (f"{PREFIX}/nothing", 404),
                ("/openapi.json", 404),
            ):
                async with session.get(path, headers=ADMIN) as response:
                    assert response.status == status, path


async def test_an_answer_holds_until_the_data_or_the_quarter_of_an_hour_is_another(
    tmp_path: Path,
) -> None:
    lay_store(tmp_path)
    clock = TestClock(NOW)
    async with assembled(Settings(home=tmp_path), clock) as parts:
        fill(parts.mart, FACTS, NOW, parts.settings.hourly_days)
        app = create_web_app(parts, None, None, Bearers(CALLERS))
        async with served(app) as address, aiohttp.ClientSession(address) as session:

            async def tag(known: str = "") -> tuple[int, str]:
                headers = {**ADMIN, "If-None-Match": known}
                async with session.get(f"{PREFIX}/analysis", headers=headers) as response:
                    return response.status, response.headers["etag"]

            _, first = await tag()
            clock.advance(timedelta(minutes=5))
            assert await tag(first) == (304, first)
            clock.advance(timedelta(minutes=10))
            status, second = await tag(first)
            assert (status, second != first) == (200, True)
            add_one(parts.mart)
            status, third = await tag(second)
            assert (status, third != second) == (200, True)


def add_one(mart: Mart) -> None:
    add(mart, [request(NOW, "5", organization="acme", model="gpt-4")])
