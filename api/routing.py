"""How calls are declared: alike, and described so that a client can be made from it."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Iterable
from typing import Any

from fastapi import APIRouter, Response
from pydantic import BaseModel

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


_EXAMPLES = {"organization": "acme", "provider": "openai", "model": "gpt-4", "product": "api"}


def get(
    router: APIRouter,
    path: str,
    endpoint: Endpoint,
    answer: type[BaseModel],
    *,
    tag: str,
    summary: str,
    filters: Iterable[dict[str, object]] = (),
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
    """
    responses: dict[int | str, dict[str, Any]] = {
        200: {"description": "The answer.", "headers": _ETAG},
        304: {"description": "What the client has still holds."},
        **{status: {"description": text, **_PROBLEM} for status, text in _REFUSALS.items()},
    }
    parameters = list(filters)
    router.add_api_route(
        path,
        endpoint,
        methods=["GET"],
        response_model=answer,
        tags=[tag],
        summary=summary,
        operation_id=endpoint.__name__,
        responses=responses,
        openapi_extra={"parameters": parameters} if parameters else None,
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
                **({"examples": [[_EXAMPLES[name]]]} if name in _EXAMPLES else {}),
            },
        }
        for name in names
    ]
