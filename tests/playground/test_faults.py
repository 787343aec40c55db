from __future__ import annotations

import asyncio
from typing import Any

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from playground.faults import Fault, Faults
from tests.playground.conftest import Stage, refused


def texts(stage: Stage) -> list[str]:
    return [m.text for m in stage.workspace.history(stage.costs.id)]


async def test_a_server_error_does_nothing_and_mends_itself(stage: Stage):
    stage.slack.faults.set(Fault("server_error", times=2, methods=frozenset({"chat.postMessage"})))
    await stage.client.auth_test()
    for _ in range(2):
        with pytest.raises(SlackApiError) as caught:
            await stage.client.chat_postMessage(channel=stage.costs.id, text="x")
        assert refused(caught.value).status_code == 500
    await stage.client.chat_postMessage(channel=stage.costs.id, text="at last")
    assert texts(stage) == ["at last"]


async def test_a_slow_answer_takes_its_time_on_the_clock(stage: Stage):
    stage.slack.faults.set(Fault("slow", seconds=10))
    call = asyncio.ensure_future(stage.client.auth_test())
    await stage.clock.until_sleepers(1)
    await stage.clock.advance(9)
    assert not call.done()
    await stage.clock.advance(1)
    assert (await call)["ok"]


async def test_a_burst_of_429_says_how_long_to_wait(stage: Stage):
    stage.slack.faults.set(Fault("ratelimited", times=2, seconds=7))
    for _ in range(2):
        with pytest.raises(SlackApiError) as caught:
            await stage.client.auth_test()
        assert refused(caught.value).headers["Retry-After"] == "7"
    assert (await stage.client.auth_test())["ok"]


async def test_a_dropped_connection_does_nothing(stage: Stage):
    stage.slack.faults.set(Fault("dropped", times=None))
    with pytest.raises(aiohttp.ClientError):
        await stage.client.chat_postMessage(channel=stage.costs.id, text="x")
    assert texts(stage) == []


async def test_a_lost_reply_leaves_the_message_and_the_default_client_posts_it_again(stage: Stage):
    stage.slack.rate_limits.enabled = False
    stage.slack.faults.set(Fault("reply_lost", times=1))
    await stage.client.chat_postMessage(channel=stage.costs.id, text="once?")
    assert texts(stage) == ["once?", "once?"]

    careful: Any = AsyncWebClient("xoxb-1", base_url=stage.slack.api_url, retry_handlers=[])
    stage.slack.faults.set(Fault("reply_lost", times=1))
    with pytest.raises(aiohttp.ServerDisconnectedError):
        await careful.chat_postMessage(channel=stage.costs.id, text="once")
    assert texts(stage) == ["once?", "once?", "once"]


async def test_switches_are_set_told_and_mended_over_http(stage: Stage):
    url = f"{stage.workspace.public_url}/faults"
    async with aiohttp.ClientSession() as session:
        wanted = {"kind": "slow", "times": None, "rate": 0.5, "methods": ["upload"], "seconds": 2}
        async with session.post(url, json=wanted) as response:
            assert (await response.json())["faults"] == [wanted]
        assert stage.slack.faults.on == [Fault("slow", None, 0.5, frozenset({"upload"}), 2.0)]
        async with session.post(url, json={"kind": "gremlins"}) as response:
            assert response.status == 400
        async with session.delete(url) as response:
            assert (await response.json())["faults"] == []
    assert stage.slack.faults.on == []


def test_a_rate_strikes_about_as_often_as_it_says():
    faults = Faults(seed=1)
    faults.set(Fault("server_error", times=None, rate=0.25))
    struck = sum(faults.strike("auth.test") is not None for _ in range(4_000))
    assert 900 < struck < 1_100


async def uploaded(stage: Stage) -> str:
    """The id of a picture that was just uploaded and is shared nowhere."""
    answer = await stage.client.files_upload_v2(filename="a.png", content=b"\x89PNG", title="a")
    return str(answer["files"][0]["id"])


async def show(stage: Stage, file_id: str) -> str:
    """What Slack says to a message that shows a file."""
    image = {"type": "image", "slack_file": {"id": file_id}, "alt_text": "a"}
    channel = stage.costs.id
    try:
        await stage.client.chat_postMessage(channel=channel, text="a", blocks=[image])
    except SlackApiError as error:
        return refused(error)["error"]
    return "ok"


async def test_a_late_picture_can_be_shown_once_slack_has_looked_through_it(stage: Stage):
    upload = frozenset({"files.completeUploadExternal"})
    stage.slack.faults.set(Fault("unprocessed", seconds=2, methods=upload))
    late, soon = await uploaded(stage), await uploaded(stage)
    assert await show(stage, late) == "invalid_blocks"
    assert await show(stage, soon) == "ok"
    await stage.clock.advance(2)
    assert await show(stage, late) == "ok"


async def test_a_refused_call_gets_the_word_of_the_switch(stage: Stage):
    upload = frozenset({"files.completeUploadExternal"})
    stage.slack.faults.set(Fault("refused", error="storage_limit_reached", methods=upload))
    with pytest.raises(SlackApiError, match="storage_limit_reached"):
        await uploaded(stage)
    assert not any(file.completed for file in stage.workspace.files.values())
