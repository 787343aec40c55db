"""Webhooks: signed posts to a real server on the loopback."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

import anyio
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr, ValidationError
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.outbox.outcome import Later, Never, NotTried, Outcome, Sent, Unsure
from bot.outbox.payloads import WebhookEvent
from bot.outbox.webhook import LONGEST_WAIT, WebhookChannel, signature
from bot.outbox.webhooks import Webhook
from playground.serving import serving
from storage.records.delivery import Delivery
from tests.outbox.test_email import delivery as email
from tests.outbox.test_email import mine, not_mine

NOW = datetime(2026, 11, 20, 13, 5, tzinfo=UTC)
SECRET = SecretStr("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
EVENT = WebhookEvent(event="budget.exceeded", data={"budget": "Prod LLM", "spend": "5100.90"})


@dataclass
class Receiver:
    """Answers as it is told, and keeps what it is sent."""

    url: str = ""
    status: int = 204
    headers: Mapping[str, str] = field(default_factory=dict[str, str])
    seconds: float = 0
    got: list[tuple[Mapping[str, str], bytes]] = field(
        default_factory=list[tuple[Mapping[str, str], bytes]]
    )

    async def hear(self, request: Request) -> Response:
        self.got.append((request.headers, await request.body()))
        await anyio.sleep(self.seconds)
        return Response(status_code=self.status, headers=self.headers)


@asynccontextmanager
async def receiving() -> AsyncGenerator[Receiver]:
    receiver = Receiver()
    routes = [Route("/{path:path}", receiver.hear, methods=["GET", "POST"])]
    async with serving(Starlette(routes=routes)) as url:
        receiver.url = f"{url}/hook?token=hidden"
        yield receiver


def delivery(to: str = "ops") -> Delivery:
    return replace(email(), channel="webhook", address=to, payload=EVENT.as_json())


def channel(url: str, timeout: float = 5) -> WebhookChannel:
    webhook = Webhook(url=SecretStr(url), secret=SECRET)
    return WebhookChannel({"ops": webhook}, timedelta(seconds=timeout), lambda: NOW)


async def answered(
    status: int, headers: Mapping[str, str] | None = None
) -> tuple[Outcome, Receiver]:
    async with receiving() as receiver:
        receiver.status, receiver.headers = status, headers or {}
        return await channel(receiver.url).deliver(delivery(), mine), receiver


async def test_a_post_says_what_happened_and_is_signed() -> None:
    outcome, receiver = await answered(200)
    assert outcome == Sent("200")
    ((headers, body),) = receiver.got
    assert json.loads(body) == {
        "type": "budget.exceeded",
        "timestamp": "2026-11-20T13:00:00Z",
        "data": {"budget": "Prod LLM", "spend": "5100.90"},
    }
    name, when = headers["webhook-id"], headers["webhook-timestamp"]
    assert (name, when) == (delivery().digest, str(int(NOW.timestamp())))
    key = base64.b64decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
    right = hmac.new(key, f"{name}.{when}.".encode() + body, hashlib.sha256).digest()
    assert headers["webhook-signature"] == f"v1,{base64.b64encode(right).decode()}"


def test_the_signature_is_that_of_the_standards_own_example() -> None:
    secret = base64.b64decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
    signed = signature(secret, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, b'{"test": 2432232314}')
    assert signed == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


@given(body=st.binary(max_size=50), other=st.binary(max_size=50))
def test_another_body_has_another_signature(body: bytes, other: bytes) -> None:
    one, two = (signature(b"k" * 16, "id", 1, content) for content in (body, other))
    assert (one == two) == (body == other)


@pytest.mark.parametrize("status", [200, 201, 202, 204])
async def test_any_success_is_one(status: int) -> None:
    outcome, _ = await answered(status)
    assert isinstance(outcome, Sent)


@pytest.mark.parametrize("status", [408, 429, 500, 502, 503])
async def test_what_may_pass_is_tried_again(status: int) -> None:
    outcome, _ = await answered(status)
    assert outcome == Later(f"The webhook answered {status}.")


@pytest.mark.parametrize(
    ("status", "cure"), [(404, "gone"), (410, "gone"), (401, "secret"), (400, "does not take")]
)
async def test_what_will_not_pass_is_given_up_with_a_cure(status: int, cure: str) -> None:
    outcome, _ = await answered(status)
    assert isinstance(outcome, Never)
    assert cure in outcome.reason


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_no_redirect_is_followed_least_of_all_to_a_private_address(status: int) -> None:
    async with receiving() as private, receiving() as receiver:
        receiver.status, receiver.headers = status, {"Location": private.url}
        outcome = await channel(receiver.url).deliver(delivery(), mine)
    assert isinstance(outcome, Never)
    assert (len(receiver.got), private.got) == (1, [])


@pytest.mark.parametrize(
    ("value", "wait"),
    [
        ("120", timedelta(seconds=120)),
        ("Fri, 20 Nov 2026 13:06:00 GMT", timedelta(minutes=1)),
        ("999999999999", LONGEST_WAIT),
        ("Fri, 20 Nov 2026 13:00:00 GMT", None),
        ("soon", None),
        ("0", None),
    ],
)
async def test_retry_after_is_believed_within_reason(value: str, wait: timedelta | None) -> None:
    outcome, _ = await answered(503, {"Retry-After": value})
    assert isinstance(outcome, Later)
    assert outcome.after == wait


async def test_an_answer_that_does_not_come_leaves_it_in_doubt_under_the_same_name() -> None:
    async with receiving() as receiver:
        receiver.seconds = 5
        slow = channel(receiver.url, timeout=0.2)
        assert isinstance(await slow.deliver(delivery(), mine), Unsure)
        receiver.seconds = 0
        again = replace(delivery(), state="uncertain")
        assert isinstance(await slow.deliver(again, mine), Sent)
    names = [(headers["webhook-id"], headers["idempotency-key"]) for headers, _ in receiver.got]
    assert names == [(delivery().digest, delivery().digest)] * 2
    assert receiver.got[0][1] == receiver.got[1][1]


async def test_no_error_tells_the_address_which_may_hold_a_token() -> None:
    async with receiving() as receiver:
        url = receiver.url
    outcome = await channel(url).deliver(delivery(), mine)
    assert outcome == Later("The webhook could not be reached.")


async def test_a_webhook_that_is_not_set_is_given_up_by_name() -> None:
    outcome = await channel("https://example.com").deliver(delivery("finance"), mine)
    assert outcome == Never("There is no webhook 'finance': put it into COSTBOT_WEBHOOKS.")


async def test_what_is_not_this_workers_any_more_is_not_posted() -> None:
    async with receiving() as receiver:
        assert await channel(receiver.url).deliver(delivery(), not_mine) == NotTried()
    assert receiver.got == []


@pytest.mark.parametrize(
    ("url", "secret"),
    [
        ("ftp://example.com", "0123456789abcdef"),
        ("https://", "0123456789abcdef"),
        ("https://example.com", "too short"),
        ("https://example.com", "whsec_no base64 at all"),
    ],
)
def test_a_webhook_that_cannot_be_used_is_refused_without_its_secret(url: str, secret: str) -> None:
    with pytest.raises(ValidationError) as refused:
        Webhook(url=SecretStr(url), secret=SecretStr(secret))
    assert secret not in str(refused.value)
