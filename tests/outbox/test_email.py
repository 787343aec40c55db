"""E-mail through a real SMTP server on the loopback."""

from __future__ import annotations

import asyncio
import warnings
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import cast

import pytest
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from pydantic import SecretStr

from analysis.errors import BadInput
from bot.outbox.email import EmailChannel
from bot.outbox.mail_server import parse_server
from bot.outbox.outcome import Later, Never, NotTried, Outcome, Sent, Unsure
from bot.outbox.payloads import EmailMessagePayload
from storage.records.delivery import Delivery, DeliveryState, digest_of

ADDED = datetime(2026, 11, 20, 13, tzinfo=UTC)
OVER = EmailMessagePayload(subject="Prod LLM — exceeded", text="Spent $5,100.90 of $5,000.00.\n")


@dataclass
class Postbox:
    """A server that keeps what it is given.

    Attributes:
        answers: what it says to messages, in their order, before it takes them.
        keeps_silent: it takes a message and then says nothing.
    """

    port: int = 0
    answers: list[str] = field(default_factory=list[str])
    keeps_silent: bool = False
    messages: list[EmailMessage] = field(default_factory=list[EmailMessage])

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name for it
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if address.startswith("nobody@"):
            return "550 5.1.1 no such user"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(  # noqa: N802 - aiosmtpd's name for it
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        if self.answers:
            return self.answers.pop(0)
        content = envelope.original_content
        assert content is not None
        self.messages.append(message_from_bytes(content, policy=default))
        if self.keeps_silent:
            await asyncio.sleep(30)
        return "250 OK"


@asynccontextmanager
async def postbox(password: str | None = None) -> AsyncGenerator[Postbox]:
    box = Postbox()

    def let_in(_: SMTP, __: Session, ___: Envelope, ____: str, data: object) -> AuthResult:
        given = data.password if isinstance(data, LoginPassword) else b""
        right = password is not None and given == password.encode()
        return AuthResult(success=right, handled=right)

    def answering() -> SMTP:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of passwords without TLS: this is the loopback
            return SMTP(
                box,
                hostname="localhost",
                auth_required=password is not None,
                auth_require_tls=False,
                authenticator=let_in,
            )

    server = await asyncio.get_running_loop().create_server(answering, "127.0.0.1", 0)
    box.port = int(server.sockets[0].getsockname()[1])
    try:
        yield box
    finally:
        server.close()


def channel_to(port: int, login: str = "", timeout: float = 5) -> EmailChannel:
    url = SecretStr(f"smtp://{login}127.0.0.1:{port}?tls=no")
    return EmailChannel(parse_server(url, "costbot@example.com"), timedelta(seconds=timeout))


def delivery(
    payload: EmailMessagePayload = OVER,
    to: str = "ada@example.com",
    state: DeliveryState = "claimed",
) -> Delivery:
    return Delivery(
        id=1,
        key="budget 1|2026-11|exceeded|ada@example.com",
        channel="email",
        address=to,
        payload=payload.as_json(),
        group=None,
        digest=digest_of("budget 1|2026-11|exceeded|ada@example.com"),
        state=state,
        attempts=1,
        next_at=ADDED,
        claimed_by="one",
        claimed_until=ADDED,
        sent_at=None,
        remote_id=None,
        last_error="",
        created_at=ADDED,
    )


async def mine() -> bool:
    return True


async def not_mine() -> bool:
    return False


async def sent(channel: EmailChannel, one: Delivery) -> Outcome:
    return await channel.deliver(one, mine)


async def test_a_message_arrives_with_its_words_and_a_name_made_of_its_key() -> None:
    payload = OVER.model_copy(update={"html": "<p>Spent</p>", "root": "the warning"})
    async with postbox() as box:
        outcome = await sent(channel_to(box.port), delivery(payload))
    (message,) = box.messages
    name = f"<{delivery().digest[:40]}@example.com>"
    assert outcome == Sent(name)
    assert message["Message-ID"] == name
    assert (message["From"], message["To"]) == ("costbot@example.com", "ada@example.com")
    assert (message["Subject"], message["Auto-Submitted"]) == (OVER.subject, "auto-generated")
    assert message["In-Reply-To"] == f"<{digest_of('the warning')[:40]}@example.com>"
    plain, html = (message.get_body((kind,)) for kind in ("plain", "html"))
    assert plain is not None
    assert html is not None
    assert plain.get_content().replace("\r\n", "\n") == OVER.text
    assert html.get_content().strip() == "<p>Spent</p>"


async def test_what_is_sent_twice_is_the_same_to_the_last_header() -> None:
    plain = delivery()
    async with postbox() as box:
        for _ in range(2):
            assert isinstance(await sent(channel_to(box.port), plain), Sent)
    first, second = box.messages
    assert first.as_bytes() == second.as_bytes()


async def test_a_server_that_takes_a_message_and_falls_silent_leaves_it_in_doubt(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async with postbox() as box:
        box.keeps_silent = True
        outcome = await sent(channel_to(box.port, timeout=0.3), delivery())
    assert isinstance(outcome, Unsure)
    assert len(box.messages) == 1
    assert "may arrive twice, under one Message-ID" in caplog.text


async def test_a_server_that_is_not_there_is_tried_later() -> None:
    async with postbox() as box:
        port = box.port
    for state, unsure in (("claimed", False), ("uncertain", True)):
        outcome = await sent(channel_to(port), delivery(state=cast("DeliveryState", state)))
        assert isinstance(outcome, Later)
        assert outcome.is_unsure == unsure


@pytest.mark.parametrize(
    ("answer", "meaning"),
    [
        ("451 4.7.1 greylisted, try again", Later),
        ("421 4.3.2 shutting down", Later),
        ("554 5.7.1 spam", Never),
        ("552 5.2.2 mailbox full", Never),
    ],
)
async def test_what_the_server_says_decides_whether_it_is_tried_again(
    answer: str, meaning: type[Outcome]
) -> None:
    async with postbox() as box:
        box.answers = [answer]
        outcome = await sent(channel_to(box.port), delivery())
    assert isinstance(outcome, meaning)
    assert answer[:3] in str(outcome)
    assert box.messages == []


async def test_an_address_that_is_none_is_given_up_and_named() -> None:
    async with postbox() as box:
        refused = await sent(channel_to(box.port), delivery(to="nobody@example.com"))
        none = [
            await sent(channel_to(box.port), delivery(to=to))
            for to in ("ada", "a@b\r\nBcc: x@y.z", "ada@example.com, bob@example.com", "")
        ]
    assert isinstance(refused, Never)
    assert "550" in refused.reason
    assert all(
        isinstance(outcome, Never) and "no e-mail address" in outcome.reason for outcome in none
    )
    assert box.messages == []


async def test_a_password_is_given_and_a_wrong_one_is_no_reason_to_give_up() -> None:
    async with postbox("pass word") as box:
        right = await sent(channel_to(box.port, "bot:pass%20word@"), delivery())
        wrong = await sent(channel_to(box.port, "bot:other@"), delivery())
    assert isinstance(right, Sent)
    assert isinstance(wrong, Later)
    assert "COSTBOT_SMTP_URL" in wrong.reason
    assert "other" not in wrong.reason


async def test_what_is_not_this_workers_any_more_is_not_sent() -> None:
    async with postbox() as box:
        assert await channel_to(box.port).deliver(delivery(), not_mine) == NotTried()
    assert box.messages == []


async def test_without_tls_nothing_is_sent_where_tls_is_wanted() -> None:
    async with postbox() as box:
        server = parse_server(SecretStr(f"smtp://127.0.0.1:{box.port}"), "costbot@example.com")
        outcome = await sent(EmailChannel(server, timedelta(seconds=5)), delivery())
    assert isinstance(outcome, Later)
    assert box.messages == []


@pytest.mark.parametrize(
    ("url", "port", "tls"),
    [
        ("smtp://mail.example.com", 587, "starttls"),
        ("smtps://bot:s%3Acret@mail.example.com", 465, "at_once"),
        ("smtp://relay:25?tls=no", 25, "no"),
    ],
)
def test_a_servers_address_says_where_it_is_and_how_it_is_spoken_to(
    url: str, port: int, tls: str
) -> None:
    server = parse_server(SecretStr(url), "costbot@example.com")
    assert (server.port, server.tls) == (port, tls)
    if server.password is not None:
        assert server.password.get_secret_value() == "s:cret"


@pytest.mark.parametrize(
    "url",
    [
        "mail.example.com",
        "http://mail.example.com",
        "smtp://",
        "smtp://host:seven",
        "smtp://host?tls=maybe",
        "smtps://host?tls=no",
        "smtp://bot:secret@mail.example.com?tls=no",
    ],
)
def test_an_address_that_cannot_be_used_is_refused_without_being_repeated(url: str) -> None:
    with pytest.raises(BadInput) as refused:
        parse_server(SecretStr(url), "costbot@example.com")
    assert "secret" not in str(refused.value)


def test_a_sender_that_is_no_address_is_refused() -> None:
    with pytest.raises(BadInput, match="no e-mail address"):
        parse_server(SecretStr("smtp://mail.example.com"), "costbot")
