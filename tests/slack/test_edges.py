"""Where things go wrong: forged requests, broken parts, repeated events, the end of the process."""

import asyncio
import logging
import time
from urllib.parse import urlencode

import aiohttp
import pytest
from slack_sdk.signature import SignatureVerifier

from bot.stage import CHANNEL
from tests.slack.conftest import Play, Playing


def form(playing: Playing, text: str = "today") -> str:
    return urlencode(
        {
            "command": "/cost",
            "text": text,
            "team_id": playing.stage.slack.workspace.team.id,
            "user_id": playing.stage.user_id("ada"),
            "response_url": "",
        }
    )


async def post(playing: Playing, body: str, headers: dict[str, str]) -> tuple[int, str]:
    app = next(iter(playing.stage.slack.workspace.apps.values()))
    content = {"Content-Type": "application/x-www-form-urlencoded"}
    async with (
        aiohttp.ClientSession() as session,
        session.post(app.request_url, data=body, headers={**content, **headers}) as response,
    ):
        return response.status, await response.text()


def signed(
    playing: Playing, body: str, *, secret: str | None = None, age: int = 0
) -> dict[str, str]:
    app = next(iter(playing.stage.slack.workspace.apps.values()))
    stamp = str(int(time.time()) - age)
    signature = SignatureVerifier(secret or app.signing_secret).generate_signature(
        timestamp=stamp, body=body
    )
    return {"X-Slack-Request-Timestamp": stamp, "X-Slack-Signature": signature or ""}


async def test_a_request_that_slack_did_not_sign_is_refused(play: Play):
    async with play() as playing:
        body = form(playing)
        assert (await post(playing, body, signed(playing, body)))[0] == 200
        assert (await post(playing, body, {}))[0] == 401
        assert (await post(playing, body, signed(playing, body, secret="guessed")))[0] == 401
        assert (await post(playing, body, signed(playing, body, age=600)))[0] == 401
        assert (await post(playing, form(playing, "7d"), signed(playing, body)))[0] == 401


async def test_an_unexpected_error_has_an_id_for_the_person_and_a_traceback_in_the_log(
    play: Play, caplog: pytest.LogCaptureFixture
):
    async with play() as playing:
        await playing.parts.engine.close()  # the warehouse is gone, in a way nobody foresaw
        broken = await playing.stage.say("/cost today", "ada")
        alive = await playing.stage.say("/cost help", "ada")
    error_id = broken.ack["text"].split("`")[1]
    [record] = [record for record in caplog.records if error_id in record.getMessage()]
    assert record.exc_info is not None
    assert alive.ack["text"].startswith("/cost answers")


async def test_a_lost_mart_is_said_plainly(play: Play):
    async with play() as playing:
        for path in (playing.parts.settings.home / "mart").rglob("*.parquet"):
            path.unlink()
        heard = await playing.stage.say("/cost today", "ada")
    assert "cannot be read" in heard.ack["text"]


async def test_the_home_tab_is_drawn_once_for_a_repeated_event(
    play: Play, caplog: pytest.LogCaptureFixture
):
    caplog.set_level(logging.INFO)
    async with play() as playing:
        slack = playing.stage.slack
        app = next(iter(slack.workspace.apps.values()))
        user_id = playing.stage.user_id("ute")
        slack.delivery.open_home(user_id, app)
        home = None
        async with asyncio.timeout(5):
            while home is None:
                await asyncio.sleep(0.01)
                home = slack.workspace.home_of(user_id, app.id)
        assert "*Today so far*\\n*$3.90*" in str(home.payload)
        assert await playing.parts.store.inbound.claim("Ev-once")
        assert not await playing.parts.store.inbound.claim("Ev-once")


async def test_a_command_in_a_channel_without_the_bot_is_answered_too(play: Play):
    async with play() as playing:
        slack = playing.stage.slack
        general = slack.workspace.find_channel("general")
        assert general is not None
        assert general.name != CHANNEL
        outcome = await slack.delivery.command(playing.stage.user_id("ada"), general.id, "/cost")
    assert outcome.error == ""


async def test_health_is_told_apart_from_readiness(play: Play):
    async with play() as playing:
        app = next(iter(playing.stage.slack.workspace.apps.values()))
        base = app.request_url.removesuffix("/slack/events")
        async with aiohttp.ClientSession() as session:
            async with session.get(f"{base}/healthz") as response:
                assert (response.status, await response.json()) == (200, {"status": "ok"})
            async with session.get(f"{base}/readyz") as response:
                assert response.status == 200
            (playing.parts.settings.home / "mart" / "manifest.json").write_text("{broken")
            async with session.get(f"{base}/readyz") as response:
                assert response.status == 503
                assert (await response.json())["checks"]["store"]["status"] == "ok"
