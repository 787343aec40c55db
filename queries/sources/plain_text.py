"""Text files made plain: uncompressed UTF-8 with LF line ends and no byte order mark.

DuckDB reads plain files in parallel and tells exactly where a record is bad. A file that is plain
already is read where it lies; every other one is copied beside the mart first, line by line, so
that line numbers stay what they are.
"""

from __future__ import annotations

import gzip
import hashlib
import re
import zlib
from collections.abc import Collection, Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, cast

from analysis.errors import BadInput

_BLOCK = 1 << 22
_LONGEST_LINE = 1 << 28
_GZIP = b"\x1f\x8b"
_UTF8_MARK = b"\xef\xbb\xbf"
_LINE_END = re.compile(rb"\r\n?")


@dataclass(frozen=True, slots=True)
class PlainText:
    """A text file that DuckDB can read as it is.

    Attributes:
        path: where to read it: the file itself, or the plain copy.
        digest: SHA-256 of the file's uncompressed bytes, hexadecimal.
        lines: of the file, blank ones included.
        has_nul: it holds NUL bytes.
        has_quotes: it holds double quotes.
    """

    path: Path
    digest: str
    lines: int
    has_nul: bool
    has_quotes: bool


def head(path: Path, size: int) -> bytes:
    """The first uncompressed bytes of a file.

    Raises:
        BadInput: it is compressed and damaged.
    """
    with _opened(path) as file, _unpacking():
        return file.read(size)


def digest_of(path: Path) -> str:
    """SHA-256 of a file's bytes, hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def make_plain(path: Path, copy: Path) -> PlainText:
    """Looks the whole file over, and copies it to `copy` where it is not plain.

    Raises:
        BadInput: it is compressed and damaged, or no text of lines.
    """
    digest = hashlib.sha256()
    has_nul = has_quotes = False
    is_plain = head(path, 3) != _UTF8_MARK and _magic(path) != _GZIP
    ends, line = 0, 0
    with _opened(path) as file, _unpacking():
        while block := file.read(_BLOCK):
            digest.update(block)
            has_nul = has_nul or b"\0" in block
            has_quotes = has_quotes or b'"' in block
            is_plain = is_plain and b"\r" not in block
            ends += block.count(b"\n")
            cut = max(block.rfind(b"\n"), block.rfind(b"\r"))
            line = line + len(block) if cut < 0 else len(block) - cut - 1
            if line > _LONGEST_LINE:
                raise BadInput(
                    f"The file has a line of more than {_LONGEST_LINE >> 20} MB.",
                    "One record a line is expected, as CSV, JSON lines or Parquet.",
                )
    if is_plain:
        return PlainText(path, digest.hexdigest(), ends + (line > 0), has_nul, has_quotes)
    lines = 0
    with copy.open("wb") as target:
        for plain_line in plain_lines(path):
            target.write(plain_line)
            lines += 1
    return PlainText(copy, digest.hexdigest(), lines, has_nul, has_quotes)


def plain_lines(path: Path) -> Iterator[bytes]:
    """The lines of a file made plain; each ends with LF, but for the last where none is there."""
    with _opened(path) as file, _unpacking():
        start = file.read(3)
        carried = b"" if start == _UTF8_MARK else start
        pending: list[bytes] = []
        while block := file.read(_BLOCK):
            block = carried + block
            # A CR at the very end may be half of a line end.
            carried = b"\r" if block.endswith(b"\r") else b""
            block = _LINE_END.sub(b"\n", block[: len(block) - len(carried)])
            cut = block.rfind(b"\n") + 1
            if cut:
                yield from b"".join((*pending, block[:cut])).splitlines(keepends=True)
                pending.clear()
            pending.append(block[cut:])
        pending.append(_LINE_END.sub(b"\n", carried))
        yield from b"".join(pending).splitlines(keepends=True)


def without_lines(path: Path, copy: Path, blank: Collection[int]) -> None:
    """Copies a file made plain with some of its lines emptied; counted from 1."""
    with copy.open("wb") as target:
        for number, line in enumerate(plain_lines(path), start=1):
            target.write(b"\n" if number in blank else line)


@contextmanager
def _unpacking() -> Generator[None]:
    """Turns the errors of a damaged compressed file into one that its user understands."""
    try:
        yield
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise BadInput(
            f"The file is compressed and damaged: {error}.", "Fetch or compress it again."
        ) from error


def _magic(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(2)


def _opened(path: Path) -> IO[bytes]:
    if _magic(path) == _GZIP:
        return cast("IO[bytes]", gzip.open(path, "rb"))
    return path.open("rb")
