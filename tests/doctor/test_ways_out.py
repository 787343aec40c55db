"""E-mail and webhooks as the doctor sees them: real servers are greeted, and nothing is sent."""

from __future__ import annotations

import asyncio

import pytest
from pydantic import SecretStr

from analysis.checks import Level
from bot.outbox.inspection import MailInspection, WebhookInspection
from bot.outbox.webhooks import Webhook
from tests.doctor.conftest import Deployment, found
from tests.outbox.test_email import postbox

SECRET = SecretStr("a-secret-of-some-length")


def mail(url: str, sender: str = "costbot@example.com") -> MailInspection:
    return MailInspection(SecretStr(url), sender, seconds=2)


def webhooks(**urls: str) -> WebhookInspection:
    named = {name: Webhook(url=SecretStr(url), secret=SECRET) for name, url in urls.items()}
    return WebhookInspection(named, seconds=5)


async def test_a_server_that_takes_the_password_passes_and_gets_no_message() -> None:
    async with postbox("pass word") as box:
        (check,) = await mail(f"smtp://bot:pass%20word@127.0.0.1:{box.port}?tls=no").inspect()
        assert box.messages == []
    assert check.level is Level.OK
    assert check.sentence == (
        f"The server 127.0.0.1:{box.port} answers without TLS, and takes the password."
    )


async def test_a_relay_that_asks_for_no_password_passes() -> None:
    async with postbox() as box:
        (check,) = await mail(f"smtp://127.0.0.1:{box.port}?tls=no").inspect()
    assert check.level is Level.OK
    assert check.sentence.endswith("asks for no password.")


async def test_a_wrong_password_is_a_fault_and_is_not_repeated() -> None:
    async with postbox("right") as box:
        (check,) = await mail(f"smtp://bot:hunter2@127.0.0.1:{box.port}?tls=no").inspect()
    assert check.level is Level.FAULT
    assert "does not take the password" in check.sentence
    assert "COSTBOT_SMTP_URL" in check.cure
    assert "hunter2" not in str(check)


async def test_a_server_without_starttls_is_a_fault_where_it_is_wanted() -> None:
    async with postbox() as box:
        (check,) = await mail(f"smtp://127.0.0.1:{box.port}").inspect()
    assert check.level is Level.FAULT
    assert "STARTTLS" in check.sentence


async def test_a_server_that_is_not_there_or_keeps_silent_is_a_fault() -> None:
    async with postbox() as box:
        port = box.port
    (gone,) = await mail(f"smtp://127.0.0.1:{port}?tls=no").inspect()
    (unknown,) = await mail("smtp://mail.invalid:25?tls=no").inspect()
    gone_again = asyncio.Event()

    async def keep_silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        writer.close()
        gone_again.set()

    async with await asyncio.start_server(keep_silent, "127.0.0.1", 0) as silent:
        url = SecretStr(f"smtp://127.0.0.1:{silent.sockets[0].getsockname()[1]}?tls=no")
        (mute,) = await MailInspection(url, "costbot@example.com", seconds=0.2).inspect()
        await gone_again.wait()
    for check in (gone, unknown, mute):
        assert check.level is Level.FAULT
        assert "cannot be spoken to" in check.sentence


@pytest.mark.parametrize(
    ("url", "sender"),
    [("smtp://bot:hunter2@mail.example.com?tls=no", "c@example.com"), ("smtp://relay", "nobody")],
)
async def test_settings_that_cannot_be_used_are_a_fault(url: str, sender: str) -> None:
    (check,) = await mail(url, sender).inspect()
    assert check.level is Level.FAULT
    assert check.cure
    assert "hunter2" not in str(check)


async def test_webhooks_are_judged_by_their_address_alone() -> None:
    checks = await webhooks(
        here="http://127.0.0.1:9/hook?token=hunter2",
        safe="https://localhost/hook?token=hunter2",
        open="http://0.0.0.0/hook",
        gone="https://hooks.invalid/hunter2",
    ).inspect()
    assert [(check.name, check.level) for check in checks] == [
        ("webhook here", Level.OK),
        ("webhook safe", Level.OK),
        ("webhook open", Level.WARNING),
        ("webhook gone", Level.FAULT),
    ]
    assert checks[3].sentence == "Nobody knows the host hooks.invalid."
    assert "hunter2" not in str(checks)


async def test_the_doctor_looks_at_what_is_set_up(deployment: Deployment) -> None:
    hook = {"url": "http://127.0.0.1:9/", "secret": SECRET.get_secret_value()}
    async with postbox() as box:
        examination = await deployment.examined(
            smtp_url=f"smtp://127.0.0.1:{box.port}?tls=no",
            smtp_from="costbot@example.com",
            webhooks={"ops": hook},
        )
    assert found(examination, "e-mail").level is Level.OK
    assert found(examination, "webhook ops").level is Level.OK
