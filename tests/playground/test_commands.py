from __future__ import annotations

import asyncio
from typing import Any

import aiohttp
import pytest
from slack_sdk.webhook.async_client import AsyncWebhookClient
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response

from tests.playground.conftest import ADA, BOB, Stage, serving_app

HEADER = {"type": "header", "text": {"type": "plain_text", "text": "USD 12.34"}}


async def test_an_answer_in_the_ack_is_seen_by_the_one_who_asked(stage: Stage, bolt: Any):
    heard: list[dict[str, Any]] = []

    async def cost(ack: Any, body: dict[str, Any]) -> None:
        heard.append(body)
        await ack(text="12.34", blocks=[HEADER])

    bolt.command("/cost")(cost)
    outcome = await stage.slack.delivery.command(ADA.id, stage.costs.id, "/cost today  <by> model")
    assert (outcome.status, outcome.error) == (200, "")
    assert [m.text for m in stage.workspace.visible(stage.costs.id, ADA.id)] == ["12.34"]
    assert stage.workspace.visible(stage.costs.id, BOB.id) == []
    assert outcome.messages[0].blocks[0]["block_id"]
    told = {name: heard[0][name] for name in heard[0] if name not in ("response_url", "trigger_id")}
    assert told == {
        "token": "playground",
        "team_id": "T0PLAYGRND",
        "team_domain": "playground",
        "channel_id": stage.costs.id,
        "channel_name": "costs",
        "user_id": ADA.id,
        "user_name": "ada",
        "command": "/cost",
        "text": "today  &lt;by&gt; model",
        "api_app_id": "A0COSTBOT",
        "is_enterprise_install": "false",
    }


async def test_an_answer_for_everyone_shows_what_was_typed(stage: Stage, bolt: Any):
    async def cost(ack: Any) -> None:
        await ack(text="for all", response_type="in_channel")

    bolt.command("/cost")(cost)
    await stage.slack.delivery.command(ADA.id, stage.costs.id, "/cost today")
    seen = [(m.user, m.text) for m in stage.workspace.history(stage.costs.id)]
    assert seen == [(ADA.id, "/cost today"), ("U0COSTBOT", "for all")]


async def test_a_signature_under_another_secret_is_refused_by_bolt(stage: Stage, bolt: Any):
    async def cost(ack: Any) -> None:
        await ack("hello")

    bolt.command("/cost")(cost)
    stage.app.signing_secret = "another"
    outcome = await stage.slack.delivery.command(ADA.id, stage.costs.id, "/cost")
    assert (outcome.status, outcome.error) == (401, "dispatch_failed")


async def test_no_ack_within_three_seconds_is_a_timeout(stage: Stage):
    forever = asyncio.Event()

    async def silent(request: Request) -> Response:
        await forever.wait()
        return PlainTextResponse("too late")

    async with serving_app(stage, silent):
        asked = asyncio.ensure_future(
            stage.slack.delivery.command(ADA.id, stage.costs.id, "/cost today")
        )
        await stage.clock.until_sleepers(1)
        await stage.clock.advance(2.9)
        assert not asked.done()
        await stage.clock.advance(0.1)
        outcome = await asked
        forever.set()
    assert (outcome.status, outcome.error) == (None, "operation_timeout")
    said = [m.text for m in stage.workspace.visible(stage.costs.id, ADA.id)]
    assert said == ['/cost failed with the error "operation_timeout"']


@pytest.mark.parametrize("answer", ["500", "404", "nobody"])
async def test_a_failing_app_is_a_failed_dispatch(stage: Stage, answer: str):
    async def broken(request: Request) -> Response:
        return PlainTextResponse("traceback", int(answer))

    if answer == "nobody":
        stage.app.request_url = "http://127.0.0.1:9/slack/events"
        outcome = await stage.slack.delivery.command(ADA.id, stage.costs.id, "/cost today")
    else:
        async with serving_app(stage, broken):
            outcome = await stage.slack.delivery.command(ADA.id, stage.costs.id, "/cost today")
    assert outcome.error == "dispatch_failed"
    assert outcome.messages[0].text == '/cost failed with the error "dispatch_failed"'


async def test_an_ack_with_invalid_blocks_is_shown_to_nobody(stage: Stage):
    async def wrong(request: Request) -> Response:
        return JSONResponse({"text": "x", "blocks": [{"type": "header"}]})

    async with serving_app(stage, wrong):
        outcome = await stage.slack.delivery.command(ADA.id, stage.costs.id, "/cost today")
    assert outcome.error == "invalid_blocks"
    assert outcome.problems == ["missing required field: text [json-pointer:/blocks/0]"]
    assert [m.user for m in outcome.messages] == ["USLACKBOT"]


async def test_unknown_commands_and_commands_in_threads_reach_no_app(stage: Stage):
    delivery, costs = stage.slack.delivery, stage.costs.id
    unknown = await delivery.command(ADA.id, costs, "/coast today")
    assert unknown.messages[0].text == "`/coast` is not a valid command."
    threaded = await delivery.command(ADA.id, costs, "/cost today", thread_ts="1.2")
    assert threaded.error == "not_supported_in_threads"


async def asked_url(stage: Stage, bolt: Any) -> str:
    urls: list[str] = []

    async def cost(ack: Any, body: dict[str, Any]) -> None:
        urls.append(body["response_url"])
        await ack("fetching …")

    bolt.command("/cost")(cost)
    await stage.slack.delivery.command(ADA.id, stage.costs.id, "/cost today")
    return urls[0]


def seen(stage: Stage, user: str) -> list[str]:
    return [m.text for m in stage.workspace.visible(stage.costs.id, user)]


async def test_a_late_answer_replaces_the_ack(stage: Stage, bolt: Any):
    webhook = AsyncWebhookClient(await asked_url(stage, bolt))
    assert seen(stage, ADA.id) == ["fetching …"]
    answer = await webhook.send(text="12.34", blocks=[HEADER], replace_original=True)
    assert answer.status_code == 200
    assert seen(stage, ADA.id) == ["12.34"]
    await webhook.send(text="and more")
    await webhook.send(text="corrected", replace_original=True)
    assert seen(stage, ADA.id) == ["12.34", "corrected"]
    await webhook.send(delete_original=True)
    assert seen(stage, ADA.id) == ["12.34"]
    assert seen(stage, BOB.id) == []


async def test_a_response_url_answers_five_times(stage: Stage, bolt: Any):
    webhook = AsyncWebhookClient(await asked_url(stage, bolt))
    for n in range(5):
        assert (await webhook.send(text=str(n))).status_code == 200
    sixth = await webhook.send(text="6")
    assert (sixth.status_code, "used_url" in sixth.body) == (404, True)


async def test_a_response_url_answers_for_thirty_minutes(stage: Stage, bolt: Any):
    webhook = AsyncWebhookClient(await asked_url(stage, bolt))
    await stage.clock.advance(30 * 60)
    assert (await webhook.send(text="in time")).status_code == 200
    await stage.clock.advance(1)
    late = await webhook.send(text="late")
    assert (late.status_code, "expired_url" in late.body) == (404, True)


async def test_a_response_url_checks_what_it_is_given(stage: Stage, bolt: Any):
    url = await asked_url(stage, bolt)
    answer = await AsyncWebhookClient(url).send(text="x", blocks=[{"type": "section"}])
    assert answer.status_code == 400
    assert "must define either `text` or `fields` [json-pointer:/blocks/0]" in answer.body
    assert "no_text" in (await AsyncWebhookClient(url).send(text="")).body
    async with aiohttp.ClientSession() as session, session.post(url, data="nonsense") as response:
        assert (response.status, (await response.json())["error"]) == (400, "invalid_payload")
    stranger = await AsyncWebhookClient(url + "x").send(text="hello")
    assert stranger.status_code == 404
    assert seen(stage, ADA.id) == ["fetching …"]
