"""chat.unfurl: what an app shows below a message for a link in it."""

from __future__ import annotations

from playground.content import check_blocks
from playground.links import domain_of, links_in
from playground.model import JsonObject, Message
from playground.rate_limits import TIER_3
from playground.slack_error import SlackError, missing
from playground.web_api.call import Call, Method


async def unfurl(call: Call) -> JsonObject:
    """chat.unfurl: the message by its channel and ts, or by the event's `unfurl_id`."""
    message = _message(call)
    if "unfurls" not in call.args:
        raise missing("unfurls")
    unfurls = call.args.data("unfurls", "cannot_parse_attachment")
    if not isinstance(unfurls, dict):
        raise SlackError("cannot_parse_attachment")
    shown: list[JsonObject] = []
    for url, preview in unfurls.items():
        if not isinstance(preview, dict):
            raise SlackError("cannot_parse_attachment")
        if url not in links_in(message.text) or not domain_of(call.app, url):
            raise SlackError("cannot_unfurl_url")
        if preview.get("blocks") is not None:
            check_blocks(preview["blocks"], call.workspace)
        shown.append(
            {
                **preview,
                "from_url": url,
                "app_unfurl_url": url,
                "is_app_unfurl": True,
                "app_id": call.app.id,
                "bot_id": call.app.bot_id,
            }
        )
    new = {str(one["from_url"]) for one in shown}
    kept = [one for one in message.attachments if one.get("from_url") not in new]
    numbered = [{**one, "id": at} for at, one in enumerate([*kept, *shown], start=1)]
    call.workspace.edit(message, attachments=numbered)
    return {}


def _message(call: Call) -> Message:
    if unfurl_id := call.args.text("unfurl_id"):
        if not call.args.text("source"):
            raise missing("source")
        channel, _, ts = unfurl_id.partition(".")
    else:
        channel, ts = call.args.required("channel"), call.args.required("ts")
    found = call.workspace.message(channel, ts) if channel in call.workspace.channels else None
    if found is None:
        raise SlackError("cannot_find_message")
    return found


METHODS = {"chat.unfurl": Method(unfurl, ("links:write",), TIER_3)}
