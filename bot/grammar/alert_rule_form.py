"""The clauses of an alert rule: from words to a form."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from analysis.errors import NotUnderstood
from analysis.roles import Role
from bot.grammar.alert_rule_words import CLAUSES, alert_keywords
from bot.grammar.budget_form import contact_of
from bot.grammar.tokens import Token
from bot.grammar.words import dimension_words
from handlers.alert_rules.drafting import ME
from handlers.alert_rules.form import RuleForm
from handlers.nearest import did_you_mean, shown
from queries.dimensions import Dimension, Dimensions

SIDES: Mapping[str, str] = {
    "above": "above",
    "over": "above",
    ">": "above",
    "exceeds": "above",
    "below": "below",
    "under": "below",
    "<": "below",
}

_PHRASES: tuple[tuple[tuple[str, ...], str], ...] = (
    (("cost", "per", "request"), "request cost"),
    (("request", "cost"), "request cost"),
    (("failure", "cost"), "failure cost"),
    (("failures",), "failure cost"),
    (("unpriced", "requests"), "unpriced"),
    (("unpriced",), "unpriced"),
    (("freshness",), "freshness"),
    (("utilization",), "utilization"),
    (("cost",), "cost"),
    (("spend",), "cost"),
    (("requests",), "requests"),
    (("volume",), "requests"),
)
"""What is watched, the longest phrase first."""

_TEXTS = {
    "critical": "critical",
    "warning": "warning",
    "warn": "warning",
    "notice": "notice",
    "each": "each",
    "least": "least",
    "margin": "margin",
    "remind": "remind",
    "zone": "zone",
    "name": "name",
    "source": "source",
}
"""The words behind which a text stands, and the field that it fills."""

_FLAGS: Mapping[str, tuple[str, bool]] = {
    "customers": ("customers", True),
    "internal": ("customers", False),
    "infrastructure": ("infrastructure", True),
    "today": ("today", True),
    "anyway": ("unseen", True),
}

_UNITS = frozenset(("%", "percent", "h", "hour", "hours", "d", "day", "days", "usd"))
"""May stand apart from the figure before them."""

_FIGURE = re.compile(r"[$]?[0-9][0-9.,]*", re.ASCII)
_LINEAR = re.compile(r"linear:(.+)")
_PER_DAY = (("a", "day"), ("per", "day"), ("daily",))
_BASELINES: tuple[tuple[tuple[str, ...], str], ...] = (
    (("7", "days"), "7d"),
    (("28", "days"), "28d"),
    (("same", "weekday"), "weekday"),
    (("prior", "week"), "week"),
    (("last", "week"), "week"),
    (("prior", "month"), "month"),
    (("last", "month"), "month"),
    (("7d",), "7d"),
    (("28d",), "28d"),
    (("weekday",), "weekday"),
    (("week",), "week"),
    (("month",), "month"),
)
_TARGETS = ("slack_channels", "slack_users", "emails", "webhooks", "linear")
HERE = "here"
"""Stands for the channel in which it was typed."""

EXAMPLE = "Try `/cost alert create cost above 30% of 7d product api to #api-team`."


@dataclass(slots=True)
class _Draft:
    """What has been understood so far."""

    texts: dict[str, str] = field(default_factory=dict[str, str])
    flags: dict[str, bool] = field(default_factory=dict[str, bool])
    filters: dict[str, list[str]] = field(default_factory=dict[str, list[str]])
    is_everything: bool = False
    targets: dict[str, list[str]] | None = None

    def say(self, name: str, text: str, word: str) -> None:
        """A field, once."""
        if self.texts.get(name, text) != text:
            raise NotUnderstood(f"`{word}` is there twice.", "Say it once.")
        self.texts[name] = text

    def form(self) -> RuleForm:
        """All of it."""
        form = RuleForm(**self.texts)  # pyright: ignore[reportArgumentType] - texts by field
        form = replace(form, **self.flags)
        if self.filters or self.is_everything:
            filters = {name: tuple(values) for name, values in self.filters.items()}
            form = replace(form, filters=filters)
        if self.targets is not None:
            told = {name: tuple(values) for name, values in self.targets.items()}
            form = replace(form, **told)
        return form


class RuleFormParser:
    """Understands the words of `create` and `edit`, as far as `role` may ask.

    Args:
        dimensions: of the deployment.
        role: of who typed.
        channel: id of the one in which it was typed; empty: in none.
    """

    def __init__(self, dimensions: Dimensions, role: Role, channel: str = "") -> None:
        words: dict[str, Dimension] = {one.name: one for one in dimensions.values()}
        self._dimensions = words | dimension_words(dimensions, role)
        self._suggested = list(alert_keywords(dimensions, role))
        self._channel = channel

    def create(self, tokens: list[Token]) -> RuleForm:
        """`[NAME] WHAT above|below THRESHOLD …`.

        Raises:
            NotUnderstood: a word is unknown, lacks its value, or says a thing twice.
        """
        at = _where(tokens)
        if at is None:
            word = tokens[1].text if len(tokens) > 1 and tokens[0].quoted else tokens[0].text
            hint = did_you_mean(word, self._suggested)
            hint = hint if hint.startswith("Did you") else EXAMPLE
            raise NotUnderstood("It is not said what is watched, and from where on.", hint)
        draft = _Draft()
        if at:
            draft.texts["name"] = " ".join(token.text for token in tokens[:at])
        self._take_all(tokens[at:], draft)
        if draft.flags.get("today"):
            draft.texts.setdefault("what", "cost")
        form = draft.form()
        owners = (form.filters or {}).get("organization", ())
        if len(owners) == 1 and form.organization is None:
            others = {k: v for k, v in (form.filters or {}).items() if k != "organization"}
            form = replace(form, organization=owners[0], filters=others or None)
        return form

    def edit(self, tokens: list[Token]) -> tuple[str, str | None, RuleForm]:
        """`NAME [org NAME] …`: which rule, whose, and what is changed of it.

        Raises:
            NotUnderstood: a word is unknown, lacks its value, or says a thing twice.
        """
        if not tokens:
            raise NotUnderstood("`edit` needs the name of a rule.", "`/cost alert list` has them.")
        words, rest = [tokens[0].text], tokens[1:]
        if not tokens[0].quoted:
            while rest and not rest[0].quoted and not self._begins(rest):
                words.append(rest[0].text)
                rest = rest[1:]
        organization = None
        named = self._dimensions.get(rest[0].keyword) if rest else None
        if named is not None and named.name == "organization" and len(rest) > 1:
            organization, rest = rest[1].text, rest[2:]
        draft = _Draft()
        self._take_all(rest, draft)
        return " ".join(words), organization, draft.form()

    def _begins(self, tokens: list[Token]) -> bool:
        """Whether a clause begins here."""
        word = tokens[0].keyword
        known = {word for clause in CLAUSES for word in clause.keywords}
        is_dimension = word in self._dimensions or word.partition("=")[0] in self._dimensions
        return word in known or word in SIDES or is_dimension or _phrase(tokens) is not None

    def _take_all(self, tokens: list[Token], draft: _Draft) -> None:
        rest = list(tokens)
        while rest:
            rest = self._take(rest, draft)

    def _take(self, rest: list[Token], draft: _Draft) -> list[Token]:
        token, word = rest[0], rest[0].keyword
        phrase = _phrase(rest)
        if phrase is not None and "what" not in draft.texts:
            draft.texts["what"] = phrase[0]
            return rest[phrase[1] :]
        if word in SIDES:
            draft.say("direction", SIDES[word], word)
            return _threshold(rest, draft)
        if word in ("of", "against", "vs", "than"):
            return _baseline(rest, draft)
        if word == "to":
            return self._targets(rest[1:], draft)
        if word in _TEXTS:
            return self._text(rest, draft)
        if said := _said_alone(rest, draft):
            return rest[said:]
        return self._value(token, rest, draft)

    def _text(self, rest: list[Token], draft: _Draft) -> list[Token]:
        word = rest[0].keyword
        if len(rest) < 2:
            raise NotUnderstood(f"`{word}` needs a value.", "`/cost alert help` has an example.")
        text, after = _joined(rest[1:])
        if word == "each":
            named = self._dimensions.get(text.casefold())
            text = named.name if named is not None else text
        draft.say(_TEXTS[word], text, word)
        return after

    def _value(self, token: Token, rest: list[Token], draft: _Draft) -> list[Token]:
        name, equals, value = token.text.partition("=")
        dimension = None if token.quoted else self._dimensions.get(name.casefold())
        if dimension is None:
            hint = did_you_mean(token.text, self._suggested)
            hint = hint if hint.startswith("Did you") else "`/cost alert help` has them all."
            raise NotUnderstood(f"I don't know the word {shown(token.text)}.", hint)
        after = rest[1:]
        if not equals or not value:
            if not after:
                sentence = f"`{name}` needs a value."
                raise NotUnderstood(sentence, f"Name the {dimension.name} that counts.")
            value, after = after[0].text, after[1:]
        there = draft.filters.setdefault(dimension.name, [])
        if value not in there:
            there.append(value)
        return after

    def _targets(self, rest: list[Token], draft: _Draft) -> list[Token]:
        """All that follow and look like somewhere to tell."""
        lists: dict[str, list[str]] = draft.targets or {name: [] for name in _TARGETS}
        count = 0
        while rest:
            found = self._target(rest[0])
            if found is None:
                break
            name, address = found
            if name and address not in lists[name]:
                lists[name].append(address)
            rest, count = rest[1:], count + 1
        if not count:
            what = f", and {shown(rest[0].text)} is none" if rest else ""
            hint = "Try `to #llm-costs @ann finance@example.com`, `to me` or `to routes`."
            raise NotUnderstood(f"`to` needs somewhere to tell{what}.", hint)
        draft.targets = lists
        return rest

    def _target(self, token: Token) -> tuple[str, str] | None:
        if token.keyword in ("routes", "nobody"):
            return "", ""
        if token.keyword in ("me", "@me"):
            return "slack_users", ME
        if token.keyword == HERE and self._channel:
            kind = "slack_users" if self._channel.startswith(("U", "W")) else "slack_channels"
            return kind, self._channel
        if match := _LINEAR.fullmatch(token.text):
            return "linear", match[1]
        return contact_of(token.text)


def _said_alone(tokens: list[Token], draft: _Draft) -> int:
    """How many words say something without a value behind them, which is taken then."""
    word = tokens[0].keyword
    for span in _PER_DAY:
        if _starts(tokens, span):
            return len(span)
    if word in _FLAGS:
        flag, on = _FLAGS[word]
        draft.flags[flag] = on
    elif word == "everything":
        draft.is_everything = True
    elif word not in ("absolute", "relative"):
        return 0
    return 1


def _where(tokens: list[Token]) -> int | None:
    """Where it begins to be said what is watched: before it stands the name."""
    first: int | None = None
    for at in range(len(tokens)):
        rest = tokens[at:]
        if rest[0].keyword == "today" and len(rest) > 1 and rest[1].keyword in SIDES:
            return at
        skipped = 1 if rest[0].keyword in ("absolute", "relative", "today") else 0
        phrase = _phrase(rest[skipped:]) if len(rest) > skipped else None
        if phrase is None:
            continue
        after = rest[skipped + phrase[1] :]
        while after and (after[0].keyword == "today" or after[0].keyword in ("a", "day", "daily")):
            after = after[1:]
        if after and after[0].keyword in SIDES:
            return at
        first = at if first is None else first
    return first


def _phrase(tokens: list[Token]) -> tuple[str, int] | None:
    """What the first words name to be watched, and how many they are."""
    for words, what in _PHRASES:
        if _starts(tokens, words):
            return what, len(words)
    return None


def _starts(tokens: list[Token], words: tuple[str, ...]) -> bool:
    return tuple(token.keyword for token in tokens[: len(words)]) == words


def _joined(tokens: list[Token]) -> tuple[str, list[Token]]:
    """A value, with the unit that stands behind it."""
    text, rest = tokens[0].text, tokens[1:]
    is_figure = not tokens[0].quoted and bool(_FIGURE.fullmatch(text))
    if is_figure and rest and rest[0].keyword in _UNITS:
        unit = rest[0].text
        return f"{text} {unit}" if unit != "%" else f"{text}%", rest[1:]
    return text, rest


def _threshold(rest: list[Token], draft: _Draft) -> list[Token]:
    side = rest[0].keyword
    if len(rest) < 2:
        hint = f"Try `{side} $500` or `{side} 30%`."
        raise NotUnderstood(f"`{side}` needs a threshold.", hint)
    text, after = _joined(rest[1:])
    draft.say("warning", text, "above")
    if after and not after[0].quoted and _baseline_of(after) is not None:
        return _baseline([rest[0], *after], draft)
    return after


def _baseline(rest: list[Token], draft: _Draft) -> list[Token]:
    """A baseline behind `of`, `against` or nothing; articles and `baseline` may stand around."""
    after = rest[1:]
    while after and after[0].keyword in ("the", "its", "average", "of"):
        after = after[1:]
    found = _baseline_of(after)
    if found is None:
        what = shown(after[0].text) if after else "nothing"
        hint = "There is `7d`, `weekday`, `week`, `month` and, for the cost per request, `28d`."
        raise NotUnderstood(f"{what} is no baseline.", hint)
    draft.say("baseline", found[0], "of")
    after = after[found[1] :]
    while after and after[0].keyword in ("baseline", "average", "before"):
        after = after[1:]
    return after


def _baseline_of(tokens: list[Token]) -> tuple[str, int] | None:
    for words, name in _BASELINES:
        if _starts(tokens, words):
            return name, len(words)
    return None
