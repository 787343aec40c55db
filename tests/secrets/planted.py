"""A deployment with secrets that are known to the test, used until everything has failed once."""

from __future__ import annotations

import asyncio
import json
import re
import sqlite3
from collections.abc import AsyncGenerator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from secrets import token_hex, token_urlsafe

import aiohttp
from aiohttp import web
from cryptography.fernet import Fernet

from analysis.clock import system_clock
from bot.assembly import mart_of
from bot.outbox.payloads import EmailMessagePayload, LinearMessage, SlackMessage, WebhookEvent
from bot.settings import Settings
from bot.slack.api import Json
from bot.stage import installed_app, people
from playground.beginning import begin
from playground.clock import SystemClock
from playground.faults import Fault
from playground.server import running
from playground.signing import signed_headers
from playground.slack import FakeSlack
from storage import Store
from storage.records.delivery import ChannelKind, NewDelivery
from tests.facts import fill
from tests.outbox.test_email import postbox
from tests.road.processes import costbot
from tests.road.serving import Served, served
from tests.slack.conftest import FACTS, NOW
from tests.stores import lay_store

ADA = "U0ADA00001"
PERSON = f"planted-{token_hex(4)}@people.example"
TYPED = f"typedwords{token_hex(4)}"
PROMPT = f"promptwords{token_hex(4)}"


@dataclass
class Evidence:
    """What was planted, and every text in which it could stand.

    Attributes:
        secrets: by what they are.
        token: an API token that works.
        found: texts, by where they were found.
    """

    secrets: dict[str, str]
    token: str
    found: dict[str, str] = field(default_factory=dict[str, str])

    def places(self, planted: str) -> list[str]:
        """Where something stands."""
        return [where for where, text in self.found.items() if planted in text]


@asynccontextmanager
async def echoing(status: int) -> AsyncGenerator[str]:
    """A server that refuses everything, and quotes what it was sent."""

    async def refuse(request: web.Request) -> web.Response:
        quoted = f"{request.url} {dict(request.headers)} {await request.text()}"
        return web.json_response({"error": quoted, "errors": [{"message": quoted}]}, status=status)

    app = web.Application()
    app.router.add_route("*", "/{path:.*}", refuse)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


async def gathered(home: Path) -> Evidence:
    """Uses a deployment in a folder, through what works and what fails, until it is ended."""
    lay_store(home)
    fill(mart_of(Settings(home=home)), FACTS, NOW, 62)
    app = installed_app()
    password, hook, jwt = token_hex(12), token_hex(12), f"eyJ{token_hex(12)}.eyJ{token_hex(12)}.x"
    made = costbot(
        home, "tokens", "create", "Planted", "--organization", "acme", "--role", "org_admin"
    )
    token = re.findall(r"cbt_\w{30,}", made.stdout)[0]
    evidence = Evidence(
        {
            "signing secret": app.signing_secret,
            "bot token": app.bot_token,
            "app token": app.app_token,
            "SMTP password": password,
            "webhook address": hook,
            "webhook secret": token_hex(20),
            "Linear key": f"lin_api_{token_hex(20)}",
            "gateway token": token_hex(20),
            "metrics token": token_hex(20),
            "encryption key": Fernet.generate_key().decode(),
            "client secret": token_hex(16),
            "database password": token_hex(12),
            "API token": token,
            "secret of the API token": token[12:],
            "API token that is none": f"cbt_{token_urlsafe(40).replace('-', 'x')}",
            "signed token": jwt,
        },
        token,
    )
    secrets = evidence.secrets
    app.socket_mode = True
    workspace = begin(SystemClock(), people(), app)
    async with AsyncExitStack() as stack:
        slack = await stack.enter_async_context(running(workspace))
        box = await stack.enter_async_context(postbox(password="another"))
        refusing = await stack.enter_async_context(echoing(500))
        closed = await stack.enter_async_context(echoing(401))
        webhook = {"url": f"{refusing}/in/{hook}", "secret": secrets["webhook secret"]}
        deployment = {
            "COSTBOT_SLACK_BOT_TOKEN": app.bot_token,
            "COSTBOT_SLACK_APP_TOKEN": app.app_token,
            "COSTBOT_SLACK_SIGNING_SECRET": app.signing_secret,
            "COSTBOT_SLACK_API_URL": slack.api_url,
            "COSTBOT_ADMINS": ADA,
            "COSTBOT_SMTP_URL": f"smtp://costbot:{password}@127.0.0.1:{box.port}?tls=no",
            "COSTBOT_WEBHOOKS": json.dumps({"pager": webhook}),
            "COSTBOT_LINEAR_TOKEN": secrets["Linear key"],
            "COSTBOT_LINEAR_API_URL": f"{closed}/graphql",
            "COSTBOT_GATEWAY_TOKEN": secrets["gateway token"],
            "COSTBOT_METRICS_TOKEN": secrets["metrics token"],
            "COSTBOT_ENCRYPTION_KEYS": secrets["encryption key"],
            "COSTBOT_LOG_LEVEL": "DEBUG",
            "COSTBOT_LOG_FORMAT": "json",
        }
        process = await stack.enter_async_context(served(home, "--port", "0", **deployment))
        heard_at = await process.says(r"hears Slack at (http://127\.0\.0\.1:\d+)/slack/events")
        await process.says("hears Slack through a socket")
        base = heard_at[1]
        app.request_url = f"{base}/slack/events"
        session = await stack.enter_async_context(aiohttp.ClientSession())
        await _typed(slack)
        app.socket_mode = False
        await _typed(slack)
        await _forged(session, base, app.signing_secret, evidence)
        await _asked(session, base, evidence)
        await _sent(home, slack, process)
        await _probed(session, base, evidence)
        broken = _broken(deployment, secrets)
        for name, variables in (("doctor", deployment), ("doctor of what is broken", broken)):
            examine = partial(costbot, home, "doctor", "--json", **variables)
            examined = await asyncio.to_thread(examine)
            evidence.found[name] = examined.stdout + examined.stderr
        assert await process.terminated() == 0
    evidence.found["log"] = process.output
    evidence.found.update(_kept(home))
    return evidence


def _broken(deployment: Mapping[str, str], secrets: Mapping[str, str]) -> dict[str, str]:
    """The deployment, with another store and another Slack that are not there."""
    address = f"postgresql+asyncpg://costbot:{secrets['database password']}@127.0.0.1:1/costbot"
    return {
        **deployment,
        "COSTBOT_STORE_URL": address,
        "COSTBOT_SLACK_API_URL": "http://127.0.0.1:1/api/",
        "COSTBOT_SLACK_CLIENT_ID": "1.2",
        "COSTBOT_SLACK_CLIENT_SECRET": secrets["client secret"],
    }


async def _typed(slack: FakeSlack) -> None:
    """What people type: answered, refused, and failing since Slack is down meanwhile."""
    channel = slack.workspace.find_channel("costs")
    assert channel is not None
    lines = ("today by model", f"7d model {TYPED}", f"by {TYPED}", f"today by model csv {TYPED}")
    for line in lines:
        await slack.delivery.command(ADA, channel.id, f"/cost {line}")
    slack.faults.set(Fault("dropped", times=None))
    await slack.delivery.command(ADA, channel.id, "/cost today by model csv")
    await slack.delivery.command(ADA, channel.id, "/budget create")
    slack.faults.set(Fault("refused", times=None, error="token_revoked"))
    await slack.delivery.command(ADA, channel.id, "/cost 7d by model csv")
    slack.faults.clear()


async def _forged(
    session: aiohttp.ClientSession, base: str, secret: str, evidence: Evidence
) -> None:
    """Requests that Slack has not signed, or not with this secret, or of an unknown kind."""
    body = f"command=%2Fcost&text={TYPED}&user_id={ADA}&team_id=T0&response_url=x".encode()
    for number, key in enumerate(("another secret", secret)):
        headers = signed_headers(key, system_clock(), body)
        headers = {**headers, "Content-Type": "application/x-www-form-urlencoded"}
        if number:
            body = b"payload=%7B%22type%22%3A%22shortcut%22%2C%22text%22%3A%22" + TYPED.encode()
            body += b"%22%7D"
            headers = {**headers, **signed_headers(key, system_clock(), body)}
        async with session.post(f"{base}/slack/events", data=body, headers=headers) as answer:
            evidence.found[f"Slack's request {number}"] = await answer.text()


async def _asked(session: aiohttp.ClientSession, base: str, evidence: Evidence) -> None:
    """Calls with tokens that are right and wrong; usage with prompts in it."""
    api = f"{base}/api/v1/costs"
    for name in ("API token", "API token that is none", "signed token", "gateway token"):
        bearer = {"Authorization": f"Bearer {evidence.secrets[name]}"}
        paths = (
            f"/analysis?time_range=7d&model={TYPED}",
            f"/analysis?token={evidence.secrets[name]}&password=1",
            "/budgets/check?organization=acme&model=gpt-4",
            f"/budgets/{evidence.secrets[name]}",
        )
        for path in paths:
            async with session.get(f"{api}{path}", headers=bearer) as answer:
                # What was asked may be told to who asked it; a token never is.
                evidence.found[f"{name}: GET {path[:20]}"] = await answer.text()
    bearer = {"Authorization": f"Bearer {evidence.token}"}
    event = {
        "request_id": "planted-1",
        "time": "2026-11-20T12:00:00Z",
        "model": "gpt-4",
        "input_tokens": 10,
        "output_tokens": 2,
        "messages": [{"role": "user", "content": PROMPT}],
        "prompt": PROMPT,
        "response": {"choices": [PROMPT]},
    }
    bodies = ({"events": [event]}, {"events": [{**event, "input_tokens": PROMPT}]}, [PROMPT])
    for number, body in enumerate(bodies):
        async with session.post(f"{api}/usage", json=body, headers=bearer) as answer:
            evidence.found[f"usage {number}"] = await answer.text()


async def _sent(home: Path, slack: FakeSlack, process: Served) -> None:
    """Messages through every way out; none of them gets there."""
    slack.faults.set(Fault("refused", times=None, error="invalid_auth"))
    channel = slack.workspace.find_channel("costs")
    assert channel is not None
    linear = LinearMessage(title="Planted", text="Planted.")
    store = Store(f"sqlite+aiosqlite:///{home}/store.sqlite3", system_clock)
    try:
        ways: tuple[tuple[ChannelKind, str, Json], ...] = (
            ("slack", channel.id, SlackMessage(text="Planted.").as_json()),
            ("email", PERSON, EmailMessagePayload(subject="Planted", text="Planted.").as_json()),
            ("webhook", "pager", WebhookEvent(event="planted", data={"a": 1}).as_json()),
            ("linear", "ENG", linear.as_json()),
        )
        for way, address, payload in ways:
            key = f"planted/{way}"
            new = NewDelivery(key=key, channel=way, address=address, payload=payload)
            await store.deliveries.add(new)
        for number in range(1, len(ways) + 1):
            await process.says(rf"delivery {number} (\(|is )")
    finally:
        await store.close()
    slack.faults.clear()


async def _probed(session: aiohttp.ClientSession, base: str, evidence: Evidence) -> None:
    for name in ("metrics token", "gateway token"):
        bearer = {"Authorization": f"Bearer {evidence.secrets[name]}"}
        for path in ("/metrics", "/ready", "/health"):
            async with session.get(f"{base}{path}", headers=bearer) as answer:
                evidence.found[f"{path} with the {name}"] = await answer.text()


def _kept(home: Path) -> dict[str, str]:
    """Every row of every table, and every file as it lies there."""
    found: dict[str, str] = {}
    with sqlite3.connect(home / "store.sqlite3") as database:
        tables = database.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
        for (table,) in tables:
            rows = database.execute(f'SELECT * FROM "{table}"').fetchall()
            found[f"table {table}"] = repr(rows)
    database.close()
    for file in home.rglob("*"):
        if file.is_file():
            found[f"file {file.relative_to(home)}"] = file.read_bytes().decode("latin-1")
    return found
