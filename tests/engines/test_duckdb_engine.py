"""The DuckDB engine: reads the days it is asked for, in plain Python, and can be stopped."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from analysis.errors import Unavailable
from queries.dimensions import Dimension, Dimensions, Source
from queries.engines import DuckDbEngine, Table
from queries.engines.duckdb import EngineLimits
from queries.mart import Mart
from queries.transpile import NotPortableError
from tests.mart.rows import NOON, StoppedClock, load, request

TODAY = NOON.date()
YESTERDAY = TODAY - timedelta(days=1)


@pytest.fixture
def mart(tmp_path: Path) -> Mart:
    return Mart(tmp_path, Dimensions(), StoppedClock())


@pytest.fixture
async def engine(mart: Mart) -> AsyncIterator[DuckDbEngine]:
    engine = DuckDbEngine(mart)
    yield engine
    await engine.close()


async def ask(
    engine: DuckDbEngine, sql: str, first_day: date = TODAY, last_day: date = TODAY, **given: object
) -> Table:
    return await engine.query(sql, given, first_day=first_day, last_day=last_day)


def lose_costs(mart: Mart) -> None:
    for name in mart.snapshot().files("costs", TODAY, TODAY):
        Path(name).unlink()


COUNT = "SELECT COALESCE(SUM(requests), 0) AS n FROM costs"


async def test_an_empty_mart_has_costs_with_the_right_columns(engine: DuckDbEngine) -> None:
    table = await ask(engine, "SELECT * FROM costs")
    assert table.rows == []
    assert table.columns[:3] == ("dt", "charge_period_start", "grain")
    assert "user_id" in table.columns
    assert (await ask(engine, COUNT)).rows == [(0,)]


async def test_only_the_days_asked_for_are_read(mart: Mart, engine: DuckDbEngine) -> None:
    load(mart, request("a"), request("b", NOON - timedelta(days=1), requests=10))
    assert (await ask(engine, COUNT)).rows == [(1,)]
    assert (await ask(engine, COUNT, YESTERDAY, TODAY)).rows == [(11,)]
    assert (await ask(engine, COUNT, date(2020, 1, 1), date(2020, 1, 2))).rows == [(0,)]


async def test_values_are_plain_and_instants_in_utc(mart: Mart, engine: DuckDbEngine) -> None:
    load(mart, request("a", cost="0.000000000000001", model=None))
    table = await ask(
        engine,
        "SELECT dt, charge_period_start, model, billed_cost, requests, is_internal FROM costs",
    )
    assert table.rows == [(TODAY, NOON, None, Decimal("0.000000000000001"), 1, False)]
    assert isinstance(table.rows[0][1], datetime)
    assert table.rows[0][1].tzinfo is UTC


async def test_parameters_are_values_and_never_sql(mart: Mart, engine: DuckDbEngine) -> None:
    load(mart, request("a", model="x' OR '1'='1"), request("b", model="y"))
    sql = "SELECT model FROM costs WHERE model = @model"
    assert (await ask(engine, sql, model="x' OR '1'='1")).rows == [("x' OR '1'='1",)]
    assert (await ask(engine, sql, model="' OR 1=1 --")).rows == []


async def test_a_query_with_its_own_with_reads_costs_too(mart: Mart, engine: DuckDbEngine) -> None:
    load(mart, request("a"))
    sql = "WITH x AS (SELECT requests FROM costs) SELECT SUM(requests) AS n FROM x"
    assert (await ask(engine, sql)).rows == [(1,)]


async def test_days_from_before_a_new_dimension_can_be_read_beside_newer_ones(
    tmp_path: Path, mart: Mart
) -> None:
    load(mart, request("a"))
    gpu = Dimension("gpu", "gpu_type", frozenset(Source), "", "gpus", import_column="gpu")
    later = DuckDbEngine(Mart(tmp_path, Dimensions([gpu]), StoppedClock()))
    sql = "SELECT gpu_type, requests FROM costs"
    assert (await ask(later, sql)).rows == [(None, 1)]
    await later.close()


async def test_an_answer_is_given_again_only_while_its_days_are_the_same(
    mart: Mart, engine: DuckDbEngine
) -> None:
    load(mart, request("a"))
    first = await ask(engine, COUNT)
    assert await ask(engine, COUNT) is first
    load(mart, request("b"))
    assert (await ask(engine, COUNT)).rows == [(2,)]


async def test_an_answer_holds_while_only_other_days_are_written(
    mart: Mart, engine: DuckDbEngine
) -> None:
    load(mart, request("a", NOON - timedelta(days=1)))
    first = await ask(engine, COUNT, YESTERDAY, YESTERDAY)
    load(mart, request("b"))
    assert await ask(engine, COUNT, YESTERDAY, YESTERDAY) is first
    assert (await ask(engine, COUNT, YESTERDAY, TODAY)).rows == [(2,)]


async def test_answers_need_not_be_kept(mart: Mart) -> None:
    load(mart, request("a"))
    engine = DuckDbEngine(mart, EngineLimits(kept_results=0))
    assert await ask(engine, COUNT) is not await ask(engine, COUNT)
    await engine.close()


async def test_answers_of_other_days_and_parameters_are_not_mistaken(
    mart: Mart, engine: DuckDbEngine
) -> None:
    load(mart, request("a"), request("b", NOON - timedelta(days=1), model="y", requests=5))
    sql = COUNT + " WHERE model = @model"
    answers = [
        (await ask(engine, sql, day, day, model=model)).rows[0][0]
        for day in (TODAY, YESTERDAY)
        for model in ("gpt-4", "y")
    ]
    assert answers == [1, 0, 0, 5]


async def test_whoever_stops_waiting_stops_the_query(mart: Mart) -> None:
    load(mart, *(request(str(i), model=f"m{i}") for i in range(300)))
    engine = DuckDbEngine(mart, EngineLimits(queries=1))
    endless = (
        "SELECT COUNT(*) AS n FROM costs AS a JOIN costs AS b ON TRUE JOIN costs AS c ON TRUE "
        "JOIN costs AS d ON TRUE JOIN costs AS e ON TRUE WHERE LOWER(a.model) != LOWER(e.model)"
    )
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(ask(engine, endless), timeout=0.2)
    # There is one place: the next question is answered only because the first one is gone.
    async with asyncio.timeout(10):
        assert (await ask(engine, COUNT)).rows == [(300,)]
    await engine.close()


async def test_a_question_whose_asker_left_while_it_waited_is_never_run(mart: Mart) -> None:
    load(mart, request("a"))
    engine = DuckDbEngine(mart, EngineLimits(queries=1))
    tasks = [asyncio.create_task(ask(engine, COUNT, model=str(i))) for i in range(5)]
    await asyncio.sleep(0)
    for task in tasks:
        task.cancel()
    answers = await asyncio.gather(*tasks, return_exceptions=True)
    assert all(isinstance(answer, asyncio.CancelledError) for answer in answers)
    assert (await ask(engine, COUNT)).rows == [(1,)]
    await engine.close()


async def test_what_several_ask_at_once_is_made_once(mart: Mart, engine: DuckDbEngine) -> None:
    load(mart, request("a"))
    first, *others = await asyncio.gather(*(ask(engine, COUNT) for _ in range(5)))
    assert all(other is first for other in others)


async def test_who_stops_waiting_takes_nothing_from_the_others(
    mart: Mart, engine: DuckDbEngine
) -> None:
    load(mart, request("a"))
    leaving, staying = (asyncio.create_task(ask(engine, COUNT)) for _ in range(2))
    await asyncio.sleep(0)
    leaving.cancel()
    assert (await staying).rows == [(1,)]
    assert leaving.cancelled()


async def test_what_fails_fails_for_all_who_wait_and_for_nobody_later(
    mart: Mart, engine: DuckDbEngine
) -> None:
    load(mart, request("a"))
    lose_costs(mart)
    failed = await asyncio.gather(*(ask(engine, COUNT) for _ in range(3)), return_exceptions=True)
    assert all(isinstance(one, Unavailable) for one in failed)
    load(mart, request("b"))
    assert (await ask(engine, COUNT)).rows == [(2,)]


async def test_many_ask_at_once(mart: Mart, engine: DuckDbEngine) -> None:
    load(mart, *(request(str(i), model=f"m{i}") for i in range(20)))
    sql = COUNT + " WHERE model != @model"
    tables = await asyncio.gather(*(ask(engine, sql, model=f"m{i}") for i in range(40)))
    assert [table.rows[0][0] for table in tables] == [19] * 20 + [20] * 20


async def test_missing_files_are_said_and_not_taken_for_no_costs(
    mart: Mart, engine: DuckDbEngine
) -> None:
    load(mart, request("a"))
    lose_costs(mart)
    with pytest.raises(Unavailable):
        await ask(engine, COUNT)


async def test_a_template_outside_the_checked_subset_is_a_bug(engine: DuckDbEngine) -> None:
    with pytest.raises(NotPortableError):
        await ask(engine, "SELECT EXTRACT(WEEK FROM dt) FROM costs")


async def test_closing_leaves_no_thread_behind(mart: Mart) -> None:
    before = set(threading.enumerate())  # other engines of this process may be open
    engine = DuckDbEngine(mart)
    await ask(engine, COUNT)
    own = [one for one in threading.enumerate() if one not in before]
    assert any(thread.name.startswith("duckdb") for thread in own)
    await engine.close()
    assert not any(thread.is_alive() for thread in own if thread.name.startswith("duckdb"))


async def test_closing_twice_is_closing_once(mart: Mart) -> None:
    engine = DuckDbEngine(mart)
    await engine.close()
    await engine.close()
    with pytest.raises(duckdb.ConnectionException, match="closed"):
        await ask(engine, COUNT)
