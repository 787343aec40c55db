"""Blocks: several days of costs in one file, and never another answer."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest

from queries.dimensions import Dimensions, Source
from queries.mart import Mart
from queries.mart.mart import GRACE
from tests.columnar import reader
from tests.mart.rows import NOON, StoppedClock, load, request

TODAY = NOON.date()
DAYS = [TODAY - timedelta(days=back) for back in range(41) if back % 13 != 5]
"""Six weeks, with days on which nothing was asked."""


@pytest.fixture
def clock() -> StoppedClock:
    return StoppedClock()


@pytest.fixture
def mart(tmp_path: Path, clock: StoppedClock) -> Mart:
    mart = Mart(tmp_path, Dimensions(), clock)
    for source in (Source.USAGE, Source.GPU):
        rows = (
            request(f"{source}-{day}-{organization}", at, organization=organization, source=source)
            for day in DAYS
            for at in [NOON - (TODAY - day)]
            for organization in ("acme", "globex")
        )
        load(mart, *rows, source=source)
    return mart


def days_in(mart: Mart, first: date, last: date) -> list[tuple[date, str, int]]:
    """What the files of these days hold: each day and source, and its requests."""
    files = mart.snapshot().files("costs", first, last)
    with reader() as connection:
        return connection.execute(
            "SELECT dt, source, sum(requests)::INT FROM read_parquet($files, "
            "hive_partitioning = false) GROUP BY ALL ORDER BY ALL",
            {"files": files},
        ).fetchall()


def blocks_in(mart: Mart, first: date = DAYS[-1], last: date = TODAY) -> list[str]:
    return [file for file in mart.snapshot().files("costs", first, last) if "/blocks/" in file]


def test_days_are_in_a_block_or_by_themselves_whichever_are_asked_for(mart: Mart) -> None:
    assert mart.gather() > 0
    for first in DAYS[::-3]:
        for last in DAYS[::4]:
            wanted = sorted(
                (day, source, 2)
                for day in DAYS
                if first <= day <= last
                for source in ("gpu", "usage")
            )
            if wanted:
                assert days_in(mart, first, last) == wanted


def test_a_question_of_weeks_opens_fewer_files(mart: Mart) -> None:
    one_by_one = len(mart.snapshot().files("costs", DAYS[-1], TODAY))
    mart.gather()
    gathered = mart.snapshot().files("costs", DAYS[-1], TODAY)
    assert len(gathered) == len(set(gathered)) < one_by_one / 3


def test_what_is_gathered_once_is_not_gathered_again(mart: Mart) -> None:
    mart.gather()
    assert mart.gather() == 0


def test_days_that_may_still_change_are_left_alone(mart: Mart) -> None:
    mart.gather()
    newest = max(block.end for block in mart.snapshot().blocks())
    assert newest > TODAY - timedelta(days=2)  # there is one that could be made
    assert blocks_in(mart, TODAY - timedelta(days=2)) == []


def test_a_day_that_changes_leaves_its_block_until_that_is_made_anew(mart: Mart) -> None:
    mart.gather()
    day = DAYS[20]
    before = blocks_in(mart, day - timedelta(days=16), day + timedelta(days=16))
    load(mart, request("late", NOON - (TODAY - day)))
    assert (day, "usage", 3) in days_in(mart, DAYS[-1], TODAY)
    mart.gather()
    assert (day, "usage", 3) in days_in(mart, DAYS[-1], TODAY)
    assert len(blocks_in(mart, day - timedelta(days=16), day + timedelta(days=16))) == len(before)


def test_outdated_blocks_stay_for_those_who_still_read_them(
    mart: Mart, clock: StoppedClock
) -> None:
    mart.gather()
    there = set((mart.folder / "blocks").rglob("*.parquet"))
    load(mart, request("late", NOON - (TODAY - DAYS[20])))
    mart.gather()
    assert all(file.exists() for file in there)
    clock.now += GRACE
    mart.gather()
    assert sum(not file.exists() for file in there) == 2  # of four days, and of sixteen


def test_a_mart_without_days_has_nothing_to_gather(tmp_path: Path) -> None:
    assert Mart(tmp_path, Dimensions(), StoppedClock()).gather() == 0
