"""Links in what people write: told to the apps whose domains they lead to, unfurled by these."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from playground.model import JsonObject, Message, SlackApp
from playground.workspace import Workspace

_TYPED = re.compile(r"(?<![<|\w])https?://[^\s<>|]+")
_WRITTEN = re.compile(r"<(https?://[^<>|]+)(?:\|[^<>]*)?>")

MOST_LINKS = 10
"""Links of one message that an app is told of."""


def linked(text: str) -> str:
    """Escaped text with its addresses between angle brackets, as Slack writes them."""

    def reference(match: re.Match[str]) -> str:
        url = match.group()
        bare = url.rstrip(".,;:!?)'\"")
        return f"<{bare}>{url[len(bare) :]}"

    return _TYPED.sub(reference, text)


def links_in(text: str) -> list[str]:
    """The addresses that stand in a message's text, each once."""
    found = (match.group(1).replace("&amp;", "&") for match in _WRITTEN.finditer(text))
    return list(dict.fromkeys(found))


def domain_of(app: SlackApp, url: str) -> str:
    """The domain of the app's manifest to which an address leads; empty: it leads to none."""
    host = (urlsplit(url).hostname or "").lower()
    for domain in app.unfurl_domains:
        if host == domain or host.endswith(f".{domain}"):
            return domain
    return ""


def link_event(workspace: Workspace, app: SlackApp, message: Message) -> JsonObject | None:
    """What an app is told of the links to its domains in a message; None: there are none."""
    if app.scopes is not None and "links:read" not in app.scopes:
        return None
    found = [{"url": url, "domain": domain_of(app, url)} for url in links_in(message.text)]
    found = [link for link in found if link["domain"]][:MOST_LINKS]
    if not found:
        return None
    event: JsonObject = {
        "type": "link_shared",
        "channel": message.channel,
        "is_bot_user_member": app.bot_user_id in workspace.channels[message.channel].members,
        "user": message.user,
        "message_ts": message.ts,
        "unfurl_id": f"{message.channel}.{message.ts}",
        "source": "conversations_history",
        "links": found,
        "event_ts": message.ts,
    }
    return event | ({"thread_ts": message.thread_ts} if message.thread_ts else {})
