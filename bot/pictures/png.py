"""PNG files (W3C Recommendation, third edition), written so that others go on meanwhile.

Compressing takes the longest. Python's zlib does it without the interpreter's lock, the encoder
that matplotlib uses holds it: for 15 ms, in which the event loop stands still.
"""

from __future__ import annotations

import struct
import zlib

SIGNATURE = b"\x89PNG\r\n\x1a\n"
BITS, TRUECOLOUR = 8, 2
UNFILTERED = b"\0"
"""Before each line: charts are flat, and compress best as they are."""


def png(width: int, height: int, rgb: bytes) -> bytes:
    """A picture of `width` times `height` pixels, three bytes each, as a file."""
    length = 3 * width
    lines = (rgb[at : at + length] for at in range(0, height * length, length))
    raw = b"".join(part for line in lines for part in (UNFILTERED, line))
    head = struct.pack(">IIBBBBB", width, height, BITS, TRUECOLOUR, 0, 0, 0)
    chunks = ((b"IHDR", head), (b"IDAT", zlib.compress(raw)), (b"IEND", b""))
    return SIGNATURE + b"".join(_chunk(kind, data) for kind, data in chunks)


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
