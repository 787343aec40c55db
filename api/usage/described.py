"""How the calls that take usage in are described: what is sent, what is answered, what is refused.

Of what is sent, OpenAPI says what a whole request is refused for. What is wrong with one event, or
one span, is told in the answer and refuses nothing else: an event is described by its fields, and
whatever is sent in its place is taken to be one.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Mapping
from typing import Any

from fastapi import APIRouter, Request, Response
from pydantic import Field

from analysis.errors import Unfit
from api.models.base import Answer
from api.problems import MEDIA_TYPE
from handlers.nearest import shown
from queries.sources.columns import USAGE_COLUMNS

JSON = "application/json"
LINES = ("application/x-ndjson", "application/ndjson", "application/jsonl")
BINARY = "application/x-protobuf"

LONGEST_KEY = 255

Json = dict[str, Any]

Endpoint = Callable[[Request], Coroutine[Any, Any, Response]]


class Rejection(Answer):
    """What is wrong with an event."""

    line: int = Field(description="Of the event in what was sent, or its place, from 1 on.")
    reason: str = Field(description="Half a sentence.")


class TakenUsage(Answer):
    """What became of events: `received` is `accepted` + `duplicates` + `rejected`."""

    received: int = Field(description="Events that were sent.")
    accepted: int = Field(description="On disk now, and in costbot's answers within seconds.")
    duplicates: int = Field(description="Whose `request_id` was there just before.")
    rejected: int = Field(description="With something wrong.")
    rejections: list[Rejection] = Field(description="The first 100 of the rejected ones.")
    rejections_left_out: int = Field(description="Of how many more the reason is not told.")


class PartialSuccess(Answer):
    """What was not taken of traces."""

    rejectedSpans: str = Field(description="How many, as OTLP writes 64 bits.")  # noqa: N815 - likewise
    errorMessage: str = Field(description="Why, and how often.")  # noqa: N815


def _is_none(value: object) -> bool:
    return value is None


class ExportedTraces(Answer):
    """An `ExportTraceServiceResponse`: empty where all was taken."""

    partialSuccess: PartialSuccess | None = Field(None, exclude_if=_is_none)  # noqa: N815


EVENT: Json = {
    "title": "UsageEvent",
    "description": "A request to a model, or several alike. Values are text or numbers. One that "
    "cannot be used is rejected by itself, and `rejections` says why.",
    "properties": {
        column.name: {"description": f"{column.meaning[0].upper()}{column.meaning[1:]}."}
        for column in USAGE_COLUMNS
    },
}

_EVENTS: Json = {"type": "array", "items": EVENT}

BATCH: Json = {
    "anyOf": [
        _EVENTS,
        {"type": "object", "required": ["events"], "properties": {"events": _EVENTS}},
    ]
}

_LOG: Json = {
    "title": "StandardLoggingPayload",
    "description": "LiteLLM's log of a request, as its generic API logger sends it. One that is "
    "none is rejected by itself, and `rejections` says why.",
}

LOGS: Json = {"anyOf": [{"type": "array", "items": _LOG}, {**_LOG, "type": "object"}]}


def _or_null(schema: Json) -> Json:
    return {"anyOf": [schema, {"type": "null"}]}


def _list_of(name: str, schema: Json) -> Json:
    return {name: {"type": "array", "items": schema}}


INTEGER = "^-?[0-9]{1,19}$"
"""A number of 64 bits as OTLP writes it in JSON."""

_NANOSECONDS: Json = {
    "description": "Nanoseconds since 1970.",
    "anyOf": [
        {"type": "string", "pattern": "^[0-9]{1,19}$"},
        {"type": "integer", "minimum": 0},
    ],
}

_VALUE: Json = {
    "type": "object",
    "properties": {
        "stringValue": {},
        "intValue": {
            "anyOf": [{"type": "string", "pattern": INTEGER}, {"type": "integer"}, {"type": "null"}]
        },
        "doubleValue": {},
        "boolValue": {},
    },
}

_ATTRIBUTES = _list_of(
    "attributes",
    {
        "type": "object",
        "properties": {"key": {"type": "string"}, "value": _or_null(_VALUE)},
    },
)

_SPAN: Json = {
    "type": "object",
    "properties": {
        "traceId": {"type": "string", "description": "Hexadecimal."},
        "spanId": {"type": "string", "description": "Hexadecimal."},
        "startTimeUnixNano": _NANOSECONDS,
        "endTimeUnixNano": _NANOSECONDS,
        **_ATTRIBUTES,
        "status": _or_null({"type": "object"}),
    },
}

TRACES_SENT: Json = {
    "title": "ExportTraceServiceRequest",
    "description": "Spans in OTLP's JSON; the fields that are of use.",
    "type": "object",
    "properties": _list_of(
        "resourceSpans",
        {
            "type": "object",
            "properties": {
                "resource": _or_null({"type": "object", "properties": _ATTRIBUTES}),
                **_list_of(
                    "scopeSpans", {"type": "object", "properties": _list_of("spans", _SPAN)}
                ),
            },
        },
    ),
}

BYTES: Json = {"type": "string", "format": "binary"}

_TEXT: Json = {"type": "string", "description": "JSON objects, one a line."}


def of_lines(schema: Json) -> dict[str, Json]:
    """The kinds of content of what comes as JSON or one a line."""
    return {JSON: schema, **dict.fromkeys(LINES, _TEXT)}


_REFUSALS = {
    400: "The body is damaged: it ends early, or is not what it is said to be.",
    401: "The bearer token is missing, unknown, expired or revoked.",
    403: "The token is of a user: it may not send usage.",
    413: "The body is too large: 64 MB unpacked is what there may be.",
    415: "The content, or its encoding, is of a kind that is not taken.",
    422: "The body is no array of events, or there is a parameter: there is none that is known.",
    429: "More than may wait: nothing was kept, `Retry-After` says when to send it again.",
    500: "A bug: the log has more under `error_id`.",
    503: "It cannot be kept at the moment: nothing of it was. Send it again.",
}

_RETRY = {
    "Retry-After": {"description": "Seconds until then.", "schema": {"type": "string"}},
}

KEY: Json = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "description": "What you call this sending. Events without a `request_id` count once however "
    "often they are sent under it; without it, each one is another.",
    "schema": {"type": "string", "maxLength": LONGEST_KEY},
}


def take(
    router: APIRouter,
    path: str,
    endpoint: Endpoint,
    answer: type[Answer],
    *,
    status: int,
    summary: str,
    contents: Mapping[str, Json],
    answers_binary: bool = False,
    has_key: bool = False,
) -> None:
    """Adds a call that takes usage in; its docstring describes it.

    Args:
        router: to which it is added.
        path: below `/api/v1/costs`.
        endpoint: reads the request by itself, and asks by itself who sends it.
        answer: what it answers with.
        status: of the answer.
        summary: in a few words.
        contents: a schema for each kind of content that can be sent.
        answers_binary: what came as protobuf is answered so.
        has_key: it knows an `Idempotency-Key`.
    """
    done: Json = {"description": "What was accepted is on disk."}
    if answers_binary:
        done["content"] = {BINARY: {"schema": BYTES}}
    problem = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    refused: dict[int | str, Json] = {
        code: {
            "description": text,
            "content": problem,
            **({"headers": _RETRY} if code in (429, 503) else {}),
        }
        for code, text in _REFUSALS.items()
    }
    router.add_api_route(
        path,
        endpoint,
        methods=["POST"],
        status_code=status,
        response_model=answer,
        tags=["usage"],
        summary=summary,
        operation_id=getattr(endpoint, "__name__", None),
        responses={status: done, **refused},
        openapi_extra={
            "security": [{"bearer": []}],
            **({"parameters": [KEY]} if has_key else {}),
            "requestBody": {
                "required": True,
                "description": "`Content-Encoding: gzip` is understood.",
                "content": {kind: {"schema": schema} for kind, schema in contents.items()},
            },
        },
    )


def asks_nothing(request: Request) -> None:
    """Passes where the address has no parameters.

    Raises:
        Unfit: it has some. One that names an organization, say, would be overlooked otherwise.
    """
    if request.query_params:
        names = dict.fromkeys(request.query_params)
        raise Unfit({f"query.{name}": f"There is no parameter {shown(name)}." for name in names})
