"""The evidence of a recommendation, which is JSON with stable names, as people read it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation

from slackblocks import TableBlock

from analysis.recommendations.proposal import Json
from bot.blocks.fit import cut
from bot.blocks.table import Lines, fitted_table
from bot.blocks.text import count, escape, money, percent, short

TOLD_ELSEWHERE = frozenset(
    {"chart", "first_day", "last_day", "savings_range", "range", "quality_sources"}
)
"""What has a place of its own in the message."""

MOST_ROWS = 10
MOST_COLUMNS = 8
MOST_LISTED = 4
LONGEST_LINE = 300

_MONEY = re.compile(
    r"(^|_)(cost|costs|saved|savings|wasted|avoidable|usd|price|waste|spend)(_|$)|^need$"
)
_SHARE = re.compile(r"(^|_)(share|rate|utilization)(_|$)|^quiet_below$|_like_for_like$")
_DIGITS = re.compile(r"-?[0-9]+(\.[0-9]+)?", re.ASCII)
_INSTANT = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})T([0-9]{2}:[0-9]{2}):[0-9:.]+(Z|\+00:00)")


def evidence_lines(evidence: Mapping[str, Json]) -> list[str]:
    """What is a single figure or a few of them, a line each; escaped."""
    lines: list[str] = []
    for name, value in evidence.items():
        if name in TOLD_ELSEWHERE or _is_rows(value) or value in (None, [], {}, ""):
            continue
        words = _cell(name, value)
        lines.append(f"{_label(name)}: {cut(words, LONGEST_LINE)}")
    return lines


def evidence_table(evidence: Mapping[str, Json], block_id: str) -> tuple[str, TableBlock] | None:
    """The first list of rows as a table, with its name; None: there is none."""
    for name, value in evidence.items():
        if name in TOLD_ELSEWHERE or not isinstance(value, list) or not _is_rows(value):
            continue
        rows = [row for row in value if isinstance(row, dict)]
        columns = _columns(rows)
        if not columns:
            continue

        more = f" ({count(MOST_ROWS)} of {count(len(rows))})" if len(rows) > MOST_ROWS else ""
        return f"{_label(name)}{more}", _table(rows[:MOST_ROWS], columns, block_id)
    return None


def _table(rows: list[dict[str, Json]], columns: list[str], block_id: str) -> TableBlock:
    def lines(shown: int) -> Lines:
        header = [_label(column) for column in columns]
        return [header, *([_short(one, row.get(one)) for one in columns] for row in rows[:shown])]

    is_name = [any(_is_name(row.get(column)) for row in rows) for column in columns]
    names = next((at for at, one in enumerate(is_name) if not one), len(columns))
    return fitted_table(lines, len(rows), names=names, block_id=block_id)


def _columns(rows: list[dict[str, Json]]) -> list[str]:
    """Names before figures; what no row has is left out, and what is a structure itself."""
    names = list(dict.fromkeys(name for row in rows for name in row))
    filled = [
        name
        for name in names
        if name != "key"
        and any(row.get(name) not in (None, "", []) for row in rows)
        and not any(isinstance(row.get(name), dict) for row in rows)
    ]
    filled.sort(key=lambda name: not any(_is_name(row.get(name)) for row in rows))
    return filled[:MOST_COLUMNS]


def _is_name(value: Json) -> bool:
    return isinstance(value, str) and not _DIGITS.fullmatch(value)


def _is_rows(value: Json) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(one, dict) for one in value)


def _label(name: str) -> str:
    words = escape(name.replace("_", " "))
    words = f"USD {words[4:]}" if words.startswith("usd ") else words
    return words[:1].upper() + words[1:]


def _short(name: str, value: Json) -> str:
    return cut(_cell(name, value), LONGEST_LINE) or "–"


def _cell(name: str, value: Json) -> str:
    """A value in words; escaped."""
    match value:
        case None:
            return "–"
        case bool():
            return "yes" if value else "no"
        case int():
            return count(value)
        case float():
            return f"{value:,.6g}"
        case str():
            return _text(name, value)
        case list():
            shown = [_cell(name, one) for one in value[:MOST_LISTED]]
            rest = len(value) - len(shown)
            return ", ".join([*shown, *([f"{count(rest)} more"] if rest > 0 else [])])
        case dict():
            # The name of the whole says what its parts are: `usd_per_million_tokens`.
            parts = list(value.items())[: MOST_LISTED * 2]
            named = ((key.replace("_", " "), _part(name, key, one)) for key, one in parts)
            return ", ".join(f"{escape(key)} {words}" for key, words in named)


def _part(name: str, key: str, value: Json) -> str:
    is_told_by_key = bool(_MONEY.search(key) or _SHARE.search(key))
    return _cell(key if is_told_by_key else name, value)


def _text(name: str, value: str) -> str:
    if _DIGITS.fullmatch(value):
        try:
            number = Decimal(value)
        except InvalidOperation:
            return escape(short(value))
        if _SHARE.search(name):
            return percent(number)
        if _MONEY.search(name) and not name.endswith("ratio"):
            return money(number)
        return f"{number:,f}"
    instant = _INSTANT.fullmatch(value)
    if instant:
        return f"{instant[1]} {instant[2]} UTC"
    return escape(value)
