"""The gallery: payloads drawn as messages, with the verdict of the limits and their pictures."""

from __future__ import annotations

import aiohttp
from starlette.applications import Starlette
from starlette.routing import Mount

from playground.beginning import begin
from playground.clock import SystemClock
from playground.model import File, JsonObject, Message
from playground.page.gallery import Exhibit, Gallery
from playground.page.routes import Page
from playground.serving import serving
from playground.slack import create_slack
from tests.playground_page.sample_app import PEOPLE, installed
from tests.playground_page.served import Served, served

PNG = b"\x89PNG of "


def section(text: str) -> JsonObject:
    return {"type": "section", "text": {"type": "mrkdwn", "text": text}}


async def paint(theme: str) -> bytes:
    return PNG + theme.encode()


def exhibits(room: str) -> list[Exhibit]:
    image: JsonObject = {"type": "image", "slack_file": {"id": "p.png"}, "alt_text": "Cost rose"}
    good: JsonObject = {"text": "Cost", "blocks": [section("*Cost* rose"), image]}
    bad: JsonObject = {"text": "", "blocks": [section("<!channel> " + "x" * 3000)]}
    return [
        Exhibit(f"{room} digest", "typical", good, {"p.png": paint}),
        Exhibit(f"{room} digest", "extreme", bad, {}),
    ]


async def test_a_room_shows_messages_their_verdicts_and_their_pictures() -> None:
    slack = create_slack(begin(SystemClock(), PEOPLE, installed()))
    page = Page(slack.workspace, slack.delivery, gallery=Gallery(("daily", "weekly"), exhibits))
    async with (
        serving(Starlette(routes=[Mount("/", page.app)])) as url,
        aiohttp.ClientSession(cookies={"playground_theme": "dark"}) as session,
    ):
        async with session.get(f"{url}/gallery") as response:
            html = await response.text()
        assert str(response.url).endswith("/gallery/daily")
        assert "<b>Cost</b>" in html or "<strong>Cost</strong>" in html
        assert "2 of 50 blocks" in html
        assert '<img src="/gallery/daily/0/p.png" alt="Cost rose"' in html
        assert "1 of them outside Slack’s limits" in html
        assert "must be less than 3001 characters" in html
        assert "calls everybody: &lt;!channel" in html
        assert "no text for notifications and screen readers" in html
        async with session.get(f"{url}/gallery/daily/0/p.png") as response:
            assert (response.content_type, await response.read()) == ("image/png", PNG + b"dark")
        for missing in ("monthly", "daily/1/p.png", "daily/7/p.png"):
            async with session.get(f"{url}/gallery/{missing}") as response:
                assert response.status == 404
        async with session.get(f"{url}/") as response:
            assert 'href="/gallery"' in await response.text()
    page.close()
    await slack.close()


async def test_without_exhibits_there_is_no_way_to_a_gallery() -> None:
    async with served() as site, aiohttp.ClientSession() as session:
        async with session.get(f"{site.url}/") as response:
            assert "/gallery" not in await response.text()
        async with session.get(f"{site.url}/gallery") as response:
            assert response.status == 404


def posted(site: Served, reader: str, file_id: str) -> None:
    workspace = site.slack.workspace
    channel = next(c for c in workspace.channels.values() if not c.is_im)
    image: JsonObject = {"type": "image", "slack_file": {"id": file_id}, "alt_text": "a"}
    ts = workspace.new_ts(channel.id)
    workspace.post(Message(channel.id, ts, "U0BOT", text="a", blocks=[image], ephemeral_to=reader))


async def test_the_picture_of_a_private_answer_is_seen_by_who_asked_alone() -> None:
    async with served() as site, aiohttp.ClientSession() as session:
        one, other, *_ = site.slack.workspace.people()
        site.slack.workspace.add_file(
            File(
                id="F0PICTURE1",
                name="chart.png",
                title="chart",
                user="U0BOT",
                created=site.slack.workspace.clock.now(),
                mimetype="image/png",
                filetype="png",
                expected_size=len(PNG),
                content=PNG,
                completed=True,
            )
        )
        posted(site, one.id, "F0PICTURE1")
        for person, status in ((one, 200), (other, 404)):
            cookies = {"playground_person": person.id}
            async with session.get(f"{site.url}/picture/F0PICTURE1", cookies=cookies) as response:
                assert response.status == status
