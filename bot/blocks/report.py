"""`/cost report`: the overview, its parts, and how far posting them has got, as messages."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from zoneinfo import ZoneInfo

from slackblocks import ActionsBlock, Block

from analysis.overview.text import Line, Section
from bot.blocks.answer import Answer, button, context, section
from bot.blocks.freshness import freshness_line
from bot.blocks.query import query_answer
from bot.blocks.text import enumerate_names, escape, plural
from bot.grammar.report import ReportCommand, write_report
from handlers.caller import Caller
from handlers.report import Part, Report, ReportRequest

MOST_ROWS = 20
"""Rows of a part's table: a thread is read, and the rest is in the file below it."""

POST = "report_post"
"""The button that posts a report which was previewed."""
GO_ON = "report_on"
"""The button that posts what is missing of one."""


def preview_answer(report: Report) -> Answer:
    """The overview for the asker alone, with what can be done with it."""
    request = ReportRequest(report.day)
    buttons = [
        button(
            "Post here",
            POST,
            write_report(ReportCommand(request)),
            hint="Post this summary to the channel, each part with its file in the thread",
        ),
        button(
            "CSV files",
            "csv",
            write_report(ReportCommand(request, csv=True)),
            hint="Every part as a CSV file, sent to you",
        ),
    ]
    note = f"{plural(len(report.parts), 'part')}, each with all its rows as a CSV file"
    answer = _overview(report, note)
    actions = ActionsBlock(list(buttons), block_id="report-next")
    return Answer(answer.text, (*answer.blocks, actions))


def summary_answer(report: Report, caller: Caller) -> Answer:
    """The overview for a channel, its asker named, not pinged."""
    parts = f"{plural(len(report.parts), 'part')} in the thread"
    return _overview(report, f"Asked for by {escape(caller.name)}, as they see it · {parts}")


def _overview(report: Report, note: str) -> Answer:
    words = report.overview
    headline = "\n".join(_line(line) for line in words.headline)
    blocks: list[Block] = [section(f"*{escape(words.title)}*\n{headline}", "report-headline")]
    blocks += [_section(part) for part in words.sections]
    # The days are UTC's, whoever asks: so is every time in the small print.
    age = freshness_line(report.freshness, ZoneInfo("UTC"))
    notes = ["Complete days · the week is the 7 days up to the last one", age, note]
    blocks.append(context(notes, "report-notes"))
    text = " ".join([f"{words.title}.", *(line.text for line in words.headline)])
    return Answer(text=escape(text), blocks=tuple(blocks))


def _section(part: Section) -> Block:
    lines = "\n".join(f"• {_line(line)}" for line in part.lines)
    return section(f"*{escape(part.title)}*\n{lines}", f"report-{part.key}")


def _line(line: Line) -> str:
    return f":warning: {escape(line.text)}" if line.is_flagged else escape(line.text)


def part_answer(part: Part, place: int, of: int, caller: Caller) -> Answer:
    """One part: its table, or in one line why there is none."""
    name = f"*{part.template.name}*"
    if part.result is None:
        text = f"{place}/{of} {name}: :warning: could not be answered. {escape(part.failure)}"
        return _one_line(text)
    if not part.result.rows:
        question = escape(part.template.question)
        return _one_line(f"{place}/{of} {name} · {question} No rows of these days answer it.")
    answer = query_answer(part.result, part.request, caller, most=MOST_ROWS).without_buttons()
    return Answer(f"{place}/{of} {answer.text}", answer.blocks)


def _one_line(text: str) -> Answer:
    return Answer(text=text.replace("*", ""), blocks=(section(text, "report-part"),))


def begun_answer(day: date) -> Answer:
    """What is being made."""
    text = f"Making the cost report of {day}; its summary comes into this channel …"
    return _note(f":hourglass_flowing_sand: {text}")


def progress_answer(place: int, of: int) -> Answer:
    """How far it has got."""
    return _note(f":hourglass_flowing_sand: The report is being posted: {place} of {of} parts …")


def under_way_answer(done: int, of: int) -> Answer:
    """It was asked for a second time while it is being posted."""
    far = f"{done} of {of} parts so far" if of else "its queries are running"
    return _note(f":hourglass_flowing_sand: A report of yours is under way here: {far}.")


def posted_just_now_answer(where: str) -> Answer:
    """It was asked for a second time soon after it was posted."""
    return _note(f"That report was posted within the last minute: {where}.")


def done_answer(day: date, where: str, outside: bool) -> Answer:
    """All of it is there.

    Args:
        day: of the report.
        where: mrkdwn: a link to it.
        outside: it went to the asker's direct messages, for the bot is not in the channel.
    """
    if not outside:
        return _note(f"The cost report of {day} is posted: {where}.")
    return _note(
        f"I am not in this channel, so the cost report of {day} is in your direct messages with "
        f"me: {where}.\nTo have it here, `/invite @costbot` and ask again."
    )


def stopped_answer(
    missing: Sequence[str], of: int, reason: str, key: str, where: str | None
) -> Answer:
    """Slack stopped taking it: what is missing, and a button to go on.

    Args:
        missing: names of the parts that are not, or not wholly, there.
        of: how many parts there are.
        reason: why, a sentence.
        key: of the run that can go on.
        where: mrkdwn: a link to what is there; None: nothing is.
    """
    if where is None:
        text = f":warning: The report could not be posted. {escape(reason)}"
    else:
        names = enumerate_names(missing, of)
        parts = f"{plural(len(missing), 'part')} of {of}"
        text = f":warning: {escape(reason)} {parts} missing in {where}: {names}."
    actions = ActionsBlock(
        [button("Go on", GO_ON, key, hint="Post what is missing of the report")],
        block_id="report-next",
    )
    return Answer(text=text, blocks=(section(text, "report-note"), actions))


def cut_off_answer(missing: Sequence[str], where: str | None) -> Answer:
    """Costbot itself ends before all of it is there; arguments as of `stopped_answer`."""
    text = ":warning: I am being restarted"
    if where is None:
        return _note(f"{text} before the report is posted. Ask again with `/cost report`.")
    names = enumerate_names(missing, len(missing))
    return _note(f"{text}. Missing in {where}: {names}. Ask for them with `/cost query NAME`.")


def forgotten_answer() -> Answer:
    """The run behind a button is not known any more."""
    return _note("That report is too old to go on with. Ask again with `/cost report`.")


def files_answer(sent: Sequence[str], silent: Sequence[str]) -> Answer:
    """The files of a report are with the asker."""
    text = f"{plural(len(sent), 'CSV file')} of the report: in your direct messages with me."
    if silent:
        text += f" Without rows, so without a file: {enumerate_names(silent, len(silent))}."
    return _note(f":page_facing_up: {text}")


def _note(text: str) -> Answer:
    return Answer(text=text, blocks=(section(text, "report-note"),))
