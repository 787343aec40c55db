"""A report as a page of Markdown: the overview in words, and a list of its parts."""

from __future__ import annotations

import re

from analysis.overview.text import Line
from bot.blocks.text import escape, plural
from bot.query_csv import query_csv
from handlers.report import Part, Report

_MARKS = re.compile(r"([\\`*\[\]|])|(?<!\w)_|_(?!\w)")
"""What Markdown would take for marks; an underscore inside a word is none."""


def report_page(report: Report) -> str:
    """The overview, readable as plain text too."""
    words = report.overview
    blocks = [f"# {_plain(words.title)}", *(_line(line) for line in words.headline)]
    for section in words.sections:
        lines = "\n".join(f"- {_line(line)}" for line in section.lines)
        blocks.append(f"## {_plain(section.title)}\n\n{lines}")
    parts = "\n".join(f"- {_part(part)}" for part in report.parts)
    blocks.append(f"## The parts\n\n{parts}")
    return "\n\n".join(blocks) + "\n"


def _line(line: Line) -> str:
    return f"⚠ {_plain(line.text)}" if line.is_flagged else _plain(line.text)


def _part(part: Part) -> str:
    about = f"`{part.template.name}`: {_plain(part.template.question)}"
    if part.result is None:
        return f"{about} Could not be answered: {_plain(part.failure)}"
    if not part.result.rows:
        return f"{about} No rows."
    return f"{about} {plural(len(part.result.rows), 'row')}, `{query_csv(part.result).name}`"


def _plain(text: str) -> str:
    """Text that Markdown shows as it is."""
    return _MARKS.sub(lambda match: f"\\{match.group()}", escape(text))
