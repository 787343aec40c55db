"""Table blocks, and previews of CSV files, as HTML tables that scroll within their message."""

from __future__ import annotations

import csv
import io
import re

from markupsafe import Markup

from playground.page.html import lines, tag
from playground.page.reading import Reading
from playground.page.rich_text import rich_text
from playground.page.surface import JsonObject, as_list, as_object, as_objects, text_of

NUMBER = re.compile(r"[-+−–]?\s*[$€£]?\s*[\d.,'\u202f\u00a0 ]*\d\s*(?:%|[A-Za-z]{1,3})?")
"""What reads as a figure: sign, currency, digits, unit."""


def table(block: JsonObject, reading: Reading) -> Markup:
    """A table block; its first row is the header, as Slack draws it."""
    rows = [as_objects(row) for row in as_list(block.get("rows"))]
    settings = [as_object(setting) for setting in as_list(block.get("column_settings"))]
    if not rows:
        return tag("div", {"class": "unsupported"}, "A table without rows")
    head = [
        tag("th", {"scope": "col", "class": _column_class(settings, index)}, _cell(cell, reading))
        for index, cell in enumerate(rows[0])
    ]
    body = [
        tag(
            "tr",
            None,
            *(
                tag("td", {"class": _column_class(settings, index)}, _cell(cell, reading))
                for index, cell in enumerate(row)
            ),
        )
        for row in rows[1:]
    ]
    return _scrolling(
        "Table", tag("thead", None, tag("tr", None, *head)), tag("tbody", None, *body)
    )


def csv_preview(content: bytes, rows: int = 8, columns: int = 12) -> Markup | None:
    """The first rows and columns of a CSV file; None where it is not readable as one."""
    try:
        text = content[:200_000].decode("utf-8-sig")
    except UnicodeDecodeError:
        return None
    try:
        read = [row for row, _ in zip(csv.reader(io.StringIO(text)), range(rows + 1), strict=False)]
    except csv.Error:
        return None
    if not read or not read[0]:
        return None
    right = [
        len(read) > 1 and all(NUMBER.fullmatch(row[index]) for row in read[1:] if index < len(row))
        for index in range(min(columns, len(read[0])))
    ]

    def cells(name: str, row: list[str]) -> list[Markup]:
        return [
            tag(name, {"class": "right" if index < len(right) and right[index] else None}, value)
            for index, value in enumerate(row[:columns])
        ]

    head = tag("thead", None, tag("tr", None, *cells("th", read[0])))
    body = [tag("tr", None, *cells("td", row)) for row in read[1:]]
    return _scrolling("Preview of the file", head, tag("tbody", None, *body))


def _scrolling(label: str, *parts: Markup) -> Markup:
    # A region that scrolls has to be reachable by keyboard, and then needs a name.
    attributes = {"class": "table-scroll", "tabindex": "0", "role": "region", "aria-label": label}
    return tag("div", attributes, tag("table", None, *parts))


def _column_class(settings: list[JsonObject], index: int) -> str | None:
    setting = settings[index] if index < len(settings) else {}
    align = setting.get("align")
    names = [align] if align in ("center", "right") else []
    if setting.get("is_wrapped") is True:
        names.append("wrapped")
    return " ".join(names) or None


def _cell(cell: JsonObject, reading: Reading) -> Markup:
    match cell.get("type"):
        case "raw_text" | "raw_number":
            return lines(text_of(cell) or str(cell.get("value", "")))
        case "rich_text":
            return rich_text(cell, reading)
        case other:
            return tag("span", {"class": "unsupported"}, f"Unsupported cell: {other}")
