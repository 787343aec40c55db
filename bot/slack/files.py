"""Files to people: into their direct messages, where nobody else sees them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

from slack_sdk.errors import SlackApiError

from analysis.errors import Unavailable
from bot.blocks.answer import Answer, section
from bot.blocks.text import escape, plural
from bot.csv_file import CsvFile
from bot.slack.api import SlackApi

MOST_FILES = 10
"""Files in one message; Slack's own clients share no more."""


async def send_csv(
    client: SlackApi, user_id: str, file: CsvFile, question: str, *, command: str = "/cost"
) -> Answer:
    """Uploads `file` to a person's direct messages, and says so.

    Args:
        client: Slack's Web API.
        user_id: whose direct messages.
        file: what is sent.
        question: that it answers, as it was typed after the command.
        command: the command.

    Raises:
        Unavailable: Slack refused it; nothing was sent.
    """
    await send_files(client, user_id, [file], f"`{command} {escape(question)}`")
    text = f"{plural(file.rows, 'row')} as `{file.name}`: it is in your direct messages with me."
    return Answer(text=text, blocks=(section(f":page_facing_up: {text}", "csv-sent"),))


async def send_files(
    client: SlackApi, user_id: str, files: Sequence[CsvFile], comment: str
) -> None:
    """Uploads `files` to a person's direct messages, as few messages as possible.

    Args:
        client: Slack's Web API.
        user_id: whose direct messages.
        files: what is sent.
        comment: mrkdwn above them, escaped.

    Raises:
        Unavailable: Slack refused one; what came before it was sent.
    """
    try:
        opened = await client.conversations_open(users=[user_id])
        channel = cast("dict[str, str]", opened["channel"])["id"]
        for first in range(0, len(files), MOST_FILES):
            several = files[first : first + MOST_FILES]
            await client.files_upload_v2(
                channel=channel,
                file_uploads=[
                    {"content": file.content, "filename": file.name, "title": file.name}
                    for file in several
                ],
                initial_comment=comment,
            )
    except SlackApiError as error:
        reason = str(cast("dict[str, object]", error.response.data).get("error", "no reason given"))
        message = f"Slack did not take the file ({reason})."
        raise Unavailable(message) from error
