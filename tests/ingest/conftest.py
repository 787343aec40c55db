from __future__ import annotations

from collections.abc import AsyncGenerator
from pathlib import Path

import pytest

from tests.ingest.station import Station, station_in


@pytest.fixture
async def station(tmp_path: Path) -> AsyncGenerator[Station]:
    async with station_in(tmp_path / "home") as opened:
        yield opened
