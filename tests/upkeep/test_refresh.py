"""The mart is refreshed while costbot serves: by a scheduler's job, and by the real process."""

from __future__ import annotations

import logging
from datetime import timedelta
from pathlib import Path

import pytest

from analysis.clock import system_clock
from bot.assembly import assembled
from bot.scheduled import scheduled
from bot.settings import Settings
from bot.supervisor import Supervisor
from bot.warehouse import jobs_opened, sync_of
from playground.bigquery.server import running
from playground.bigquery.warehouse import TableField, Warehouse
from queries.dimensions import Source
from tests.road.serving import served
from tests.stores import TestClock
from tests.sync.world import FIELDS, NOW, PROJECT, TABLE, day, row


def warehouse_of(clock: TestClock) -> Warehouse:
    warehouse = Warehouse(clock)
    fields = [TableField(column, kind) for column, kind in FIELDS.items()]
    warehouse.add_table(TABLE, fields, "dt", [row(1, 1.5), row(2, 2.5)])
    return warehouse


async def test_a_refresh_is_due_every_so_many_minutes_and_one_that_fails_is_tried_again(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    clock, supervisor = TestClock(NOW), Supervisor()
    warehouse = warehouse_of(clock)
    async with running(warehouse) as server:
        settings = Settings(
            home=tmp_path,
            bigquery_project=PROJECT,
            bigquery_table=TABLE,
            bigquery_endpoint=server.url,
            sync_minutes=30,
        )
        async with (
            assembled(settings, clock) as parts,
            jobs_opened(settings, parts.store, clock) as jobs,
        ):
            sync = sync_of(settings, parts.store, parts.mart, jobs, clock)
            scheduler = scheduled(parts, supervisor, sync=sync)
            scheduler.look()
            await supervisor.idle()
            assert parts.mart.snapshot().sources[Source.GPU].requests == 2
            warehouse.replace_partition(TABLE, day(1), [row(1), row(1), row(1)])
            warehouse.forbid(table=TABLE)
            clock.advance(timedelta(minutes=30))
            scheduler.look()
            await supervisor.idle()
            [told] = [record for record in caplog.records if record.levelno >= logging.WARNING]
            assert "refreshing the mart did not succeed" in told.getMessage()
            assert "last good state" in told.getMessage()
            assert parts.mart.snapshot().sources[Source.GPU].requests == 2
            warehouse.allow(table=TABLE)
            clock.advance(timedelta(minutes=30))
            scheduler.look()
            await supervisor.idle()
            assert parts.mart.snapshot().sources[Source.GPU].requests == 4


async def test_a_served_costbot_refreshes_its_mart(tmp_path: Path) -> None:
    warehouse = Warehouse(system_clock)
    fields = [TableField(column, kind) for column, kind in FIELDS.items()]
    yesterday = system_clock().date() - timedelta(days=1)
    warehouse.add_table(TABLE, fields, "dt", [row(1, 1.5, dt=yesterday)])
    async with (
        running(warehouse) as server,
        served(
            tmp_path / "home",
            "--playground",
            "--port",
            "0",
            COSTBOT_LOG_LEVEL="INFO",
            COSTBOT_BIGQUERY_PROJECT=PROJECT,
            COSTBOT_BIGQUERY_TABLE=TABLE,
            COSTBOT_BIGQUERY_ENDPOINT=server.url,
        ) as costbot,
    ):
        await costbot.says("mart refreshed: 1 days read")
        await costbot.says("playground is at")  # from here on a signal ends it in order
        assert await costbot.terminated() == 0
    assert "Traceback" not in costbot.output
