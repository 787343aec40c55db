"""The clauses of a budget: from words to a form, and back."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from analysis.errors import NotUnderstood
from analysis.roles import Role
from bot.grammar.budget_words import CLAUSE_WORDS, KINDS, budget_keywords
from bot.grammar.tokens import Token, join
from bot.grammar.words import dimension_words
from handlers.budgets.form import BudgetForm
from handlers.budgets.requests import Which
from handlers.nearest import did_you_mean, shown
from queries.dimensions import Dimension, Dimensions

AMOUNT = re.compile(r"(?:us\$|\$|usd)?[0-9][0-9.,]*[kmb]?(?:\$|usd)?", re.ASCII | re.IGNORECASE)
"""What looks like an amount; whether it is one, the form says."""

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)
_DAYS = re.compile(rf"({_DAY.pattern})\.\.\.?({_DAY.pattern})", re.ASCII)
_CHANNEL = re.compile(r"<#([A-Z0-9]+)(?:\|[^>]*)?>|([CG][A-Z0-9]{8,})|(#.+)", re.ASCII)
_USER = re.compile(r"<@([A-Z0-9]+)(?:\|[^>]*)?>|([UW][A-Z0-9]{8,})|(@.+)", re.ASCII)
_EMAIL = re.compile(r"<mailto:([^|>]+)(?:\|[^>]*)?>|([^@<>\s]+@[^@<>\s]+)")
_WEBHOOK = re.compile(r"webhook:(.+)")
_PLAIN = re.compile(r"[A-Za-z0-9._/:@%+$,-]+", re.ASCII)

ORGANIZATION = "organization"

_TEXTS = {
    "limit": "limit",
    "period": "kind",
    "zone": "zone",
    "from": "start",
    "until": "end",
    "warn": "warning",
    "warning": "warning",
    "critical": "critical",
    "forecast": "forecast",
    "rollover": "rollover",
    "unknown": "when_unknown",
    "name": "name",
    "about": "description",
}
"""The words behind which a text stands, and the field that it fills."""

_FLAGS: Mapping[str, tuple[str, bool]] = {
    "hard": ("is_hard", True),
    "soft": ("is_hard", False),
    "anyway": ("unseen", True),
}


def is_amount(token: Token) -> bool:
    """Whether a word looks like an amount of money."""
    return not token.quoted and bool(AMOUNT.fullmatch(token.text))


@dataclass(slots=True)
class _Draft:
    """What has been understood so far."""

    texts: dict[str, str] = field(default_factory=dict[str, str])
    flags: dict[str, bool] = field(default_factory=dict[str, bool])
    scope: dict[str, list[str]] = field(default_factory=dict[str, list[str]])
    is_everything: bool = False
    contacts: dict[str, list[str]] | None = None

    def say(self, name: str, text: str, word: str) -> None:
        """A field, once."""
        if name in self.texts:
            raise NotUnderstood(f"`{word}` is there twice.", "Say it once.")
        self.texts[name] = text

    def form(self) -> BudgetForm:
        """All of it."""
        scope = {name: tuple(values) for name, values in self.scope.items()}
        form = BudgetForm(**self.texts)  # pyright: ignore[reportArgumentType] - texts by field
        form = replace(form, **self.flags)
        if scope or self.is_everything:
            form = replace(form, scope=scope)
        if self.contacts is not None:
            told = {name: tuple(values) for name, values in self.contacts.items()}
            form = replace(form, **told)
        return form


class FormParser:
    """Understands the words of `create` and `edit`, as far as `role` may ask."""

    def __init__(self, dimensions: Dimensions, role: Role) -> None:
        words: dict[str, Dimension] = {one.name: one for one in dimensions.values()}
        self._dimensions = words | dimension_words(dimensions, role)
        self._suggested = list(budget_keywords(dimensions, role))

    def create(self, tokens: list[Token]) -> BudgetForm:
        """`NAME AMOUNT …`: a name without quotes goes on to the amount.

        Raises:
            NotUnderstood: a word is unknown, lacks its value, or says a thing twice.
        """
        draft = _Draft()
        name, rest = self._name(tokens, lambda token: is_amount(token) or self._begins(token))
        draft.texts["name"] = name
        if rest and is_amount(rest[0]):
            draft.texts["limit"], rest = rest[0].text, rest[1:]
            rest = _currency(draft, rest)
        self._take_all(rest, draft)
        form = draft.form()
        owners = (form.scope or {}).get(ORGANIZATION, ())
        if len(owners) == 1:
            others = {one: some for one, some in (form.scope or {}).items() if one != ORGANIZATION}
            form = replace(form, organization=owners[0], scope=others or None)
        return form

    def edit(self, tokens: list[Token]) -> tuple[Which, BudgetForm]:
        """`NAME [org NAME] …`: which budget, and what is changed of it.

        Raises:
            NotUnderstood: a word is unknown, lacks its value, or says a thing twice.
        """
        if not tokens:
            raise NotUnderstood("`edit` needs the name of a budget.", "`/budget list` has them.")
        name, rest = self._name(tokens, self._begins)
        organization = None
        if rest and self._dimension(rest[0]) == ORGANIZATION:
            if len(rest) < 2:
                raise NotUnderstood("`org` needs a name.", "Try `org acme`.")
            organization, rest = rest[1].text, rest[2:]
        draft = _Draft()
        self._take_all(rest, draft)
        return Which(name, organization), draft.form()

    def _name(self, tokens: list[Token], ends: Callable[[Token], bool]) -> tuple[str, list[Token]]:
        words, rest = [tokens[0].text], tokens[1:]
        if not tokens[0].quoted:
            while rest and not rest[0].quoted and not ends(rest[0]):
                words.append(rest[0].text)
                rest = rest[1:]
        return " ".join(words), rest

    def _begins(self, token: Token) -> bool:
        """Whether a clause begins with a word."""
        word = token.keyword.partition("=")[0]
        return word in CLAUSE_WORDS or word in self._dimensions

    def _dimension(self, token: Token) -> str | None:
        found = self._dimensions.get(token.keyword)
        return None if found is None else found.name

    def _take_all(self, tokens: list[Token], draft: _Draft) -> None:
        rest = list(reversed(tokens))
        while rest:
            self._take(rest.pop(), rest, draft)

    def _take(self, token: Token, rest: list[Token], draft: _Draft) -> None:
        word = token.keyword
        name, equals, value = token.text.partition("=")
        if equals and not token.quoted and name.casefold() in self._dimensions:
            if value:
                rest.append(Token(value, quoted=True))
            self._take_value(name, rest, draft)
        elif word in self._dimensions and word not in CLAUSE_WORDS:
            self._take_value(word, rest, draft)
        elif word == "to" and not _is_end(rest):
            _take_contacts(rest, draft)
        elif word in _TEXTS or word == "to":
            _take_text(word, rest, draft)
        elif not _took_word(word, rest, draft):
            raise self._unknown(token)

    def _take_value(self, word: str, rest: list[Token], draft: _Draft) -> None:
        name = self._dimensions[word.casefold()].name
        if not rest:
            raise NotUnderstood(f"`{word}` needs a value.", f"Name the {name} that counts.")
        value = rest.pop().text
        there = draft.scope.setdefault(name, [])
        if value not in there:
            there.append(value)

    def _unknown(self, token: Token) -> NotUnderstood:
        if is_amount(token):
            sentence = f"{shown(token.text)} is one amount too many."
            return NotUnderstood(sentence, "A name with numbers goes in quotes.")
        hint = did_you_mean(token.text, self._suggested)
        hint = hint if hint.startswith("Did you") else "`/budget help` has them all."
        return NotUnderstood(f"I don't know the word {shown(token.text)}.", hint)


def _took_word(word: str, rest: list[Token], draft: _Draft) -> bool:
    """Whether a word says something by itself, which is taken then."""
    if days := _DAYS.fullmatch(word):
        draft.say("start", days[1], "from")
        draft.say("end", days[2], "to")
    elif word in KINDS:
        draft.say("kind", word, word)
    elif word in _FLAGS:
        flag, on = _FLAGS[word]
        draft.flags[flag] = on
    elif word == "everything":
        draft.is_everything = True
    elif word == "alerts":
        draft.flags["alerts_enabled"] = _on_or_off(rest)
    else:
        return False
    return True


def _take_text(word: str, rest: list[Token], draft: _Draft) -> None:
    if not rest:
        raise NotUnderstood(f"`{word}` needs a value.", "`/budget help` has an example of each.")
    text = rest.pop().text
    if word in ("limit", "rollover") and rest and rest[-1].keyword == "usd":
        text += rest.pop().text.upper()
    draft.say(_TEXTS.get(word, "end"), text, word)


def write_form(form: BudgetForm) -> str:
    """The words that fill a form like this: a name and an amount first, where it has them."""
    words: list[Token] = []
    is_new = form.name is not None and form.limit is not None
    limit = (form.limit or "").replace(" ", "")
    if is_new:
        words.append(Token(form.name or "", quoted=True))
        plain = bool(AMOUNT.fullmatch(limit))
        words += [Token(limit)] if plain else [Token("limit"), Token(limit, quoted=True)]
    kind = form.kind
    if kind is not None:
        words += [Token(kind)] if kind in KINDS else [Token("period"), Token(kind, quoted=True)]
    for word, name in _WRITTEN.items():
        text = getattr(form, name)
        if text is not None and not (is_new and name in ("name", "limit")):
            words += [Token(word), _value(str(text))]
    words += _written_scope(form)
    words += [Token(word) for word, (name, on) in _FLAGS.items() if getattr(form, name) is on]
    words = [word for word in words if word.quoted or word.text]
    if form.alerts_enabled is not None:
        words += [Token("alerts"), Token("on" if form.alerts_enabled else "off")]
    return join([*words, *_written_contacts(form)])


_WRITTEN = {word: name for word, name in _TEXTS.items() if word not in ("period", "warning")}


def _written_scope(form: BudgetForm) -> list[Token]:
    words: list[Token] = []
    if form.organization is not None:
        words += [Token("org"), _value(form.organization)]
    if form.scope is not None and not form.scope:
        words.append(Token("everything"))
    for name, values in (form.scope or {}).items():
        for value in values:
            words += [Token(name), _value(value)]
    return words


def _written_contacts(form: BudgetForm) -> list[Token]:
    lists = (form.slack_channels, form.slack_users, form.emails, form.webhooks)
    if all(one is None for one in lists):
        return []
    told = [
        *(f"<#{one}>" if one.isalnum() else one for one in form.slack_channels or ()),
        *(f"<@{one}>" if one.isalnum() else one for one in form.slack_users or ()),
        *(form.emails or ()),
        *(f"webhook:{one}" for one in form.webhooks or ()),
    ]
    return [Token("to"), *(Token(one) for one in told or ["nobody"])]


def _value(text: str) -> Token:
    return Token(text, quoted=not _PLAIN.fullmatch(text))


def _currency(draft: _Draft, rest: list[Token]) -> list[Token]:
    """`5000 USD` and `5000 EUR` as the one amount that they are."""
    if rest and re.fullmatch("usd|eur|gbp|chf|jpy", rest[0].keyword):
        draft.texts["limit"] += rest[0].text.upper()
        return rest[1:]
    return rest


def _is_end(rest: list[Token]) -> bool:
    """Whether `to` is followed by the last day rather than by whom to tell."""
    following = rest[-1].keyword if rest else ""
    return bool(_DAY.fullmatch(following)) or following == "never"


def _on_or_off(rest: list[Token]) -> bool:
    word = rest.pop().keyword if rest else ""
    if word not in ("on", "off"):
        raise NotUnderstood("`alerts` needs `on` or `off`.", "Try `alerts off`.")
    return word == "on"


def _take_contacts(rest: list[Token], draft: _Draft) -> None:
    """All that follow and look like somebody to tell."""
    lists = draft.contacts or {
        name: [] for name in ("slack_channels", "slack_users", "emails", "webhooks")
    }
    count = 0
    while rest:
        token = rest[-1]
        if token.keyword == "nobody":
            name, who = "", ""
        elif found := contact_of(token.text):
            name, who = found
        else:
            break
        rest.pop()
        count += 1
        if name and who not in lists[name]:
            lists[name].append(who)
    if not count:
        what = f", and {shown(rest[-1].text)} is none of them" if rest else ""
        hint = "Try `to #llm-costs @ann finance@example.com`, or `to 2026-03-31`."
        raise NotUnderstood(f"`to` needs a day or whom to tell{what}.", hint)
    draft.contacts = lists


def contact_of(text: str) -> tuple[str, str] | None:
    """The field of a form that somebody to tell belongs into, and their address; None: nobody."""
    kinds = (
        ("slack_channels", _CHANNEL),
        ("slack_users", _USER),
        ("webhooks", _WEBHOOK),
        ("emails", _EMAIL),
    )
    for name, pattern in kinds:
        if match := pattern.fullmatch(text):
            return name, next(group for group in match.groups() if group)
    return None
