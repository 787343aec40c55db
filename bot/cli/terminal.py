"""A Slack message in the terminal: paragraphs, tables, small print and buttons."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import cast

from rich.console import Console
from rich.table import Table
from rich.text import Text

from bot.slack.listeners import unescape

Json = Mapping[str, object]

_STYLES = re.compile(r"\*(?P<bold>[^*\n]+)\*|`(?P<code>[^`\n]+)`")
_EMOJI = {
    ":warning:": "⚠",
    ":x:": "✗",
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


def _print_block(block: Json, console: Console) -> None:
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
            console.print(_table(block))
        case "actions":
            labels = [_text_of(entry["text"]) for entry in cast("list[Json]", block["elements"])]
            console.print(Text("  ".join(f"[{label}]" for label in labels), style="cyan"))
        case "divider":
            console.rule()
        case other:
            console.print(Text(f"({other})", style="dim"))


def _table(block: Json) -> Table:
    rows = cast("list[list[Json]]", block["rows"])
    settings = cast("list[Json | None]", block.get("column_settings") or [])
    table = Table(box=None, pad_edge=False, header_style="bold")
    for index, cell in enumerate(rows[0]):
        setting = settings[index] if index < len(settings) else None
        right = setting is not None and setting.get("align") == "right"
        table.add_column(_text_of(cell), justify="right" if right else "left")
    for row in rows[1:]:
        table.add_row(*(Text(_text_of(cell)) for cell in row))
    return table


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
