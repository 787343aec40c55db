"""Writers that are killed: whoever reads sees the old state or the new one, never a half."""

from __future__ import annotations

import asyncio
import random
import signal
import time
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from pathlib import Path
from typing import cast

import pytest

from queries.dimensions import Source
from queries.mart.writer import STEPS
from tests.mart.processes import (
    DAYS,
    mart_in,
    read,
    read_and_tell,
    write_and_die,
    write_for_ever,
    write_once,
)
from tests.road.forked import forking

PUBLISHED = STEPS.index("manifest published")


def rows(home: Path) -> int:
    return mart_in(home).snapshot().sources[Source.USAGE].rows


@pytest.mark.parametrize("way", ["adding", "replacing"])
@pytest.mark.parametrize("step", STEPS)
def test_a_writer_killed_after_any_step_leaves_the_old_or_the_new(
    tmp_path: Path, step: str, way: str
) -> None:
    write_once(tmp_path)
    writer = forking().Process(target=write_and_die, args=(tmp_path, step, way))
    writer.start()
    writer.join(30)
    assert writer.exitcode == -signal.SIGKILL
    imports = 2 if STEPS.index(step) >= PUBLISHED else 1
    assert rows(tmp_path) == imports * DAYS
    write_once(tmp_path)
    assert rows(tmp_path) == (imports + 1) * DAYS
    (tmp_path / "stop").touch()
    asyncio.run(read(tmp_path))


def test_writers_killed_at_any_moment_never_show_a_reader_half_an_import(tmp_path: Path) -> None:
    moments = random.Random(20241206)
    told, tell = cast("tuple[Connection, Connection]", Pipe(duplex=False))
    reader = forking().Process(target=read_and_tell, args=(tmp_path, tell))
    reader.start()
    for _ in range(5):
        begun = forking().Event()
        writer = forking().Process(target=write_for_ever, args=(tmp_path, begun))
        writer.start()
        assert begun.wait(30)
        # The moment of a real kill is what is tested: no clock can stand in for it.
        time.sleep(moments.uniform(0.0, 0.4))
        writer.kill()
        writer.join()
    write_once(tmp_path)
    (tmp_path / "stop").touch()
    reader.join(30)
    assert reader.exitcode == 0
    assert told.recv() > 10
    assert rows(tmp_path) >= DAYS
