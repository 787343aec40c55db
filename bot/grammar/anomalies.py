"""Questions for anomalies, from words to requests and back."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from analysis.errors import NotUnderstood
from analysis.roles import Role
from bot.grammar.command import Command
from bot.grammar.tokens import Token, join
from bot.grammar.words import ALIASES
from handlers.anomalies.requests import (
    DEFAULT_DAYS,
    REPLAY_DAYS,
    ListAnomaliesRequest,
    ReplayRequest,
    TrialSettings,
)
from handlers.nearest import did_you_mean, shown
from queries.dimensions import Dimensions

_DAYS = re.compile(r"([0-9]{1,4})d", re.ASCII)
_NUMBER = r"[0-9]{1,9}(?:\.[0-9]{1,4})?"
_BANDS = re.compile(rf"({_NUMBER})/({_NUMBER})/({_NUMBER})", re.ASCII)
_USD = re.compile(rf"\$?({_NUMBER})", re.ASCII)
_RATIO = re.compile(rf"({_NUMBER})\s*%", re.ASCII)

SHOW = "show"
LIST_WORDS = ("open", "all", SHOW, "csv")
REPLAY_WORDS = ("bands", "least", "ratio", "falls", "rises", "csv")


@dataclass(frozen=True, slots=True)
class AnomaliesCommand(Command):
    """`anomalies [7d] [open|all] [DIMENSION VALUE]`: what was found lately."""

    request: ListAnomaliesRequest


@dataclass(frozen=True, slots=True)
class AnomalyCommand(Command):
    """`anomalies show ID`: everything about one."""

    which: str


@dataclass(frozen=True, slots=True)
class ReplayCommand(Command):
    """`replay [30d] [bands 2/3/4.5] …`: what would have been told with other settings."""

    request: ReplayRequest


@dataclass(slots=True)
class _Read:
    """What was understood so far."""

    days: int | None = None
    only_open: bool | None = None
    filters: dict[str, list[str]] = field(default_factory=dict[str, list[str]])
    bands: tuple[float, float, float] | None = None
    least_usd: Decimal | None = None
    least_ratio: float | None = None
    falls: bool | None = None
    csv: bool = False


def parse_anomalies(rest: list[Token], dimensions: Dimensions, role: Role) -> Command:
    """The question that `rest`, typed after `anomalies`, asks.

    Raises:
        NotUnderstood: a word is unknown, lacks its value, or says a thing twice.
    """
    del role
    if rest and rest[0].keyword == SHOW:
        if len(rest) != 2:
            raise NotUnderstood("`show` needs the id of one anomaly.", "`/cost anomalies` has it.")
        return AnomalyCommand(rest[1].text)
    read, names = _Read(), _names(dimensions)
    todo = list(reversed(rest))
    while todo:
        token = todo.pop()
        word = token.keyword
        if word in ("open", "all"):
            if read.only_open is not None:
                raise NotUnderstood("`open` and `all` do not go together.", "Say one of them.")
            read.only_open = word == "open"
        elif not _common(token, todo, read, names):
            raise _unknown(token, [*LIST_WORDS, *names])
    request = ListAnomaliesRequest(
        days=DEFAULT_DAYS if read.days is None else read.days,
        only_open=bool(read.only_open),
        filters=_filters(read),
    )
    return AnomaliesCommand(request, csv=read.csv)


def parse_replay(rest: list[Token], dimensions: Dimensions, role: Role) -> Command:
    """The question that `rest`, typed after `replay`, asks.

    Raises:
        NotUnderstood: a word is unknown, lacks its value, or says a thing twice.
    """
    del role
    read, names = _Read(), _names(dimensions)
    todo = list(reversed(rest))
    while todo:
        token = todo.pop()
        word = token.keyword
        if word in ("bands", "least", "ratio"):
            _setting(word, todo.pop() if todo else None, read)
        elif word in ("falls", "rises"):
            read.falls = word == "falls"
        elif not _common(token, todo, read, names):
            raise _unknown(token, [*REPLAY_WORDS, *names])
    trial = TrialSettings(read.bands, read.least_usd, read.least_ratio, read.falls)
    request = ReplayRequest(
        days=REPLAY_DAYS if read.days is None else read.days,
        settings=trial,
        filters=_filters(read),
    )
    return ReplayCommand(request, csv=read.csv)


def write_anomalies(command: Command) -> str:
    """The text that asks exactly this.

    Raises:
        TypeError: it is no question for anomalies.
    """
    match command:
        case AnomalyCommand(which=which):
            return f"anomalies {SHOW} {which}"
        case AnomaliesCommand(request=request):
            words = ["anomalies", *([f"{request.days}d"] if request.days != DEFAULT_DAYS else [])]
            words += ["open"] if request.only_open else []
            filters = request.filters
        case ReplayCommand(request=asked):
            words = ["replay", *([f"{asked.days}d"] if asked.days != REPLAY_DAYS else [])]
            words += _written(asked.settings)
            filters = asked.filters
        case _:
            message = f"{type(command).__name__} is no question for anomalies"
            raise TypeError(message)
    text = " ".join([*words, *_pairs(filters)])
    return f"{text} csv" if command.csv else text


def _written(trial: TrialSettings) -> list[str]:
    words: list[str] = []
    if trial.bands is not None:
        words += ["bands", "/".join(f"{band:g}" for band in trial.bands)]
    if trial.least_usd is not None:
        words += ["least", f"${trial.least_usd:f}"]
    if trial.least_ratio is not None:
        words += ["ratio", f"{trial.least_ratio * 100:g}%"]
    if trial.falls is not None:
        words.append("falls" if trial.falls else "rises")
    return words


def _pairs(filters: Mapping[str, tuple[str, ...]]) -> list[str]:
    return [
        join([Token(name), Token(value, quoted=True)])
        for name, values in filters.items()
        for value in values
    ]


def _common(token: Token, todo: list[Token], read: _Read, names: Mapping[str, str]) -> bool:
    """Takes a word that both questions have; False: it is none."""
    word = token.keyword
    name, equals, value = word.partition("=")
    if word == "csv":
        read.csv = True
    elif match := _DAYS.fullmatch(word):
        if read.days is not None:
            raise NotUnderstood("The days are there twice.", "Once is enough.")
        read.days = int(match[1])
    elif word in names or (equals and name in names):
        if not value:
            if not todo:
                raise NotUnderstood(f"`{word}` needs a value.", f"Try `{name} acme`.")
            value = todo.pop().text
        else:
            value = token.text.partition("=")[2]
        read.filters.setdefault(names[name], []).append(value)
    else:
        return False
    return True


def _setting(word: str, token: Token | None, read: _Read) -> None:
    text = "" if token is None else token.text
    if word == "bands":
        match = _BANDS.fullmatch(text)
        if match is None:
            raise NotUnderstood("`bands` needs three scores.", "Write `bands 2/3/4.5`.")
        read.bands = float(match[1]), float(match[2]), float(match[3])
    elif word == "least":
        match = _USD.fullmatch(text)
        if match is None:
            raise NotUnderstood("`least` needs US dollars a day.", "Write `least $20`.")
        read.least_usd = Decimal(match[1])
    else:
        match = _RATIO.fullmatch(text)
        if match is None:
            raise NotUnderstood("`ratio` needs per cent.", "Write `ratio 40%`.")
        read.least_ratio = float(match[1]) / 100


def _filters(read: _Read) -> dict[str, tuple[str, ...]]:
    return {name: tuple(values) for name, values in read.filters.items()}


def _names(dimensions: Dimensions) -> dict[str, str]:
    """The words for dimensions; what is not watched is refused further on, with its reason."""
    names = {name: name for name in dimensions}
    return {**names, **{alias: name for alias, name in ALIASES.items() if name in names}}


def _unknown(token: Token, known: list[str]) -> NotUnderstood:
    sentence = f"I don't know the word {shown(token.text)}."
    return NotUnderstood(sentence, did_you_mean(token.text, known))
