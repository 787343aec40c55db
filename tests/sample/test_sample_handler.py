from __future__ import annotations

import shutil
from collections.abc import AsyncGenerator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from analysis.errors import BadInput
from handlers.imports import ImportHandler, ImportRequest
from handlers.sample import Outcome, SampleHandler, SampleRequest, SampleResult
from queries.dimensions import Dimensions, Source
from queries.duck import connect
from queries.mart import Mart
from queries.sample.truth import write_truth
from queries.sources.importer import Progress
from queries.sources.report import ImportReport
from tests.sample.rows import UNTIL
from tests.stores import TestClock, sqlite_store

SMALL = SampleRequest(days=4, orgs=4, scale=0.1, seed=7)


@dataclass
class Home:
    """A home with a real store, mart and importers."""

    folder: Path
    clock: TestClock
    mart: Mart
    handler: SampleHandler

    async def load(self) -> SampleResult:
        """Loads `SMALL` into this empty home; from the second time on, by copying the first one."""
        if not _loaded:
            result = await self.handler.load_sample(SMALL)
            folders = (self.mart.folder, self.handler.folder)
            files = [path for folder in folders for path in folder.rglob("*") if path.is_file()]
            _loaded.append(
                (result, {path.relative_to(self.folder): path.read_bytes() for path in files})
            )
        result, kept = _loaded[0]
        for name, content in kept.items():
            path = self.folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        return replace(result, folder=self.handler.folder)

    def costs(self, columns: str, where: str = "true") -> list[tuple[object, ...]]:
        """Asks the relation `costs` of the mart."""
        files = self.mart.snapshot().files("costs", date(2020, 1, 1), date(2030, 1, 1))
        with connect(threads=2, memory="1GB") as connection:
            sql = f"SELECT {columns} FROM read_parquet($files) WHERE {where}"
            return connection.execute(sql, {"files": files}).fetchall()

    def rows(self) -> dict[Source, int]:
        return {source: state.rows for source, state in self.mart.snapshot().sources.items()}


_loaded: list[tuple[SampleResult, dict[Path, bytes]]] = []
"""What `SMALL` gives, and the files that it leaves in a home."""


def money(value: object) -> Decimal:
    assert isinstance(value, Decimal)
    return value


def whole(value: object) -> int:
    assert isinstance(value, int)
    return value


@pytest.fixture
async def home(tmp_path: Path) -> AsyncGenerator[Home]:
    clock = TestClock(UNTIL)
    dimensions = Dimensions()
    mart = Mart(tmp_path, dimensions, clock)
    async with sqlite_store(tmp_path, clock) as store:
        imports = ImportHandler(tmp_path, mart, dimensions, clock, store.prices.unit_prices)

        async def import_file(source: Source, path: Path, on_progress: Progress) -> ImportReport:
            return await imports.import_file(ImportRequest(source, path), on_progress)

        yield Home(tmp_path, clock, mart, SampleHandler(tmp_path, mart, clock, import_file))


async def test_an_empty_mart_gets_the_sample(home: Home) -> None:
    result = await home.handler.ensure_sample(SMALL)
    assert result.outcome is Outcome.LOADED
    assert result.truth is not None
    assert result.truth.imported_until == UNTIL
    for source, added in result.added.items():
        assert added.rows == added.taken == home.rows()[source] > 0
        assert added.rejected == added.repeated == 0


async def test_some_requests_are_unpriced_and_some_estimated(home: Home) -> None:
    await home.load()
    ((unpriced,),) = home.costs("sum(unpriced_requests)", "model = 'aurora-7b-internal'")
    assert whole(unpriced) > 0
    assert home.costs("sum(unpriced_requests)", "model <> 'aurora-7b-internal'") == [(0,)]
    assert home.costs("DISTINCT model", "price_source = 'genai-prices' ORDER BY 1") == [
        ("o3-mini",),
    ]


async def test_the_imported_costs_hold_exactly_the_planted_dollars(home: Home) -> None:
    shares = "coalesce(attributed_idle_cost, 0) + coalesce(attributed_overhead_cost, 0)"
    by_source = f"source, sum(billed_cost + {shares}), sum(requests)"
    where = "cost_category = 'inference' AND billed_cost IS NOT NULL GROUP BY source"
    result = await home.load()
    planted = home.costs(by_source, where)
    shutil.rmtree(home.mart.folder)
    assert result.truth is not None
    write_truth(home.handler.folder, result.truth.model_copy(update={"incidents": ()}))
    await home.handler.load_sample(SMALL)
    usual = {source: numbers for source, *numbers in home.costs(by_source, where)}
    extra = {
        source: (money(cost) - money(usual[source][0]), whole(requests) - whole(usual[source][1]))
        for source, cost, requests in planted
    }
    assert extra == {
        incident.source.value: (incident.extra_cost, incident.extra_requests)
        for incident in result.truth.incidents
    }


async def test_a_second_load_changes_nothing(home: Home) -> None:
    await home.load()
    before = home.rows()
    version = home.mart.snapshot().version
    assert (await home.handler.ensure_sample(SMALL)).outcome is Outcome.CURRENT
    again = await home.handler.load_sample(SMALL)
    assert again.outcome is Outcome.EXTENDED
    assert sum(added.taken for added in again.added.values()) == 0
    assert home.rows() == before
    assert home.mart.snapshot().version == version


async def test_a_sample_is_extended_to_the_present_as_it_was_made(home: Home) -> None:
    first = await home.load()
    before = home.rows()
    home.clock.advance(timedelta(hours=26))
    result = await home.handler.ensure_sample(replace(SMALL, seed=1, orgs=9, scale=5, days=90))
    assert result.outcome is Outcome.EXTENDED
    assert result.truth is not None
    assert first.truth is not None
    assert result.truth.incidents == first.truth.incidents
    assert result.truth.imported_until == home.clock()
    for source, added in result.added.items():
        assert added.repeated == added.rejected == 0
        assert home.rows()[source] == before[source] + added.taken
        last = home.mart.snapshot().sources[source].last_time
        assert home.clock() - timedelta(hours=2) < last < home.clock()


async def test_an_extended_sample_is_the_one_that_is_made_at_once(
    home: Home, tmp_path: Path
) -> None:
    await home.load()
    home.clock.advance(timedelta(hours=26))
    await home.handler.ensure_sample(SMALL)
    sums = "source, sum(requests), sum(billed_cost), sum(gpu_seconds), sum(output_tokens)"
    grown = home.costs(sums, "true GROUP BY source ORDER BY source")
    shutil.rmtree(home.mart.folder)
    again = await home.handler.ensure_sample(SMALL)
    assert again.outcome is Outcome.LOADED
    assert home.costs(sums, "true GROUP BY source ORDER BY source") == grown


async def test_a_sample_can_reach_further_back_later(home: Home) -> None:
    short = await home.load()
    long = await home.handler.load_sample(replace(SMALL, days=7))
    assert short.truth is not None
    assert long.truth is not None
    assert long.truth.first == short.truth.first - timedelta(days=3)
    assert long.truth.incidents == short.truth.incidents
    for source, added in long.added.items():
        assert added.repeated == short.added[source].taken
        assert home.rows()[source] == added.rows


async def test_data_of_the_owners_is_left_alone(home: Home, tmp_path: Path) -> None:
    own = tmp_path / "own.csv"
    own.write_text("time,organization,row_cost\n2026-11-01T00:00:00Z,acme,1.50\n")
    await home.handler.import_file(Source.GPU, own, lambda step, share: None)
    result = await home.handler.ensure_sample(SMALL)
    assert result.outcome is Outcome.NOT_WANTED
    assert result.truth is None
    assert home.rows() == {Source.GPU: 1}
    assert not home.handler.folder.exists()


async def test_a_load_that_broke_off_is_taken_up_again(home: Home) -> None:
    async def out_of_space(source: Source, path: Path, on_progress: Progress) -> ImportReport:
        if source is Source.USAGE:
            raise OSError(28, "No space left on device")
        return await home.handler.import_file(source, path, on_progress)

    with pytest.raises(OSError, match="No space left"):
        await replace(home.handler, import_file=out_of_space).ensure_sample(SMALL)
    assert set(home.rows()) == {Source.GPU}
    home.clock.advance(timedelta(minutes=90))
    result = await home.handler.ensure_sample(SMALL)
    assert result.outcome is Outcome.LOADED
    assert result.added[Source.USAGE].taken == result.added[Source.USAGE].rows
    assert result.added[Source.GPU].repeated > 0
    assert home.rows() == {source: added.rows for source, added in result.added.items()}


async def test_another_world_does_not_fit_into_the_same_home(home: Home) -> None:
    await home.load()
    with pytest.raises(BadInput, match="another COSTBOT_HOME"):
        await home.handler.load_sample(replace(SMALL, seed=8))


async def test_another_world_takes_the_place_of_one_whose_mart_is_gone(home: Home) -> None:
    await home.load()
    shutil.rmtree(home.mart.folder)
    result = await home.handler.load_sample(replace(SMALL, seed=8))
    assert result.outcome is Outcome.LOADED
    assert result.truth is not None
    assert result.truth.seed == 8


async def test_progress_goes_from_nothing_to_everything(home: Home) -> None:
    told: list[float] = []
    await home.handler.load_sample(SMALL, lambda step, share: told.append(share))
    assert told == sorted(told)
    assert 0 <= told[0] < 0.2
    assert told[-1] == 1.0
