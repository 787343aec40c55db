from __future__ import annotations

from pathlib import Path

import pytest

from tests.focus.bills import Bills


@pytest.fixture
def bills(tmp_path: Path) -> Bills:
    return Bills(tmp_path / "home")
