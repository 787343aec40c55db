"""Costbot on the stage, with people who keep budgets."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import datetime
from typing import cast

import pytest

from tests.budgets.slack.acting import Acting
from tests.slack.conftest import FACTS, Play, at, play

__all__ = ["play"]

SPENT = [fact for fact in FACTS if cast("datetime", fact["time"]) >= at(19, 0)]
"""Yesterday and today: 14.00 USD of acme's on gpt-4, 1.00 of globex's."""


@pytest.fixture
def act(play: Play):
    """Puts costbot on the stage with everybody in the roles of the cast, or with other settings."""

    @asynccontextmanager
    async def begin(**settings: object) -> AsyncGenerator[Acting]:
        async with play(**{"facts": SPENT, **settings}) as playing:
            yield Acting(playing)

    return begin
