from __future__ import annotations

import asyncio
from typing import Any

import pytest
from dirty_equals import IsPartialDict, IsStr

from playground.model import Message, View
from playground.pressing import press
from playground.required import REQUIRED
from tests.playground.conftest import ADA, BOB, Stage, refusal


def button(action_id: str, **more: Any) -> dict[str, Any]:
    label = {"type": "plain_text", "text": "Press"}
    return {"type": "button", "action_id": action_id, "text": label, **more}


def actions(*elements: dict[str, Any]) -> dict[str, Any]:
    return {"type": "actions", "block_id": "next", "elements": list(elements)}


def modal(**more: Any) -> dict[str, Any]:
    limit = {
        "type": "input",
        "block_id": "limit",
        "label": {"type": "plain_text", "text": "Limit"},
        "element": {"type": "number_input", "action_id": "usd", "is_decimal_allowed": True},
    }
    return {
        "type": "modal",
        "callback_id": "budget",
        "title": {"type": "plain_text", "text": "New budget"},
        "submit": {"type": "plain_text", "text": "Save"},
        "blocks": [limit],
        **more,
    }


def entered(usd: str | None) -> dict[str, Any]:
    return {"limit": {"usd": {"type": "number_input", "value": usd}}}


async def posted(stage: Stage, *elements: dict[str, Any]) -> Message:
    answer = await stage.client.chat_postMessage(
        channel=stage.costs.id, text="a question", blocks=[actions(*elements)]
    )
    message = stage.workspace.message(stage.costs.id, answer["ts"])
    assert message is not None
    return message


async def test_a_pressed_button_tells_who_where_and_what(stage: Stage, bolt: Any):
    heard: list[dict[str, Any]] = []

    async def by_model(ack: Any, body: dict[str, Any], respond: Any) -> None:
        await ack()
        heard.append(body)
        await respond(text="answered", replace_original=True)

    bolt.action("by_model")(by_model)
    message = await posted(stage, button("by_model", value="id-7"), button("other"))
    outcome = await stage.slack.delivery.click(ADA.id, message, press(message.blocks, "by_model"))
    assert (outcome.status, outcome.error) == (200, "")
    await until(lambda: message.text == "answered")
    assert message.blocks == []
    body = heard[0]
    assert body["actions"] == [
        {
            "type": "button",
            "action_id": "by_model",
            "block_id": "next",
            "text": {"type": "plain_text", "text": "Press"},
            "value": "id-7",
            "action_ts": IsStr(),
        }
    ]
    assert body["user"]["id"] == ADA.id
    assert body["container"] == {
        "type": "message",
        "message_ts": message.ts,
        "channel_id": stage.costs.id,
        "is_ephemeral": False,
    }
    assert body["message"]["ts"] == message.ts


async def until(true: Any) -> None:
    async with asyncio.timeout(5):
        while not true():  # noqa: ASYNC110 - Bolt gives no event to wait for
            await asyncio.sleep(0.005)


async def test_a_response_to_a_click_is_a_new_message_unless_it_replaces(stage: Stage, bolt: Any):
    async def pressed(ack: Any, respond: Any) -> None:
        await ack()
        await respond(text="only for you")

    bolt.action("ask")(pressed)
    message = await posted(stage, button("ask"))
    outcome = await stage.slack.delivery.click(BOB.id, message, press(message.blocks, "ask"))
    assert outcome.reply is not None
    reply = outcome.reply
    await until(lambda: reply.posted)
    assert [(m.text, m.ephemeral_to) for m in reply.posted] == [("only for you", BOB.id)]
    assert message.text == "a question"


async def test_an_ephemeral_message_can_be_acted_on_and_deleted(stage: Stage, bolt: Any):
    bodies: list[dict[str, Any]] = []

    async def dismiss(ack: Any, body: dict[str, Any], respond: Any) -> None:
        await ack()
        bodies.append(body)
        await respond(delete_original=True)

    bolt.action("dismiss")(dismiss)
    sent = await stage.client.chat_postEphemeral(
        channel=stage.costs.id, user=ADA.id, text="x", blocks=[actions(button("dismiss"))]
    )
    message = stage.workspace.ephemeral(stage.costs.id, sent["message_ts"])
    assert message is not None
    await stage.slack.delivery.click(ADA.id, message, press(message.blocks, "dismiss"))
    await until(lambda: stage.workspace.visible(stage.costs.id, ADA.id) == [])
    assert bodies[0]["container"]["is_ephemeral"] is True
    assert "message" not in bodies[0]


async def opened(stage: Stage, bolt: Any, view: dict[str, Any]) -> View:
    """The modal that the app opens on a command."""

    async def budget(ack: Any, body: dict[str, Any], client: Any) -> None:
        await client.views_open(trigger_id=body["trigger_id"], view=view)
        await ack()

    bolt.command("/cost")(budget)
    await stage.slack.delivery.command(ADA.id, stage.costs.id, "/cost budget new")
    return stage.workspace.modals_of(ADA.id)[-1]


async def test_a_trigger_opens_one_modal_within_three_seconds(stage: Stage, bolt: Any):
    triggers: list[str] = []

    async def cost(ack: Any, body: dict[str, Any]) -> None:
        triggers.append(body["trigger_id"])
        await ack()

    bolt.command("/cost")(cost)
    for _ in range(2):
        await stage.slack.delivery.command(ADA.id, stage.costs.id, "/cost")
    first, second = triggers
    await stage.clock.advance(3)
    shown = await stage.client.views_open(trigger_id=first, view=modal())
    assert shown["view"]["root_view_id"] == shown["view"]["id"]
    again = await refusal(stage.client.views_open(trigger_id=first, view=modal()))
    assert again["error"] == "exchanged_trigger_id"
    await stage.clock.advance(0.1)
    late = await refusal(stage.client.views_open(trigger_id=second, view=modal()))
    assert late["error"] == "expired_trigger_id"
    never = await refusal(stage.client.views_open(trigger_id="1.2.3", view=modal()))
    assert never["error"] == "invalid_trigger_id"


async def test_a_submitted_modal_closes_and_tells_what_was_entered(stage: Stage, bolt: Any):
    heard: list[dict[str, Any]] = []

    async def submitted(ack: Any, view: dict[str, Any]) -> None:
        heard.append(view)
        await ack()

    bolt.view("budget")(submitted)
    view = await opened(stage, bolt, modal(private_metadata="acme"))
    outcome = await stage.slack.delivery.submit(ADA.id, view, entered("100"))
    assert (outcome.error, outcome.field_errors) == ("", {})
    assert stage.workspace.modals_of(ADA.id) == []
    assert heard[0]["state"]["values"]["limit"]["usd"]["value"] == "100"
    assert heard[0]["private_metadata"] == "acme"
    gone = await stage.slack.delivery.submit(ADA.id, view, entered("100"))
    assert gone.error == "view_closed"


@pytest.mark.parametrize(
    ("usd", "sentence"), [(None, REQUIRED), ("", REQUIRED), ("many", "Please enter a number.")]
)
async def test_a_modal_that_is_not_filled_in_is_not_sent(
    stage: Stage, bolt: Any, usd: str | None, sentence: str
):
    view = await opened(stage, bolt, modal())
    outcome = await stage.slack.delivery.submit(ADA.id, view, entered(usd))
    assert (outcome.status, outcome.field_errors) == (None, {"limit": sentence})
    assert stage.workspace.modals_of(ADA.id) == [view]


@pytest.mark.parametrize("answer", ["errors", "update", "push", "clear", "invalid"])
async def test_an_ack_decides_what_becomes_of_the_modal(stage: Stage, bolt: Any, answer: str):
    other = modal(callback_id="other")

    async def submitted(ack: Any) -> None:
        match answer:
            case "errors":
                await ack(response_action="errors", errors={"limit": "Too little."})
            case "invalid":
                await ack(response_action="update", view={**other, "title": None})
            case "clear":
                await ack(response_action="clear")
            case _:
                await ack(response_action=answer, view=other)

    bolt.view("budget")(submitted)
    view = await opened(stage, bolt, modal())
    outcome = await stage.slack.delivery.submit(ADA.id, view, entered("1"))
    stack = [(v.payload["callback_id"], v.errors) for v in stage.workspace.modals_of(ADA.id)]
    assert (
        stack
        == {
            "errors": [("budget", {"limit": "Too little."})],
            "update": [("other", {})],
            "push": [("budget", {}), ("other", {})],
            "clear": [],
            "invalid": [("budget", {})],
        }[answer]
    )
    assert outcome.error == ("invalid_arguments" if answer == "invalid" else "")


async def test_a_closed_modal_is_told_only_if_the_app_asked(stage: Stage, bolt: Any):
    heard: list[dict[str, Any]] = []

    async def closed(ack: Any, body: dict[str, Any]) -> None:
        await ack()
        heard.append(body)

    bolt.view_closed("budget")(closed)
    view = await opened(stage, bolt, modal())
    assert (await stage.slack.delivery.close(ADA.id, view)).status is None
    view = await opened(stage, bolt, modal())
    await stage.client.views_update(view_id=view.id, view=modal(notify_on_close=True))
    assert (await stage.slack.delivery.close(ADA.id, view)).status == 200
    assert [(body["type"], body["is_cleared"]) for body in heard] == [("view_closed", False)]
    assert stage.workspace.modals_of(ADA.id) == []


async def test_a_view_is_updated_by_its_hash_and_pushed_three_deep(stage: Stage, bolt: Any):
    triggers: list[str] = []

    async def more(ack: Any, body: dict[str, Any]) -> None:
        triggers.append(body["trigger_id"])
        await ack()

    bolt.action("more")(more)
    with_button = modal(blocks=[actions(button("more"))], external_id="mine")
    view = await opened(stage, bolt, with_button)
    old = view.hash
    update = stage.client.views_update
    await update(external_id="mine", hash=old, view=modal(external_id="mine"))
    late = await refusal(update(view_id=view.id, hash=old, view=modal()))
    assert late["error"] == "hash_conflict"
    assert (await refusal(update(view_id="V0NONE000", view=modal())))["error"] == "not_found"

    await update(view_id=view.id, view=with_button)
    top = view
    for depth in (2, 3, 4):
        outcome = await stage.slack.delivery.click_in_view(
            ADA.id, top, press(top.payload["blocks"], "more")
        )
        assert outcome.status == 200
        pushed = modal(blocks=[actions(button("more"))])
        if depth == 4:
            full = stage.client.views_push(trigger_id=triggers[-1], view=pushed)
            assert (await refusal(full))["error"] == "push_limit_reached"
        else:
            await stage.client.views_push(trigger_id=triggers[-1], view=pushed)
            top = stage.workspace.modals_of(ADA.id)[-1]
    assert [v.root_view_id for v in stage.workspace.modals_of(ADA.id)] == [view.id] * 3


async def test_an_invalid_view_is_refused_with_its_pointers(stage: Stage):
    wrong: dict[str, Any] = {
        "type": "home",
        "title": {"type": "plain_text", "text": "x"},
        "blocks": [{}],
    }
    no = await refusal(stage.client.views_publish(user_id=ADA.id, view=wrong))
    assert no == {
        "ok": False,
        "error": "invalid_arguments",
        "response_metadata": {
            "messages": [
                "[ERROR] invalid additional property: title [json-pointer:/view]",
                "[ERROR] missing required field: type [json-pointer:/view/blocks/0]",
            ]
        },
    }


async def test_an_opened_home_tab_is_told_and_published_for_one_user(stage: Stage, bolt: Any):
    async def opened_home(event: dict[str, Any], client: Any) -> None:
        text = {"type": "plain_text", "text": f"Hello {event['user']}"}
        view = {"type": "home", "blocks": [{"type": "header", "text": text}]}
        await client.views_publish(user_id=event["user"], view=view)

    bolt.event("app_home_opened")(opened_home)
    stage.slack.delivery.open_home(ADA.id, stage.app)
    await stage.slack.delivery.events.settle()
    await until(lambda: stage.workspace.home_of(ADA.id, stage.app.id))
    home = stage.workspace.home_of(ADA.id, stage.app.id)
    assert home is not None
    assert home.payload["blocks"][0]["text"]["text"] == f"Hello {ADA.id}"
    assert stage.workspace.home_of(BOB.id, stage.app.id) is None


async def test_options_of_an_overflow_menu_are_chosen_by_number():
    options = [{"text": {"type": "plain_text", "text": t}, "value": t} for t in ("a", "b")]
    blocks = [actions({"type": "overflow", "action_id": "menu", "options": options})]
    assert press(blocks, "menu", 1) == IsPartialDict({"selected_option": options[1]})
    with pytest.raises(LookupError):
        press(blocks, "missing")
