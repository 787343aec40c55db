"""The file `.env`: single settings are put into it, and every other line stays as it is."""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Mapping
from pathlib import Path

from analysis.errors import BadInput

MODE = 0o600
"""For costbot's user alone: secrets stand in it."""

_UNWRITTEN = ("'", "\\", "\n", "\r", "\0", "${")
"""What whoever reads the file takes for something else, even between quotes."""

_PLAIN = re.compile(r"[A-Za-z0-9_./:@%+,=-]*", re.ASCII)


def values_in(path: Path) -> dict[str, str]:
    """The settings that stand in the file; of one that stands there twice, the last.

    Raises:
        BadInput: it cannot be read.
    """
    found: dict[str, str] = {}
    for line in _lines(path):
        key, given, value = line.partition("=")
        if given and not key.lstrip().startswith("#"):
            found[key.strip().removeprefix("export ").strip()] = _unquoted(value.strip())
    return found


def write(path: Path, values: Mapping[str, str]) -> None:
    """Puts settings into the file, each where it stood or stands as a comment, or at the end.

    The file is replaced as a whole, and is readable by its owner alone from the beginning.

    Raises:
        BadInput: it cannot be read or written, or a value cannot stand in it.
    """
    lines, left = _lines(path), dict(values)
    for at, line in enumerate(lines):
        for key, value in values.items():
            if re.match(rf"\s*(export\s+)?{re.escape(key)}\s*=", line):
                lines[at] = f"{key}={_quoted(key, value)}"
                left.pop(key, None)
    for key, value in dict(left).items():
        at = next((at for at, line in enumerate(lines) if line == f"# {key}="), None)
        if at is not None:
            lines[at] = f"{key}={_quoted(key, value)}"
            left.pop(key)
    lines += [f"{key}={_quoted(key, value)}" for key, value in left.items()]
    target = path.resolve()
    try:
        descriptor, name = tempfile.mkstemp(prefix=".env.", dir=target.parent)  # mode 0600
        try:
            with os.fdopen(descriptor, "w", encoding="utf-8") as file:
                file.write("\n".join(lines) + "\n")
                file.flush()
                os.fsync(file.fileno())
            Path(name).chmod(MODE)
            Path(name).replace(target)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise
    except OSError as error:
        sentence = f"The file {path} cannot be written: {error.strerror}."
        raise BadInput(sentence, "Name another with --env-file.") from error


def is_open_to_others(path: Path) -> bool:
    """Whether others than its owner may read the file."""
    return path.exists() and bool(path.stat().st_mode & 0o077)


def _lines(path: Path) -> list[str]:
    try:
        text = path.read_text(encoding="utf-8") if path.exists() else ""
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is no text"
        raise BadInput(f"The file {path} cannot be read: {why}.", "Mend it, or move it.") from error
    # Not `splitlines`: what Unicode takes for a line's end may stand within a value.
    return text.removesuffix("\n").split("\n") if text else []


def _quoted(key: str, value: str) -> str:
    """The value as the file has it."""
    if _PLAIN.fullmatch(value):
        return value
    if any(mark in value for mark in _UNWRITTEN):
        raise BadInput(
            f"A value for {key} cannot have single quotes, backslashes, line ends or `${{`."
        )
    return f"'{value}'"


def _unquoted(value: str) -> str:
    for mark in ("'", '"'):
        if len(value) > 1 and value[0] == mark and mark in value[1:]:
            return value[1 : value.index(mark, 1)]
    return re.split(r"\s+#", value, maxsplit=1)[0]
