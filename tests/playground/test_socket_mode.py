from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
from slack_bolt.adapter.socket_mode.async_handler import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from tests.playground.conftest import ADA, Stage, refusal
from tests.playground.test_interactions import until


@pytest.fixture
async def socket_app(stage: Stage) -> AsyncIterator[Any]:
    stage.app.socket_mode = True
    app = AsyncApp(client=stage.client, signing_secret="unused")
    handler: Any = AsyncSocketModeHandler(app, "xapp-1", web_client=stage.client, ping_interval=60)
    await handler.connect_async()
    await until(lambda: stage.slack.socket_mode.connections(stage.app.id) == 1)
    yield app
    await handler.close_async()
    handler.client.message_processor.cancel()
    await asyncio.gather(handler.client.message_processor, return_exceptions=True)


async def test_a_command_is_answered_over_the_socket(stage: Stage, socket_app: Any):
    async def cost(ack: Any) -> None:
        await ack("12.34")

    socket_app.command("/cost")(cost)
    outcome = await stage.slack.delivery.command(ADA.id, stage.costs.id, "/cost today")
    assert (outcome.status, [m.text for m in outcome.messages]) == (200, ["12.34"])


async def test_an_event_is_taken_over_the_socket(stage: Stage, socket_app: Any):
    heard: list[str] = []

    async def mentioned(event: dict[str, Any]) -> None:
        heard.append(event["text"])

    socket_app.event("app_mention")(mentioned)

    async def message(event: dict[str, Any]) -> None:
        heard.append(event["type"])

    socket_app.event("message")(message)
    stage.slack.delivery.message(ADA.id, stage.costs.id, "@costbot hello")
    await stage.slack.delivery.events.settle()
    assert sorted(heard) == ["<@U0COSTBOT> hello", "message"]


async def test_a_refresh_makes_the_app_connect_again(stage: Stage, socket_app: Any):
    async def cost(ack: Any) -> None:
        await ack("still here")

    socket_app.command("/cost")(cost)
    await stage.slack.socket_mode.refresh(stage.app.id)
    await until(lambda: stage.slack.socket_mode.opened == 2)
    await until(lambda: stage.slack.socket_mode.connections(stage.app.id) == 1)
    outcome = await stage.slack.delivery.command(ADA.id, stage.costs.id, "/cost today")
    assert [m.text for m in outcome.messages] == ["still here"]


async def test_without_a_socket_the_dispatch_fails(stage: Stage):
    stage.app.socket_mode = True
    outcome = await stage.slack.delivery.command(ADA.id, stage.costs.id, "/cost today")
    assert outcome.error == "dispatch_failed"


async def test_a_ticket_is_good_for_one_connection(stage: Stage):
    off: Any = AsyncWebClient(base_url=stage.slack.api_url)
    no = await refusal(off.apps_connections_open(app_token="xapp-1"))
    assert no["error"] == "socket_mode_not_enabled"
    stage.app.socket_mode = True
    wrong = await refusal(stage.client.apps_connections_open(app_token="xoxb-1"))
    assert wrong["error"] == "not_allowed_token_type"
    url = (await stage.client.apps_connections_open(app_token="xapp-1"))["url"]
    async with aiohttp.ClientSession() as session:
        async with session.ws_connect(url) as socket:
            hello = await socket.receive_json()
            assert (hello["type"], hello["connection_info"]) == ("hello", {"app_id": "A0COSTBOT"})
        with pytest.raises(aiohttp.WSServerHandshakeError):
            await session.ws_connect(url)
