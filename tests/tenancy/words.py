"""What may be typed, taken from what costbot declares: forms with something in their places.

A form is written in the notation of the help: `[…]` may be left out, `|` parts alternatives, words
in capitals are places. A place that is not known here fails the test that fills it.
"""

from __future__ import annotations

import pkgutil
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from itertools import chain
from typing import cast

import bot.grammar
from bot.grammar.words import Clause, Subcommand
from tests.tenancy.things import FOREIGN, MARK, Things

_TOKEN = re.compile(r"\[|\]|\||…|[^\s\[\]|…]+")

_PLACE = re.compile(r"[A-Z]{1,}[A-Z/%]*$|[@#]\w+$|cbt_$|parameter=value$|provider$")


@dataclass(frozen=True)
class Form:
    """A form of a command.

    Attributes:
        prefix: what is typed before it, such as `/cost alert`.
        word: the first word, or words, of it.
        usage: as it is declared.
        example: a whole line.
    """

    prefix: str
    word: str
    usage: str
    example: str

    @property
    def name(self) -> str:
        """What a failure calls it."""
        return f"{self.prefix} {self.usage}"


def forms() -> list[Form]:
    """Every form that is declared anywhere in the grammar."""
    found: dict[tuple[str, str], Form] = {}
    for info in pkgutil.iter_modules(bot.grammar.__path__):
        module = import_module(f"bot.grammar.{info.name}")
        for value in vars(module).values():
            if not isinstance(value, tuple):
                continue
            for sub in cast("tuple[object, ...]", value):
                if isinstance(sub, Subcommand):
                    form = _form(sub)
                    found[form.prefix, form.usage] = form
    return list(found.values())


def examples() -> list[str]:
    """Every line that stands in the grammar as the example of a clause."""
    found: list[str] = []
    for info in pkgutil.iter_modules(bot.grammar.__path__):
        for value in vars(import_module(f"bot.grammar.{info.name}")).values():
            if isinstance(value, tuple):
                several = cast("tuple[object, ...]", value)
                found += [one.example for one in several if isinstance(one, Clause)]
    return list(dict.fromkeys(found))


def _form(sub: Subcommand) -> Form:
    first = sub.usage.split()[0]
    before, there, _ = sub.example.partition(f" {first}")
    assert there, f"the example of `{sub.usage}` has to begin as its usage does: {sub.example}"
    return Form(before, sub.word, sub.usage, sub.example)


def lines(form: Form, things: Things) -> list[str]:
    """Lines of a form: with nothing that may be left out, and with all of it, for each alternative.

    Args:
        form: as it is declared.
        things: whose names and ids stand in the places.
    """
    usage = form.usage.replace("PART OF A NAME", "PART")
    found: list[list[str]] = []
    for grouped in (True, False):
        tree, _ = _parsed(_TOKEN.findall(usage), 0, grouped=grouped)
        found.append(_written(tree, None))
        found += [_written(tree, turn) for turn in range(_turns(tree))]
    texts = [_filled(form, words, things) for words in found]
    for more in ("csv", "by DIMENSION"):
        if f"[{more}" in usage:
            texts.append(f"{texts[0]} {more.replace('DIMENSION', 'organization')}")
    return list(dict.fromkeys(texts))


@dataclass(frozen=True)
class _Group:
    """What may be left out, or one of several; `may_go`: it was in brackets."""

    choices: tuple[tuple[_Node, ...], ...]
    may_go: bool


_Node = str | _Group


def _parsed(tokens: list[str], at: int, *, grouped: bool) -> tuple[tuple[_Node, ...], int]:
    """A sequence up to its closing bracket.

    Args:
        tokens: of the usage.
        at: where it begins.
        grouped: whether `|` parts whole phrases of brackets, or single words.
    """
    items: list[_Node] = []
    while at < len(tokens) and tokens[at] != "]":
        if tokens[at] == "[":
            inside, at = _parsed(tokens, at + 1, grouped=grouped)
            items.append(_Group(_choices(inside, grouped=grouped), may_go=True))
        elif tokens[at] != "…":
            items.append(tokens[at])
        at += 1
    return (tuple(items) if grouped and at < len(tokens) else _words_parted(items)), at


def _choices(inside: tuple[_Node, ...], *, grouped: bool) -> tuple[tuple[_Node, ...], ...]:
    if not grouped or "|" not in inside:
        return (inside,)
    found: list[list[_Node]] = [[]]
    for node in inside:
        if node == "|":
            found.append([])
        else:
            found[-1].append(node)
    return tuple(tuple(one) for one in found)


def _words_parted(items: Iterable[_Node]) -> tuple[_Node, ...]:
    """`a b | c d` as `a`, one of `b` and `c`, `d`."""
    found: list[_Node] = []
    for node in items:
        if len(found) >= 2 and found[-1] == "|":
            before = found[-2]
            choices = (
                before.choices if isinstance(before, _Group) and not before.may_go else ((before,),)
            )
            found[-2:] = [_Group((*choices, (node,)), may_go=False)]
        else:
            found.append(node)
    return tuple(found)


def _turns(nodes: Sequence[_Node]) -> int:
    """How many lines show each alternative at least once."""
    counts = [1]
    for node in nodes:
        if isinstance(node, _Group):
            counts.append(len(node.choices))
            counts += [_turns(choice) for choice in node.choices]
    return max(counts)


def _written(nodes: Sequence[_Node], turn: int | None) -> list[str]:
    """The words of a line; `turn` None: nothing that may be left out."""
    found: list[str] = []
    for node in nodes:
        if isinstance(node, str):
            found.append(node)
        elif turn is not None or not node.may_go:
            found += _written(node.choices[(turn or 0) % len(node.choices)], turn)
    return found


def _filled(form: Form, words: Sequence[str], things: Things) -> str:
    found: list[str] = []
    for word in chain.from_iterable(part.split("|")[:1] for part in words):
        found.append(_filling(form, word, found, things) if _PLACE.match(word) else word)
    return " ".join(part for part in (form.prefix, *found) if part)


GENERAL: Mapping[str, str] = {
    "#channel": "#costs",
    "@person": "<@U0OTTO0001>",
    "A": f"{MARK}-large",
    "AMOUNT": "500",
    "B": "gpt-4",
    "BASELINE": "7d",
    "DAY": "2026-11-30",
    "DIMENSION": "model",
    "LEVEL": "warning",
    "MODEL": f"{MARK}-large",
    "MONTH": "2026-10",
    "PART": MARK,
    "PERIOD": "7d",
    "PLACE": "#costs",
    "PROVIDER": MARK,
    "REASON": "of launch",
    "RESOLUTION": "of launch",
    "SHARE%": "40%",
    "STATUS": "planned",
    "THRESHOLD": "$5 a day",
    "TIME": "9:00",
    "TOKENS": "1000",
    "USD": "2",
    "USD/USD": "1/4",
    "VALUE": f"{MARK}-large",
    "WEEKDAY": "monday",
    "WHAT": "cost",
    "WORD": "digest",
    "ZONE": "Europe/Berlin",
    "parameter=value": "",
    "provider": "openai",
}
"""What stands in a place, whatever the command is."""

AFTER: Mapping[tuple[str, str], str] = {
    ("critical", "VALUE"): "$9 a day",
    ("org", "NAME"): FOREIGN,
    ("organization", "NAME"): FOREIGN,
    ("fixed", "NAME"): FOREIGN,
    ("product", "NAME"): f"{MARK}-api",
    ("team", "NAME"): f"'{MARK} team'",
    ("models", "NAME"): f"{MARK}-large",
    ("query", "NAME"): "day_over_day",
    ("reference", "NAME"): f"{MARK}-C17",
    ("by", "DIMENSION"): "team",
}
"""What stands in a place behind a word."""

NEW = "windmill"
"""The name of what is made."""


def _of(command: str, place: str, things: Things) -> str | None:
    """What stands in a place of a command."""
    table: Mapping[tuple[str, str], str] = {
        ("/budget create", "NAME"): NEW,
        ("/budget create", "PERIOD"): "monthly",
        ("/budget undo", "ID"): things.deleted_budget,
        ("/budget", "NAME"): f'"{things.budget}"',
        ("/budget", "ID"): things.raise_,
        ("/budget", "CLAUSE"): f"model {MARK}-large",
        ("/cost alert create", "NAME"): NEW,
        ("/cost alert preview", "NAME"): NEW,
        ("/cost alert undo", "ID"): things.deleted_rule,
        ("/cost alert", "NAME"): things.rule,
        ("/cost alert", "CLAUSE"): f"product {MARK}-api",
        ("/cost anomalies", "ID"): things.anomaly,
        ("/cost digest", "N"): things.digest,
        ("/cost digest", "CLAUSE"): f"product {MARK}-api",
        ("/cost route", "NUMBER"): things.route,
        ("/cost token create", "NAME"): NEW,
        ("/cost token", "NAME"): things.token,
        ("/cost token", "cbt_"): things.token_prefix,
        ("/cost statement rule", "NAME"): FOREIGN,
        ("/cost whatif", "DIMENSION"): "product",
        ("/cost whatif", "VALUE"): f"{MARK}-api",
        ("/recs opportunities", "ID"): things.opportunity,
        ("/recs opportunities", "STATUS"): "open",
        ("/recs opportunities status", "STATUS"): "planned",
        ("/recs", "ID"): things.recommendation,
        ("/recs", "CLAUSE"): "all",
    }
    fitting = [key for key in table if key[1] == place and f"{command} ".startswith(f"{key[0]} ")]
    return table[max(fitting, key=lambda key: len(key[0]))] if fitting else None


def _filling(form: Form, place: str, before: Sequence[str], things: Things) -> str:
    command = " ".join([form.prefix, *before])
    found = (
        AFTER.get((before[-1] if before else "", place))
        or _of(command, place, things)
        or GENERAL.get(place)
    )
    assert found is not None, (
        f"{form.name}: say in tests/tenancy/words.py what stands in the place of {place}"
    )
    return found


def before(form: Form, things: Things) -> list[str]:
    """What has to be typed first, so that a form of globex's own people can do something."""
    command = f"{form.prefix} {form.word}" if not form.prefix.endswith(form.word) else form.prefix
    table: Mapping[str, Sequence[str]] = {
        "/budget resume": [f'/budget pause "{things.budget}"'],
        "/cost alert resume": [f"/cost alert pause {things.rule}"],
        "/cost digest resume": [f"/cost digest pause {things.digest}"],
        "/recs undo": [f"/recs accept {things.recommendation}"],
        "/recs reopen": [f"/recs accept {things.recommendation}"],
        "/recs verify": [f"/recs accept {things.recommendation}"],
    }
    return list(table.get(command, ()))


def made_up(things: Things) -> Mapping[str, str]:
    """What buttons carry that are shown where there is too much, or where something has failed."""
    return {
        "budget_list": things.budget_id,
        "alert_rule_list": things.rule_id,
        "recs_generate": f"generate 30d org {FOREIGN}",
        "report_on": "0123456789abcdef",
    }
