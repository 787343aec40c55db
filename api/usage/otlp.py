"""`POST /api/v1/costs/otlp/v1/traces`: spans, as an OpenTelemetry exporter or collector sends them.

OTLP over HTTP (https://opentelemetry.io/docs/specs/otlp/#otlphttp), binary or JSON. Spans that
tell of no request to a model are taken, and forgotten: whoever sends traces need not sort them.
"""

from __future__ import annotations

import asyncio
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any, cast

import msgspec
from fastapi import APIRouter, HTTPException, Request, Response

from api.identity import Senders
from api.usage.bodies import Kind, content_of
from api.usage.described import (
    BINARY,
    BYTES,
    INTEGER,
    JSON,
    TRACES_SENT,
    ExportedTraces,
    asks_nothing,
    take,
)
from handlers.ingest.intake import Intake
from handlers.ingest.results import Batch, Taken
from queries.ingest.spans import Span, Value, from_spans, is_wanted

if TYPE_CHECKING:
    from opentelemetry.proto.common.v1.common_pb2 import KeyValue

TRACES = "/otlp/v1/traces"
"""Below `/api/v1/costs`."""

_DIGITS = 19
"""Of a number of 64 bits with its sign, as text: until the year 2262."""

_INTEGER = re.compile(INTEGER, re.ASCII)

_ERROR = 2
"""`STATUS_CODE_ERROR` of OTLP."""


def otlp_router(intake: Intake, senders: Senders) -> APIRouter:
    """The call; what it refuses is raised, for `api.problems` to answer.

    Args:
        intake: keeps what is sent.
        senders: knows who sends.
    """
    router = APIRouter()

    async def export_traces(request: Request) -> Response:
        """Takes spans in: those that tell of requests to models, of OTLP over HTTP.

        All others are taken too, and forgotten. What was rejected is said as a partial success.
        """
        caller = await senders.sender(request)
        asks_nothing(request)
        intake.admit(caller)
        with intake.holding() as held:
            content = await content_of(request, (BINARY, JSON), held)
            events = await asyncio.to_thread(lambda: from_spans(_spans(content)))
            taken = await intake.take(Batch(events, caller, held.size))
        return Response(_answer(content.name, taken), media_type=content.name)

    take(
        router,
        TRACES,
        export_traces,
        ExportedTraces,
        status=200,
        summary="Send traces",
        contents={JSON: TRACES_SENT, BINARY: BYTES},
        answers_binary=True,
    )
    return router


def _spans(content: Kind) -> Iterator[Span]:
    return _of_json(content.body) if content.name == JSON else _of_binary(content.body)


def _answer(kind: str, taken: Taken) -> bytes:
    """An `ExportTraceServiceResponse`, in the encoding of the request."""
    reasons = Counter(fault.reason for fault in taken.faults).most_common(5)
    told = "; ".join(f"{reason} ({count})" for reason, count in reasons)
    if kind == JSON:
        if not taken.rejected:
            return b"{}"
        partial = {"rejectedSpans": str(taken.rejected), "errorMessage": told}
        return msgspec.json.encode({"partialSuccess": partial})
    from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceResponse

    answer = ExportTraceServiceResponse()
    if taken.rejected:
        answer.partial_success.rejected_spans = taken.rejected
        answer.partial_success.error_message = told
    return answer.SerializeToString()


def _of_binary(body: bytes) -> Iterator[Span]:
    # Protobuf's classes are made at import, and most processes take no traces.
    from google.protobuf.message import DecodeError
    from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

    try:
        sent = ExportTraceServiceRequest.FromString(body)
    except DecodeError as error:
        raise HTTPException(400, "The body is no ExportTraceServiceRequest.") from error
    for resource in sent.resource_spans:
        common = _values(resource.resource.attributes)
        for scope in resource.scope_spans:
            for span in scope.spans:
                yield Span(
                    span.trace_id.hex(),
                    span.span_id.hex(),
                    span.start_time_unix_nano,
                    span.end_time_unix_nano,
                    span.status.code == _ERROR,
                    {**common, **_values(span.attributes)},
                )


def _values(attributes: Iterable[KeyValue]) -> dict[str, Value]:
    found: dict[str, Value] = {}
    for one in attributes:
        kind = one.value.WhichOneof("value") if is_wanted(one.key) else None
        if kind in ("string_value", "int_value", "double_value", "bool_value"):
            found[one.key] = cast("Value", getattr(one.value, kind))
    return found


class _Value(msgspec.Struct):
    stringValue: Any = None  # noqa: N815 - as OTLP writes it
    intValue: str | int | float | None = None  # noqa: N815
    doubleValue: Any = None  # noqa: N815
    boolValue: Any = None  # noqa: N815


class _Attribute(msgspec.Struct):
    key: str = ""
    value: _Value | None = None


class _Status(msgspec.Struct):
    code: Any = 0


class _Span(msgspec.Struct):
    traceId: str = ""  # noqa: N815
    spanId: str = ""  # noqa: N815
    startTimeUnixNano: str | int | float = 0  # noqa: N815
    endTimeUnixNano: str | int | float = 0  # noqa: N815
    attributes: list[_Attribute] = []
    status: _Status | None = None


class _Scope(msgspec.Struct):
    spans: list[_Span] = []


class _Attributes(msgspec.Struct):
    attributes: list[_Attribute] = []


class _Resource(msgspec.Struct):
    resource: _Attributes | None = None
    scopeSpans: list[_Scope] = []  # noqa: N815


class _Traces(msgspec.Struct):
    resourceSpans: list[_Resource] = []  # noqa: N815


_DECODER = msgspec.json.Decoder(_Traces)


def _of_json(body: bytes) -> Iterator[Span]:
    try:
        sent = _DECODER.decode(body)
        for resource in sent.resourceSpans:
            common = _plain(resource.resource.attributes) if resource.resource else {}
            for scope in resource.scopeSpans:
                for span in scope.spans:
                    yield Span(
                        span.traceId.lower(),
                        span.spanId.lower(),
                        _nanoseconds(span.startTimeUnixNano),
                        _nanoseconds(span.endTimeUnixNano),
                        span.status is not None and span.status.code in _ERRORS,
                        {**common, **_plain(span.attributes)},
                    )
    except (ValueError, RecursionError) as error:  # those of msgspec are of this kind
        raise HTTPException(400, "The body is no ExportTraceServiceRequest.") from error


def _nanoseconds(sent: str | float) -> int:
    """What is sent as digits, or as a number.

    Raises:
        ValueError: it is neither.
    """
    if not isinstance(sent, str):
        number = _whole(sent)
        fits = number >= 0
    else:
        fits = sent.isascii() and sent.isdigit() and len(sent) <= _DIGITS
        number = int(sent) if fits else 0
    if not fits:
        message = "no nanoseconds since 1970"
        raise ValueError(message)
    return number


def _whole(sent: str | float) -> int:
    """A whole number, which OTLP writes as text: it has 64 bits. In JSON 5.0 is one, too.

    Raises:
        ValueError: it is none.
    """
    if isinstance(sent, str):
        is_whole = _INTEGER.fullmatch(sent) is not None
    else:
        is_whole = isinstance(sent, int) or sent.is_integer()
    if not is_whole:
        message = "no whole number"
        raise ValueError(message)
    return int(sent)


_ERRORS = (_ERROR, str(_ERROR), "STATUS_CODE_ERROR")


def _plain(attributes: Iterable[_Attribute]) -> dict[str, Value]:
    found: dict[str, Value] = {}
    for one in attributes:
        if one.value is None:
            continue
        number = None if one.value.intValue is None else _whole(one.value.intValue)
        if not is_wanted(one.key):
            continue
        if number is not None:
            found[one.key] = number
            continue
        for value in (one.value.stringValue, one.value.doubleValue, one.value.boolValue):
            if isinstance(value, str | float | int | bool):
                found[one.key] = value
    return found
