"""A mart at a stopped clock."""

from __future__ import annotations

from pathlib import Path

import pytest

from queries.dimensions import Dimensions
from queries.mart import Mart, WriterLimits
from tests.mart.rows import StoppedClock


@pytest.fixture
def clock() -> StoppedClock:
    return StoppedClock()


@pytest.fixture
def mart(tmp_path: Path, clock: StoppedClock) -> Mart:
    return Mart(tmp_path, Dimensions(), clock, limits=WriterLimits(wait=0.05))
