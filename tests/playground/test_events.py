from __future__ import annotations

import json
from typing import Any

import pytest
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from playground.typing_in import as_message
from tests.playground.conftest import ADA, Stage, serving_app


async def test_bolt_answers_the_challenge_of_its_url(stage: Stage, bolt: Any):
    assert await stage.slack.delivery.events.verify_url(stage.app)
    stage.app.signing_secret = "another"
    assert not await stage.slack.delivery.events.verify_url(stage.app)


async def test_an_event_that_is_not_taken_is_sent_again_at_once_after_one_and_five_minutes(
    stage: Stage,
):
    heard: list[tuple[float, str | None, str | None, str]] = []
    start = stage.clock.now()

    async def failing(request: Request) -> Response:
        body = json.loads(await request.body())
        waited = (stage.clock.now() - start).total_seconds()
        number = request.headers.get("x-slack-retry-num")
        heard.append(
            (waited, number, request.headers.get("x-slack-retry-reason"), body["event_id"])
        )
        return PlainTextResponse("no", 503)

    async with serving_app(stage, failing):
        task = stage.slack.delivery.events.publish(
            stage.app, "app_mention", {"type": "app_mention"}
        )
        assert task is not None
        for pause in (60, 300):
            await stage.clock.until_due_in(pause)
            await stage.clock.advance(pause)
        delivered = await task
    assert (delivered.attempts, delivered.taken) == (4, False)
    assert [(n, reason) for _, n, reason, _ in heard] == [
        (None, None),
        ("1", "http_error"),
        ("2", "http_error"),
        ("3", "http_error"),
    ]
    assert [waited for waited, _, _, _ in heard] == [0, 0, 60, 360]
    assert len({event_id for _, _, _, event_id in heard}) == 1


async def test_an_app_can_ask_for_no_repetition(stage: Stage):
    async def failing(request: Request) -> Response:
        return PlainTextResponse("no", 500, {"X-Slack-No-Retry": "1"})

    async with serving_app(stage, failing):
        task = stage.slack.delivery.events.publish(
            stage.app, "app_mention", {"type": "app_mention"}
        )
        assert task is not None
        assert (await task).attempts == 1


async def test_the_same_event_can_be_delivered_twice(stage: Stage, bolt: Any):
    heard: list[str] = []

    async def mentioned(body: dict[str, Any]) -> None:
        heard.append(body["event_id"])

    bolt.event("app_mention")(mentioned)
    events = stage.slack.delivery.events
    payload = {"type": "event_callback", "event_id": "Ev1", "team_id": "T0PLAYGRND"}
    for _ in range(2):
        await events.send(stage.app, {**payload, "event": {"type": "app_mention", "user": ADA.id}})
    assert heard == ["Ev1", "Ev1"]


async def test_a_mention_and_a_direct_message_are_told_where_the_app_listens(
    stage: Stage, bolt: Any
):
    heard: list[tuple[str, str]] = []

    async def any_event(event: dict[str, Any]) -> None:
        heard.append((event["type"], event["text"]))

    bolt.event("app_mention")(any_event)
    bolt.event("message")(any_event)
    delivery = stage.slack.delivery
    delivery.message(ADA.id, stage.costs.id, "@costbot, what is R&D?")
    delivery.message(ADA.id, stage.general.id, "@costbot is not here")
    direct = stage.workspace.open_im(ADA.id, stage.app.bot_user_id)
    delivery.message(ADA.id, direct.id, "hello")
    await delivery.events.settle()
    text = "<@U0COSTBOT>, what is R&amp;D?"
    assert sorted(heard) == [("app_mention", text), ("message", text), ("message", "hello")]


@pytest.mark.parametrize(
    ("typed", "sent"),
    [
        ("see #costs.", "see <#{costs}|costs>."),
        ("@ada: look", "<@U0ADA0001>: look"),
        ("mail ada@example.com", "mail ada@example.com"),
        ("@here now", "<!here> now"),
        ("@nobody #nowhere", "@nobody #nowhere"),
        ("<!channel> & <@U0ADA0001>", "&lt;!channel&gt; &amp; &lt;@U0ADA0001&gt;"),
    ],
)
async def test_what_is_typed_is_escaped_and_names_become_references(
    stage: Stage, typed: str, sent: str
):
    assert as_message(typed, stage.workspace) == sent.replace("{costs}", stage.costs.id)
