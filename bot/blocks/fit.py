"""The one step that everything passes on its way to Slack: nothing leaves that Slack refuses.

Tables shrink by building them again with fewer rows, the rest as "others" (`fit_rows`); after
that, whatever is still too long is cut where it shows (`fit_message`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar, cast

MOST_BLOCKS = 50
MOST_SECTION = 3000
MOST_HEADER = 150
MOST_FIELD = 2000
MOST_ROWS = 100
MOST_COLUMNS = 20
MOST_TABLE_TEXT = 8_000
"""Below the 10,000 characters at which Slack refuses a table, with room for what stands around."""
MOST_TEXT = 12_000
"""Messages of 13,200 characters have been refused, with a limit that Slack does not document."""
MOST_FALLBACK = 3000

Json = dict[str, object]
T = TypeVar("T")


def fit_rows(build: Callable[[int], T], size: Callable[[T], tuple[int, int]], rows: int) -> T:
    """What `build` makes of as many rows as a table holds.

    Args:
        build: makes the thing of the first n rows.
        size: the rows and the characters of its table.
        rows: how many rows there are.
    """
    fewest, most = 0, min(rows, MOST_ROWS - 1)
    best = build(most)
    if _fits(size(best)):
        return best
    best = build(0)
    while fewest < most - 1:
        middle = (fewest + most) // 2
        attempt = build(middle)
        if _fits(size(attempt)):
            best, fewest = attempt, middle
        else:
            most = middle
    return best


def _fits(size: tuple[int, int]) -> bool:
    rows, characters = size
    return rows <= MOST_ROWS and characters <= MOST_TABLE_TEXT


def fit_message(message: Json) -> Json:
    """`message` within Slack's limits: what is too long ends in an ellipsis."""
    blocks = cast("list[Json]", message.get("blocks") or [])
    fitted: list[Json] = []
    left = MOST_TEXT
    for block in _first_table_only(blocks)[:MOST_BLOCKS]:
        fit = _fit_block(block)
        length = text_length(fit)
        if length > left:
            continue
        left -= length
        fitted.append(fit)
    text = cut(str(message.get("text") or ""), MOST_FALLBACK) or "costbot"
    return {**message, "text": text, "blocks": fitted}


def text_length(part: object) -> int:
    """How many characters of text stand anywhere in a block."""
    if isinstance(part, dict):
        entries = cast("Json", part)
        own = entries.get("text")
        length = len(own) if isinstance(own, str) else 0
        return length + sum(text_length(value) for value in entries.values())
    if isinstance(part, list):
        return sum(text_length(entry) for entry in cast("Sequence[object]", part))
    return 0


def _first_table_only(blocks: list[Json]) -> list[Json]:
    tables = [block for block in blocks if block.get("type") == "table"]
    return [block for block in blocks if block.get("type") != "table" or block is tables[0]]


def _fit_block(block: Json) -> Json:
    match block.get("type"):
        case "section":
            fit = dict(block)
            if "text" in block:
                fit["text"] = _fit_text(block["text"], MOST_SECTION)
            if "fields" in block:
                fields = cast("list[object]", block["fields"])
                fit["fields"] = [_fit_text(entry, MOST_FIELD) for entry in fields[:10]]
            return fit
        case "header":
            return {**block, "text": _fit_text(block["text"], MOST_HEADER)}
        case "context":
            elements = cast("list[object]", block["elements"])
            return {
                **block,
                "elements": [_fit_text(e, MOST_SECTION) for e in elements[:10]],
            }
        case "table":
            return _fit_table(block)
        case _:
            return block


def _fit_text(text: object, most: int) -> object:
    if not isinstance(text, dict):
        return text
    entries = cast("Json", text)
    return {**entries, "text": cut(str(entries.get("text", "")), most)}


def _fit_table(block: Json) -> Json:
    rows = cast("list[list[object]]", block["rows"])[:MOST_ROWS]
    kept: list[list[object]] = []
    left = MOST_TABLE_TEXT
    for row in rows:
        cells = row[:MOST_COLUMNS]
        length = text_length(cells)
        if length > left:
            break
        left -= length
        kept.append(cells)
    return {
        **block,
        "rows": kept or [[{"type": "raw_text", "text": "too long to show"}]],
    }


def cut(text: str, most: int) -> str:
    """At most `most` characters of escaped text, an entity never cut in two."""
    if len(text) <= most:
        return text
    short = text[: most - 1]
    entity = short.rfind("&")
    if entity >= 0 and ";" not in short[entity:]:
        short = short[:entity]
    return f"{short}…"
