"""Bodies of requests: read within limits, unpacked within limits."""

from __future__ import annotations

import asyncio
import zlib
from dataclasses import dataclass

from fastapi import HTTPException, Request
from starlette.requests import ClientDisconnect

from handlers.ingest.intake import Held

MOST_SENT = 64_000_000
"""Bytes of a request's body, unpacked too: what is larger is sent in parts."""

_GZIP = 16 + zlib.MAX_WBITS
_STEP = 1 << 20


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of content.

    Attributes:
        name: of the content, without parameters and in lower case.
        body: the content, unpacked.
    """

    name: str
    body: bytes


async def content_of(request: Request, kinds: tuple[str, ...], held: Held) -> Kind:
    """What a request sends.

    Args:
        request: that sends it.
        kinds: of content that can be taken.
        held: counts what lies in memory.

    Raises:
        HTTPException: it is of another kind (415), too large (413), or damaged (400).
        Overloaded: all requests together hold too much.
    """
    name = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if name not in kinds:
        told = f"The content type is {name[:80]!r}." if name else "There is no content type."
        raise HTTPException(415, f"{told} Send {', or '.join(kinds)}.")
    encoding = request.headers.get("content-encoding", "identity").strip().lower()
    if encoding not in ("identity", "gzip"):
        raise HTTPException(
            415,
            "The content encoding is unknown. Send gzip, or no encoding.",
            {"Accept-Encoding": "gzip"},
        )
    sent = await _sent(request, held)
    if encoding == "identity":
        return Kind(name, sent)
    return Kind(name, await asyncio.to_thread(_unpacked, sent, held))


async def _sent(request: Request, held: Held) -> bytes:
    length = request.headers.get("content-length", "")
    if length.isdecimal() and int(length) > MOST_SENT:
        raise _too_large()
    parts: list[bytes] = []
    size = 0
    try:
        async for part in request.stream():
            size += len(part)
            if size > MOST_SENT:
                raise _too_large()
            held.grow(len(part))
            parts.append(part)
    except ClientDisconnect as error:
        raise HTTPException(400, "The body ends early.") from error
    return b"".join(parts)


def _unpacked(packed: bytes, held: Held) -> bytes:
    """A gzip file, of one member or several, unpacked; never more of it than may be."""
    parts: list[bytes] = []
    size, left = 0, packed
    try:
        while left:
            unpacking = zlib.decompressobj(_GZIP)
            while not unpacking.eof:
                part = unpacking.decompress(left, min(_STEP, MOST_SENT - size + 1))
                left = unpacking.unused_data if unpacking.eof else unpacking.unconsumed_tail
                size += len(part)
                if size > MOST_SENT:
                    raise _too_large()
                held.grow(len(part))
                parts.append(part)
                if not part and not left and not unpacking.eof:
                    raise HTTPException(400, "The body is compressed and damaged: it ends early.")
    except zlib.error as error:
        raise HTTPException(400, "The body is compressed and damaged.") from error
    return b"".join(parts)


def _too_large() -> HTTPException:
    return HTTPException(
        413, f"The body is larger than {MOST_SENT // 1_000_000} MB, unpacked. Send it in parts."
    )
