"""Slack's mrkdwn as HTML.

Formatting as https://docs.slack.dev/messaging/formatting-message-text describes it. What is not a
known construct stays text, escaped; only http, https and mailto become links.
"""

from __future__ import annotations

import re

from markupsafe import Markup, escape

from playground.page import dates
from playground.page.emoji import emoji
from playground.page.html import join, lines, tag
from playground.page.reading import Reading, safe_link

FENCE = re.compile(r"```\n?(.+?)\n?```", re.DOTALL)
QUOTED = re.compile(r"(?:&gt;|>) ?(.*)")
QUOTED_TO_THE_END = re.compile(r"(?:&gt;|>){3} ?")

# Possessive repetition keeps every pattern linear in the length of the text.
_RUN = r"(?>(?:`[^`\n]*+`|<[^<>\n]*+>|[^{mark}`<\n])++)"


def _marked(mark: str) -> str:
    run = _RUN.format(mark=mark)
    return rf"(?<![\w{mark}]){mark}(?!\s)({run})(?<!\s){mark}(?![\w{mark}])"


INLINE = re.compile(
    "|".join(
        (
            r"`([^`\n]++)`",
            r"<([^<>\n]++)>",
            r":([a-z0-9_+\-']++(?:::skin-tone-[2-6])?):",
            r"\b(https?://[^\s<>|`\"]++)",
            _marked(r"\*"),
            _marked("_"),
            _marked("~"),
        )
    )
)
STYLES = {5: "strong", 6: "em", 7: "s"}


def mrkdwn(text: str, reading: Reading) -> Markup:
    """The text as HTML that is safe to stand in a page.

    Args:
        text: mrkdwn as an app sent it, `&`, `<` and `>` written as entities.
        reading: the names behind mentions, and the zone of dates.
    """
    parts: list[Markup] = []
    end = 0
    for fence in FENCE.finditer(text):
        parts.append(_paragraphs(text[end : fence.start()].removesuffix("\n"), reading))
        parts.append(tag("pre", None, _code_text(fence[1])))
        end = fence.end()
    parts.append(_paragraphs(text[end:].removeprefix("\n") if end else text, reading))
    return join(parts)


def plain_text(text: str, *, with_emoji: bool = True) -> Markup:
    """A plain_text object's text: nothing is formatted, emoji excepted."""
    if with_emoji:
        text = re.sub(r":([a-z0-9_+\-']+):", lambda found: emoji(found[1]) or found[0], text)
    return lines(_decoded(text))


def _paragraphs(text: str, reading: Reading) -> Markup:
    if not text:
        return Markup("")
    parts: list[Markup] = []
    plain: list[str] = []
    quoted: list[str] = []

    def close() -> None:
        if plain:
            parts.append(Markup("<br>").join(_inline(line, reading) for line in plain))
        if quoted:
            inner = Markup("<br>").join(_inline(line, reading) for line in quoted)
            parts.append(tag("blockquote", None, inner))
        plain.clear()
        quoted.clear()

    rest = text.split("\n")
    for number, line in enumerate(rest):
        if opening := QUOTED_TO_THE_END.match(line):
            close()
            quoted.extend([line[opening.end() :], *rest[number + 1 :]])
            break
        found = QUOTED.fullmatch(line)
        if (found and plain) or (not found and quoted):
            close()
        (quoted if found else plain).append(found[1] if found else line)
    close()
    return join(parts)


def _inline(text: str, reading: Reading) -> Markup:
    parts: list[Markup] = []
    end = 0
    for found in INLINE.finditer(text):
        drawn = _construct(found, reading)
        if drawn is None:
            continue
        parts.extend((escape(_decoded(text[end : found.start()])), drawn))
        end = found.end()
    parts.append(escape(_decoded(text[end:])))
    return join(parts)


def _construct(found: re.Match[str], reading: Reading) -> Markup | None:
    group = found.lastindex or 0
    inner = found[group]
    if group == 1:
        return tag("code", None, _code_text(inner))
    if group == 2:
        return _control(inner, reading)
    if group == 3:
        character = emoji(inner)
        if character is None:
            return None
        return tag("span", {"class": "emoji", "title": f":{inner}:"}, character)
    if group == 4:
        address = inner.rstrip(".,;:!?)*_~'")
        link = safe_link(_decoded(address))
        if link is None:
            return None
        return join((_link(link, link), _decoded(inner[len(address) :])))
    return tag(STYLES[group], None, _inline(inner, reading))


def _control(inner: str, reading: Reading) -> Markup:
    """What stands between `<` and `>`: a mention, a date, or a link."""
    target, _, label = inner.partition("|")
    kind, name = target[:1], target[1:]
    if kind == "@":
        return mention(name, label, reading)
    if kind == "#":
        return channel_link(name, label, reading)
    if kind == "!":
        return _special(name, label, reading)
    address = _decoded(target)
    link = safe_link(address)
    if link is None:
        return escape(_decoded(f"<{inner}>"))
    return _link(link, _decoded(label) or link.removeprefix("mailto:"))


def _special(name: str, label: str, reading: Reading) -> Markup:
    if name in ("here", "channel", "everyone"):
        return tag("span", {"class": "mention broadcast"}, f"@{name}")
    if name.startswith("subteam^"):
        return tag("span", {"class": "mention"}, _decoded(label) or "@group")
    if name.startswith("date^"):
        seconds, _, template = name.removeprefix("date^").partition("^")
        template, _, address = template.partition("^")
        return date(seconds, template, _decoded(address), _decoded(label), reading)
    return escape(_decoded(label or f"<!{name}>"))


def mention(user_id: str, label: str, reading: Reading) -> Markup:
    """A person by name; the id where nobody has it."""
    name = reading.users.get(user_id) or _decoded(label).removeprefix("@") or user_id
    mine = " me" if user_id == reading.reader else ""
    return tag("span", {"class": f"mention{mine}"}, f"@{name}")


def channel_link(channel_id: str, label: str, reading: Reading) -> Markup:
    """A channel by name, leading to it if the reader may see it."""
    known = reading.channels.get(channel_id)
    if known is None:
        return tag("span", {"class": "mention"}, f"#{_decoded(label) or 'private channel'}")
    return tag("a", {"class": "mention", "href": reading.channel_address(channel_id)}, f"#{known}")


def date(seconds: str, template: str, address: str, fallback: str, reading: Reading) -> Markup:
    """An instant (seconds after 1970) by a template in the reader's zone, else the fallback."""
    number = int(seconds) if re.fullmatch(r"-?\d{1,12}", seconds) else None
    written = None if number is None else dates.fill(_decoded(template), number, reading)
    if written is None or number is None:
        return escape(fallback or template)
    moment = reading.local(number)
    shown = tag("time", {"datetime": moment.isoformat() if moment else None}, written)
    link = safe_link(address)
    return tag("a", {"href": link, **OUTWARD}, shown) if link else shown


OUTWARD = {"target": "_blank", "rel": "noopener noreferrer"}
"""Attributes of a link that leaves the page."""


def _link(address: str, label: str) -> Markup:
    return tag("a", {"href": address, **OUTWARD}, label)


def _code_text(text: str) -> str:
    """In code only links and entities mean something, and of links only the text is kept."""
    shown = re.sub(r"<([^<>|\n]*+)(?:\|([^<>\n]*+))?>", lambda f: f[2] or f[1], text)
    return _decoded(shown)


def _decoded(text: str) -> str:
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
