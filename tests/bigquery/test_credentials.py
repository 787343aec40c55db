"""As whom BigQuery is asked: a key file, or what the machine has; never a guess, never a secret."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from analysis.errors import BadInput, Unavailable
from tests.bigquery.conftest import Asked, about


def secret_of(path: Path) -> str:
    return str(json.loads(path.read_text())["private_key"])


def rewrite(path: Path, **changes: str) -> None:
    path.write_text(json.dumps({**json.loads(path.read_text()), **changes}))


@pytest.fixture
def key(asked: Asked, tmp_path: Path) -> Path:
    """The key of an account that is let in; nobody else is."""
    path = tmp_path / "key.json"
    asked.warehouse.accounts.write_key_file(path, asked.url)
    asked.warehouse.requires_token = True
    return path


async def test_a_key_file_is_exchanged_for_a_token_once(asked: Asked, key: Path) -> None:
    jobs = asked.jobs(asked.access(key_file=key))
    for _ in range(3):
        assert (await jobs.run(about())).rows == [(10, 55.0)]
    assert [one.method for one in asked.warehouse.requests].count("token") == 1


async def test_a_token_that_is_not_taken_any_more_is_renewed(asked: Asked, key: Path) -> None:
    jobs = asked.jobs(asked.access(key_file=key))
    await jobs.run(about())
    asked.warehouse.accounts.revoke()
    assert (await jobs.run(about())).rows == [(10, 55.0)]
    assert [one.method for one in asked.warehouse.requests].count("token") == 2


async def test_a_key_that_was_revoked_is_named(asked: Asked, key: Path, tmp_path: Path) -> None:
    other = tmp_path / "newer.json"
    asked.warehouse.accounts.write_key_file(other, asked.url)
    with pytest.raises(BadInput) as refusal:
        await asked.jobs(asked.access(key_file=key)).run(about())
    assert refusal.value.sentence == f"Google refuses the key in {key}."
    assert "COSTBOT_BIGQUERY_KEY_FILE" in refusal.value.hint
    assert secret_of(key)[40:80] not in str(refusal.value)
    assert [record.outcome for record in asked.records] == ["failed"]


@pytest.mark.parametrize(
    "content",
    ["", "not JSON", "{}", '{"type": "service_account"}', '{"private_key": "secret-xyz"}'],
)
async def test_what_is_no_key_file_is_named_without_its_content(
    asked: Asked, tmp_path: Path, content: str
) -> None:
    path = tmp_path / "key.json"
    path.write_text(content)
    with pytest.raises(BadInput, match="is no key of a service account") as refusal:
        await asked.jobs(asked.access(key_file=path)).run(about())
    assert "secret-xyz" not in str(refusal.value)
    assert refusal.value.__cause__ is None
    assert asked.warehouse.requests == []


async def test_a_key_with_a_broken_secret_is_named(asked: Asked, key: Path) -> None:
    broken = "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"
    rewrite(key, private_key=broken)
    with pytest.raises(BadInput, match="is no key of a service account"):
        await asked.jobs(asked.access(key_file=key)).run(about())


async def test_a_key_file_that_is_not_there_is_named(asked: Asked, tmp_path: Path) -> None:
    access = asked.access(key_file=tmp_path / "nowhere.json")
    with pytest.raises(BadInput, match=r"nowhere\.json cannot be read: No such file"):
        await asked.jobs(access).run(about())


async def test_a_machine_without_credentials_is_told_how_to_get_some(
    asked: Asked, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CLOUDSDK_CONFIG", str(tmp_path))
    monkeypatch.setenv("NO_GCE_CHECK", "true")
    monkeypatch.delenv("GOOGLE_APPLICATION_CREDENTIALS", raising=False)
    access = asked.access(endpoint="https://127.0.0.1:9")
    with pytest.raises(BadInput, match="no Google credentials on this machine") as refusal:
        await asked.jobs(access).run(about())
    assert "gcloud auth application-default login" in refusal.value.hint
    assert "COSTBOT_BIGQUERY_KEY_FILE" in refusal.value.hint


async def test_a_sign_in_that_cannot_be_reached_is_no_fault_of_the_key(
    asked: Asked, key: Path
) -> None:
    rewrite(key, token_uri="http://127.0.0.1:9/token")
    with pytest.raises(Unavailable, match="sign-in cannot be reached"):
        await asked.jobs(asked.access(key_file=key)).run(about())
