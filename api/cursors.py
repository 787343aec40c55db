"""Cursors: where the next page of a list begins, in a word that means nothing to who carries it.

A cursor holds the place of the last entry that was sent, not a number of entries: what is added or
taken away meanwhile neither repeats an entry nor skips one. It opens nothing: the list that it goes
on with is bound to the caller again each time, so it needs no signature. It belongs to one question
of one reach; there is no page of it in another.
"""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error
from collections.abc import Callable, Sequence
from hashlib import sha256
from typing import TypeVar, cast
from uuid import UUID

from fastapi import Request

from analysis.errors import NotFound
from api.questions import caller_of

Place = tuple[int | str, ...]
"""What a list is sorted by, of one entry; places of one list can be compared."""

RowT = TypeVar("RowT")


def page_of(
    rows: Sequence[RowT],
    place: Callable[[RowT], Place],
    request: Request,
    cursor: str | None,
    limit: int,
) -> tuple[Sequence[RowT], str | None]:
    """A page of a list that is there as a whole, and the cursor of the next one.

    Args:
        rows: in the order of their places.
        place: of an entry; no two have the same.
        request: what is asked.
        cursor: where to begin; None: at the first.
        limit: entries at most.

    Raises:
        NotFound: the cursor is none, or of another question.
    """
    after = None if cursor is None else _opened(cursor, request)
    try:
        rest = [row for row in rows if after is None or place(row) > after]
    except TypeError:
        raise _nowhere() from None
    shown = rest[:limit]
    return shown, written(place(shown[-1]), request) if len(rest) > len(shown) else None


def written(place: Place | None, request: Request) -> str | None:
    """The cursor of a place in what is asked; None: there is no next page."""
    if place is None:
        return None
    text = json.dumps([_question(request), *place], ensure_ascii=False, separators=(",", ":"))
    return urlsafe_b64encode(text.encode()).decode().rstrip("=")


def key_of(cursor: str | None, request: Request) -> UUID | None:
    """The id that a cursor holds; None: there is no cursor.

    Raises:
        NotFound: it is none, or of another question.
    """
    if cursor is None:
        return None
    place = _opened(cursor, request)
    try:
        (key,) = place
        return UUID(str(key))
    except ValueError:
        raise _nowhere() from None


def gone() -> NotFound:
    """What is said where the entry that a cursor names is no more."""
    return NotFound("The entry at that cursor is gone.", "Begin again without a cursor.")


def _opened(cursor: str, request: Request) -> Place:
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        text = urlsafe_b64decode(padded.encode("ascii", "strict"))
        found = cast("object", json.loads(text))
    except (UnicodeError, Error, ValueError, RecursionError):
        raise _nowhere() from None
    if not isinstance(found, list):
        raise _nowhere()
    question, *place = cast("list[object]", found) or [None]
    if question != _question(request):
        raise _nowhere()
    known = [one for one in place if isinstance(one, int | str)]
    if len(known) < len(place) or not place:
        raise _nowhere()
    return tuple(known)


def _question(request: Request) -> str:
    """What tells questions apart, whose pages are not each other's: `limit` may change."""
    caller = caller_of(request)
    asked = sorted(
        (name, value)
        for name, value in request.query_params.multi_items()
        if name not in ("cursor", "limit")
    )
    reach = [caller.organization, caller.role.value]
    text = json.dumps([request.url.path, asked, reach], ensure_ascii=False)
    return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def _nowhere() -> NotFound:
    sentence = "There is no page of this question at that cursor."
    hint = "Send `next_cursor` as it came, with the same other parameters; or begin without it."
    return NotFound(sentence, hint)
