"""Workspaces in a store of either kind, with keys of Fernet's."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from pydantic import SecretStr

from analysis.roles import Role
from handlers.caller import Caller
from handlers.workspaces.managing import NewInstallation, WorkspaceHandler
from handlers.workspaces.sealing import Sealing, Tokens, new_key
from storage import Store
from tests.stores import Postgres, TestClock, sqlite_store

OPERATOR = Caller("terminal", "terminal", "the operator", None, Role.ADMIN, ZoneInfo("UTC"))


@pytest.fixture
def clock() -> TestClock:
    return TestClock()


@pytest.fixture(params=["sqlite", "postgresql"])
async def store(
    request: pytest.FixtureRequest, tmp_path: Path, clock: TestClock
) -> AsyncGenerator[Store]:
    if request.param == "sqlite":
        async with sqlite_store(tmp_path, clock) as opened:
            yield opened
        return
    server: Postgres = request.getfixturevalue("postgres")
    opened = Store(await server.new_store(), clock)
    yield opened
    await opened.close()


@pytest.fixture
def keys() -> list[SecretStr]:
    return [SecretStr(new_key())]


@pytest.fixture
def workspaces(store: Store, clock: TestClock, keys: list[SecretStr]) -> WorkspaceHandler:
    return WorkspaceHandler(store, clock, "system", Sealing(keys))


def installation(
    key: str = "T1",
    token: str = "xoxb-planted-1",
    *,
    enterprise: str | None = None,
    refresh: str | None = None,
) -> NewInstallation:
    """What Slack would say of an installation."""
    return NewInstallation(
        id=key,
        name=f"Workspace {key}",
        enterprise_id=enterprise,
        tokens=Tokens(SecretStr(token), SecretStr(refresh) if refresh else None),
        expires_at=None,
        bot_user_id="UBOT",
        bot_id="BBOT",
        scopes=("chat:write", "commands"),
        installed_by="UINSTALLER",
    )
