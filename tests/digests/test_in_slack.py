"""Digests in Slack: typed, clicked, filled in; who may is looked at each time."""

from __future__ import annotations

from playground.model import Message
from storage.records.digest import Digest
from tests.budgets.slack.acting import Acting, filled
from tests.slack.conftest import Play, Playing, answered


async def said(playing: Playing, text: str, name: str) -> str:
    """What `/cost digest text` is answered."""
    heard = answered(await playing.stage.say(f"/cost digest {text}".strip(), name))
    assert (heard.status, heard.failure) == (200, "")
    return str(heard.ack.get("text", ""))


async def only(playing: Playing) -> Digest:
    """The only digest."""
    (digest,) = await playing.parts.store.digests.find_all()
    return digest


async def deliver(playing: Playing) -> list[Message]:
    """Sends what is in the outbox; what stands in #costs then."""
    acting = Acting(playing)
    await acting.send_outbox()
    return acting.posted(acting.costs)


async def test_a_line_subscribes_once_and_says_when_it_comes(play: Play) -> None:
    async with play() as playing:
        line = "subscribe here daily 9:00 weekdays product api quiet"
        told = await said(playing, line, "otto")
        again = await said(playing, line, "otto")
        digest = await only(playing)
    assert "Mondays to Fridays at 09:00 Europe/Berlin" in told
    assert "The first one comes Mon 23 Nov 09:00 CET" in told
    assert again.startswith("That digest is there already")
    assert digest.organization == "acme"
    assert digest.filters == {"product": ("api",)}
    assert digest.skip_quiet


async def test_a_user_subscribes_themselves_and_no_channel(play: Play) -> None:
    async with play() as playing:
        refused = await said(playing, "subscribe here daily 9:00", "ute")
        assert "Only an organization admin may subscribe a channel." in refused
        told = await said(playing, "subscribe me monday 9:00", "ute")
        digest = await only(playing)
    assert "every Monday at 09:00" in told
    assert digest.address == digest.owner


async def test_a_test_arrives_with_its_thread_and_asks_again_who_clicks(play: Play) -> None:
    async with play() as playing:
        await said(playing, "subscribe here daily 9:00", "otto")
        assert "on its way" in await said(playing, "test 1", "otto")
        root, *replies = await deliver(playing)
        assert "This is a test" in str(root.blocks)
        assert all(one.thread_ts == root.ts for one in replies)
        acting = Acting(playing)
        (settings,) = await acting.click(root, "Settings", "otto")
        assert "every day at 09:00" in settings
        (not_theirs,) = await acting.click(root, "Settings", "gil")
        assert "There is no digest" in not_theirs
        before = root.text
        await acting.click(root, "Why?", "gil")
        assert root.text == before


async def test_the_form_previews_todays_figures_and_saves_what_was_seen(play: Play) -> None:
    async with play() as playing:
        acting = Acting(playing)
        assert await said(playing, "", "otto") == ""
        view = acting.modal("otto")
        assert view.payload["submit"]["text"] == "Preview"
        assert filled(view)["channel"]["value"]["selected_conversations"] == [acting.costs]
        await acting.submit(view, "otto", zone="Mars/Base")
        assert "no time zone" in str(acting.modal("otto").payload)
        await acting.submit(acting.modal("otto"), "otto", zone="Europe/Berlin")
        seen = acting.modal("otto")
        assert seen.payload["submit"]["text"] == "Save"
        assert "Today it would say" in str(seen.payload)
        await acting.submit(seen, "otto")
        digest = await only(playing)
    assert digest.address == acting.costs
    assert digest.schedule.weekdays == (0, 1, 2, 3, 4)


async def test_others_digests_are_not_there_for_users_and_other_organizations(play: Play) -> None:
    async with play() as playing:
        await said(playing, "subscribe here daily 9:00", "otto")
        digest = await only(playing)
        for name in ("ute", "gil"):
            for word in ("show", "pause", "unsubscribe", "test", "preview"):
                told = await said(playing, f"{word} {digest.id.hex[:8]}", name)
                assert "There is no digest" in told, (name, word)
        assert "paused" in (await said(playing, f"pause {digest.id.hex[:8]}", "ada")).lower()


async def test_an_ending_is_undone_and_a_skipped_one_is_sent_after_all(play: Play) -> None:
    async with play() as playing:
        await said(playing, "subscribe me daily 9:00", "ute")
        digest = await only(playing)
        assert "Left out: Sat 2026-11-21" in await said(playing, "skip 1", "ute")
        assert "Sent after all" in await said(playing, "unskip 1 2026-11-21", "ute")
        assert "Ended" in await said(playing, "unsubscribe 1", "ute")
        assert "You have no digest yet" in await said(playing, "list", "ute")
        assert "Subscribed again" in await said(playing, f"undo {digest.id}", "ute")
        entries = await playing.parts.store.audit.of_object("digest", str(digest.id))
    assert [one.action for one in reversed(entries)] == [
        "digest.subscribe",
        "digest.skip",
        "digest.unskip",
        "digest.unsubscribe",
        "digest.undo",
    ]


async def test_where_costbot_is_no_member_that_is_told_at_once(play: Play) -> None:
    async with play() as playing:
        acting = Acting(playing)
        channel = playing.stage.slack.workspace.channels[acting.costs]
        (app,) = playing.stage.slack.workspace.apps.values()
        channel.members.remove(app.bot_user_id)
        told = await said(playing, "subscribe here daily 9:00", "otto")
    assert "/invite @costbot" in told
