"""The small language in which Block Kit's shapes are written down: rules that note problems.

A rule looks at one JSON value and notes what is wrong with it under its JSON pointer, in the words
that Slack uses, so that an app's log reads as it would in production.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import TypeAlias

Json: TypeAlias = "dict[str, Json] | list[Json] | str | int | float | bool | None"


class Problems:
    """What was found wrong, in the order of finding."""

    def __init__(self) -> None:
        self.found: list[str] = []

    def note(self, pointer: str, message: str) -> None:
        """Add a problem at a JSON pointer such as `/blocks/0/text`."""
        self.found.append(f"{message} [json-pointer:{pointer}]")


Rule = Callable[[Json, str, Problems], None]
"""Looks at a value at a JSON pointer and notes its problems."""


def string(longest: int, shortest: int = 0, pattern: str = "") -> Rule:
    """A string of `shortest` to `longest` characters that matches `pattern`, if there is one."""
    wanted = re.compile(pattern) if pattern else None

    def rule(value: Json, pointer: str, problems: Problems) -> None:
        if not isinstance(value, str):
            problems.note(pointer, "must be a string")
        elif len(value) > longest:
            problems.note(pointer, f"must be less than {longest + 1} characters")
        elif len(value) < shortest:
            problems.note(pointer, f"must be more than {shortest - 1} characters")
        elif wanted is not None and not wanted.fullmatch(value):
            problems.note(pointer, "must match the expected format")

    return rule


def integer(least: int, most: int) -> Rule:
    """A whole number between the two, both included."""

    def rule(value: Json, pointer: str, problems: Problems) -> None:
        if not isinstance(value, int) or isinstance(value, bool):
            problems.note(pointer, "must be an integer")
        elif value < least:
            problems.note(pointer, f"must be greater than {least - 1}")
        elif value > most:
            problems.note(pointer, f"must be less than {most + 1}")

    return rule


def boolean(value: Json, pointer: str, problems: Problems) -> None:
    """True or false."""
    if not isinstance(value, bool):
        problems.note(pointer, "must be a boolean")


def one_of(*words: str) -> Rule:
    """One of these words."""

    def rule(value: Json, pointer: str, problems: Problems) -> None:
        if value not in words:
            problems.note(pointer, f"must be a valid enum value: {', '.join(words)}")

    return rule


def nullable(rule: Rule) -> Rule:
    """What the rule wants, or null."""

    def either(value: Json, pointer: str, problems: Problems) -> None:
        if value is not None:
            rule(value, pointer, problems)

    return either


def array(item: Rule, least: int, most: int) -> Rule:
    """A list of `least` to `most` items, each as the rule wants it."""

    def rule(value: Json, pointer: str, problems: Problems) -> None:
        if not isinstance(value, list):
            problems.note(pointer, "must be an array")
            return
        if len(value) > most:
            problems.note(pointer, f"no more than {most} items allowed")
        elif len(value) < least:
            problems.note(pointer, f"no fewer than {least} items allowed")
        for index, element in enumerate(value[:most]):
            item(element, f"{pointer}/{index}", problems)

    return rule


def shape(
    required: Mapping[str, Rule],
    optional: Mapping[str, Rule] | None = None,
    also: Rule | None = None,
) -> Rule:
    """An object with these fields and no others; `also` is asked when its fields are there."""
    fields = {**required, **(optional or {})}

    def rule(value: Json, pointer: str, problems: Problems) -> None:
        if not isinstance(value, dict):
            problems.note(pointer, "must be an object")
            return
        for name in required:
            if name not in value:
                problems.note(pointer, f"missing required field: {name}")
        for name, part in value.items():
            if name in fields:
                fields[name](part, f"{pointer}/{name}", problems)
            else:
                problems.note(pointer, f"invalid additional property: {name}")
        if also is not None:
            also(value, pointer, problems)

    return rule


def typed(shapes: Mapping[str, Rule]) -> Rule:
    """An object whose `type` names its shape."""

    def rule(value: Json, pointer: str, problems: Problems) -> None:
        if not isinstance(value, dict):
            problems.note(pointer, "must be an object")
            return
        kind = value.get("type")
        if kind is None:
            problems.note(pointer, "missing required field: type")
        elif not isinstance(kind, str) or kind not in shapes:
            problems.note(f"{pointer}/type", f"unsupported type: {kind}")
        else:
            shapes[kind](value, pointer, problems)

    return rule


def any_string(value: Json, pointer: str, problems: Problems) -> None:
    """A string of any length."""
    if not isinstance(value, str):
        problems.note(pointer, "must be a string")


def any_type(value: Json, pointer: str, problems: Problems) -> None:
    """The `type` that `typed` has already looked at."""
