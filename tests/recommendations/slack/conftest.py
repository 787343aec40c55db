"""Costbot on the stage, with people who decide on recommendations."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

import pytest

from tests.recommendations.slack.acting import Act, Acting
from tests.slack.conftest import Play, play

__all__ = ["play"]


@pytest.fixture
def act(play: Play) -> Act:
    """Puts costbot on the stage with everybody in the roles of the cast, or with other settings."""

    @asynccontextmanager
    async def begin(**settings: object) -> AsyncGenerator[Acting]:
        async with play(**settings) as playing:
            yield Acting(playing)

    return begin
