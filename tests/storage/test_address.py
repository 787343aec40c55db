from __future__ import annotations

import logging
import traceback
from pathlib import Path

import pytest
from pydantic import SecretStr

from analysis.clock import system_clock
from analysis.errors import BadInput, Unavailable
from storage import Store
from storage.addresses import parse_address
from tests.stores import Postgres

PASSWORD = "hunter2-secret"


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+asyncpg"])
def test_postgresql_may_be_written_in_any_of_its_ways(scheme: str) -> None:
    url = parse_address(f"{scheme}://user:{PASSWORD}@host/costbot")
    assert url.drivername == "postgresql+asyncpg"
    assert url.password == PASSWORD


@pytest.mark.parametrize(
    "address",
    [
        "",
        "nonsense",
        f"://user:{PASSWORD}@host/db",
        f"postgresql://user:{PASSWORD}@host:port/db",
        f"mysql://user:{PASSWORD}@host/db",
        "sqlite://",
        "sqlite:///:memory:",
    ],
)
def test_an_address_that_cannot_be_used_is_refused_without_repeating_it(address: str) -> None:
    with pytest.raises(BadInput) as refused:
        Store(SecretStr(address), system_clock)
    told = "".join(traceback.format_exception(refused.value))
    assert "postgresql+asyncpg://user:password@host/database" in refused.value.hint
    assert PASSWORD not in told


async def test_a_server_that_is_not_there_is_unavailable_and_its_password_stays_secret(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    store = Store(f"postgresql://me:{PASSWORD}@/costbot?host={tmp_path}", system_clock)
    with pytest.raises(Unavailable, match="The store does not answer") as silent:
        await store.people.find("T1", "U1")
    await store.close()
    assert PASSWORD not in str(silent.value) + repr(store) + caplog.text
    assert "me:***@" in str(silent.value)
    assert "me:***@" in repr(store)


async def test_a_database_that_is_not_there_is_unavailable(postgres: Postgres) -> None:
    store = Store(postgres.address("nowhere"), system_clock)
    with pytest.raises(Unavailable, match="The store does not answer"):
        await store.migrate()
    await store.close()


async def test_a_role_that_is_not_let_in_is_unavailable(postgres: Postgres) -> None:
    stranger = postgres.address("postgres").replace("postgres@", f"stranger:{PASSWORD}@")
    store = Store(stranger, system_clock)
    with pytest.raises(Unavailable, match="The store does not answer") as silent:
        await store.migrate()
    await store.close()
    assert PASSWORD not in "".join(traceback.format_exception(silent.value))


async def test_a_folder_in_place_of_a_file_is_unavailable(tmp_path: Path) -> None:
    store = Store(f"sqlite+aiosqlite:///{tmp_path}", system_clock)
    with pytest.raises(Unavailable, match="The store does not answer"):
        await store.people.find("T1", "U1")
    await store.close()


async def test_the_password_is_in_no_log_of_a_working_store(
    postgres: Postgres, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    address = (await postgres.new_database()).replace("postgres@", f"postgres:{PASSWORD}@")
    store = Store(SecretStr(address), system_clock)
    await store.migrate()
    assert await store.prices.unit_prices()
    await store.close()
    assert caplog.text
    assert PASSWORD not in caplog.text


def test_a_store_tells_what_it_is_kept_in(tmp_path: Path) -> None:
    assert Store(f"sqlite:///{tmp_path}/a", system_clock).kind == "sqlite"
    assert Store("postgres://me@host/db", system_clock).kind == "postgresql"
