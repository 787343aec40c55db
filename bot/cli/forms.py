"""A form in the terminal: what it asks for, what stands in it, and the line that says the same."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import cast

from rich.console import Console
from rich.text import Text

from bot.blocks.text import unescape
from bot.cli.mentions import with_names
from bot.cli.terminal import print_message
from bot.grammar.alert_rule_words import ALERT_SUBCOMMANDS
from bot.grammar.budget_words import BUDGET_SUBCOMMANDS
from bot.grammar.digest_words import DIGEST_SUBCOMMANDS
from bot.grammar.recs_words import RECS_SUBCOMMANDS
from bot.grammar.words import SUBCOMMANDS, Subcommand

Json = Mapping[str, object]

_ALERTS = tuple(
    replace(one, word=f"alert {one.word}", usage=f"alert {one.usage}") for one in ALERT_SUBCOMMANDS
)

_SUBCOMMANDS: Mapping[str, tuple[Subcommand, ...]] = {
    "/cost": (*DIGEST_SUBCOMMANDS, *_ALERTS, *SUBCOMMANDS),
    "/budget": BUDGET_SUBCOMMANDS,
    "/recs": RECS_SUBCOMMANDS,
}


def print_form(view: Json, command: str, names: Mapping[str, str], console: Console) -> None:
    """Prints a modal that a command has opened.

    Args:
        view: as it was sent to Slack.
        command: that opened it.
        names: of channels and people, by id.
        console: where it is printed.
    """
    view = with_names(view, names)
    blocks = cast("list[Json]", view.get("blocks") or [])
    fields = [block for block in blocks if block.get("type") == "input"]
    title = _text(view.get("title"))
    if not fields:  # a word in place of a form, such as why there is none
        console.print(Text(title, style="bold"))
        print_message({"blocks": blocks}, console)
        return
    console.print(Text.assemble("A form has opened: ", (title, "bold")))
    print_message(
        {"blocks": [block for block in blocks if block.get("type") == "section"]}, console
    )
    for block in fields:
        console.print(_field(block, names))
    asked = one_line(command)
    if asked is not None:
        slash = command.split(maxsplit=1)[0]
        console.print(
            Text.assemble("In one line: ", (f"{slash} {asked.usage}", "cyan")), soft_wrap=True
        )
        console.print(Text.assemble("    such as  ", (asked.example, "cyan")), soft_wrap=True)


def one_line(command: str) -> Subcommand | None:
    """What can be typed in place of filling in the form; None: nothing is known."""
    words = command.lower().split()
    if not words:
        return None
    known = _SUBCOMMANDS.get(words[0], ())
    best = max(known, key=lambda one: _alike(one.word.split(), words[1:]), default=None)
    return best if best is not None and _alike(best.word.split(), words[1:]) else None


def _alike(word: list[str], typed: list[str]) -> int:
    """How many of the first words are the same."""
    same = 0
    for one, other in zip(word, typed, strict=False):
        if one != other:
            break
        same += 1
    return same


def _field(block: Json, names: Mapping[str, str]) -> Text:
    element = cast("Json", block.get("element") or {})
    written = ", ".join(names.get(value, value) for value in _values(element))
    line = Text(f"  {_text(block.get('label'))}")
    if block.get("optional"):
        line.append(" (optional)", style="dim")
    line.append(f": {written}" if written else ":")
    return line


def _values(element: Json) -> Iterator[str]:
    """What stands in a field already, as it is read."""
    for name, value in element.items():
        if not name.startswith("initial_"):
            continue
        for one in cast("list[object]", value) if isinstance(value, list) else [value]:
            yield _text(cast("Json", one).get("text")) if isinstance(one, Mapping) else str(one)


def _text(part: object) -> str:
    return unescape(str(cast("Json", part or {}).get("text", "")))
