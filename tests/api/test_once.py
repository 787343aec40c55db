"""A request that is sent again under its key is not done again, whatever happens between."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator, Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import pytest_asyncio
from fastapi import Request, Response

from analysis.errors import Outdated, Unavailable
from api.once import LEASE, Once
from storage import Store
from storage.records.kept_answer import RequestKey
from tests.api.world import CALLERS, Answered, Api
from tests.stores import TestClock, sqlite_store

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def create(
    api: Api, name: str, key: str | None, token: str = "acme-admin", **fields: object
) -> Answered:
    body = {"name": name, "budget_type": "monthly", "total_limit": "100", **fields}
    headers = {"Content-Type": "application/json"}
    if key is not None:
        headers["Idempotency-Key"] = key
    return await api.ask("POST", "/budgets", token, data=json.dumps(body), headers=headers)


async def named(api: Api, name: str) -> list[Any]:
    found = await api.get("/budgets", "admin", params={"name": name})
    return found.body["budgets"]


async def test_a_repeated_request_is_answered_alike_and_does_nothing(decided: Api) -> None:
    first = await create(decided, "Once", "once")
    again = await create(decided, "Once", '"once"')  # as structured fields write it
    assert (first.status, again.status) == (201, 201)
    assert again.text == first.text
    kept = ("location", "etag", "content-type", "cache-control", "vary")
    assert [again.headers[one] for one in kept] == [first.headers[one] for one in kept]
    assert "idempotent-replayed" not in first.headers
    assert again.headers["idempotent-replayed"] == "true"
    assert len(await named(decided, "Once")) == 1


async def test_a_key_is_of_one_request(decided: Api) -> None:
    await create(decided, "Of one", "of one")
    other = await create(decided, "Of another", "of one")
    assert (other.status, list(other.body["faults"])) == (422, ["header.Idempotency-Key"])
    generate = {"Idempotency-Key": "of one"}
    elsewhere = await decided.ask(
        "POST", "/recommendations/generate", "acme-admin", headers=generate
    )
    assert elsewhere.status == 422
    assert await named(decided, "Of another") == []


async def test_a_key_is_of_its_caller(decided: Api) -> None:
    for token in ("acme-admin", "globex-admin"):
        found = await create(decided, "Of a caller", "shared", token)
        assert (found.status, "idempotent-replayed" in found.headers) == (201, False)
    whose = {one["organization_id"] for one in await named(decided, "Of a caller")}
    assert whose == {"acme", "globex"}


async def test_a_refusal_leaves_the_key_free(decided: Api) -> None:
    refused = await create(decided, "Free", "free", warning_threshold="0.99")
    assert refused.status == 422
    mended = await create(decided, "Free", "free", warning_threshold="0.9")
    assert (mended.status, "idempotent-replayed" in mended.headers) == (201, False)


@pytest.mark.parametrize("key", ["", '""', "ä", '"a', "x" * 256, "a b"], ids=repr)
async def test_what_is_no_key_is_refused(decided: Api, key: str) -> None:
    found = await create(decided, "No key", key)
    assert (found.status, list(found.body["faults"])) == (422, ["header.Idempotency-Key"])


async def test_without_a_key_a_request_is_a_request(decided: Api) -> None:
    assert (await create(decided, "Without", None)).status == 201
    assert (await create(decided, "Without", None)).status == 422  # the name is taken


async def test_of_many_at_once_one_is_done(decided: Api) -> None:
    found = await asyncio.gather(*(create(decided, "Many", "many") for _ in range(6)))
    assert {one.status for one in found} <= {201, 409}
    for one in found:
        if one.status == 409:
            assert int(one.headers["retry-after"]) > 0
    assert len(await named(decided, "Many")) == 1
    last = await create(decided, "Many", "many")
    assert last.headers["idempotent-replayed"] == "true"


async def test_a_drawing_is_answered_again_too(decided: Api) -> None:
    headers = {"Idempotency-Key": str(uuid4())}
    found = [
        await decided.ask("POST", "/recommendations/generate", "globex-admin", headers=headers)
        for _ in range(2)
    ]
    assert found[0].status == 200
    assert found[0].text == found[1].text
    assert found[1].headers["idempotent-replayed"] == "true"


WORK = RequestKey(
    organization="acme",
    caller="API/acme-admin",
    key="k",
    fingerprint=sha256(b"POST /x?\n{}").hexdigest(),
)
"""What `asked` asks for."""


def asked() -> Request:
    async def receive() -> dict[str, object]:
        return {"type": "http.request", "body": b"{}", "more_body": False}

    headers = [(b"idempotency-key", b"k")]
    scope: dict[str, object] = {"type": "http", "method": "POST", "path": "/x", "headers": headers}
    scope |= {"query_string": b"", "server": ("x", 80), "scheme": "http", "root_path": ""}
    request = Request(scope, receive)
    request.state.caller = CALLERS["acme-admin"]
    return request


@dataclass
class Works:
    """Requests under one key that write, and then go wrong or not."""

    store: Store
    clock: TestClock

    async def ask(self, then: Callable[[], Awaitable[None]] | None = None) -> Response:
        async def work() -> Response:
            if then is not None:
                await then()
            await self.store.inbound.claim(str(uuid4()))
            return Response('{"done": true}', 201, media_type="application/json")

        return await Once(self.store).answered(asked(), work)

    async def fail(self, error: BaseException) -> None:
        async def work() -> Response:
            await self.store.inbound.claim(str(uuid4()))
            raise error

        with pytest.raises(type(error)):
            await Once(self.store).answered(asked(), work)

    async def done(self) -> int:
        """How often something was done."""
        return await self.store.inbound.forget_before(self.clock() + timedelta(days=1))


@pytest_asyncio.fixture(loop_scope="session")
async def works(tmp_path: Path) -> AsyncGenerator[Works]:
    clock = TestClock()
    async with sqlite_store(tmp_path, clock) as store:
        yield Works(store, clock)


@pytest.mark.parametrize(
    "error", [Unavailable("silent"), ZeroDivisionError(), asyncio.CancelledError()], ids=repr
)
async def test_what_fails_behind_a_write_has_written_nothing_and_can_be_asked_again(
    works: Works, error: BaseException
) -> None:
    await works.fail(error)
    assert await works.done() == 0
    assert (await works.ask()).status_code == 201
    assert await works.done() == 1


async def test_who_has_died_between_is_waited_for_and_then_it_is_done(works: Works) -> None:
    await works.store.kept_answers.claim(WORK, LEASE)  # and nothing more is ever heard
    told = await works.ask()
    assert (told.status_code, told.headers["retry-after"]) == (409, "5")
    assert await works.done() == 0
    works.clock.advance(LEASE)
    assert (await works.ask()).status_code == 201
    assert (await works.ask()).headers["idempotent-replayed"] == "true"
    assert await works.done() == 1


async def test_who_was_taken_for_dead_and_is_not_changes_nothing_any_more(
    works: Works, tmp_path: Path
) -> None:
    other = Works(Store(f"sqlite+aiosqlite:///{tmp_path}/store.sqlite3", works.clock), works.clock)

    async def meanwhile() -> None:
        works.clock.advance(LEASE)
        assert (await other.ask()).status_code == 201

    with pytest.raises(Outdated, match="taken over"):
        await works.ask(meanwhile)
    assert (await works.ask()).headers["idempotent-replayed"] == "true"
    assert await works.done() == 1
    await other.store.close()
