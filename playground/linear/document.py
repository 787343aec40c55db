"""GraphQL documents, as far as clients of the stand-in write them: one operation, no fragments."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

_TOKEN = re.compile(
    r"""(?P<skip>[\s,\ufeff]+|\#[^\n]*)
    |(?P<name>[_A-Za-z][_0-9A-Za-z]*)
    |(?P<number>-?[0-9]+(?:\.[0-9]+)?)
    |(?P<string>"(?:[^"\\\n]|\\.)*")
    |(?P<sign>[{}()\[\]:!$=])""",
    re.VERBOSE,
)


class DocumentError(Exception):
    """The text is no document."""


@dataclass(frozen=True, slots=True)
class Variable:
    """A variable where a value stands."""

    name: str


@dataclass(frozen=True, slots=True)
class Selected:
    """A field that is asked for.

    Attributes:
        name: of the field.
        alias: the name in the answer.
        arguments: values, with `Variable` where one stands.
        fields: asked for of it; empty: it is a plain value.
    """

    name: str
    alias: str
    arguments: Mapping[str, object] = field(default_factory=dict[str, object])
    fields: tuple[Selected, ...] = ()


@dataclass(frozen=True, slots=True)
class Operation:
    """What a document asks for.

    Attributes:
        kind: `query` or `mutation`.
        variables: declared types, by name.
        fields: asked for.
    """

    kind: str
    variables: Mapping[str, str]
    fields: tuple[Selected, ...]


def parse(text: str) -> Operation:
    """The one operation of a document.

    Raises:
        DocumentError: it cannot be read.
    """
    return _Reader(text).operation()


class _Reader:
    def __init__(self, text: str) -> None:
        self._tokens: list[tuple[str, str]] = []
        place = 0
        while place < len(text):
            match = _TOKEN.match(text, place)
            if match is None:
                message = f'Syntax Error: Unexpected character: "{text[place]}".'
                raise DocumentError(message)
            place = match.end()
            if match.lastgroup not in (None, "skip"):
                self._tokens.append((str(match.lastgroup), match.group()))
        self._tokens.append(("end", "<EOF>"))
        self._at = 0

    @property
    def _next(self) -> tuple[str, str]:
        return self._tokens[self._at]

    def _take(self, text: str | None = None, kind: str | None = None) -> str:
        found_kind, found = self._next
        if (text is not None and found != text) or (kind is not None and found_kind != kind):
            message = f'Syntax Error: Expected "{text or kind}", found "{found}".'
            raise DocumentError(message)
        self._at += 1
        return found

    def _has(self, text: str) -> bool:
        if self._next[1] != text or self._next[0] == "string":
            return False
        self._at += 1
        return True

    def operation(self) -> Operation:
        kind, variables = "query", dict[str, str]()
        if self._next[1] in ("query", "mutation"):
            kind = self._take()
            if self._next[0] == "name":
                self._take()
            if self._has("("):
                while not self._has(")"):
                    self._take("$")
                    name = self._take(kind="name")
                    self._take(":")
                    variables[name] = self._type()
        fields = self._fields()
        self._take("<EOF>")
        return Operation(kind, variables, fields)

    def _type(self) -> str:
        if self._has("["):
            inner = f"[{self._type()}]"
            self._take("]")
        else:
            inner = self._take(kind="name")
        return f"{inner}!" if self._has("!") else inner

    def _fields(self) -> tuple[Selected, ...]:
        self._take("{")
        found: list[Selected] = []
        while not self._has("}"):
            alias = name = self._take(kind="name")
            if self._has(":"):
                name = self._take(kind="name")
            arguments: dict[str, object] = {}
            if self._has("("):
                while not self._has(")"):
                    argument = self._take(kind="name")
                    self._take(":")
                    arguments[argument] = self._value()
            fields = self._fields() if self._next[1] == "{" else ()
            found.append(Selected(name, alias, arguments, fields))
        if not found:
            message = 'Syntax Error: Expected Name, found "}".'
            raise DocumentError(message)
        return tuple(found)

    def _value(self) -> object:
        kind, text = self._next
        if self._has("$"):
            return Variable(self._take(kind="name"))
        if self._has("{"):
            found: dict[str, object] = {}
            while not self._has("}"):
                name = self._take(kind="name")
                self._take(":")
                found[name] = self._value()
            return found
        if self._has("["):
            values: list[object] = []
            while not self._has("]"):
                values.append(self._value())
            return values
        self._at += 1
        match kind:
            case "string":
                return text[1:-1].replace('\\"', '"').replace("\\\\", "\\")
            case "number":
                return float(text) if "." in text else int(text)
            case "name":
                return {"true": True, "false": False, "null": None}.get(text, text)
            case _:
                message = f'Syntax Error: Unexpected "{text}".'
                raise DocumentError(message)
