"""HTML built from values: text and attributes are escaped on their way in, so none is markup."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from markupsafe import Markup, escape

VOID_ELEMENTS = frozenset({"br", "hr", "img", "input"})
"""Elements without an end tag."""

Attributes = Mapping[str, "str | int | bool | None"]


def tag(name: str, attributes: Attributes | None = None, *children: str | Markup) -> Markup:
    """One element.

    Args:
        name: the element's name; always a literal of our own, never data.
        attributes: False and None leave an attribute out, True writes it without a value.
        children: text, which is escaped, or markup that already is.
    """
    opening = Markup("<") + name
    for key, value in (attributes or {}).items():
        if value is None or value is False:
            continue
        opening += Markup(" ") + key
        if value is not True:
            opening += Markup('="{}"').format(value)
    opening += Markup(">")
    if name in VOID_ELEMENTS:
        return opening
    return opening + join(children) + Markup("</{}>").format(name)


def join(parts: Iterable[str | Markup]) -> Markup:
    """The parts one after the other; text among them is escaped."""
    return Markup("").join(escape(part) for part in parts)


def lines(text: str) -> Markup:
    """Plain text in which line breaks stay line breaks."""
    return Markup("<br>").join(escape(line) for line in text.split("\n"))
