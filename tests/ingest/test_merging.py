"""From the journal into the mart: each event once, whatever dies on the way."""

from __future__ import annotations

import asyncio
import signal
from dataclasses import replace
from datetime import timedelta
from itertools import count
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from pathlib import Path
from typing import cast

import aiohttp
import pytest

from analysis.errors import BadInput
from api.app import PREFIX
from api.usage.routes import USAGE
from handlers.ingest.merging import TRIES, Merged
from queries.ingest.journal import DAMAGED, FOLDER
from queries.prices.catalogue import Catalogue
from queries.sources.importer import FileToImport, import_rows
from queries.sources.mapping import Mapped
from queries.sources.staging import RowSql
from queries.sources.usage import UsageImporter
from tests.ingest.ends import merge_and_die, serve
from tests.ingest.station import LINES, Station, event, lines_of, rows_of, station_in
from tests.road.forked import forking

PUBLISHED = "manifest published"
"""After it the mart has a segment that the journal still holds."""


async def ids_in(home: Path) -> list[object]:
    """The requests in the mart, after a merge."""
    async with station_in(home) as station:
        return [name for (name,) in await station.rows("request_id", "request_id")]


@pytest.mark.parametrize("step", ["requests written", PUBLISHED, "segment removed"])
async def test_a_merge_that_is_killed_at_any_step_is_done_once_by_the_next(
    tmp_path: Path, step: str
) -> None:
    async with station_in(tmp_path) as station:
        await station.send(event("a"), event(request_id=None, tags={"nameless": "1"}))
    process = forking().Process(target=merge_and_die, args=(tmp_path, step))
    process.start()
    process.join(30)
    assert process.exitcode == -signal.SIGKILL
    found = await ids_in(tmp_path)
    assert len(found) == 2
    assert found[0] == "a"
    async with station_in(tmp_path) as station:
        assert await station.merge() == (0, 0, 0)


async def test_a_server_that_is_killed_amid_a_stream_has_lost_nothing_that_it_answered(
    tmp_path: Path,
) -> None:
    told, tell = cast("tuple[Connection, Connection]", Pipe(duplex=False))
    server = forking().Process(target=serve, args=(tmp_path, tell))
    server.start()
    address = cast("str", await asyncio.to_thread(told.recv))
    answered: set[str] = set()
    sent: set[str] = set()

    async def send(sender: str) -> None:
        headers = {"Authorization": "Bearer acme", "Content-Type": LINES}
        async with aiohttp.ClientSession(address) as session:
            for batch in count():
                names = [f"{sender}-{batch}-{at}" for at in range(3)]
                sent.update(names)
                body = lines_of([event(name) for name in names])
                try:
                    async with session.post(PREFIX + USAGE, data=body, headers=headers) as answer:
                        assert answer.status == 202, await answer.text()
                except aiohttp.ClientError:
                    return
                answered.update(names)
                if sender == "a" and batch == 6:
                    server.kill()

    await asyncio.gather(*map(send, "abc"))
    server.join()
    assert server.exitcode == -signal.SIGKILL
    found = await ids_in(tmp_path)
    assert len(found) == len(set(found))
    assert answered <= set(map(str, found)) <= sent
    assert len(answered) > 30


async def test_what_cannot_be_imported_is_tried_again_and_then_put_aside(
    station: Station,
) -> None:
    folder = station.home / FOLDER
    folder.mkdir()
    (folder / "1-a-000001.jsonl").write_bytes(b"\x00\x01 no text\n")
    assert (await station.send(event("a"))).status == 202
    for _ in range(TRIES):
        await station.merge()
    assert [path.name for path in folder.glob(f"*{DAMAGED}")] == ["1-a-000001.damaged"]
    assert await station.rows("request_id") == [("a",)]
    assert station.ingest.merger.journal.backlog == 0


class _Unchecked(UsageImporter):
    """Lets through what no check would."""

    def row_sql(self, mapped: Mapped) -> RowSql:
        return replace(super().row_sql(mapped), checks=())


async def test_what_adds_up_to_too_much_is_no_file_that_can_be_imported(
    station: Station, tmp_path: Path
) -> None:
    def quiet(_: str, __: float) -> None:
        """Tells nobody."""

    path = tmp_path / "large.jsonl"
    path.write_bytes(
        lines_of([event(str(at), requests=10**9, latency_ms=10**9) for at in range(10)])
    )
    parts, file = station.parts, FileToImport(path)
    importer = _Unchecked(parts.dimensions, Catalogue([]))
    with pytest.raises(BadInput, match="more than can be counted"):
        import_rows(file, importer, parts.mart.writer, station.home, parts.clock, quiet)
    await station.send(event("a"))
    assert await station.rows("request_id") == [("a",)]


async def test_two_who_merge_at_once_are_not_in_each_others_way(station: Station) -> None:
    await station.send(event("a"))
    merger = station.ingest.merger
    did = await asyncio.gather(merger.merge(), merger.merge())
    assert sorted(one.taken for one in did) == [0, 1]
    assert await merger.merge() == Merged()


async def test_whoever_waits_for_new_costs_is_told_after_a_merge(station: Station) -> None:
    told: list[str] = []

    async def tell() -> None:
        told.append("told")

    station.ingest.merger.merged = tell
    await station.merge()
    assert not told
    await station.send(event("a"))
    await station.merge()
    assert told == ["told"]


async def test_merging_goes_on_by_itself_and_survives_what_fails(station: Station) -> None:
    failed, done = asyncio.Event(), asyncio.Event()

    async def tell() -> None:
        if not failed.is_set():
            failed.set()
            raise RuntimeError("the budgets cannot be evaluated")
        done.set()

    merger = station.ingest.merger
    merger.merged, merger.every = tell, timedelta()
    running = asyncio.create_task(merger.run(station.ingest.intake))
    for name, is_merged in (("a", failed), ("b", done)):
        await station.send(event(name))
        await asyncio.wait_for(is_merged.wait(), 30)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    assert rows_of(station.parts, "request_id", "request_id") == [("a",), ("b",)]
