"""Writers that are killed: whoever reads sees the old state or the new one, never a half."""

from __future__ import annotations

import asyncio
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from queries.dimensions import Source
from queries.mart.writer import STEPS
from tests.mart.processes import DAYS, mart_in, read, write_once

ROOT = Path(__file__).parents[2]
PUBLISHED = STEPS.index("manifest published")


def start(*arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "tests.mart.processes", *arguments],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )


def rows(home: Path) -> int:
    return mart_in(home).snapshot().sources[Source.USAGE].rows


@pytest.mark.parametrize("way", ["adding", "replacing"])
@pytest.mark.parametrize("step", STEPS)
def test_a_writer_killed_after_any_step_leaves_the_old_or_the_new(
    tmp_path: Path, step: str, way: str
) -> None:
    write_once(tmp_path)
    with start("write_and_die", str(tmp_path), step, way) as writer:
        assert writer.wait(timeout=30) == -signal.SIGKILL
    imports = 2 if STEPS.index(step) >= PUBLISHED else 1
    assert rows(tmp_path) == imports * DAYS
    write_once(tmp_path)
    assert rows(tmp_path) == (imports + 1) * DAYS
    (tmp_path / "stop").touch()
    asyncio.run(read(tmp_path))


def test_writers_killed_at_any_moment_never_show_a_reader_half_an_import(tmp_path: Path) -> None:
    moments = random.Random(20241206)
    reader = start("read", str(tmp_path))
    for _ in range(5):
        with start("write_for_ever", str(tmp_path)) as writer:
            assert writer.stdout is not None
            assert writer.stdout.readline() == "begun\n"
            # The moment of a real kill is what is tested: no clock can stand in for it.
            time.sleep(moments.uniform(0.0, 0.4))
            writer.send_signal(signal.SIGKILL)
    write_once(tmp_path)
    (tmp_path / "stop").touch()
    told, _ = reader.communicate(timeout=30)
    assert reader.returncode == 0
    assert int(told) > 10
    assert rows(tmp_path) >= DAYS
