from __future__ import annotations

import asyncio
import json
from typing import Any

import aiohttp
import pytest
from dirty_equals import IsPartialDict
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from tests.playground.conftest import ADA, BOB, Stage, refusal, refused


async def test_bolts_first_question_is_answered(stage: Stage):
    answer = await stage.client.auth_test()
    assert answer.data == {
        "ok": True,
        "url": "https://playground.slack.com/",
        "team": "Playground",
        "user": "costbot",
        "team_id": "T0PLAYGRND",
        "user_id": "U0COSTBOT",
        "bot_id": "B0COSTBOT",
        "is_enterprise_install": False,
    }


@pytest.mark.parametrize(
    ("token", "error"),
    [("", "not_authed"), ("xoxb-other", "invalid_auth"), ("xapp-1", "not_allowed_token_type")],
)
async def test_a_wrong_token_is_refused(stage: Stage, token: str, error: str):
    client: Any = AsyncWebClient(token, base_url=stage.slack.api_url)
    assert (await refusal(client.auth_test()))["error"] == error


async def test_an_unknown_method_is_refused(stage: Stage):
    answer = await refusal(stage.client.api_call("chat.shout"))
    assert answer == {"ok": False, "error": "unknown_method", "req_method": "chat.shout"}


@pytest.mark.parametrize("way", ["query", "form", "multipart", "json", "json without charset"])
async def test_arguments_arrive_however_they_are_sent(stage: Stage, way: str):
    fields = {
        "channel": stage.costs.id,
        "text": "hällo & <wörld>",
        "blocks": json.dumps([{"type": "divider"}]),
    }
    url = f"{stage.slack.api_url}chat.postMessage"
    headers = {"Authorization": "Bearer xoxb-1"}
    async with aiohttp.ClientSession() as session:
        match way:
            case "query":
                request = session.get(url, params=fields, headers=headers)
            case "form":
                request = session.post(url, data={**fields, "token": "xoxb-1"})
            case "multipart":
                form = aiohttp.FormData(default_to_multipart=True)
                for name, value in fields.items():
                    form.add_field(name, value)
                request = session.post(url, data=form, headers=headers)
            case _:
                kind = "application/json" + ("; charset=utf-8" if way == "json" else "")
                body = json.dumps({**fields, "blocks": [{"type": "divider"}]})
                request = session.post(url, data=body, headers={**headers, "Content-Type": kind})
        async with request as response:
            answer = await response.json()
    assert answer["ok"]
    assert answer["message"]["text"] == "hällo & <wörld>"
    assert [block["type"] for block in answer["message"]["blocks"]] == ["divider"]
    assert ("missing_charset" in answer.get("warning", "")) == (way == "json without charset")


@pytest.mark.parametrize(
    ("content_type", "body", "error"),
    [
        ("application/json", "{", "invalid_json"),
        ("application/json", "[]", "json_not_object"),
        ("text/plain", "text=hello", "invalid_post_type"),
    ],
)
async def test_a_body_that_is_not_what_it_says_is_refused(
    stage: Stage, content_type: str, body: str, error: str
):
    headers = {"Authorization": "Bearer xoxb-1", "Content-Type": content_type}
    url = f"{stage.slack.api_url}chat.postMessage"
    async with (
        aiohttp.ClientSession() as session,
        session.post(url, data=body, headers=headers) as response,
    ):
        assert (await response.json())["error"] == error


async def test_the_synchronous_client_is_served_too(stage: Stage):
    client: Any = WebClient("xoxb-1", base_url=stage.slack.api_url)

    def talk() -> tuple[str, list[str]]:
        posted = client.chat_postMessage(channel=stage.costs.id, text="hello")
        members = client.conversations_members(channel=stage.costs.id, limit=2)
        pages = [name for page in members for name in page["members"]]
        return str(posted["ts"]), pages

    ts, members = await asyncio.to_thread(talk)
    assert stage.workspace.message(stage.costs.id, ts) is not None
    assert members == ["U0COSTBOT", ADA.id, BOB.id]


async def test_a_message_is_posted_read_changed_and_deleted(stage: Stage):
    channel = stage.costs.id
    posted = await stage.client.chat_postMessage(
        channel="#costs", text="one", blocks=[{"type": "divider"}]
    )
    assert posted["channel"] == channel
    ts = str(posted["ts"])
    await stage.client.chat_update(channel=channel, ts=ts, text="two")
    history = await stage.client.conversations_history(channel=channel)
    assert history["messages"] == [
        IsPartialDict(
            {
                "type": "message",
                "user": "U0COSTBOT",
                "bot_id": "B0COSTBOT",
                "text": "two",
                "edited": IsPartialDict({"user": "U0COSTBOT"}),
                "blocks": [IsPartialDict({"type": "divider"})],
            }
        )
    ]
    await stage.client.chat_delete(channel=channel, ts=ts)
    assert (await stage.client.conversations_history(channel=channel))["messages"] == []
    gone = await refusal(stage.client.chat_update(channel=channel, ts=ts, text="three"))
    assert gone["error"] == "message_not_found"


async def test_what_may_not_be_posted_is_refused(stage: Stage):
    client, costs = stage.client, stage.costs.id
    secret = stage.workspace.add_channel("secret", is_private=True, members=[ADA.id])
    for arguments, error in [
        ({"channel": "C0NOWHERE", "text": "x"}, "channel_not_found"),
        ({"channel": secret.id, "text": "x"}, "channel_not_found"),
        ({"channel": stage.general.id, "text": "x"}, "not_in_channel"),
        ({"channel": costs, "text": "  "}, "no_text"),
        ({"channel": costs, "text": "x" * 40_001}, "msg_too_long"),
        ({"channel": costs, "text": "x", "thread_ts": "1.2"}, "thread_not_found"),
        ({"channel": costs, "text": "x", "blocks": "nonsense"}, "invalid_blocks_format"),
        ({"channel": costs, "text": "x", "metadata": {"a": 1}}, "invalid_metadata_schema"),
    ]:
        no = await refusal(client.api_call("chat.postMessage", json=arguments))
        assert no["error"] == error
    assert (await refusal(client.api_call("chat.postMessage", json={"text": "x"}))) == {
        "ok": False,
        "error": "invalid_arguments",
        "response_metadata": {"messages": ["[ERROR] missing required field: channel"]},
    }
    human = stage.slack.delivery.message(ADA.id, costs, "mine")
    theirs = await refusal(client.chat_update(channel=costs, ts=human.ts, text="yours"))
    assert theirs["error"] == "cant_update_message"


async def test_invalid_blocks_are_refused_in_slacks_shape(stage: Stage):
    blocks = [
        {"type": "section", "text": {"type": "mrkdwn", "text": "x" * 3001}},
        {"type": "sectoin"},
    ]
    no = await refusal(
        stage.client.chat_postMessage(channel=stage.costs.id, text="x", blocks=blocks)
    )
    problems = [
        "must be less than 3001 characters [json-pointer:/blocks/0/text/text]",
        "unsupported type: sectoin [json-pointer:/blocks/1/type]",
    ]
    assert no == {
        "ok": False,
        "error": "invalid_blocks",
        "errors": problems,
        "response_metadata": {"messages": [f"[ERROR] {problem}" for problem in problems]},
    }


async def test_a_message_over_twelve_thousand_characters_is_too_long(stage: Stage):
    section = {"type": "section", "text": {"type": "mrkdwn", "text": "x" * 3000}}
    call = stage.client.chat_postMessage
    await call(channel=stage.costs.id, text="x", blocks=[section] * 4)
    more = [section] * 4 + [{"type": "section", "text": {"type": "mrkdwn", "text": "x"}}]
    no = await refusal(call(channel=stage.costs.id, text="x", blocks=more))
    assert no["error"] == "msg_blocks_too_long"


async def test_one_post_a_second_and_channel(stage: Stage):
    costs = stage.costs.id
    platform = stage.workspace.find_channel("ml-platform")
    assert platform is not None
    await stage.client.chat_postMessage(channel=costs, text="1")
    await stage.client.chat_postMessage(channel=platform.id, text="elsewhere")
    with pytest.raises(SlackApiError) as caught:
        await stage.client.chat_postMessage(channel=costs, text="2")
    assert refused(caught.value).status_code == 429
    assert refused(caught.value).headers["Retry-After"] == "1"
    assert refused(caught.value)["error"] == "ratelimited"
    await stage.clock.advance(1)
    await stage.client.chat_postMessage(channel=costs, text="2")
    assert len(stage.workspace.history(costs)) == 2


async def test_a_tier_lets_no_more_calls_through_in_a_minute(stage: Stage):
    for _ in range(20):
        await stage.client.users_list()
    with pytest.raises(SlackApiError) as caught:
        await stage.client.users_list()
    assert refused(caught.value).headers["Retry-After"] == "60"
    await stage.clock.advance(60)
    await stage.client.users_list()


async def test_a_thread_is_read_root_first_and_kept_out_of_the_history(stage: Stage):
    costs = stage.costs.id
    root = stage.slack.delivery.message(ADA.id, costs, "root")
    await stage.client.chat_postMessage(channel=costs, text="first", thread_ts=root.ts)
    await stage.clock.advance(1)
    second = await stage.client.chat_postMessage(
        channel=costs, text="second", thread_ts=root.ts, reply_broadcast=True
    )
    replies = await stage.client.conversations_replies(channel=costs, ts=root.ts)
    assert [m["text"] for m in replies["messages"]] == ["root", "first", "second"]
    assert replies["messages"][0]["reply_count"] == 2
    history = await stage.client.conversations_history(channel=costs)
    assert [m["text"] for m in history["messages"]] == ["second", "root"]
    link = await stage.client.chat_getPermalink(channel=costs, message_ts=str(second["ts"]))
    assert f"thread_ts={root.ts}" in str(link["permalink"])


async def test_metadata_is_returned_only_when_it_is_asked_for(stage: Stage):
    metadata = {"event_type": "digest", "event_payload": {"key": "2024-12-05"}}
    await stage.client.chat_postMessage(channel=stage.costs.id, text="x", metadata=metadata)
    plain = await stage.client.conversations_history(channel=stage.costs.id)
    asked = await stage.client.conversations_history(
        channel=stage.costs.id, include_all_metadata=True
    )
    assert "metadata" not in plain["messages"][0]
    assert asked["messages"][0]["metadata"] == metadata


async def test_an_ephemeral_message_is_in_no_history(stage: Stage):
    costs = stage.costs.id
    sent = await stage.client.chat_postEphemeral(channel=costs, user=ADA.id, text="psst")
    assert (await stage.client.conversations_history(channel=costs))["messages"] == []
    ts = str(sent["message_ts"])
    no = await refusal(stage.client.chat_update(channel=costs, ts=ts, text="x"))
    assert no["error"] == "message_not_found"
    assert [m.text for m in stage.workspace.visible(costs, ADA.id)] == ["psst"]
    assert stage.workspace.visible(costs, BOB.id) == []
    outside = stage.client.chat_postEphemeral(channel=costs, user="U0NOBODY0", text="x")
    assert (await refusal(outside))["error"] == "user_not_in_channel"


async def test_a_long_history_comes_in_pages_between_two_instants(stage: Stage):
    messages = [stage.slack.delivery.message(ADA.id, stage.costs.id, str(n)) for n in range(7)]
    texts: list[str] = []
    async for page in await stage.client.conversations_history(channel=stage.costs.id, limit=3):
        texts += [m["text"] for m in page["messages"]]
    assert texts == [str(n) for n in reversed(range(7))]
    some = await stage.client.conversations_history(
        channel=stage.costs.id, oldest=messages[2].ts, latest=messages[5].ts
    )
    assert [m["text"] for m in some["messages"]] == ["4", "3"]
    wrong = stage.client.conversations_history(channel=stage.costs.id, cursor="garbage")
    assert (await refusal(wrong))["error"] == "invalid_cursor"


async def test_conversations_are_listed_opened_and_joined(stage: Stage):
    listed = await stage.client.conversations_list()
    names = {c["name"]: c["is_member"] for c in listed["channels"]}
    assert names == {"general": False, "costs": True, "ml-platform": True}
    await stage.client.conversations_join(channel=stage.general.id)
    await stage.client.chat_postMessage(channel=stage.general.id, text="hello")
    opened = await stage.client.conversations_open(users=[ADA.id])
    again = await stage.client.conversations_open(users=ADA.id)
    assert opened["channel"]["id"] == again["channel"]["id"]
    assert again["already_open"] is True
    direct = await stage.client.chat_postMessage(channel=ADA.id, text="to you alone")
    assert direct["channel"] == opened["channel"]["id"]


async def test_people_are_found_by_address_and_addresses_need_a_scope(stage: Stage):
    found = await stage.client.users_lookupByEmail(email="ADA@example.com")
    assert found["user"]["id"] == ADA.id
    user = (await stage.client.users_info(user=ADA.id))["user"]
    assert (user["tz"], user["profile"]["email"]) == ("Europe/Berlin", "ada@example.com")
    assert (await refusal(stage.client.users_info(user="U0NOBODY0")))["error"] == "user_not_found"

    stage.app.scopes = frozenset({"chat:write", "users:read"})
    user = (await stage.client.users_info(user=ADA.id))["user"]
    assert "email" not in user["profile"]
    no = await refusal(stage.client.users_lookupByEmail(email="ada@example.com"))
    assert no == {
        "ok": False,
        "error": "missing_scope",
        "needed": "users:read.email",
        "provided": "chat:write,users:read",
    }
    history = await refusal(stage.client.conversations_history(channel=stage.costs.id))
    assert history["needed"] == "channels:history"


async def test_a_file_is_uploaded_shared_in_a_thread_and_deleted(stage: Stage):
    costs = stage.costs.id
    root = stage.slack.delivery.message(ADA.id, costs, "root")
    uploaded = await stage.client.files_upload_v2(
        channel=costs,
        thread_ts=root.ts,
        filename="costs.csv",
        title="Costs",
        content="model,cost\ngpt-4,1.25\n",
        initial_comment="all of it",
    )
    file_id = uploaded["files"][0]["id"]
    file = (await stage.client.files_info(file=file_id))["file"]
    assert (file["name"], file["title"], file["filetype"], file["size"]) == (
        "costs.csv",
        "Costs",
        "csv",
        22,
    )
    share = file["shares"]["public"][costs][0]
    assert share["thread_ts"] == root.ts
    replies = await stage.client.conversations_replies(channel=costs, ts=root.ts)
    message = replies["messages"][1]
    assert (message["text"], message["files"][0]["id"]) == ("all of it", file_id)
    async with aiohttp.ClientSession() as session:
        headers = {"Authorization": "Bearer xoxb-1"}
        async with session.get(file["url_private"], headers=headers) as response:
            assert await response.text() == "model,cost\ngpt-4,1.25\n"
        async with session.get(file["url_private"]) as response:
            assert response.status == 403
    await stage.client.files_delete(file=file_id)
    assert (await refusal(stage.client.files_info(file=file_id)))["error"] == "file_not_found"
    assert stage.workspace.message(costs, share["ts"]) is not None


async def test_an_upload_is_completed_into_real_channel_ids_only(stage: Stage):
    for channel, error in [
        ("#costs", "channel_not_found"),
        (ADA.id, "channel_not_found"),
        (stage.general.id, "not_in_channel"),
    ]:
        call = stage.client.files_upload_v2(channel=channel, filename="a.txt", content="a")
        assert (await refusal(call))["error"] == error
    answer = await stage.client.files_getUploadURLExternal(filename="a.txt", length=3)
    files = [{"id": str(answer["file_id"])}]
    early = stage.client.files_completeUploadExternal(files=files)
    assert (await refusal(early))["error"] == "file_not_found"


async def test_a_reaction_is_added_once(stage: Stage):
    message = stage.slack.delivery.message(ADA.id, stage.costs.id, "x")
    call = stage.client.reactions_add
    await call(channel=stage.costs.id, timestamp=message.ts, name="eyes")
    again = call(channel=stage.costs.id, timestamp=message.ts, name="eyes")
    assert (await refusal(again))["error"] == "already_reacted"
    history = await stage.client.conversations_history(channel=stage.costs.id)
    assert history["messages"][0]["reactions"] == [
        {"name": "eyes", "users": ["U0COSTBOT"], "count": 1}
    ]


async def test_the_smaller_questions_are_answered(stage: Stage):
    assert (await stage.client.team_info())["team"]["id"] == "T0PLAYGRND"
    assert (await stage.client.bots_info(bot="B0COSTBOT"))["bot"]["name"] == "Costbot"
    assert (await stage.client.api_test(foo="bar"))["args"] == {"foo": "bar"}
    assert (await refusal(stage.client.api_test(error="boom")))["error"] == "boom"
