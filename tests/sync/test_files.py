"""Days from files and days from BigQuery: a day has one origin, and changes it only when told."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from analysis.errors import BadInput, Refused
from analysis.prices import UnitPrice
from handlers.imports import ImportHandler, ImportRequest
from handlers.sync import SyncRequest
from queries.dimensions import Source
from queries.sources.report import ImportReport
from tests.sync.world import NOW, World, day, row


async def no_prices() -> list[UnitPrice]:
    return []


async def import_gpu(world: World, *days_ago: int, cost: str = "7") -> ImportReport:
    """Imports a file with a row of each day."""
    home = world.mart.folder.parent
    path = Path(home) / "gpu.csv"
    lines = [f"{NOW - timedelta(days=ago)},{cost},acme" for ago in days_ago]
    path.write_text("\n".join(["time,row_cost,org", *lines]) + "\n")
    handler = ImportHandler(home, world.mart, world.mart.dimensions, world.clock, no_prices)
    return await handler.import_file(ImportRequest(Source.GPU, path))


async def test_days_from_files_are_not_overwritten_unasked(world: World) -> None:
    await import_gpu(world, 1, 2)
    world.add_table([row(0), row(1)])
    with pytest.raises(Refused, match=f"{day(1)} from imported files") as refusal:
        await world.sync()
    assert "costbot sync --replace-files" in refusal.value.hint
    assert world.runs == []
    assert {at for at, _ in world.in_the_mart()} == {day(1), day(2)}


async def test_days_from_files_are_replaced_when_told_and_the_others_stay(world: World) -> None:
    await import_gpu(world, 1, 2)
    world.add_table([row(0), row(1)])
    report = await world.sync(SyncRequest(replace_files=True))
    assert {at: cost for (at, _), (_, _, cost, _) in world.in_the_mart().items()} == {
        day(0): 1,
        day(1): 1,
        day(2): 7,
    }
    assert [one.day for one in report.did.restated] == [day(1)]
    assert world.mart.snapshot().origins(Source.GPU) == {
        day(0): "bigquery",
        day(1): "bigquery",
        day(2): "files",
    }
    await world.sync()


async def test_a_file_cannot_add_to_days_from_bigquery(world: World) -> None:
    world.add_table([row(1)])
    await world.sync()
    with pytest.raises(BadInput, match=f"rows of {day(1)}, which the mart has from BigQuery"):
        await import_gpu(world, 1, 2)
    assert list(world.in_the_mart()) == [(day(1), "acme")]
    report = await import_gpu(world, 2)
    assert report.taken == 1
    assert world.in_the_mart()[day(2), "acme"] == (1, 0, Decimal(7), Decimal(7))


async def test_a_day_from_files_that_bigquery_does_not_have_is_not_emptied(world: World) -> None:
    await import_gpu(world, 5)
    world.add_table([row(0), row(1)])
    report = await world.sync()
    assert report.did.days_emptied == 0
    assert (day(5), "acme") in world.in_the_mart()
