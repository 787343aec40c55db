"""An event as it was sent, brought to what is kept of it: the columns that are known, no others.

What a value means is for the importer's own checks (`queries.ingest.judging`); here an object is
taken apart, and what nobody asked for (prompts, answers, headers) is dropped without being looked
at: it reaches neither the journal nor a log.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import cast

import msgspec

from queries.dimensions import Dimensions, Source
from queries.sources.columns import InputColumn, input_columns
from queries.sources.staging import WHITE_SPACE

LONGEST = 256_000
"""Characters that are kept of one event at most."""

NOT_JSON = "not JSON"
NO_OBJECT = "JSON, but no object"
TOO_LONG = "longer than 256 kB"
TOO_DEEP = "nested too deeply"
NOT_UTF8 = "not UTF-8"
NO_TEXT = "organization is no text"
OF_ANOTHER = "organization is another one than the token's"

_ORGANIZATION = "organization"

_NESTED = frozenset({"tags", "prefix_hashes", "uses"})
"""Columns that may hold more than one value."""

UNREADABLE = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)
"""What is raised at JSON that is none, or nested so deeply that nobody means it."""


@dataclass(frozen=True, slots=True)
class Fault:
    """Why an event cannot be taken.

    Attributes:
        line: of the event in what was sent, from 1 on.
        reason: what is wrong, half a sentence.
    """

    line: int
    reason: str


Sent = tuple[int, bytes | msgspec.Raw]
"""The line, or place, of an event in what was sent, from 1 on, and its JSON."""


class EventReader:
    """Reads events; made once, for it derives what it needs from the columns.

    Args:
        dimensions: of the deployment.
    """

    def __init__(self, dimensions: Dimensions) -> None:
        self.columns: tuple[InputColumn, ...] = input_columns(Source.USAGE, dimensions)
        names = [column.name for column in self.columns]
        others = {
            other: column.name
            for column in self.columns
            for other in column.other_names
            if other not in names
        }
        every = [*names, *others]
        fields = {name: f"f{at}" for at, name in enumerate(every)}
        self._others = tuple((fields[other], fields[name]) for other, name in others.items())
        self._fields = fields
        self._plain = {name: fields[name] for name in names if name not in _NESTED}
        self._organization = fields[_ORGANIZATION]
        # What stays raw is neither understood nor changed: numbers keep their digits.
        kind = msgspec.defstruct(
            "Event",
            [(field, msgspec.Raw | msgspec.UnsetType, msgspec.UNSET) for field in fields.values()],
            rename={field: name for name, field in fields.items()},
            omit_defaults=True,
            gc=False,
        )
        self._decoder = msgspec.json.Decoder(kind)
        self._encoder = msgspec.json.Encoder()

    def read(
        self, sent: Iterable[Sent | Fault], own: str | None
    ) -> Iterator[tuple[int, str] | Fault]:
        """What is kept of events.

        Args:
            sent: the events, and what is known already to be wrong.
            own: the one organization whose events they may be; None: they name their own.

        Yields:
            The line in what was sent, and the event as one line of JSON; or what is wrong with it.
        """
        own_raw = None if own is None else msgspec.Raw(self._encoder.encode(own))
        for one in sent:
            if isinstance(one, Fault):
                yield one
                continue
            line, raw = one
            try:
                event = self._decoder.decode(raw)
            except msgspec.ValidationError:
                yield Fault(line, NO_OBJECT)
                continue
            except UNREADABLE as error:
                yield Fault(line, unreadable(error))
                continue
            wrong = self._place(event, own, own_raw)
            if wrong is not None:
                yield Fault(line, wrong)
                continue
            kept = self._written(event)
            if isinstance(kept, str):
                yield line, kept
            else:
                yield Fault(line, kept.reason)

    def replaced(self, kept: str, column: str, value: str) -> str:
        """An event with another value in one of the columns."""
        event = self._decoder.decode(kept)
        setattr(event, self._fields[column], msgspec.Raw(self._encoder.encode(value)))
        return self._encoder.encode(event).decode()

    def _place(self, event: object, own: str | None, own_raw: msgspec.Raw | None) -> str | None:
        """Puts values under the names that are ours, and the event into its organization.

        Returns:
            What is wrong; None: nothing.
        """
        for other, name in self._others:
            value = getattr(event, other)
            if value is not msgspec.UNSET:
                setattr(event, other, msgspec.UNSET)
                if getattr(event, name) is msgspec.UNSET:
                    setattr(event, name, value)
        told = getattr(event, self._organization)
        if told is not msgspec.UNSET and own is not None:
            named = _text(cast("msgspec.Raw", told))
            if named is None:
                return NO_TEXT
            if named not in ("", own):
                return OF_ANOTHER
        if own_raw is not None:
            setattr(event, self._organization, own_raw)
        return None

    def _written(self, event: object) -> str | Fault:
        line = self._encoder.encode(event)
        if b"[" in line or b"{" in line[1:]:
            for name, field in self._plain.items():
                value = getattr(event, field)
                if value is not msgspec.UNSET and bytes(value).lstrip()[:1] in (b"[", b"{"):
                    return Fault(0, f"{name} is neither text nor number")
        if b"\n" in line or b"\r" in line:
            # Between the values of a pretty-printed object; within texts they are escaped.
            line = msgspec.json.format(line, indent=-1)
        if len(line) > LONGEST:
            return Fault(0, TOO_LONG)
        try:
            return line.decode()
        except UnicodeDecodeError:
            return Fault(0, NOT_UTF8)


def events_of_array(body: bytes) -> list[Sent] | None:
    """The events of a JSON array, or of the array `events` of a JSON object.

    Returns:
        The events, numbered from 1 on; None: it is neither.
    """
    try:
        is_array = body.lstrip()[:1] == b"["
        found = _ARRAY.decode(body) if is_array else _BATCH.decode(body).events
    except UNREADABLE:  # what is of another kind, too
        return None
    return list(enumerate(found, start=1))


def events_of_lines(body: bytes) -> list[Sent]:
    """The events of JSON lines (NDJSON), numbered as the lines are; blank ones are none."""
    return [
        (number, line)
        for number, line in enumerate(body.split(b"\n"), start=1)
        if line and not line.isspace()
    ]


def unreadable(error: BaseException) -> str:
    """What is wrong with what one of `UNREADABLE` was raised at."""
    return TOO_DEEP if isinstance(error, RecursionError) else NOT_JSON


class _Batch(msgspec.Struct):
    events: list[msgspec.Raw]


_ARRAY = msgspec.json.Decoder(list[msgspec.Raw])
_BATCH = msgspec.json.Decoder(_Batch)


def _text(raw: msgspec.Raw) -> str | None:
    """A JSON text without white space around it, "" for null; None: it is something else."""
    try:
        value: object = json.loads(bytes(raw))
    except ValueError:
        return None
    if value is None:
        return ""
    return value.strip(WHITE_SPACE) if isinstance(value, str) else None
