"""Who may come in, run jobs and read tables."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, cast

import pytest
from google.auth.exceptions import InvalidOperation, RefreshError
from google.oauth2 import service_account

from playground.bigquery.server import Server
from playground.bigquery.warehouse import Warehouse
from tests.playground_bigquery.conftest import TABLE
from tests.playground_bigquery.real_client import ONCE, ask, connect, exceptions, reason_of

SQL = f"SELECT COUNT(*) AS n FROM `{TABLE}` WHERE dt = '2024-12-01'"


def with_key(server: Server, path: Path) -> Any:
    """A client with a key file's credentials."""
    accounts = cast("Any", service_account.Credentials)
    return connect(server.url, credentials=accounts.from_service_account_file(str(path)))


def test_a_key_file_opens_what_is_closed_to_others(
    server: Server, client: Any, tmp_path: Path
) -> None:
    server.warehouse.requires_token = True
    # The client would refresh its credentials after a 401, and has none to refresh.
    with pytest.raises(InvalidOperation, match="cannot be refreshed"):
        ask(client, SQL)
    assert [one.reason for one in server.warehouse.requests] == ["authError"]
    path = tmp_path / "key.json"
    server.warehouse.accounts.write_key_file(path, server.url)
    assert json.loads(path.read_text())["token_uri"] == f"{server.url}/token"
    assert path.stat().st_mode & 0o077 == 0
    opened = with_key(server, path)
    assert ask(opened, SQL) == [{"n": 3}]
    assert ask(opened, SQL) == [{"n": 3}]
    assert [one.method for one in server.warehouse.requests].count("token") == 1
    opened.close()


def test_a_token_that_is_revoked_is_fetched_anew(server: Server, tmp_path: Path) -> None:
    warehouse = server.warehouse
    warehouse.requires_token = True
    warehouse.accounts.write_key_file(tmp_path / "key.json", server.url)
    client = with_key(server, tmp_path / "key.json")
    ask(client, SQL)
    warehouse.accounts.revoke()
    assert ask(client, SQL) == [{"n": 3}]
    assert [(one.method, one.status) for one in warehouse.requests] == [
        ("token", 200),
        ("jobs.query", 200),
        ("jobs.query", 401),
        ("token", 200),
        ("jobs.query", 200),
    ]
    client.close()


def test_a_key_that_was_replaced_opens_nothing(server: Server, tmp_path: Path) -> None:
    old, new = tmp_path / "old.json", tmp_path / "new.json"
    server.warehouse.requires_token = True
    server.warehouse.accounts.write_key_file(old, server.url)
    server.warehouse.accounts.write_key_file(new, server.url)
    client = with_key(server, old)
    with pytest.raises(RefreshError, match="Invalid JWT Signature"):
        ask(client, SQL)
    client.close()
    stranger = json.loads(old.read_text()) | {"client_email": "nobody@else"}
    old.write_text(json.dumps(stranger))
    client = with_key(server, old)
    with pytest.raises(RefreshError, match="account not found"):
        ask(client, SQL)
    client.close()


def test_a_project_can_forbid_jobs(client: Any, warehouse: Warehouse) -> None:
    warehouse.forbid(project="execution")
    for attempt in (
        lambda: ask(client, SQL),
        lambda: client.query(SQL, retry=ONCE, job_retry=None),
    ):
        with pytest.raises(exceptions.Forbidden, match=r"bigquery\.jobs\.create") as caught:
            attempt()
        assert reason_of(caught.value) == "accessDenied"
    assert warehouse.jobs == []
    assert client.get_table(TABLE).num_rows == 15
    warehouse.allow(project="execution")
    assert ask(client, SQL) == [{"n": 3}]


def test_a_table_can_be_forbidden(client: Any, warehouse: Warehouse) -> None:
    warehouse.forbid(table=TABLE)
    with pytest.raises(
        exceptions.Forbidden, match=r"permission to query table data:costs\.requests"
    ):
        ask(client, SQL)
    assert warehouse.jobs[0].reason == "accessDenied"
    with pytest.raises(exceptions.Forbidden, match=r"bigquery\.tables\.get denied"):
        client.get_table(TABLE, retry=ONCE)
    warehouse.allow(table=TABLE)
    assert ask(client, SQL) == [{"n": 3}]
