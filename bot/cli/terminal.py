"""A Slack message in the terminal: paragraphs, tables, small print and buttons."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Mapping
from typing import cast

from rich.console import Console
from rich.table import Table
from rich.text import Text

from bot.blocks.text import unescape

Json = Mapping[str, object]

LEAST_NAME = 24
"""Characters that a column of names keeps, however narrow the terminal is."""

_STYLES = re.compile(r"\*(?P<bold>[^*\n]+)\*|`(?P<code>[^`\n]+)`")
_EMOJI = {
    ":warning:": "⚠",
    ":x:": "✗",
    ":white_check_mark:": "✓",
    ":hourglass:": "⏳",
    ":hourglass_flowing_sand:": "⏳",
    ":page_facing_up:": "📄",
}


def print_message(message: Json, console: Console) -> None:
    """Prints the blocks of a message, or its text where it has none."""
    blocks = cast("list[Json]", message.get("blocks") or [])
    if not blocks and message.get("text"):
        console.print(_mrkdwn(str(message["text"])))
    for block in blocks:
        _print_block(block, console)


def _print_block(block: Json, console: Console) -> None:  # noqa: C901 - a case a kind of block
    match block.get("type"):
        case "header":
            console.print(Text(_text_of(block["text"]), style="bold underline"))
        case "section":
            if "text" in block:
                console.print(_mrkdwn(_text_of(block["text"])))
            for entry in cast("list[Json]", block.get("fields") or []):
                console.print(_mrkdwn(": ".join(_text_of(entry).split("\n", 1))))
        case "context":
            for entry in cast("list[Json]", block["elements"]):
                console.print(_mrkdwn(_text_of(entry), style="dim"))
        case "table":
            _print_table(block, console)
        case "actions":
            elements = cast("list[Json]", block["elements"])
            # A menu has no text of its own, but one in its place.
            labels = [_text_of(entry.get("text") or entry["placeholder"]) for entry in elements]
            console.print(Text("  ".join(f"[{label}]" for label in labels), style="cyan"))
        case "image":
            console.print(Text(f"▦ {block['alt_text']}", style="italic"))
        case "divider":
            console.rule()
        case other:
            console.print(Text(f"({other})", style="dim"))


def _print_table(block: Json, console: Console) -> None:
    rows = cast("list[list[Json]]", block["rows"])
    settings = cast("list[Json | None]", block.get("column_settings") or [])
    table = Table(box=None, pad_edge=False, header_style="bold")
    lines = [[_text_of(cell) for cell in row] for row in rows]
    for index, title in enumerate(lines[0]):
        setting = settings[index] if index < len(settings) else None
        if setting is None or setting.get("align") != "right":
            longest = max(len(line[index]) for line in lines)
            table.add_column(title, overflow="fold", min_width=min(longest, LEAST_NAME))
            continue
        # A figure is never broken; its title is, between words.
        widest = max((len(line[index]) for line in lines[1:]), default=0)
        words = textwrap.wrap(title, max(widest, *map(len, title.split()), 1))
        least = max(widest, *map(len, words), 1)  # a title may be empty
        table.add_column("\n".join(words), justify="right", no_wrap=True, min_width=least)
    for line in lines[1:]:
        table.add_row(*map(Text, line))
    # A line that is too long for the window rather than a figure that is cut off.
    least = sum(column.min_width or 0 for column in table.columns) + 2 * (len(table.columns) - 1)
    width = console.width
    console.width = max(width, least)
    console.print(table, crop=False)
    console.width = width


def _text_of(part: object) -> str:
    return unescape(str(cast("Json", part).get("text", "")))


def _mrkdwn(text: str, style: str = "") -> Text:
    for name, character in _EMOJI.items():
        text = text.replace(name, character)
    written = Text(style=style)
    position = 0
    for match in _STYLES.finditer(text):
        written.append(text[position : match.start()])
        written.append(match["bold"] or match["code"], style="bold" if match["bold"] else "cyan")
        position = match.end()
    written.append(text[position:])
    return written
