"""A whole deployment: from rows of the mart, by the store's prices, to what is listed."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from analysis.recommendations.proposal import Kind
from analysis.roles import Role
from bot.assembly import assembled, recommendations_of
from bot.settings import Settings
from handlers.recommendations.requests import GenerateRequest, ListRequest
from handlers.recommendations.sources import zones_of
from queries.dimensions import Source
from storage.records.person import Person
from tests.facts import Fact, add, request
from tests.recommendations.handlers.conftest import LEAD, NOW, STRANGER
from tests.stores import TestClock


def chat(day: date, hour: int, organization: str) -> Fact:
    """A hundred questions to a dear model, of 500 tokens in and 2,500 out each."""
    return request(
        datetime.combine(day, time(hour, 59), UTC),
        "8.00",
        requests=100,
        organization=organization,
        provider="openai",
        model="gpt-4-turbo",
        endpoint="/v1/chat/completions",
        feature="help",
        fresh_input_tokens=50_000,
        output_tokens=250_000,
    )


async def test_short_questions_to_a_dear_model_are_found_for_whoever_asks_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    clock = TestClock(NOW)
    yesterday = NOW.date() - timedelta(days=1)
    async with assembled(Settings(home=tmp_path), clock) as parts:
        days = [yesterday - timedelta(days=back) for back in range(30)]
        add(parts.mart, [chat(day, hour, "acme") for day in days for hour in (9, 15, 23)])
        gpu = [
            request(datetime.combine(day, time(23, 59), UTC), "3", source=Source.GPU)
            for day in days
        ]
        add(parts.mart, gpu)
        handlers = recommendations_of(parts, "cli")
        done = await handlers.generate.generate(GenerateRequest(), LEAD)
        assert (done.failed, done.organizations) == ((), 1)
        listed = await handlers.read.list(ListRequest(), LEAD)
        row = listed.rows[0]
        content = row.content
        assert (content.kind, content.organization) == (Kind.MODEL_DOWNGRADE, "acme")
        assert content.scope["model"] == ("gpt-4-turbo",)
        assert content.current_cost == 720
        assert 0 < content.savings.likely <= 720
        assert listed.totals.open.together <= 720
        assert (await handlers.read.list(ListRequest(), STRANGER)).rows == ()
        nightly = await handlers.generate.nightly()
        assert nightly is not None
        assert (nightly.failed, nightly.created, nightly.expired) == ((), 0, 0)


def test_nights_are_where_most_people_of_an_organization_are() -> None:
    kim = Person(
        team_id="T1",
        user_id="U1",
        name="Kim",
        organization="acme",
        role=Role.USER,
        zone=ZoneInfo("Asia/Tokyo"),
    )
    lee = replace(kim, user_id="U2", zone=ZoneInfo("Europe/Berlin"))
    people = [kim, replace(kim, user_id="U3"), lee, replace(lee, organization="globex")]
    gone = [replace(lee, user_id=f"U{number}", active=False) for number in range(4, 9)]
    zones = zones_of([*people, *gone], ZoneInfo("UTC"))
    assert {name: zone.key for name, zone in zones.of.items()} == {
        "acme": "Asia/Tokyo",
        "globex": "Europe/Berlin",
    }
    assert zones.default.key == "UTC"
