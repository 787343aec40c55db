"""The sample's planted incidents: found on their day, and told once each."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from analysis.series import series_key
from bot.assembly import assembled
from bot.assembly.importing import sample_opened
from bot.settings import Settings
from handlers.anomalies.requests import ReplayRequest
from handlers.sample import SampleRequest
from queries.dimensions import Source
from queries.sample.truth import Incident, Truth, read_truth
from tests.anomaly_watch.makers import DAY, Watched, person
from tests.stores import TestClock

NOW = datetime(2026, 11, 20, 13, 30, tzinfo=UTC)

DAYS = 50


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A sample in which both incidents are planted."""
    folder = tmp_path_factory.mktemp("sample")

    async def make() -> None:
        async with sample_opened(Settings(home=folder), TestClock(NOW)) as sample:
            await sample.load_sample(SampleRequest(days=DAYS, scale=0.1))

    asyncio.run(make())
    return folder


@asynccontextmanager
async def opened(home: Path, now: datetime = NOW) -> AsyncGenerator[Watched]:
    """A costbot over the sample."""
    clock = TestClock(now)
    async with assembled(Settings(home=home), clock) as parts:
        yield Watched(parts, clock)


def planted(home: Path, source: Source) -> Incident:
    """What is planted in a source."""
    truth = read_truth(home / "sample")
    assert isinstance(truth, Truth)
    (incident,) = [one for one in truth.incidents if one.source is source]
    return incident


def days_of(incident: Incident) -> set[date]:
    """The days that it lies on."""
    last = (incident.end - timedelta(hours=1)).date()
    return {incident.start.date(), last}


async def test_both_incidents_are_found_on_their_days_and_hardly_anything_else(home: Path) -> None:
    async with opened(home) as costbot:
        replay = await costbot.parts.handlers.replay.replay(ReplayRequest(14), person())
        told = {day.day: [one.key for one in day.would] for day in replay.days if day.would}
        loop, storm = planted(home, Source.USAGE), planted(home, Source.GPU)
        assert days_of(loop) & told.keys()
        assert days_of(storm) <= told.keys()
        false = [day for day in told if day not in days_of(loop) | days_of(storm)]
        assert len(false) <= 1
        assert replay.series > 500


async def test_the_message_leads_to_the_cause(home: Path) -> None:
    storm = planted(home, Source.GPU)
    morning = datetime.combine(storm.start.date() + DAY, NOW.time(), UTC)
    async with opened(home, morning) as costbot:
        await costbot.watch.look()
        (root,) = [
            one
            for one in await costbot.findings(storm.start.date())
            if one.outcome == "told" and one.organization is None
        ]
        key = series_key(root.series)
        assert key.dimension is None or key.member in (storm.model, storm.endpoint, "api")
        assert "fail" in root.description
        assert 0.7 < float(abs(root.usd)) / float(storm.extra_cost) < 1.4
