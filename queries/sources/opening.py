"""Opening a file: which format it has is told by what is in it, not by its name."""

from __future__ import annotations

import re
import stat
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from analysis.errors import BadInput
from queries.sources.columns import InputColumn
from queries.sources.csv_records import CsvRecords
from queries.sources.json_records import JsonRecords
from queries.sources.parquet_records import ParquetRecords
from queries.sources.plain_text import digest_of, head, make_plain
from queries.sources.records import Records

_LOOKED_AT = 1 << 16
_PARQUET = b"PAR1"
_OTHERS = {
    b"PK\x03\x04": "a ZIP archive or an Excel workbook",
    b"\xd0\xcf\x11\xe0": "an Excel workbook",
    b"\x28\xb5\x2f\xfd": "compressed with zstd",
    b"BZh": "compressed with bzip2",
    b"\xfd7zXZ": "compressed with xz",
    b"SQLite format 3": "a SQLite database",
    b"%PDF": "a PDF document",
    b"ORC": "an ORC file",
    b"Obj\x01": "an Avro file",
}
_ARRAY = re.compile(rb"\[\s*[\[{\]]")
_UTF16 = (b"\xff\xfe", b"\xfe\xff")
_HINT = "CSV, JSON lines and Parquet can be imported; CSV and JSON lines compressed by gzip too."


@dataclass(frozen=True, slots=True)
class OpenedFile:
    """A file that is being imported.

    Attributes:
        records: what is in it.
        state: what tells whether the file was changed meanwhile.
    """

    records: Records
    state: tuple[int, int, int]


def open_file(path: Path, workspace: Path, known: Sequence[InputColumn]) -> OpenedFile:
    """Opens a file.

    Args:
        path: the file.
        workspace: an empty folder for copies.
        known: the columns that are of use.

    Raises:
        BadInput: it cannot be read, or holds nothing that could be imported.
    """
    state = file_state(path)
    # A name of our own: DuckDB would take brackets in a path for a pattern, endings for a format.
    link = workspace / "imported"
    link.symlink_to(path.absolute())
    try:
        return OpenedFile(_records(link, workspace, known), state)
    except OSError as error:
        raise BadInput(
            f"{path} cannot be read: {error.strerror or error}.", "Look at the file and its folder."
        ) from error


def file_state(path: Path) -> tuple[int, int, int]:
    """Size, time of change and number of a file.

    Raises:
        BadInput: there is no such file.
    """
    try:
        found = path.stat()
    except FileNotFoundError as error:
        raise BadInput(f"There is no file {path}.", "Look at the spelling of the path.") from error
    except OSError as error:
        raise BadInput(
            f"{path} cannot be read: {error.strerror or error}.", "Look at the path."
        ) from error
    if stat.S_ISDIR(found.st_mode):
        raise BadInput(f"{path} is a folder.", "Import its files one by one.")
    if not stat.S_ISREG(found.st_mode):
        raise BadInput(f"{path} is no regular file.", "Save what it gives as a file first.")
    return found.st_size, found.st_mtime_ns, found.st_ino


def _records(link: Path, workspace: Path, known: Sequence[InputColumn]) -> Records:
    start = head(link, _LOOKED_AT)
    if start.startswith(_PARQUET):
        return ParquetRecords(link, digest_of(link))
    for magic, kind in _OTHERS.items():
        if start.startswith(magic):
            raise BadInput(f"The file is {kind}.", _HINT)
    if start.startswith(_UTF16):
        raise BadInput("The file is text in UTF-16.", "Save it as UTF-8.")
    text = start.removeprefix(b"\xef\xbb\xbf").lstrip()
    if not text:
        raise BadInput("The file is empty.", _HINT)
    if b"\0" in start:
        raise BadInput("The file is binary, and no Parquet file.", _HINT)
    if _ARRAY.match(text):
        raise BadInput("The file is one JSON array.", "Write one object a line (JSON lines).")
    plain = make_plain(link, workspace / "plain")
    if text.startswith(b"{"):
        return JsonRecords(plain, known)
    return CsvRecords(plain, workspace)
