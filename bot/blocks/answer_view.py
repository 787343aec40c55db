"""An answer as a modal: for who clicked on a Home tab, or in a modal, where no message is."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import cast

from bot.blocks.answer import Answer, Payload
from bot.blocks.fit import MOST_SECTION, cut
from bot.blocks.modal import Json, plain, text_block

MOST_BLOCKS = 100
"""Slack's limit of a view."""

MOST_ROWS = 60
"""Rows of a table that a modal lists: it is narrow."""

CALLBACK = "answer"


def answer_view(answer: Answer, *, left_out: Collection[str] = ()) -> Payload:
    """The modal that shows an answer.

    Args:
        answer: what is said; its picture stays away.
        left_out: actions that make no sense without a channel: their buttons are not shown.
    """
    return payload_view(answer.payload(), left_out=left_out)


def payload_view(payload: Payload, *, left_out: Collection[str] = ()) -> Payload:
    """The same of a message's JSON."""
    said = cast("Sequence[Json]", payload["blocks"])
    blocks = [one for block in said for one in _fitted(block, left_out)]
    return {
        "type": "modal",
        "callback_id": CALLBACK,
        "title": plain("costbot"),
        "close": plain("Close"),
        "blocks": blocks[:MOST_BLOCKS]
        or [text_block(cut(str(payload["text"]), MOST_SECTION), "answer")],
    }


def _fitted(block: Json, left_out: Collection[str]) -> Iterator[Json]:
    match block.get("type"):
        case "table":
            yield from _listed(block)
        case "markdown":
            yield text_block(str(block.get("text", "")), str(block.get("block_id", "answer-text")))
        case "actions":
            elements = cast("Sequence[Json]", block["elements"])
            kept = [one for one in elements if _name(one) not in left_out]
            if kept:
                yield {**block, "elements": kept}
        case _:
            yield block


def _name(element: Json) -> str:
    """The name of an action, without the number that keeps it unique."""
    action = str(element.get("action_id", ""))
    name, _, number = action.rpartition("_")
    return name if name and number.isdigit() else action


def _listed(table: Json) -> Iterator[Json]:
    """A table, which no modal shows, as lines: the name, then each figure with its heading."""
    header, *rows = [
        [_cell(cell) for cell in row] for row in cast("Sequence[Sequence[Json]]", table["rows"])
    ]
    settings = cast("Sequence[Json | None]", table.get("column_settings") or [])
    names = sum(1 for one in settings if one is not None and one.get("align") == "left") or 1
    lines = [_line(header, row, names) for row in rows[:MOST_ROWS]]
    if len(rows) > MOST_ROWS:
        lines.append(f"and {len(rows) - MOST_ROWS} more")
    name, place, text = str(table.get("block_id") or "table"), 0, ""
    for line in lines:
        if text and len(text) + len(line) + 1 > MOST_SECTION:
            yield text_block(text, f"{name}-{place}")
            place, text = place + 1, ""
        text = f"{text}\n{line}" if text else cut(line, MOST_SECTION)
    if text:
        yield text_block(text, f"{name}-{place}")


def _line(header: Sequence[str], row: Sequence[str], names: int) -> str:
    named = " · ".join(cell for cell in row[:names] if cell.strip())
    figures = [
        f"{heading} {cell}".strip()
        for heading, cell in zip(header[names:], row[names:], strict=False)
        if cell.strip() not in ("", "–")
    ]
    return f"• *{named or 'none'}*: {', '.join(figures)}" if figures else f"• *{named}*"


def _cell(cell: Json) -> str:
    """The text of a cell; what could be markup in a paragraph is not."""
    text = str(cell.get("text", ""))
    return text.replace("<", "&lt;").replace(">", "&gt;").replace("\n", " ")
