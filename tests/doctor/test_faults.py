"""Each fault is produced for real, and told with the next step: all that is no part of BigQuery's.

A row of the table is a way to break a deployment, the check that tells it, words of the sentence
and words of the cure.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from aiohttp import web
from pydantic import SecretStr

from analysis.checks import Check, Level
from analysis.clock import system_clock
from analysis.roles import Role
from bot.assembly import assembled, opened_store
from bot.doctor import doctor_opened
from bot.inspections import WAITING_LONG, env_file_checks
from bot.settings import Settings
from bot.slack.inspection import SlackInspection
from bot.slack.reaching import AddressInspection
from bot.stage import staged
from handlers.workspaces.sealing import Sealing, Tokens, new_key
from storage.records.delivery import NewDelivery
from storage.records.person import Person
from storage.records.workspace import Workspace
from tests.api_tokens.issuer import Issuer, issuing, rs256, rsa_key
from tests.house.project import ROOT
from tests.stores import TestClock

SECRET = "0123456789abcdef" * 2


@dataclass
class Broken:
    """A deployment that is broken by a row of the table.

    Attributes:
        home: costbot's folder.
        stack: closes what the row has opened.
        settings: that the row has changed.
        clock: of the doctor.
    """

    home: Path
    stack: AsyncExitStack
    settings: dict[str, object]
    clock: Callable[[], datetime] = system_clock

    async def issuer(self) -> Issuer:
        """An OpenID provider that is well."""
        issuer = await self.stack.enter_async_context(issuing(TestClock(), rs256()))
        self.settings |= {"oidc_issuer": issuer.url, "oidc_audience": "costbot"}
        return issuer

    async def serving(self, answer: Callable[[], web.Response]) -> str:
        """Something that answers every request so, as costbot's public address."""

        async def on_any(request: web.Request) -> web.Response:
            del request
            return answer()

        app = web.Application()
        app.router.add_route("*", "/{rest:.*}", on_any)
        runner = web.AppRunner(app)
        await runner.setup()
        self.stack.push_async_callback(runner.cleanup)
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        url = f"http://127.0.0.1:{runner.addresses[0][1]}"
        self.settings |= {"public_url": url, "slack_signing_secret": SECRET}
        return url

    async def examined(self) -> list[Check]:
        settings = Settings(_env_file=None, home=self.home, **self.settings)  # pyright: ignore[reportCallIssue, reportArgumentType]
        async with doctor_opened(settings, self.clock) as doctor:
            return list((await doctor.examine()).checks)


async def a_provider_that_is_not_there(broken: Broken) -> None:
    broken.settings |= {"oidc_issuer": "http://127.0.0.1:9", "oidc_audience": "costbot"}


async def a_provider_without_a_document(broken: Broken) -> None:
    url = await broken.serving(lambda: web.Response(status=404))
    broken.settings = {"oidc_issuer": url, "oidc_audience": "costbot"}


async def another_issuer(broken: Broken) -> None:
    (await broken.issuer()).discovery["issuer"] = "https://login.example.com"


async def an_issuer_with_a_slash_more(broken: Broken) -> None:
    issuer = await broken.issuer()
    issuer.discovery["issuer"] = f"{issuer.url}/"


async def a_document_without_keys(broken: Broken) -> None:
    (await broken.issuer()).discovery["jwks_uri"] = None


async def keys_that_cannot_be_read(broken: Broken) -> None:
    (await broken.issuer()).broken = web.Response(text="<html>")


async def keys_that_are_too_short(broken: Broken) -> None:
    issuer = await broken.issuer()
    issuer.keys = [replace(rs256(), private=rsa_key(bits=1024)).public()]


async def keys_elsewhere_that_are_not_there(broken: Broken) -> None:
    await broken.issuer()
    broken.settings["oidc_jwks_url"] = "http://127.0.0.1:9/keys"


async def nothing_at_the_address(broken: Broken) -> None:
    broken.settings |= {"public_url": "http://127.0.0.1:9", "slack_signing_secret": SECRET}


async def something_else_at_the_address(broken: Broken) -> None:
    await broken.serving(lambda: web.Response(text="It works!"))


async def a_proxy_alone_at_the_address(broken: Broken) -> None:
    await broken.serving(lambda: web.Response(status=502))


async def a_login_at_the_address(broken: Broken) -> None:
    await broken.serving(lambda: web.Response(status=403))


async def an_address_that_leads_elsewhere(broken: Broken) -> None:
    await broken.serving(lambda: web.Response(status=308, headers={"Location": "/there"}))


async def costbot_with_another_secret(broken: Broken) -> None:
    await broken.serving(lambda: web.Response(status=401, text='{"error": "invalid request"}'))


async def everybody_an_admin(broken: Broken) -> None:
    broken.settings |= {"default_role": "admin", "default_organization": "acme"}


async def a_message_that_was_given_up(broken: Broken) -> None:
    async with opened_store(Settings(home=broken.home)) as store:
        await store.deliveries.add(_message())
        (one,) = await store.deliveries.claim(system_clock(), "w", 1, timedelta(minutes=1))
        await store.deliveries.failed(one.id, "w", "no such channel", next_at=None)


async def a_message_that_waits(broken: Broken) -> None:
    async with opened_store(Settings(home=broken.home)) as store:
        await store.deliveries.add(_message())
    broken.clock = lambda: system_clock() + WAITING_LONG + timedelta(minutes=1)


def _message() -> NewDelivery:
    return NewDelivery(key="k", channel="slack", address="C1", payload={"text": "x"})


async def a_client_id_alone(broken: Broken) -> None:
    broken.settings |= {"slack_client_id": "1.2"}


async def installing_without_a_key(broken: Broken) -> None:
    broken.settings |= {
        "slack_client_id": "1.2",
        "slack_client_secret": "s",
        "slack_signing_secret": SECRET,
    }


async def a_key_that_is_none(broken: Broken) -> None:
    await installing_without_a_key(broken)
    broken.settings["encryption_keys"] = "hunter2"


async def a_key_that_was_lost(broken: Broken) -> None:
    sealed = Sealing([SecretStr(new_key())]).seal("T1", Tokens(SecretStr("xoxb-hunter2")))
    async with opened_store(Settings(home=broken.home)) as store:
        one = Workspace(id="T1", name="Acme", sealed=sealed, installed_at=datetime.now(UTC))
        await store.workspaces.add(one)
    await installing_without_a_key(broken)
    broken.settings["encryption_keys"] = new_key()


async def usage_that_cannot_be_imported(broken: Broken) -> None:
    folder = broken.home / "ingest"
    folder.mkdir(parents=True)
    (folder / "1.damaged").write_text("{")


FAULT, WARNING = Level.FAULT, Level.WARNING
TABLE: list[tuple[Callable[[Broken], Awaitable[None]], str, Level, str, str]] = [
    (a_provider_that_is_not_there, "OpenID provider", FAULT, "cannot be read", "COSTBOT_OIDC_"),
    (a_provider_without_a_document, "OpenID provider", FAULT, "answered 404", "without /.well"),
    (another_issuer, "OpenID provider", FAULT, "is another", "=https://login.example.com"),
    (an_issuer_with_a_slash_more, "OpenID provider", FAULT, "by a slash", "to the letter"),
    (a_document_without_keys, "OpenID provider", FAULT, "names no keys", "COSTBOT_OIDC_JWKS_URL"),
    (keys_that_cannot_be_read, "OpenID keys", FAULT, "no JSON object", "COSTBOT_OIDC_JWKS_URL"),
    (keys_that_are_too_short, "OpenID keys", FAULT, "None of the keys", "2048 bits or more"),
    (keys_elsewhere_that_are_not_there, "OpenID keys", FAULT, "Connection refused", "reaches it"),
    (nothing_at_the_address, "public address", FAULT, "Connection refused", "`costbot serve`"),
    (something_else_at_the_address, "public address", FAULT, "is not costbot", "Lead that path"),
    (a_proxy_alone_at_the_address, "public address", FAULT, "A proxy answers", "where the proxy"),
    (a_login_at_the_address, "public address", FAULT, "refuses requests", "without a login"),
    (an_address_that_leads_elsewhere, "public address", FAULT, "leads elsewhere", "PUBLIC_URL"),
    (costbot_with_another_secret, "public address", FAULT, "the signature", "SIGNING_SECRET"),
    (everybody_an_admin, "people", FAULT, "cannot all be admins", "COSTBOT_DEFAULT_ROLE"),
    (a_message_that_was_given_up, "outbox", WARNING, "1 message could not", "outbox dead"),
    (a_message_that_waits, "outbox", WARNING, "1 by slack", "`costbot serve` runs"),
    (a_client_id_alone, "Slack installing", FAULT, "go together", "Basic Information"),
    (installing_without_a_key, "Slack installing", FAULT, "no key", "workspaces new-key"),
    (a_key_that_is_none, "Slack installing", FAULT, "Key 1", "COSTBOT_ENCRYPTION_KEYS"),
    (a_key_that_was_lost, "Slack T1", FAULT, "cannot be read with any key", "install costbot"),
    (usage_that_cannot_be_imported, "usage", WARNING, "could not be imported", "import usage"),
]


@asynccontextmanager
async def breaking(home: Path) -> AsyncGenerator[Broken]:
    async with AsyncExitStack() as stack:
        yield Broken(home, stack, {})


@pytest.mark.parametrize(
    ("breaks", "name", "level", "sentence", "cure"),
    TABLE,
    ids=[row[0].__name__ for row in TABLE],
)
async def test_a_fault_is_told_with_its_next_step(
    tmp_path: Path,
    breaks: Callable[[Broken], Awaitable[None]],
    name: str,
    level: Level,
    sentence: str,
    cure: str,
) -> None:
    async with breaking(tmp_path) as broken:
        await breaks(broken)
        checks = await broken.examined()
    found = [check for check in checks if check.name == name and check.level is level]
    assert len(found) == 1, checks
    assert sentence in found[0].sentence
    assert cure in found[0].cure
    assert "hunter2" not in str(checks)
    assert SECRET not in str(checks)


def test_every_check_is_on_the_page_of_the_doctor() -> None:
    page = (ROOT / "docs" / "doctor.md").read_text(encoding="utf-8")
    names = {row[1].replace("Slack T1", "Slack T…") for row in TABLE}
    assert [name for name in sorted(names | {".env", "clock"}) if name not in page] == []


async def test_a_provider_that_is_well_passes(tmp_path: Path) -> None:
    async with breaking(tmp_path) as broken:
        await broken.issuer()
        checks = [check for check in await broken.examined() if check.name.startswith("OpenID")]
    assert [check.level for check in checks] == [Level.OK, Level.OK]
    assert "tokens for costbot are taken" in checks[1].sentence


async def test_costbot_at_its_address_passes_with_the_right_secret_alone(tmp_path: Path) -> None:
    async with assembled(Settings(home=tmp_path)) as parts, staged(parts) as stage:
        (app,) = stage.slack.workspace.apps.values()
        url = app.request_url.removesuffix("/slack/events")
        right = AddressInspection(url, SecretStr(app.signing_secret))
        wrong = AddressInspection(url, SecretStr(SECRET))
        late = replace(right, clock=lambda: system_clock() - timedelta(minutes=6))
        (there,), (other,), (old,) = [await one.inspect() for one in (right, wrong, late)]
    # It answers; Slack itself would want TLS.
    assert (there.level, other.level, old.level) == (Level.WARNING, Level.FAULT, Level.FAULT)
    assert "https://" in there.cure
    assert "5 minutes" in old.cure


@pytest.mark.parametrize(
    ("minutes", "level"), [(0.5, None), (2, Level.WARNING), (-2, Level.WARNING), (30, Level.FAULT)]
)
async def test_a_clock_that_is_off_is_told_by_slacks(
    tmp_path: Path, minutes: float, level: Level | None
) -> None:
    async with breaking(tmp_path) as broken:
        said = {"ok": True, "team": "Acme", "user": "costbot"}
        url = await broken.serving(lambda: web.json_response(said))  # with the time, as Slack
        inspection = SlackInspection(
            SecretStr("xoxb-1"),
            None,
            SecretStr(SECRET),
            f"{url}/api/",
            lambda: system_clock() + timedelta(minutes=minutes),
        )
        found = [check.level for check in await inspection.inspect() if check.name == "clock"]
    assert found == ([] if level is None else [level])


def test_a_file_of_settings_that_others_may_read_is_told(tmp_path: Path) -> None:
    path = tmp_path / ".env"
    assert env_file_checks(path) == []
    path.write_text("COSTBOT_PORT=8000\n")
    path.chmod(0o644)
    assert env_file_checks(path) == []
    path.write_text("COSTBOT_SLACK_BOT_TOKEN=hunter2\n")
    (check,) = env_file_checks(path)
    assert (check.level, check.cure) == (Level.WARNING, f"chmod 600 {path}")
    assert "hunter2" not in str(check)
    path.chmod(0o600)
    assert env_file_checks(path) == []
    path.write_bytes(b"\xff")
    assert env_file_checks(path)[0].level is Level.FAULT


async def test_that_nobody_is_an_admin_is_told_until_somebody_is(tmp_path: Path) -> None:
    ada = Person(
        team_id="T1",
        user_id="U1",
        name="Ada",
        organization=None,
        role=Role.ADMIN,
        zone=ZoneInfo("UTC"),
    )
    async with breaking(tmp_path) as broken:
        broken.settings |= {"slack_bot_token": "xoxb-1", "slack_signing_secret": SECRET}
        broken.settings |= {"slack_api_url": "http://127.0.0.1:9/api/"}
        async with opened_store(Settings(home=tmp_path)) as store:
            (check,) = [one for one in await broken.examined() if one.name == "people"]
            assert "`costbot setup --admin" in check.cure
            await store.people.put(ada)
            assert "people" not in [one.name for one in await broken.examined()]
