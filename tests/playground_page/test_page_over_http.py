from __future__ import annotations

import re
from typing import Any

import aiohttp
import pytest

from playground.model import File, Message
from tests.playground_page.sample_app import PEOPLE, answer_blocks, button, installed, mrkdwn
from tests.playground_page.served import Served

ADA, GRACE, LINUS = (person.id for person in PEOPLE)
Fields = dict[str, str] | list[tuple[str, str]]


async def get(browser: aiohttp.ClientSession, path: str, status: int = 200) -> str:
    async with browser.get(path) as answer:
        assert answer.status == status, await answer.text()
        return await answer.text()


async def post(
    browser: aiohttp.ClientSession, path: str, fields: Fields, status: int = 200, **headers: str
) -> str:
    async with browser.post(path, data=fields, headers=headers) as answer:
        text = await answer.text()
        assert answer.status == status, text
        return text


def posted(site: Served, *, blocks: list[dict[str, Any]] | None = None, **more: Any) -> Message:
    """A message of the app's in #costs."""
    app = installed()
    channel = site.channel()
    return site.workspace.post(
        Message(
            channel=channel,
            ts=site.workspace.new_ts(channel),
            user=app.bot_user_id,
            bot_id=app.bot_id,
            app_id=app.id,
            blocks=blocks or [],
            **more,
        )
    )


def click(message: Message, action: str, **more: str) -> dict[str, str]:
    return {"channel": message.channel, "ts": message.ts, "action": action, **more}


async def test_the_first_page_is_a_channel_with_the_app_and_says_what_to_type(
    browser: aiohttp.ClientSession,
):
    page = await get(browser, "/")
    assert "<h1>" in page
    assert "#</span>costs" in page
    assert 'value="/cost today by model"' in page
    assert "What today has cost, model by model" in page
    assert "today by model | week by organization | help" in page


async def test_a_command_from_a_plain_form_is_answered_on_the_next_page(
    site: Served, browser: aiohttp.ClientSession
):
    page = await post(browser, f"/c/{site.channel()}/say", {"text": "/cost today by model"})
    assert "Only visible to you" in page
    assert "<h3>Cost today by model</h3>" in page
    assert '<td class="right">$1,204.18</td>' in page


async def test_a_chip_sends_its_line(site: Served, browser: aiohttp.ClientSession):
    fields = {"text": "", "suggested": "/cost today by model"}
    assert "$1,204.18" in await post(browser, f"/c/{site.channel()}/say", fields)


async def test_the_answer_to_one_person_is_not_shown_to_another(
    site: Served, browser: aiohttp.ClientSession
):
    await post(browser, f"/c/{site.channel()}/say", {"text": "/cost today"})
    page = await post(browser, "/me", {"user": GRACE, "back": f"/c/{site.channel()}"})
    assert "Grace Hopper" in page
    assert "$1,204.18" not in page


async def test_an_unknown_command_is_answered_by_slackbot(
    site: Served, browser: aiohttp.ClientSession
):
    page = await post(browser, f"/c/{site.channel()}/say", {"text": "/coast"})
    assert "<code>/coast</code> is not a valid command." in page


async def test_an_app_that_is_down_is_a_failure_that_slackbot_tells(
    site: Served, browser: aiohttp.ClientSession
):
    next(iter(site.workspace.apps.values())).request_url = "http://127.0.0.1:9/slack/events"
    page = await post(browser, f"/c/{site.channel()}/say", {"text": "/cost today"})
    assert "dispatch_failed" in page


async def test_a_mention_is_answered_in_a_thread(site: Served, browser: aiohttp.ClientSession):
    await post(browser, f"/c/{site.channel()}/say", {"text": "@costbot what <b>now</b>?"})
    await site.slack.delivery.events.settle()
    page = await get(browser, f"/c/{site.channel()}")
    assert "what &lt;b&gt;now&lt;/b&gt;?" in page
    thread = re.search(r'class="replies" href="([^"]+)">1 reply', page)
    assert thread is not None
    assert "Try <code>/cost today</code>" in await get(browser, thread[1])


async def test_a_button_tells_the_app_its_value_and_the_state_of_every_input(
    site: Served, browser: aiohttp.ClientSession
):
    message = posted(site, blocks=answer_blocks())
    fields = click(message, "4.1|by_organization", **{"s.4.3": "week"})
    page = await post(browser, "/act", fields)
    told = site.app.actions[0]
    assert told["value"] == "By organization"
    assert told["block_id"] == "next"
    assert told["state"]["next"]["period"]["selected_option"]["value"] == "week"
    assert "Cost today by organization" in page


async def test_a_menu_tells_the_app_the_chosen_option(site: Served, browser: aiohttp.ClientSession):
    message = posted(site, blocks=answer_blocks())
    await post(browser, "/act", click(message, "4.3|period", **{"s.4.3": "week"}))
    assert site.app.actions[0]["selected_option"]["text"]["text"] == "week"


async def test_an_option_that_is_not_offered_cannot_be_chosen(
    site: Served, browser: aiohttp.ClientSession
):
    message = posted(site, blocks=answer_blocks())
    await post(browser, "/act", click(message, "4.3|period", **{"s.4.3": "for ever"}))
    assert site.app.actions[0]["selected_option"] is None


async def test_a_button_that_is_no_longer_there_is_refused(
    site: Served, browser: aiohttp.ClientSession
):
    message = posted(site, blocks=answer_blocks())
    site.workspace.edit(message, blocks=answer_blocks()[:2])
    page = await post(browser, "/act", click(message, "4.0|by_model"), 409)
    assert "has changed since it was shown" in page
    assert site.app.actions == []


async def test_a_button_whose_place_another_one_has_taken_is_refused(
    site: Served, browser: aiohttp.ClientSession
):
    message = posted(site, blocks=answer_blocks())
    await post(browser, "/act", click(message, "4.0|approve"), 409)
    assert site.app.actions == []


async def test_a_button_with_a_question_acts_only_after_a_yes(
    site: Served, browser: aiohttp.ClientSession
):
    message = posted(site, blocks=answer_blocks())
    question = await post(browser, "/act", click(message, "4.4|forget"))
    assert "Forget this answer?" in question
    assert f'name="ts" value="{message.ts}"' in question
    await post(browser, "/act", click(message, "4.4|forget", answer="no"))
    assert site.app.actions == []
    await post(browser, "/act", click(message, "4.4|forget", answer="yes"))
    assert [told["action_id"] for told in site.app.actions] == ["forget"]


async def test_nobody_can_use_a_message_that_another_person_alone_sees(
    site: Served, browser: aiohttp.ClientSession
):
    message = posted(site, blocks=answer_blocks(), ephemeral_to=GRACE)
    await post(browser, "/act", click(message, "4.0|by_model"), 404)
    await post(browser, "/dismiss", click(message, ""), 404)
    assert site.app.actions == []


async def test_an_ephemeral_message_can_be_dismissed(site: Served, browser: aiohttp.ClientSession):
    message = posted(site, text="just for you", ephemeral_to=ADA)
    assert "just for you" in await get(browser, f"/c/{site.channel()}")
    page = await post(browser, "/dismiss", click(message, ""))
    assert "just for you" not in page


async def test_a_modal_keeps_what_was_typed_and_shows_what_is_wrong_in_place(
    site: Served, browser: aiohttp.ClientSession
):
    page = await post(browser, f"/c/{site.channel()}/say", {"text": "/budget create"})
    modal = site.workspace.modals_of(ADA)[-1]
    assert 'role="dialog"' in page
    fields = {"done": "submit", "s.0.a": "Video <team>", "s.1.a": "0", "s.3.a": "2025-01-01"}
    page = await post(
        browser, f"/view/{modal.id}", fields, Referer=f"{site.url}/c/{site.channel()}"
    )
    assert "A limit is above 0." in page
    assert 'value="Video &lt;team&gt;"' in page
    more = [*(fields | {"s.1.a": "60000"}).items(), ("s.2.a", "team"), ("s.2.a", "model")]
    page = await post(browser, f"/view/{modal.id}", more, Referer=f"{site.url}/c/{site.channel()}")
    assert 'role="dialog"' not in page
    values = site.app.submitted[0]
    assert values["limit"]["value"]["value"] == "60000"
    assert [o["value"] for o in values["scope"]["value"]["selected_options"]] == ["team", "model"]
    assert values["since"]["value"]["selected_date"] == "2025-01-01"
    assert values["alerts"]["value"]["selected_options"] == []


async def test_a_modal_is_its_owners_alone(site: Served, browser: aiohttp.ClientSession):
    await post(browser, f"/c/{site.channel()}/say", {"text": "/budget create"})
    modal = site.workspace.modals_of(ADA)[-1]
    await post(browser, "/me", {"user": GRACE, "back": "/"})
    await post(browser, f"/view/{modal.id}", {"done": "close"}, 404)
    assert site.workspace.modals_of(ADA) == [modal]


async def test_a_modal_can_be_closed(site: Served, browser: aiohttp.ClientSession):
    await post(browser, f"/c/{site.channel()}/say", {"text": "/budget create"})
    modal = site.workspace.modals_of(ADA)[-1]
    await post(browser, f"/view/{modal.id}", {"done": "close"})
    assert site.workspace.modals_of(ADA) == []


async def test_opening_the_home_tab_lets_the_app_publish_it(
    site: Served, browser: aiohttp.ClientSession
):
    app_id = installed().id
    assert "has not published anything" in await get(browser, f"/app/{app_id}")
    await site.slack.delivery.events.settle()
    assert "Your month so far" in await get(browser, f"/app/{app_id}")
    home = site.workspace.home_of(ADA, app_id)
    assert home is not None
    await post(browser, f"/view/{home.id}", {"action": "2.0|refresh"})
    assert site.app.actions[0]["action_id"] == "refresh"


async def test_a_failure_of_the_app_is_said_to_the_script_and_to_people(
    site: Served, browser: aiohttp.ClientSession
):
    message = posted(site, blocks=[{"type": "actions", "elements": [button("x", "not_handled")]}])
    fields = click(message, "0.0|not_handled")
    said = await post(browser, "/act", fields, 502, **{"X-Page": "script"})
    assert said == "The app could not do this, try again. (dispatch_failed)"
    assert "dispatch_failed" in await post(browser, "/act", fields, 502)


async def test_files_are_saved_never_shown_in_place(site: Served, browser: aiohttp.ClientSession):
    content = b"model,cost\ngpt-4,3\n"
    file = File(
        id="F0CSV00001",
        name="by model.csv",
        title="By model",
        user=installed().bot_user_id,
        created=site.workspace.clock.now(),
        mimetype="text/html",
        filetype="csv",
        expected_size=len(content),
        content=content,
        completed=True,
        channels=[site.channel()],
    )
    site.workspace.add_file(file)
    posted(site, text="Here it is", files=[file.id])
    page = await get(browser, f"/c/{site.channel()}")
    assert "<th>model</th>" in page
    address = f"/file/{file.id}/by%20model.csv"
    assert f'href="{address}"' in page
    async with browser.get(address) as answer:
        assert await answer.read() == content
        assert answer.headers["Content-Disposition"] == "attachment"
        assert answer.content_type == "application/octet-stream"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
    await get(browser, f"/picture/{file.id}", 404)


async def test_private_channels_and_their_files_are_hidden_from_others(
    site: Served, browser: aiohttp.ClientSession
):
    board = site.workspace.add_channel("board", members=[GRACE], is_private=True)
    site.workspace.add_file(
        File(
            id="F0PNG00001",
            name="plan.png",
            title="Plan",
            user=GRACE,
            created=site.workspace.clock.now(),
            mimetype="image/png",
            filetype="png",
            expected_size=3,
            content=b"png",
            completed=True,
            channels=[board.id],
        )
    )
    assert "board" not in await get(browser, "/")
    await get(browser, f"/c/{board.id}", 404)
    await get(browser, "/picture/F0PNG00001", 404)
    await post(browser, f"/c/{board.id}/say", {"text": "hello"}, 404)
    await post(browser, "/me", {"user": GRACE, "back": "/"})
    assert "board" in await get(browser, f"/c/{board.id}")
    await get(browser, "/picture/F0PNG00001")


async def test_a_channel_has_to_be_joined_before_posting(
    site: Served, browser: aiohttp.ClientSession
):
    room = site.workspace.add_channel("random", members=[GRACE])
    assert "Join the channel" in await get(browser, f"/c/{room.id}")
    await post(browser, f"/c/{room.id}/say", {"text": "hello"}, 403)
    assert 'id="composer"' in await post(browser, f"/c/{room.id}/join", {})


async def test_another_sites_page_cannot_act_as_the_person(
    site: Served, browser: aiohttp.ClientSession
):
    path = f"/c/{site.channel()}/say"
    await post(browser, path, {"text": "hi"}, 403, Origin="https://evil.example")
    await post(browser, path, {"text": "hi"}, 403, Origin="null")
    await post(browser, path, {"text": "hi"}, 403, **{"Sec-Fetch-Site": "cross-site"})
    assert site.workspace.history(site.channel()) == []
    await post(browser, path, {"text": "hi"}, Origin=site.url)
    assert len(site.workspace.history(site.channel())) == 1


@pytest.mark.parametrize("back", ["https://evil.example", "//evil.example", "/\\evil.example"])
async def test_the_way_back_never_leads_to_another_site(browser: aiohttp.ClientSession, back: str):
    fields = {"user": GRACE, "back": back}
    async with browser.post("/me", data=fields, allow_redirects=False) as answer:
        assert answer.headers["Location"] == "/"


async def test_every_page_forbids_scripts_and_requests_that_are_not_its_own(
    browser: aiohttp.ClientSession,
):
    async with browser.get("/") as answer:
        policy = answer.headers["Content-Security-Policy"]
        page = await answer.text()
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert re.findall(r"<(?:script|link|img)[^>]*(?:src|href)=\"(?!/)", page) == []
    assert " style=" not in page


async def test_a_long_channel_begins_with_its_latest_messages(
    site: Served, browser: aiohttp.ClientSession
):
    for number in range(103):
        posted(site, text=f"number {number}.")
    page = await get(browser, f"/c/{site.channel()}")
    assert "number 2." not in page
    assert "number 3." in page
    assert "Show 3 earlier messages" in page
    page = await get(browser, f"/c/{site.channel()}?whole=true")
    assert "number 0." in page
    assert "earlier message" not in page


async def test_the_chosen_theme_is_kept(browser: aiohttp.ClientSession):
    assert 'data-theme="auto"' in await get(browser, "/")
    assert 'data-theme="dark"' in await post(browser, "/theme", {"theme": "dark", "back": "/"})


async def test_a_fault_switch_is_turned_on_and_off_in_the_menu(
    site: Served, browser: aiohttp.ClientSession
):
    page = await post(browser, "/fault", {"switch": "server_error", "back": "/"})
    assert [fault.kind for fault in site.slack.faults.on] == ["server_error"]
    assert 'aria-pressed="true" aria-label="Server errors"' in page
    await post(browser, "/fault", {"switch": "server_error", "back": "/"})
    assert site.slack.faults.on == []


async def test_hostile_names_and_texts_are_shown_as_text(
    site: Served, browser: aiohttp.ClientSession
):
    attack = '"><script>alert(1)</script>'
    site.workspace.add_channel(attack, members=[ADA], purpose=attack)
    posted(site, text=attack, blocks=[{"type": "section", "text": mrkdwn(attack)}])
    page = await get(browser, f"/c/{site.channel()}")
    assert "<script>" not in page
    assert "&lt;script&gt;alert(1)" in page
