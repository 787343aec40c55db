"""How calls are declared: alike, and described so that a client can be made from it."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Iterable, Mapping
from functools import wraps
from typing import Any

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel

from api.bodies import MEDIA_TYPE as MEDIA_TYPE_OF_BODIES
from api.bodies import Body
from api.once import HEADER, REPLAYED, Once
from api.problems import MEDIA_TYPE
from api.questions import LONGEST_VALUE, NO_NUL
from queries.dimensions import Dimensions

Endpoint = Callable[..., Coroutine[Any, Any, Response]]

_REFUSALS = {
    401: "The bearer token is missing, unknown, expired or revoked.",
    403: "The caller's role does not reach that far.",
    404: "There is no such thing within the caller's reach.",
    422: "A parameter is unknown, given twice, or cannot be used: `faults` says which.",
    500: "A bug: the log has more under `error_id`.",
    503: "A part that had to answer did not: try again soon.",
}

_PROBLEM = {"content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}}

_ETAG = {
    "ETag": {
        "description": "Send it as `If-None-Match`: 304 says that the answer still holds.",
        "schema": {"type": "string"},
    }
}


EXAMPLES = {"organization": "acme", "provider": "openai", "model": "gpt-4", "product": "api"}


def get(
    router: APIRouter,
    path: str,
    endpoint: Endpoint,
    answer: type[BaseModel],
    *,
    tag: str,
    summary: str,
    filters: Iterable[dict[str, object]] = (),
    is_file: bool = False,
    outdated: str = "",
    identifies: bool = False,
) -> None:
    """Adds a call that reads; its docstring describes it.

    Args:
        router: to which it is added.
        path: below `/api/v1/costs`.
        endpoint: answers; its name is the operation's id.
        answer: what it answers with.
        tag: the noun.
        summary: in a few words.
        filters: see `filter_parameters`.
        is_file: it answers with a CSV file too.
        outdated: when it is refused by 409; empty: never.
        identifies: it finds out by itself who calls, and its answer is never kept.
    """
    files = {"content": {"text/csv": {"schema": {"type": "string"}}}} if is_file else {}
    kept: dict[int | str, dict[str, Any]] = {
        200: {"description": "The answer.", "headers": _ETAG, **files},
        304: {"description": "What the client has still holds."},
    }
    responses: dict[int | str, dict[str, Any]] = {
        **({200: {"description": "The answer."}} if identifies else kept),
        **_problems({**_REFUSALS, **({409: outdated} if outdated else {})}),
    }
    parameters = list(filters)
    extra: dict[str, Any] = {"parameters": parameters} if parameters else {}
    if identifies:
        extra["security"] = [{"bearer": []}]
    router.add_api_route(
        path,
        endpoint,
        methods=["GET"],
        response_model=answer,
        tags=[tag],
        summary=summary,
        operation_id=endpoint.__name__,
        responses=responses,
        openapi_extra=extra or None,
    )


def filter_parameters(dimensions: Dimensions, names: Iterable[str]) -> list[dict[str, object]]:
    """The filters of a call as OpenAPI describes them: each dimension by its name."""
    return [
        {
            "name": name,
            "in": "query",
            "required": False,
            "description": f"Only where this is {dimensions[name].meaning}; several values: any "
            f"of them. For every {dimensions[name].audience.label}.",
            "schema": {
                "type": "array",
                "items": {
                    "type": "string",
                    "minLength": 1,
                    "maxLength": LONGEST_VALUE,
                    "pattern": NO_NUL,
                },
                **({"examples": [[EXAMPLES[name]]]} if name in EXAMPLES else {}),
            },
        }
        for name in names
    ]


_CHANGE_REFUSALS = {
    409: "It was decided or changed meanwhile, or a request with this key is under way.",
    413: "The body is too large.",
    415: "The body is no JSON.",
    422: "The body or a parameter is unknown or cannot be used: `faults` says which.",
}

_PRECONDITION = {412: "What `If-Match` names is not what there is any more."}

_IF_MATCH: dict[str, object] = {
    "name": "If-Match",
    "in": "header",
    "required": False,
    "description": "The `ETag` of what was seen: only that is changed. Its version alone counts, "
    "so that money that was spent meanwhile is no other thing.",
    "schema": {"type": "string"},
}

_ONCE: dict[str, object] = {
    "name": HEADER,
    "in": "header",
    "required": False,
    "description": "A key of your choice, such as a UUID: the same request sent again under it, "
    "for 24 hours, is answered as before and does nothing.",
    "schema": {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[!#-~]{1,255}$"},
}

_REPLAYED = {
    REPLAYED: {
        "description": "`true`: this was answered before, and nothing was done now.",
        "schema": {"type": "string"},
    }
}

_LOCATION = {"Location": {"description": "Where it is.", "schema": {"type": "string"}}}


def post(
    router: APIRouter,
    path: str,
    endpoint: Endpoint,
    answer: type[BaseModel],
    once: Once,
    *,
    tag: str,
    summary: str,
    body: type[Body],
    creates: bool = False,
    is_long: bool = False,
) -> None:
    """Adds a call that does something, once for each key; its docstring describes it.

    Args:
        router: to which it is added.
        path: below `/api/v1/costs`.
        endpoint: decides and answers; its name is the operation's id.
        answer: what it answers with.
        once: keeps what was answered.
        tag: the noun.
        summary: in a few words.
        body: what is sent.
        creates: it answers with 201 and where the new thing is.
        is_long: see `Once.answered`.
    """

    @wraps(endpoint)
    async def decide(request: Request, **given: Any) -> Response:
        async def work() -> Response:
            return await endpoint(request=request, **given)

        return await once.answered(request, work, is_long=is_long)

    status = 201 if creates else 200
    headers = {**_REPLAYED, **(_LOCATION if creates else {})}
    done: dict[int | str, dict[str, Any]] = {
        status: {"description": "It is done.", "headers": headers}
    }
    _change(router, "POST", path, decide, answer, status, done, tag, summary, body, [_ONCE])


def patch(
    router: APIRouter,
    path: str,
    endpoint: Endpoint,
    answer: type[BaseModel],
    *,
    tag: str,
    summary: str,
    body: type[Body],
) -> None:
    """Adds a call that changes a thing that has a version; see `post`."""
    done = {200: {"description": "It is changed.", "headers": _ETAG}, **_problems(_PRECONDITION)}
    _change(router, "PATCH", path, endpoint, answer, 200, done, tag, summary, body, [_IF_MATCH])


def delete(router: APIRouter, path: str, endpoint: Endpoint, *, tag: str, summary: str) -> None:
    """Adds a call that takes a thing away that has a version; see `post`."""
    done = {204: {"description": "It is gone."}, **_problems(_PRECONDITION)}
    _change(router, "DELETE", path, endpoint, None, 204, done, tag, summary, None, [_IF_MATCH])


def _change(
    router: APIRouter,
    method: str,
    path: str,
    endpoint: Endpoint,
    answer: type[BaseModel] | None,
    status: int,
    done: Mapping[int | str, dict[str, Any]],
    tag: str,
    summary: str,
    body: type[Body] | None,
    parameters: list[dict[str, object]],
) -> None:
    """Adds a call that changes something."""
    extra: dict[str, Any] = {"parameters": parameters}
    if body is not None:
        schema = body.described()
        extra["requestBody"] = {
            "required": bool(schema.get("required")),
            "content": {MEDIA_TYPE_OF_BODIES: {"schema": schema}},
        }
    router.add_api_route(
        path,
        endpoint,
        methods=[method],
        status_code=status,
        response_model=answer,
        tags=[tag],
        summary=summary,
        operation_id=endpoint.__name__,
        responses={**_problems({**_REFUSALS, **_CHANGE_REFUSALS}), **done},
        openapi_extra=extra,
    )


def _problems(refusals: Mapping[int, str]) -> dict[int | str, dict[str, Any]]:
    return {status: {"description": text, **_PROBLEM} for status, text in refusals.items()}
