"""The grammar of `/cost route`: where incidents are told."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from analysis.errors import NotUnderstood
from analysis.incidents.levels import Level
from bot.grammar.tokens import Token, tokenize
from handlers.incidents.routing import RouteRequest
from handlers.incidents.signal import IncidentKind, Target
from handlers.nearest import did_you_mean, shown

WORDS = ("route", "routes")
"""The first words of it."""

VERBS = ("add", "list", "remove", "restore", "test", "who")

KINDS: dict[str, IncidentKind] = {
    "anomaly": "anomaly",
    "anomalies": "anomaly",
    "rule": "rule",
    "rules": "rule",
    "alerts": "rule",
}

LEVELS = {level.value: level for level in Level if level.is_trouble}

EXAMPLE = "Try `/cost route add product api at warning to #api-team`."

_CHANNEL = re.compile(r"<#([A-Z0-9]+)(?:\|[^>]*)?>|([CGD][A-Z0-9]{5,})", re.ASCII)
_PERSON = re.compile(r"<@([A-Z0-9]+)(?:\|[^>]*)?>|([UW][A-Z0-9]{5,})", re.ASCII)
_EMAIL = re.compile(r"<mailto:([^|>]+)(?:\|[^>]*)?>|([^@<>\s]+@[^@<>\s]+)")


@dataclass(frozen=True, slots=True)
class RouteList:
    """`list`, or nothing: which there are."""


@dataclass(frozen=True, slots=True)
class RouteAdd:
    """`add …`: a new one."""

    request: RouteRequest


@dataclass(frozen=True, slots=True)
class RouteWho:
    """`who …`: who would hear of an incident."""

    request: RouteRequest


@dataclass(frozen=True, slots=True)
class RouteAct:
    """`remove`, `restore` or `test`, with a number."""

    verb: str
    key: int


RouteCommand = RouteList | RouteAdd | RouteWho | RouteAct


def parse_route(text: str) -> RouteCommand:
    """What a text after `/cost` means, its first word one of `WORDS`.

    Raises:
        NotUnderstood: a word does not belong there; the hint says what does.
    """
    return parse_route_tokens(tokenize(text)[1:])


def parse_route_tokens(tokens: Sequence[Token]) -> RouteCommand:
    """What words mean; see `parse_route`."""
    if not tokens:
        return RouteList()
    verb, rest = tokens[0].keyword, list(tokens[1:])
    match verb:
        case "list":
            _nothing_after(rest)
            return RouteList()
        case "add":
            return RouteAdd(_request(rest, with_targets=True))
        case "who":
            return RouteWho(_who(rest))
        case "remove" | "restore" | "test":
            return RouteAct(verb, _number(verb, rest))
        case _:
            hint = did_you_mean(tokens[0].text, VERBS)
            raise NotUnderstood(f"{shown(tokens[0].text)} is nothing that a route does.", hint)


def _number(verb: str, rest: list[Token]) -> int:
    if not rest:
        hint = f"Say which: `/cost route {verb} 3`. `/cost route` lists them."
        raise NotUnderstood(f"`{verb}` needs the number of a route.", hint)
    word = rest[0].text.removeprefix("#")
    if not (word.isdecimal() and word.isascii() and len(word) <= 9):
        hint = "`/cost route` lists them with their numbers."
        raise NotUnderstood(f"{shown(rest[0].text)} is no number of a route.", hint)
    _nothing_after(rest[1:])
    return int(word)


def _nothing_after(rest: Sequence[Token]) -> None:
    if rest:
        raise NotUnderstood(f"{shown(rest[0].text)} is too much there.", EXAMPLE)


def _who(rest: list[Token]) -> RouteRequest:
    for word in ("hears", "of"):
        if rest and rest[0].keyword == word:
            rest.pop(0)
    return _request(rest, with_targets=False)


def _request(rest: list[Token], *, with_targets: bool) -> RouteRequest:
    kind: IncidentKind | None = None
    product = organization = None
    # Asked about: an incident as bad as can be; routed: everything.
    least = Level.NOTICE if with_targets else Level.CRITICAL
    targets: list[Target] = []
    while rest:
        token = rest.pop(0)
        match token.keyword:
            case "everything" | "all":
                continue
            case "product":
                product = _value("product", rest)
            case "organization" | "org":
                organization = _value("organization", rest)
            case "at" | "from":
                least = _level(rest)
            case "to" if with_targets:
                targets += _targets(rest)
            case word if word in KINDS:
                kind = KINDS[word]
            case word if word in LEVELS:
                least = LEVELS[word]
            case _:
                known = ("product", "organization", "at", "anomalies", "rules", "to")
                hint = f"{did_you_mean(token.text, known)} {EXAMPLE}"
                raise NotUnderstood(f"{shown(token.text)} is nothing that a route knows.", hint)
    if with_targets and not targets:
        raise NotUnderstood("A route needs a place where it leads: `to …`.", EXAMPLE)
    return RouteRequest(
        kind=kind,
        product=product,
        organization=organization,
        least=least,
        targets=tuple(targets),
    )


def _value(name: str, rest: list[Token]) -> str:
    if not rest:
        raise NotUnderstood(f"`{name}` needs a name.", EXAMPLE)
    return rest.pop(0).text


def _level(rest: list[Token]) -> Level:
    word = rest.pop(0) if rest else Token("")
    level = LEVELS.get(word.keyword)
    if level is None:
        hint = f"There is {', '.join(f'`{name}`' for name in LEVELS)}."
        raise NotUnderstood(f"{shown(word.text)} is no level.", hint)
    return level


def _targets(rest: list[Token]) -> list[Target]:
    """All that follow and look like a place."""
    found: list[Target] = []
    while rest:
        token = rest[0]
        if token.keyword == "and":
            rest.pop(0)
            continue
        if token.keyword in ("linear", "webhook"):
            rest.pop(0)
            channel = "linear" if token.keyword == "linear" else "webhook"
            found.append(Target(channel, _value(channel, rest)))
            continue
        target = _target(token.text)
        if target is None:
            break
        rest.pop(0)
        found.append(target)
    if not found:
        what = f", and {shown(rest[0].text)} is none" if rest else ""
        hint = "Try `to #team`, `to @ann`, `to ann@example.com`, `to linear ENG`, `to webhook ops`."
        raise NotUnderstood(f"`to` needs a place{what}.", hint)
    return found


def _target(text: str) -> Target | None:
    for channel, pattern in (("slack", _CHANNEL), ("slack", _PERSON), ("email", _EMAIL)):
        if match := pattern.fullmatch(text):
            address = next(group for group in match.groups() if group)
            return Target("slack" if channel == "slack" else "email", address)
    if text.startswith(("#", "@")):
        hint = "Pick it from the list that Slack shows while you type, or give its id."
        raise NotUnderstood(f"I do not know who or what {shown(text)} is.", hint)
    return None
