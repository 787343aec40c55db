"""What is looked at beside BigQuery: home, disk, store, mart, zones, the last refresh."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from analysis.checks import Level
from bot.assembly import machine_name, mart_of, opened_store
from bot.doctor import doctor_opened
from bot.settings import Settings
from handlers.doctor import Examination
from queries.dimensions import Source
from storage.addresses import parse_address
from storage.database import Database
from storage.migrate import HEAD, migrate
from tests.doctor.conftest import NOW, PROJECT, faults, found
from tests.facts import add, request


async def examined(home: Path, **changed: object) -> Examination:
    settings = Settings(home=home, **changed)  # pyright: ignore[reportArgumentType]
    async with doctor_opened(settings, lambda: NOW) as doctor:
        return await doctor.examine()


def filled(home: Path, hours_ago: float) -> None:
    """Puts a request of each source into the mart."""
    then = NOW - timedelta(hours=hours_ago)
    mart = mart_of(Settings(home=home), lambda: NOW)
    add(mart, [request(then, "1"), request(then, "2", source=Source.GPU)])


def files_in(folder: Path) -> list[Path]:
    return list(folder.iterdir())


async def test_a_new_deployment_has_no_fault_and_is_told_to_load_data(tmp_path: Path) -> None:
    examination = await examined(tmp_path / "new")
    assert faults(examination) == []
    assert [check.name for check in examination.checks] == [
        "costbot",
        "home",
        "disk",
        "zones",
        "store (sqlite)",
        "mart",
        "Slack",
    ]
    warning = found(examination, "mart")
    assert warning.level is Level.WARNING
    assert "`costbot sample`" in warning.cure


async def test_looking_makes_no_store(tmp_path: Path) -> None:
    examination = await examined(tmp_path)
    assert files_in(tmp_path) == []
    assert found(examination, "store (sqlite)").sentence == (
        "There is none yet: the first start makes it."
    )


async def test_a_home_that_cannot_be_made_is_a_fault_and_the_rest_is_looked_at(
    tmp_path: Path,
) -> None:
    (tmp_path / "taken").write_text("a file")
    examination = await examined(tmp_path / "taken")
    fault = found(examination, "home")
    assert fault.level is Level.FAULT
    assert fault.cure == "Set COSTBOT_HOME to a folder that can be written."
    assert "mart cannot be read: Not a directory" in found(examination, "mart").sentence
    assert examination.checks[-1].name == "Slack"


async def test_a_store_at_the_newest_revision_passes(tmp_path: Path) -> None:
    async with opened_store(Settings(home=tmp_path)):
        pass
    check = found(await examined(tmp_path), "store (sqlite)")
    assert (check.level, check.sentence) == (Level.OK, f"It answers, at revision {HEAD}.")


async def test_an_older_store_is_a_warning_and_stays_as_it_is(tmp_path: Path) -> None:
    database = Database(parse_address(Settings(home=tmp_path).store_address))
    await migrate(database, "0001")
    for _ in range(2):
        check = found(await examined(tmp_path), "store (sqlite)")
        assert check.level is Level.WARNING
        assert check.sentence == f"It is at revision 0001, this version needs {HEAD}."
    await database.close()


async def test_a_store_of_a_newer_version_is_a_fault(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path)
    async with opened_store(settings):
        database = Database(parse_address(settings.store_address))
        async with database.altering() as connection:
            await connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
        await database.close()
    fault = found(await examined(tmp_path), "store (sqlite)")
    assert fault.level is Level.FAULT
    assert "revision 9999, which this version does not know" in fault.sentence


async def test_a_server_that_is_not_there_is_a_fault_without_its_password(tmp_path: Path) -> None:
    address = f"postgresql://me:hunter2@/costbot?host={tmp_path}"
    examination = await examined(tmp_path, store_url=address, bigquery_project=None)
    fault = found(examination, "store (postgresql)")
    assert fault.level is Level.FAULT
    assert "COSTBOT_STORE_URL" in fault.cure
    assert "hunter2" not in str(examination)


async def test_an_address_that_is_none_is_a_fault_and_the_rest_is_looked_at(tmp_path: Path) -> None:
    examination = await examined(tmp_path, store_url="mysql://me:hunter2@host/db")
    fault = found(examination, "store")
    assert fault.sentence == "The store cannot be kept in `mysql`."
    assert "hunter2" not in str(examination)
    assert examination.checks[-1].name == "Slack"


async def test_a_mart_that_is_fresh_passes(tmp_path: Path) -> None:
    filled(tmp_path, hours_ago=2)
    examination = await examined(tmp_path)
    assert found(examination, "mart").sentence == (
        "2 rows from 2026-11-20 to 2026-11-20, in 4 files."
    )
    for name in ("GPU data", "LLM data"):
        assert found(examination, name).level is Level.OK


async def test_stale_sources_are_warnings_with_the_command_that_refills_each(
    tmp_path: Path,
) -> None:
    filled(tmp_path, hours_ago=100)
    examination = await examined(tmp_path)
    gpu, usage = found(examination, "GPU data"), found(examination, "LLM data")
    assert (gpu.level, usage.level) == (Level.WARNING, Level.WARNING)
    assert "100 hours ago" in gpu.sentence
    assert "`costbot import gpu`" in gpu.cure
    assert "`costbot import usage`" in usage.cure


async def test_a_damaged_manifest_is_a_fault(tmp_path: Path) -> None:
    filled(tmp_path, hours_ago=2)
    (tmp_path / "mart" / "manifest.json").write_text("{")
    fault = found(await examined(tmp_path), "mart")
    assert fault.level is Level.FAULT
    assert "cannot be read" in fault.sentence


async def test_files_that_are_gone_from_the_mart_are_a_fault(tmp_path: Path) -> None:
    filled(tmp_path, hours_ago=2)
    for file in (tmp_path / "mart" / "costs").rglob("*.parquet"):
        file.unlink()
    fault = found(await examined(tmp_path), "mart")
    assert fault.level is Level.FAULT
    assert fault.sentence.startswith(f"2 files of the mart are gone, {tmp_path}")


@pytest.mark.parametrize(
    ("outcome", "level", "sentence"),
    [
        ("done", Level.OK, "The last one, begun 2026-11-20 13:37 UTC, went well."),
        ("failed", Level.WARNING, "The last one, begun 2026-11-20 13:37 UTC, failed: No table."),
        ("cancelled", Level.WARNING, "The last one, begun 2026-11-20 13:37 UTC, was interrupted."),
        (None, Level.OK, "The last one was begun 2026-11-20 13:37 UTC and has not ended."),
    ],
)
async def test_the_last_refresh_is_told(
    tmp_path: Path, outcome: str | None, level: Level, sentence: str
) -> None:
    async with opened_store(Settings(home=tmp_path), lambda: NOW) as store:
        key = await store.sync_runs.begin(machine_name())
        if outcome is not None:
            error = "No table." if outcome == "failed" else ""
            await store.sync_runs.end(key, outcome, error=error)  # pyright: ignore[reportArgumentType]
    nowhere = {"bigquery_project": PROJECT, "bigquery_key_file": tmp_path / "none"}
    check = found(await examined(tmp_path, **nowhere), "refresh")
    assert (check.level, check.sentence) == (level, sentence)
