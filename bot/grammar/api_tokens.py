"""The grammar of `/cost token`: who may call the REST API."""

from __future__ import annotations

from dataclasses import dataclass

from analysis.errors import NotUnderstood
from bot.grammar.tokens import Token, tokenize
from handlers.api_tokens.managing import NewToken
from handlers.api_tokens.secret import prefix_in
from handlers.nearest import did_you_mean
from handlers.nearest import shown as as_code

WORDS = ("token", "tokens")
"""The first words of it."""

VERBS = ("create", "list", "revoke")
CLAUSES = ("organization", "role", "expires", "scope")

EXAMPLE = "Try `/cost token create grafana role user expires 30d`."

_SAID = {
    "new": "create",
    "add": "create",
    "ls": "list",
    "show": "list",
    "delete": "revoke",
    "remove": "revoke",
}
_ALIASES = {"org": "organization", "expire": "expires", "days": "expires", "for": "expires"}
_FILLERS = frozenset({"in", "of", "as"})


@dataclass(frozen=True, slots=True)
class TokenList:
    """`list`, or nothing: which there are.

    Attributes:
        with_ended: those that have expired or were revoked, too.
    """

    with_ended: bool = False


@dataclass(frozen=True, slots=True)
class TokenCreate:
    """`create NAME …`: a new one."""

    new: NewToken


@dataclass(frozen=True, slots=True)
class TokenRevoke:
    """`revoke WHICH`."""

    which: str


TokenCommand = TokenList | TokenCreate | TokenRevoke


def parse_token(text: str) -> TokenCommand:
    """What a text after `/cost` means, its first word one of `WORDS`.

    Raises:
        NotUnderstood: a word does not belong there; the hint says what does.
    """
    words = tokenize(text)[1:]
    if not words:
        return TokenList()
    verb, rest = _SAID.get(words[0].keyword, words[0].keyword), words[1:]
    match verb:
        case "list":
            return _list(rest)
        case "create":
            return TokenCreate(_new(rest))
        case "revoke":
            return _revoke(rest)
        case _:
            hint = did_you_mean(words[0].text, VERBS)
            raise NotUnderstood(f"I don't know `token` with {shown(words[0])}.", hint)


def shown(word: Token) -> str:
    """A word, fit to be said again: of a pasted token no more than is no secret."""
    return as_code(prefix_in(word.text) or word.text)


def _list(rest: list[Token]) -> TokenList:
    if rest and (len(rest) > 1 or rest[0].keyword != "all"):
        sentence = f"`token list` does not go with {shown(rest[0])}."
        raise NotUnderstood(sentence, "`/cost token list all` has those that have ended, too.")
    return TokenList(with_ended=bool(rest))


def _revoke(rest: list[Token]) -> TokenRevoke:
    if not rest:
        hint = "Give its name, or how it begins: `/cost token list` has both."
        raise NotUnderstood("`token revoke` needs a token.", hint)
    if len(rest) > 1:
        hint = "Quote a name with spaces, or give how it begins: `cbt_…`."
        raise NotUnderstood("`token revoke` takes one token.", hint)
    return TokenRevoke(rest[0].text)


def _new(rest: list[Token]) -> NewToken:
    if not rest:
        raise NotUnderstood("A token needs a name.", f"Say what it is for. {EXAMPLE}")
    name, *rest = rest
    values: dict[str, str] = {}
    while rest:
        word = rest.pop(0)
        clause = _ALIASES.get(word.keyword, word.keyword)
        if clause not in CLAUSES:
            hint = f"{did_you_mean(word.text, CLAUSES)} Quote a name with spaces. {EXAMPLE}"
            raise NotUnderstood(f"I don't know the word {shown(word)}.", hint)
        while clause == "expires" and rest and rest[0].keyword in _FILLERS:
            rest.pop(0)
        if not rest:
            raise NotUnderstood(f"`{word.text}` needs a value.", EXAMPLE)
        value = rest.pop(0).text
        if clause == "expires" and rest and rest[0].keyword in ("day", "days"):
            rest.pop(0)
        if values.setdefault(clause, value) != value:
            raise NotUnderstood(f"`{clause}` is given twice.", EXAMPLE)
    return NewToken(
        name=name.text,
        organization=values.get("organization"),
        role=values.get("role", "user"),
        expires=values.get("expires"),
        scope=values.get("scope", "all"),
    )
