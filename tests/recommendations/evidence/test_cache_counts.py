"""What providers count of their caches, by route and day; and readers who stop waiting."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest

from analysis.errors import Unavailable
from analysis.recommendations.caching.counts import CacheCounts, CacheDay
from queries.dimensions import Dimensions
from queries.mart import Mart
from queries.recommendation_evidence.cache_counts import cache_counts
from queries.recommendation_evidence.reading import EvidenceReader, Reading
from tests.facts import add
from tests.recommendations.evidence.conftest import Read
from tests.recommendations.evidence.requests import CHAT, MONDAY, NOON, NOW, WEEK, llm


async def test_counters_are_by_route_and_day_of_routes_that_have_any(reader_of: Read) -> None:
    tuesday = NOON + timedelta(days=1)
    reader = reader_of(
        [
            llm(cached_input_tokens=500, cache_write_tokens=20),
            llm(requests=3),
            llm(tuesday),
            llm(tuesday, batch_requests=1, feature="chat", user_id="apart"),
            llm(feature="never"),
        ]
    )
    assert await cache_counts(reader, WEEK) == [
        CacheCounts(
            CHAT,
            (
                CacheDay(MONDAY.date(), 4, 4_000, 500, 20),
                CacheDay(tuesday.date(), 1, 2_000, 0, 0),
            ),
        )
    ]
    assert await cache_counts(reader, WEEK, "other") == []


async def test_whoever_stops_waiting_stops_the_reading(tmp_path: Path) -> None:
    reader = EvidenceReader(Mart(tmp_path / "home", Dimensions(), lambda: NOW))
    begun = asyncio.Event()
    loop = asyncio.get_running_loop()

    def endless(reading: Reading) -> None:
        loop.call_soon_threadsafe(begun.set)
        reading.connection.execute(
            "SELECT sum(a.range * b.range) FROM range(10000000) a, range(10000000) b"
        )

    task = asyncio.create_task(reader.read(endless))
    await begun.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_stopping_what_has_ended_changes_nothing(tmp_path: Path) -> None:
    reader = EvidenceReader(Mart(tmp_path / "home", Dimensions(), lambda: NOW))
    ended = await reader.read(lambda reading: reading)
    ended.interrupt()
    ended.close()


async def test_files_that_are_gone_are_said_to_be_unreadable(tmp_path: Path) -> None:
    mart = Mart(tmp_path / "home", Dimensions(), lambda: NOW)
    add(mart, [llm()])
    for path in mart.folder.rglob("*.parquet"):
        path.unlink()
    with pytest.raises(Unavailable, match="cannot be read"):
        await cache_counts(EvidenceReader(mart), WEEK)
