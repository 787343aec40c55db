"""Files to people: into their direct messages, where nobody else sees them."""

from __future__ import annotations

from typing import cast

from slack_sdk.errors import SlackApiError

from analysis.errors import Unavailable
from bot.blocks.answer import Answer, section
from bot.blocks.text import escape, plural
from bot.csv_file import CsvFile
from bot.slack.api import SlackApi


async def send_csv(client: SlackApi, user_id: str, file: CsvFile, question: str) -> Answer:
    """Uploads `file` to a person's direct messages, and says so.

    Args:
        client: Slack's Web API.
        user_id: whose direct messages.
        file: what is sent.
        question: the command that it answers.

    Raises:
        Unavailable: Slack refused it; nothing was sent.
    """
    try:
        opened = await client.conversations_open(users=[user_id])
        channel = cast("dict[str, str]", opened["channel"])["id"]
        await client.files_upload_v2(
            channel=channel,
            content=file.content,
            filename=file.name,
            title=file.name,
            initial_comment=f"`/cost {escape(question)}`",
        )
    except SlackApiError as error:
        reason = str(cast("dict[str, object]", error.response.data).get("error", "no reason given"))
        message = f"Slack did not take the file ({reason})."
        raise Unavailable(message) from error
    text = f"{plural(file.rows, 'row')} as `{file.name}`: it is in your direct messages with me."
    return Answer(text=text, blocks=(section(f":page_facing_up: {text}", "csv-sent"),))
