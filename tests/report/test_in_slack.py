"""`/cost report` through signed HTTP: the summary in the channel, the parts in its thread."""

from __future__ import annotations

import asyncio
import csv
import io
from dataclasses import replace
from typing import Literal

import pytest

from bot.query_csv import query_csv
from handlers.queries import QueryRequest
from playground.faults import Fault
from playground.model import File, Message
from queries.template_list import NAMES
from tests.report.rows import two_weeks
from tests.report.test_report_handler import ADMIN
from tests.slack.conftest import Play, Playing, answered
from tests.slack.conftest import play as play
from tests.slack.test_clicks import asked, button, click


def in_channel(playing: Playing, name: str = "costs") -> list[Message]:
    """The bot's messages in a channel, threads not counted."""
    workspace = playing.stage.slack.workspace
    channel = workspace.find_channel(name)
    assert channel is not None
    return [message for message in workspace.history(channel.id) if message.app_id]


def thread(playing: Playing, root: Message) -> list[Message]:
    return playing.stage.slack.workspace.replies(root)


def files_of(playing: Playing, messages: list[Message]) -> list[File]:
    files = playing.stage.slack.workspace.files
    return [files[name] for message in messages for name in message.files]


def in_direct_messages(playing: Playing, name: str) -> list[Message]:
    workspace = playing.stage.slack.workspace
    channels = workspace.channels_of(playing.stage.user_id(name))
    return [m for one in channels if one.is_im for m in workspace.history(one.id) if m.app_id]


async def previewed(playing: Playing, name: str, day: str = "") -> Message:
    """The preview that somebody asks for, be it that it misses the ack."""
    message = await asked(playing, f"/cost report preview {day}", name)
    await playing.stage.supervisor.idle()
    return message


async def test_the_summary_stands_in_the_channel_and_the_parts_in_its_thread(play: Play):
    async with play(two_weeks()) as playing:
        heard = await playing.stage.say("/cost report", "ada")
        (root,) = in_channel(playing)
        replies = thread(playing, root)
        results = [
            await playing.parts.handlers.queries.query(QueryRequest(name), ADMIN) for name in NAMES
        ]
        files = files_of(playing, replies)
    assert heard.ack["response_type"] == "ephemeral"
    assert heard.ack["text"].startswith(
        ":hourglass_flowing_sand: Making the cost report of 2026-11-19"
    )
    assert root.text.startswith("Cost report, Thu 2026-11-19. Thu 2026-11-19 cost $28.00")
    assert "Asked for by Ada Admin, as they see it · 11 parts in the thread" in str(root.blocks)
    assert "<@" not in str(root.blocks)
    assert "actions" not in {block["type"] for block in root.blocks}
    tables = [message for message in replies if not message.files]
    assert [message.text.split()[1].rstrip(":") for message in tables] == list(NAMES)
    # Each file stands right below its table.
    assert [bool(message.files) for message in replies] == [False, True] * 11
    expected = [query_csv(result) for result in results]
    assert [file.name for file in files] == [file.name for file in expected]
    assert [(file.content or b"").decode() for file in files] == [f.content for f in expected]
    rows = list(csv.DictReader(io.StringIO((files[0].content or b"").decode(), newline="")))
    assert len(rows) == len(results[0].rows)


async def test_the_asker_is_told_how_far_it_is_and_where_it_stands(play: Play):
    async with play(two_weeks()) as playing:
        workspace, texts = playing.stage.slack.workspace, list[str]()

        async def read() -> None:
            async for change in workspace.changes.follow():
                message = workspace.ephemeral(change.channel, change.ts)
                if change.kind == "ephemeral" and message is not None:
                    texts.append(message.text)

        reading = asyncio.create_task(read())
        message = await asked(playing, "/cost report", "ada")
        await playing.stage.supervisor.idle()
        reading.cancel()
        (root,) = in_channel(playing)
    assert message.ephemeral_to is not None
    assert [text for text in texts if " of 11 " in text] == [
        ":hourglass_flowing_sand: The report is being posted: 4 of 11 parts …",
        ":hourglass_flowing_sand: The report is being posted: 8 of 11 parts …",
    ]
    assert texts[-1] == message.text
    assert message.text.startswith("The cost report of 2026-11-19 is posted: <https://")
    assert f"p{root.ts.replace('.', '')}" in message.text


async def test_names_from_the_data_ping_nobody(play: Play):
    async with play(two_weeks()) as playing:
        await playing.stage.say("/cost report", "ada")
        (root,) = in_channel(playing)
        everything = [root, *thread(playing, root)]
    assert "&lt;!channel&gt;" in str([message.blocks for message in everything])
    assert "<!channel>" not in str([(message.blocks, message.text) for message in everything])


async def test_a_customer_posts_own_rows_alone(play: Play):
    async with play(two_weeks()) as playing:
        await playing.stage.say("/cost report", "gil")
        (root,) = in_channel(playing)
        replies = thread(playing, root)
        files = files_of(playing, replies)
        told = str([(message.blocks, message.text) for message in (root, *replies)])
    assert root.text.startswith("Cost report of globex, Thu 2026-11-19.")
    assert "acme" not in told + str([file.content for file in files])
    assert "utilization_by_category" not in told
    assert len([message for message in replies if not message.files]) == 10


async def test_a_part_without_rows_is_one_line_without_a_file(play: Play):
    async with play(two_weeks()) as playing:
        await playing.stage.say("/cost report", "gil")
        (root,) = in_channel(playing)
        replies = thread(playing, root)
        names = [file.name for file in files_of(playing, replies)]
    (line,) = [message for message in replies if " failure_cost " in message.text]
    assert len(line.blocks) == 1
    assert "No rows of these days answer it." in line.text
    assert not any(name.startswith("failure_cost") for name in names)


async def test_a_stranger_gets_no_report(play: Play):
    async with play(two_weeks()) as playing:
        heard = await playing.stage.say("/cost report", "sam")
        assert in_channel(playing) == []
    assert "I don't know you yet" in heard.ack["text"]


async def test_a_report_of_a_past_day_is_asked_for_by_its_date(play: Play):
    async with play(two_weeks()) as playing:
        await playing.stage.say("/cost report 2026-11-18", "ada")
        (root,) = in_channel(playing)
    assert root.text.startswith("Cost report, Wed 2026-11-18.")


async def test_where_there_is_nothing_to_report_nothing_is_posted(play: Play):
    async with play(two_weeks()) as playing:
        message = await asked(playing, "/cost report 2026-10-01", "ada")
        await playing.stage.supervisor.idle()
        assert in_channel(playing) == []
    assert "try `/cost report 2026-11-19`" in message.text


async def test_a_preview_is_for_the_asker_until_it_is_posted(play: Play):
    async with play(two_weeks()) as playing:
        message = await previewed(playing, "ada", "2026-11-18")
        before = in_channel(playing)
        shown = message.text
        await click(playing, message, "Post here", "ada")
        (root,) = in_channel(playing)
        parts = len(thread(playing, root))
    assert before == []
    assert message.ephemeral_to is not None
    assert shown.startswith("Cost report, Wed 2026-11-18.")
    assert root.text.startswith("Cost report, Wed 2026-11-18.")
    assert parts >= len(NAMES)
    assert "is posted" in message.text


async def test_a_double_click_posts_once(play: Play):
    async with play(two_weeks()) as playing:
        message = await previewed(playing, "ada")
        pressed = button(message, "Post here")
        user_id = playing.stage.user_id("ada")
        delivery = playing.stage.slack.delivery
        await delivery.click(user_id, message, pressed)
        await delivery.click(user_id, message, pressed)
        await playing.stage.supervisor.idle()
        roots = in_channel(playing)
        parts = [message.text for message in thread(playing, roots[0]) if not message.files]
    assert len(roots) == 1
    assert len(parts) == len(set(parts)) == 11


async def test_asked_again_while_it_is_posted_it_says_so(play: Play):
    async with play(two_weeks()) as playing:
        slack = playing.stage.slack
        await asked(playing, "/cost report", "ada")
        second = await asked(playing, "/cost report", "ada")
        text = second.text
        await playing.stage.supervisor.idle()
        third = await asked(playing, "/cost report", "ada")
        await playing.stage.supervisor.idle()
        roots = in_channel(playing)
    assert "A report of yours is under way here" in text
    assert third.text.startswith("That report was posted within the last minute: <https://")
    assert len(roots) == 1
    assert slack.faults.on == []


async def test_two_people_may_post_at_the_same_time(play: Play):
    async with play(two_weeks()) as playing:
        await asked(playing, "/cost report", "ada")
        await asked(playing, "/cost report", "gil")
        await playing.stage.supervisor.idle()
        roots = in_channel(playing)
        parts = [len([m for m in thread(playing, root) if not m.files]) for root in roots]
    assert sorted(parts) == [10, 11]


async def test_where_the_bot_is_no_member_the_report_comes_to_the_asker(play: Play):
    async with play(two_weeks()) as playing:
        slack = playing.stage.slack
        channel = slack.workspace.find_channel("general")
        assert channel is not None
        user_id = playing.stage.user_id("ada")
        outcome = await slack.delivery.command(user_id, channel.id, "/cost report")
        await playing.stage.supervisor.idle()
        assert outcome.reply is not None
        told = outcome.reply.posted[0].text
        (root,) = in_direct_messages(playing, "ada")
        parts = [message for message in thread(playing, root) if not message.files]
        outside = in_channel(playing, "general")
        slack.workspace.join(channel.id, slack.workspace.channels[root.channel].other(user_id))
        await slack.delivery.command(user_id, channel.id, "/cost report")
        await playing.stage.supervisor.idle()
        invited = in_channel(playing, "general")
    assert outside == []
    assert len(parts) == 11
    assert "I am not in this channel" in told
    assert "`/invite @costbot`" in told
    # Once invited, it is no repetition.
    assert len(invited) == 1


async def test_what_slack_does_not_take_is_named_and_can_go_on(play: Play):
    async with play(two_weeks()) as playing:
        slack = playing.stage.slack
        message = await stopped_after(playing, posts=5)
        (root,) = in_channel(playing)
        before = len(thread(playing, root))
        text = message.text
        await click(playing, message, "Go on", "ada")
        roots, replies = in_channel(playing), thread(playing, root)
    tables = [reply.text.split()[1].rstrip(":") for reply in replies if not reply.files]
    files = [file for reply in replies for file in reply.files]
    assert before == 8
    assert text.startswith(":warning: The connection to Slack broke. 7 parts of 11 missing in <")
    assert "week_over_week, anomaly_detection" in text
    assert len(roots) == 1
    assert tables == list(NAMES)
    assert len(files) == 11
    assert "is posted" in message.text
    assert slack.faults.on == []


async def stopped_after(playing: Playing, posts: int) -> Message:
    """A report of which Slack takes so many messages and then no more for a while.

    The first fault lets nothing be noticed: the messages before it are slow by nothing.
    """
    faults = playing.stage.slack.faults
    faults.set(Fault("slow", times=posts, methods=frozenset({"chat.postMessage"}), seconds=0))
    faults.set(Fault("dropped", times=2, methods=frozenset({"chat.postMessage"})))
    message = await asked(playing, "/cost report", "ada")
    await playing.stage.supervisor.idle()
    return message


async def test_asked_again_a_report_that_stopped_goes_on(play: Play):
    async with play(two_weeks()) as playing:
        await stopped_after(playing, posts=3)
        await asked(playing, "/cost report", "ada")
        await playing.stage.supervisor.idle()
        (root,) = in_channel(playing)
        tables = [reply for reply in thread(playing, root) if not reply.files]
    assert len(tables) == 11


async def test_only_the_asker_can_go_on(play: Play):
    async with play(two_weeks()) as playing:
        slack = playing.stage.slack
        message = await stopped_after(playing, posts=3)
        pressed = button(message, "Go on")
        foreign = replace(message, ephemeral_to=playing.stage.user_id("gil"))
        outcome = await slack.delivery.click(playing.stage.user_id("gil"), foreign, pressed)
        await playing.stage.supervisor.idle()
        (root,) = in_channel(playing)
        parts = len([reply for reply in thread(playing, root) if not reply.files])
    assert outcome.reply is not None
    assert "too old to go on with" in outcome.reply.posted[0].text
    assert parts == 2


@pytest.mark.parametrize("method", ["chat.postMessage", "files.completeUploadExternal", "upload"])
@pytest.mark.parametrize("kind", ["reply_lost", "server_error"])
async def test_what_may_have_arrived_is_looked_for_and_posted_once(
    play: Play, method: str, kind: Literal["reply_lost", "server_error"]
):
    async with play(two_weeks()) as playing:
        slack = playing.stage.slack
        methods = frozenset({method})
        slack.faults.set(Fault("slow", times=3, methods=methods, seconds=0))
        slack.faults.set(Fault(kind, times=1, methods=methods))
        message = await asked(playing, "/cost report", "ada")
        await playing.stage.supervisor.idle()
        (root,) = in_channel(playing)
        replies = thread(playing, root)
    tables = [reply.text.split()[1].rstrip(":") for reply in replies if not reply.files]
    files = [file.name for file in files_of(playing, replies)]
    assert tables == list(NAMES)
    assert len(files) == len(set(files)) == 11
    assert "is posted" in message.text


async def test_a_summary_whose_answer_is_lost_is_found_again(play: Play):
    async with play(two_weeks()) as playing:
        methods = frozenset({"chat.postMessage"})
        playing.stage.slack.faults.set(Fault("reply_lost", times=1, methods=methods))
        await playing.stage.say("/cost report", "ada")
        (root,) = in_channel(playing)
        parts = len([reply for reply in thread(playing, root) if not reply.files])
    assert parts == 11


async def test_slacks_own_limit_of_calls_is_obeyed(play: Play):
    async with play(two_weeks()) as playing:
        faults = playing.stage.slack.faults
        limited = frozenset({"chat.postMessage"})
        faults.set(Fault("ratelimited", times=1, methods=limited, seconds=1))
        message = await asked(playing, "/cost report", "ada")
        await playing.stage.supervisor.idle()
        (root,) = in_channel(playing)
        parts = len([reply for reply in thread(playing, root) if not reply.files])
    assert parts == 11
    assert "is posted" in message.text


async def test_all_files_come_to_the_asker_alone(play: Play):
    async with play(two_weeks()) as playing:
        heard = answered(await playing.stage.say("/cost report csv", "gil"))
        sent = in_direct_messages(playing, "gil")
        names = [file.name for file in files_of(playing, sent)]
        assert in_channel(playing) == []
        preview = await previewed(playing, "gil")
        await click(playing, preview, "CSV files", "gil")
        again = in_direct_messages(playing, "gil")
    assert heard.ack["text"].startswith(":page_facing_up: 7 CSV files of the report")
    assert "failure_cost" in heard.ack["text"]
    assert len(names) == len(set(names)) == 7
    assert len(again) == 2 * len(sent)


@pytest.mark.parametrize(
    ("command", "says"),
    [
        ("/cost report soon", "`report` does not go with `soon`"),
        ("/cost report preview preview", "is there twice"),
        ("/cost report 2026-11-01 2026-11-02", "one day and the week"),
        ("/cost report 2026-11-20", "not over yet"),
        ("/cost reprot", "Did you mean `report`"),
    ],
)
async def test_a_mistake_is_answered_with_what_would_work(play: Play, command: str, says: str):
    async with play(two_weeks()) as playing:
        heard = await playing.stage.say(command, "ada")
        assert in_channel(playing) == []
    assert says in heard.ack["text"]


async def test_who_asked_is_told_when_costbot_ends_before_all_is_posted(play: Play):
    async with play(two_weeks()) as playing:
        workspace = playing.stage.slack.workspace
        message = await asked(playing, "/cost report", "ada")
        async for change in workspace.changes.follow(0):
            if change.thread_ts:
                break
        await playing.stage.supervisor.stop(0)
        parts = len(thread(playing, in_channel(playing)[0]))
    assert parts < 2 * len(NAMES)
    assert message.text.startswith(":warning: I am being restarted. Missing in <https://")
    assert "cost_drivers. Ask for them with `/cost query NAME`" in message.text
