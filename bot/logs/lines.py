"""How a line of the log is written: as text for people, as JSON for machines; both masked."""

from __future__ import annotations

import logging
import time
from typing import Literal

from pythonjsonlogger.json import JsonFormatter

from analysis.request_id import request_id
from bot.logs.masking import Mask

LogFormat = Literal["text", "json"]

_TEXT = "%(asctime)s %(levelname)s %(name)s%(under)s: %(message)s"
_FIELDS = ("timestamp", "level", "logger", "message", "request_id")


class TextLines(logging.Formatter):
    """`2026-11-20 13:37:00,123 INFO bot.upkeep [job-1f…]: days of the mart rolled up anew: 2`.

    Args:
        mask: takes secrets out.
    """

    def __init__(self, mask: Mask) -> None:
        super().__init__(_TEXT)
        self._mask = mask

    def format(self, record: logging.LogRecord) -> str:
        """The line, and its traceback below it."""
        number = _number_of(record)
        record.under = f" [{number}]" if number else ""
        return self._mask.masked(super().format(record))


class JsonLines(JsonFormatter):
    """An object a line: `timestamp` (UTC), `level`, `logger`, `message`, `request_id`, and more.

    What goes along as `extra` has a field of its own; a traceback is `exc_info`.

    Args:
        mask: takes secrets out.
    """

    def __init__(self, mask: Mask) -> None:
        super().__init__(  # pyright: ignore[reportUnknownMemberType]
            "{levelname}{name}{message}",
            style="{",
            rename_fields={"levelname": "level", "name": "logger"},
        )
        self.converter = time.gmtime
        self._mask = mask

    def add_fields(
        self,
        log_data: dict[str, object],
        record: logging.LogRecord,
        message_dict: dict[str, object],
    ) -> None:
        """Adds the instant and the id to what the library takes of a record, and masks it all.

        Field by field: a mask over what is written already could take a quote along.
        """
        super().add_fields(log_data, record, message_dict)
        seconds = self.formatTime(record, "%Y-%m-%dT%H:%M:%S")
        log_data["timestamp"] = f"{seconds}.{int(record.msecs):03d}Z"
        if number := _number_of(record):
            log_data["request_id"] = number
        told = {name: log_data[name] for name in _FIELDS if name in log_data} | log_data
        log_data.clear()
        log_data.update({name: self._masked(value) for name, value in told.items()})

    def _masked(self, value: object) -> object:
        if value is None or isinstance(value, bool | int | float):
            return value
        return self._mask.masked(str(value))


def formatter_of(form: LogFormat, mask: Mask) -> logging.Formatter:
    """What writes the lines."""
    return JsonLines(mask) if form == "json" else TextLines(mask)


def _number_of(record: logging.LogRecord) -> str:
    """The id under which the record was made; a handler of another thread would not know it."""
    return str(getattr(record, "request_id", "")) or request_id()
