"""`If-Match`: what is changed is still what the client has seen (RFC 9110, 13.1.1).

The tag of a thing that people change begins with its version, and the version alone is compared:
that money was spent meanwhile, which makes another answer of it, is no change that anybody made.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Generator
from contextlib import contextmanager

from fastapi import Request
from starlette.exceptions import HTTPException

from analysis.errors import Outdated

NOTHING = -1
"""The version of nothing that there is."""

_TAG = re.compile(r'(?:W/)?"([0-9]{1,9})(?:\.[0-9a-f]*)?"')


async def seen_version(request: Request, current: Callable[[], Awaitable[int]]) -> int | None:
    """The version that the client has seen; None: it does not say.

    Args:
        request: with or without `If-Match`.
        current: the version that there is; asked for where several would do.
    """
    sent = ",".join(request.headers.getlist("if-match")).strip()
    if sent in ("", "*"):
        return None
    found = [_TAG.fullmatch(one.strip()) for one in sent.split(",")]
    versions = [NOTHING if one is None else int(one[1]) for one in found]
    if len(versions) == 1:
        return versions[0]
    there = await current()
    return there if there in versions else NOTHING


@contextmanager
def as_precondition(version: int | None) -> Generator[None]:
    """Answers what is outdated by 412 where the client said what it had seen.

    Raises:
        HTTPException: 412.
    """
    try:
        yield
    except Outdated as stale:
        if version is None:
            raise
        raise HTTPException(412, f"{stale.sentence} {stale.hint}".strip()) from stale
