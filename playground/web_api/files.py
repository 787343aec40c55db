"""files.*: an upload in three steps, and what can be asked of a file."""

from __future__ import annotations

import mimetypes
from datetime import timedelta
from typing import cast

from playground.content import read_content
from playground.model import Channel, File, JsonObject, Message
from playground.rate_limits import TIER_3, TIER_4
from playground.rendering import file_json
from playground.slack_error import SlackError, missing
from playground.web_api.call import Call, Method

_TYPES = {"text/plain": "text", "text/csv": "csv", "application/json": "json"}


async def get_upload_url(call: Call) -> JsonObject:
    """files.getUploadURLExternal: step one, where to send how many bytes."""
    name = call.args.required("filename")
    length = call.args.number("length", 0)
    if length <= 0:
        raise missing("length")
    guessed = mimetypes.guess_type(name)[0] or "application/octet-stream"
    file = File(
        id=call.workspace.new_id("F"),
        name=name,
        title=name,
        user=call.bot,
        created=call.workspace.clock.now(),
        mimetype=guessed,
        filetype=_TYPES.get(guessed, name.rpartition(".")[2].lower() or "binary"),
        expected_size=length,
        alt_txt=call.args.text("alt_txt") or call.args.text("alt_text"),
    )
    call.workspace.add_file(file)
    upload_url = f"{call.workspace.public_url}/upload/{file.id}"
    return {"upload_url": upload_url, "file_id": file.id}


def _completed_files(call: Call) -> list[File]:
    sent = call.args.data("files", "invalid_arguments")
    if not isinstance(sent, list) or not sent:
        raise missing("files")
    files: list[File] = []
    for item in sent:
        named = cast("JsonObject", item) if isinstance(item, dict) else {}
        file = call.workspace.files.get(str(named.get("id", "")))
        if file is None or file.content is None or file.user != call.bot:
            raise SlackError("file_not_found")
        if file.completed:
            raise SlackError("file_already_completed")
        file.title = str(named.get("title") or file.title)
        files.append(file)
    return files


def _channels(call: Call) -> list[Channel]:
    sent = call.args.text("channel_id") or call.args.text("channels")
    channels: list[Channel] = []
    for channel_id in filter(None, (part.strip() for part in sent.split(","))):
        # A name is no channel here, and neither is a user: ids of conversations only.
        channel = call.workspace.channels.get(channel_id)
        if channel is None:
            raise SlackError("channel_not_found")
        channels.append(call.reachable(channel, member=True))
    return channels


async def complete_upload(call: Call) -> JsonObject:
    """files.completeUploadExternal: step three, shared in a message where a channel is named.

    As in Slack, the answer does not tell the `ts` of that message: `files.info` does, in `shares`.
    """
    channels = _channels(call)
    thread_ts = call.args.text("thread_ts") or None
    if thread_ts and any(call.workspace.message(c.id, thread_ts) is None for c in channels):
        raise SlackError("thread_not_found")
    files = _completed_files(call)
    content = read_content(call.args, call.workspace)
    for channel in channels:
        for file in files:
            file.channels.append(channel.id)
        call.workspace.post(
            Message(
                channel=channel.id,
                ts=call.workspace.new_ts(channel.id),
                user=call.bot,
                bot_id=call.app.bot_id,
                app_id=call.app.id,
                text=call.args.text("initial_comment"),
                blocks=content.blocks or [],
                thread_ts=thread_ts,
                files=[file.id for file in files],
            )
        )
    for file in files:
        file.completed = True
        late = timedelta(seconds=call.workspace.processing_seconds)
        file.ready_at = call.workspace.clock.now() + late
        call.workspace.add_file(file)
    return {"files": [{**file_json(f, call.workspace), "shares": {}} for f in files]}


async def info(call: Call) -> JsonObject:
    """files.info."""
    file = call.file()
    return {"file": file_json(file, call.workspace), "comments": []}


async def delete(call: Call) -> JsonObject:
    """files.delete: the app's own files only."""
    file = call.file()
    if file.user != call.bot:
        raise SlackError("cant_delete_file")
    call.workspace.delete_file(file.id)
    return {}


METHODS = {
    "files.getUploadURLExternal": Method(get_upload_url, ("files:write",), TIER_4),
    "files.completeUploadExternal": Method(complete_upload, ("files:write",), TIER_4),
    "files.info": Method(info, ("files:read",), TIER_4),
    "files.delete": Method(delete, ("files:write",), TIER_3),
}
