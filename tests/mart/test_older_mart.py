"""A mart whose rollup an older version made: it is read rightly, and rolled up anew."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from analysis.periods import Window
from queries.breakdown import Breakdown, break_down
from queries.dimensions import Dimensions, Source
from queries.engines import DuckDbEngine
from queries.mart import Mart
from queries.mart.manifest import costs_shape_of, requests_shape_of
from tests.mart.rows import ALWAYS, NOON, UTC_ZONE, Row, costs, load, request

D = Dimensions()
WEEK = Window(
    NOON.replace(hour=0) - timedelta(days=6), NOON.replace(hour=0) + timedelta(days=1), UTC_ZONE
)
GPU: Row = {
    "attributed_idle_cost": Decimal(2),
    "attributed_overhead_cost": Decimal("0.25"),
    "source": "gpu",
}


def take_back_the_column(mart: Mart) -> None:
    """Makes the mart what it was before `costs` had a fully loaded cost."""
    with duckdb.connect() as connection:
        for name in mart.snapshot().files("costs", *ALWAYS):
            older = str(Path(name).with_suffix(".older"))
            connection.execute(
                "COPY (SELECT * EXCLUDE (fully_loaded_cost) FROM read_parquet($name)) "
                "TO $older (FORMAT parquet)",
                {"name": name, "older": older},
            )
            Path(older).replace(name)
    manifest = mart.folder / "manifest.json"
    shapes = costs_shape_of(D), requests_shape_of(D)
    manifest.write_text(manifest.read_text().replace(*shapes))


@pytest.fixture
async def engine(mart: Mart) -> AsyncIterator[DuckDbEngine]:
    load(
        mart,
        request("a", cost="10") | GPU,
        request("b", NOON - timedelta(days=1), cost="3", cost_category="idle", requests=0),
        request("c", NOON - timedelta(days=1), cost=None) | GPU,
        source=Source.GPU,
    )
    take_back_the_column(mart)
    engine = DuckDbEngine(mart)
    yield engine
    await engine.close()


async def fully_loaded(engine: DuckDbEngine) -> list[tuple[object, object]]:
    groups = await break_down(engine, D, Breakdown(WEEK, by=("day",)))
    return [(group.now.cost, group.now.requests) for group in groups]


async def test_an_older_mart_is_read_with_the_same_rule_of_cost(engine: DuckDbEngine) -> None:
    assert await fully_loaded(engine) == [(Decimal("2.25"), 1), (Decimal("12.25"), 1)]


async def test_an_import_rolls_up_what_is_older_too(mart: Mart, engine: DuckDbEngine) -> None:
    load(mart, request("d", NOON - timedelta(days=2), cost="1"))
    assert mart.keep_up() == 0
    assert await fully_loaded(engine) == [(1, 1), (Decimal("2.25"), 1), (Decimal("12.25"), 1)]


async def test_an_older_mart_is_rolled_up_anew_from_its_requests(
    mart: Mart, engine: DuckDbEngine
) -> None:
    before = await fully_loaded(engine)
    assert mart.keep_up() == 2
    assert costs(mart.snapshot(), "dt, cost_category, fully_loaded_cost") == [
        (NOON.date() - timedelta(days=1), "idle", Decimal(0)),
        (NOON.date() - timedelta(days=1), "inference", Decimal("2.25")),
        (NOON.date(), "inference", Decimal("12.25")),
    ]
    assert await fully_loaded(engine) == before
    assert mart.keep_up() == 0
