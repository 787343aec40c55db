"""The id of what is under way, a request, a job or a delivery: in every line that tells of it."""

from __future__ import annotations

import re
from collections.abc import Generator
from contextlib import contextmanager
from contextvars import ContextVar
from secrets import token_hex

_CURRENT: ContextVar[str] = ContextVar("costbot_request_id", default="")

_SANE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
"""What may be taken from outside: short, and without what a log or a header could stumble over."""


def request_id() -> str:
    """The id of what is under way here; empty: nothing that has one."""
    return _CURRENT.get()


def new_request_id(kind: str = "") -> str:
    """An id that nothing else has.

    Args:
        kind: a word before it, such as `job`; empty: none.
    """
    number = token_hex(8)
    return f"{kind}-{number}" if kind else number


def sane_request_id(told: str) -> str:
    """The id that somebody else made, if it can be taken over; empty: it cannot."""
    return told if _SANE.fullmatch(told) else ""


@contextmanager
def under(number: str) -> Generator[str]:
    """All that happens within the block, tasks begun in it included, goes under this id."""
    before = _CURRENT.set(number)
    try:
        yield number
    finally:
        _CURRENT.reset(before)
