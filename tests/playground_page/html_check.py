"""Reads what was drawn as a browser would, and finds what must not be in it."""

from __future__ import annotations

from html.parser import HTMLParser

from playground.page.html import VOID_ELEMENTS

DRAWN = frozenset(
    [
        "a",
        "b",
        "blockquote",
        "br",
        "button",
        "code",
        "details",
        "div",
        "em",
        "figcaption",
        "figure",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "hr",
        "img",
        "input",
        "label",
        "li",
        "mark",
        "noscript",
        "ol",
        "optgroup",
        "option",
        "p",
        "pre",
        "s",
        "select",
        "span",
        "strong",
        "summary",
        "table",
        "tbody",
        "td",
        "textarea",
        "th",
        "thead",
        "time",
        "tr",
        "u",
        "ul",
    ]
)
"""Every element that blocks and mrkdwn may become."""


class Reader(HTMLParser):
    """Collects elements, links and whatever is wrong."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.links: list[str] = []
        self.wrong: list[str] = []
        self.text: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in DRAWN:
            self.wrong.append(f"<{tag}>")
        for name, value in attrs:
            if name.startswith("on") or name in ("style", "srcdoc", "formaction"):
                self.wrong.append(f"{tag} {name}={value}")
            if name in ("href", "src"):
                self.links.append(value or "")
        if tag not in VOID_ELEMENTS:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.wrong.append(f"</{tag}>")

    def handle_data(self, data: str) -> None:
        self.text.append(data)

    def handle_comment(self, data: str) -> None:
        self.wrong.append(f"<!--{data}-->")

    def handle_decl(self, decl: str) -> None:
        self.wrong.append(f"<!{decl}>")


def read(html: str) -> Reader:
    """The HTML, read to its end."""
    reader = Reader()
    reader.feed(html)
    reader.close()
    return reader


def problems(html: str) -> list[str]:
    """Elements, attributes and links that must never be drawn, and tags that do not match."""
    reader = read(html)
    own = ("http://", "https://", "mailto:", "/c/", "/picture/")
    links = [link for link in reader.links if not link.lower().startswith(own)]
    return [*reader.wrong, *reader.open, *links]
