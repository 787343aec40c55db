"""How far costbot is set up, as a list with next steps, and the test message."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from slackblocks import ActionsBlock, Block

from analysis.checks import Check, Level
from bot.blocks.answer import Answer, button, context, section
from bot.blocks.text import escape, moment, short
from handlers.caller import Caller
from handlers.setup import Standing

TEST = "setup_test"

MARKS = {Level.OK: ":white_check_mark:", Level.WARNING: ":warning:", Level.FAULT: ":x:"}

ELSEWHERE = (
    "Tokens, scopes, mail servers and BigQuery are looked at by `costbot doctor`, on the machine"
)


def setup_answer(standing: Standing) -> Answer:
    """What is set up, what is not, and a test."""
    number, whose = len(standing.checks), standing.organization
    of = "" if whose is None else f" of {escape(short(whose))}"
    head = f"Setup{of}: {standing.done} of {number} done"
    if standing.done == number:
        head = f"Setup{of}: all is done"
    lines = "\n".join(_line(check) for check in standing.checks)
    buttons = [
        button("Send me a test", TEST, "test", hint="Send me a test message, as alerts come"),
        button("Check again", "ask_0", "setup", hint="Look at it again"),
    ]
    blocks: list[Block] = [
        section(f"*{head}*", "setup"),
        section(lines, "setup-checks"),
        ActionsBlock(list(buttons), block_id="setup-next"),
    ]
    if whose is None:
        blocks.append(context([ELSEWHERE], "setup-notes"))
    open_ = [check.name for check in standing.checks if check.level is not Level.OK]
    rest = f" To do: {', '.join(open_)}." if open_ else ""
    return Answer(text=f"{head}.{rest}", blocks=tuple(blocks))


def on_its_way_answer(*, is_new: bool) -> Answer:
    """That a test is sent."""
    text = "A test message is on its way to your direct messages with costbot."
    if not is_new:
        text = "A test message was sent to you within this minute; another one can be in the next."
    hint = "Does it not come within a minute? `costbot outbox` shows where it is."
    return Answer(text=text, blocks=(section(text, "setup-test"), context([hint], "setup-hint")))


def message_answer(caller: Caller, at: datetime, zone: ZoneInfo) -> Answer:
    """The test message itself."""
    text = "This is a test: costbot reaches you."
    rest = (
        "It came through the outbox, as alerts, digests and answers that take long do. Try "
        "`/cost today by model`."
    )
    small = f"Asked for by {escape(short(caller.name))}, {moment(at, zone)}"
    blocks = (
        section(f":test_tube: *{text}* {rest}", "setup-message"),
        context([small], "setup-by"),
    )
    return Answer(text=text, blocks=blocks)


def _line(check: Check) -> str:
    line = f"{MARKS[check.level]} *{check.name}*  {escape(check.sentence)}"
    return f"{line}\n      → {escape(check.cure)}" if check.cure else line
