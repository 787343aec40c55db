"""`report`, from words to a request and back."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from analysis.errors import NotUnderstood
from bot.grammar.command import Command
from bot.grammar.tokens import Token
from handlers.nearest import shown
from handlers.report import ReportRequest

PREVIEW = "preview"
NEWEST = "yesterday"
"""The day of a report that names none."""


@dataclass(frozen=True, slots=True)
class ReportCommand(Command):
    """`report [preview] [DAY] [csv]`: all queries and what they say.

    Attributes:
        request: which report.
        preview: for the asker alone; else it is posted to the channel.
    """

    request: ReportRequest = field(default_factory=ReportRequest)
    preview: bool = False


def parse_report(tokens: list[Token]) -> ReportCommand:
    """What stands after the word `report`.

    Raises:
        NotUnderstood: a word is unknown, no day, or there twice.
    """
    words = [token.keyword for token in tokens]
    marks = {PREVIEW: False, "csv": False}
    days: list[date | None] = []
    for token, word in zip(tokens, words, strict=True):
        if words.count(word) > 1 and not token.quoted:
            raise NotUnderstood(f"{shown(token.text)} is there twice.", "Once is enough.")
        if word in marks:
            marks[word] = True
        else:
            days.append(_day(token))
    if len(days) > 1:
        sentence = "A report is of one day and the week that ends with it."
        raise NotUnderstood(sentence, "Try `/cost report` or `/cost report 2024-12-07`.")
    request = ReportRequest(days[0] if days else None)
    return ReportCommand(request, marks[PREVIEW], csv=marks["csv"])


def _day(token: Token) -> date | None:
    if token.keyword == NEWEST:
        return None
    try:
        return date.fromisoformat(token.text)
    except ValueError:
        sentence = f"`report` does not go with {shown(token.text)}."
        hint = "Try `/cost report preview`, or a day: `/cost report 2024-12-07`."
        raise NotUnderstood(sentence, hint) from None


def write_report(command: ReportCommand) -> str:
    """The text that asks exactly this: what a button carries."""
    words = ["report"]
    if command.preview:
        words.append(PREVIEW)
    if command.request.day is not None:
        words.append(command.request.day.isoformat())
    if command.csv:
        words.append("csv")
    return " ".join(words)
