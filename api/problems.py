"""Errors as problem details (RFC 9457): one shape for everything that is refused over HTTP."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from secrets import token_hex

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException

from analysis.errors import (
    BadInput,
    NotAllowed,
    NotFound,
    NotIdentified,
    NotUnderstood,
    Outdated,
    Overloaded,
    Refused,
    Unavailable,
    Unfit,
)

log = logging.getLogger(__name__)

MEDIA_TYPE = "application/problem+json"

RETRY_AFTER_SECONDS = 5

STATUS: Mapping[type[Refused], int] = {
    NotIdentified: 401,
    NotAllowed: 403,
    NotFound: 404,
    Outdated: 409,
    Overloaded: 429,
    Unfit: 422,
    NotUnderstood: 422,
    BadInput: 422,
}
"""What each refusal is in HTTP. Another organization's things are `NotFound` below this already."""


class Problem(BaseModel):
    """A problem, as RFC 9457 writes it.

    Attributes:
        type: a URI of the kind of problem; `about:blank`: the status says it.
        title: the same for all problems of that kind.
        status: of the response.
        detail: what is wrong here, a sentence.
        hint: the next step, a sentence.
        faults: a sentence for each parameter or field that cannot be used.
        error_id: under which the log has more.
    """

    type: str = "about:blank"
    title: str
    status: int
    detail: str = ""
    hint: str | None = None
    faults: dict[str, str] | None = None
    error_id: str | None = Field(default=None, description="Under which the log has more.")


_TITLES: Mapping[int, str] = {
    400: "Bad request",
    401: "Not identified",
    403: "Not allowed",
    404: "Not found",
    405: "Method not allowed",
    409: "Outdated",
    412: "Changed meanwhile",
    413: "Too large",
    415: "Not of this kind",
    422: "Cannot be used",
    429: "Too many",
    500: "Internal error",
    503: "Unavailable",
}


def answer_problems(app: FastAPI) -> None:
    """Has every error of `app` answered as a problem."""
    app.add_exception_handler(Refused, _refused)
    app.add_exception_handler(Unavailable, _unavailable)
    app.add_exception_handler(RequestValidationError, _unfit)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(Exception, _unexpected)


def problem_response(
    status: int,
    detail: str = "",
    hint: str = "",
    *,
    faults: Mapping[str, str] | None = None,
    error_id: str | None = None,
    headers: Mapping[str, str] | None = None,
) -> JSONResponse:
    """A response that tells a problem."""
    problem = Problem(
        title=_TITLES.get(status, "Error"),
        status=status,
        detail=detail,
        hint=hint or None,
        faults=dict(faults) if faults else None,
        error_id=error_id,
    )
    content = problem.model_dump(exclude_none=True)
    # A client may keep a 404 otherwise, and go on with it when the thing is there (RFC 9110, 15.1).
    kept = {"Cache-Control": "no-store", **(headers or {})}
    return JSONResponse(content, status, kept, media_type=MEDIA_TYPE)


async def _refused(request: Request, error: Exception) -> JSONResponse:
    del request
    if not isinstance(error, Refused):
        raise error
    kind = next((kind for kind in type(error).mro() if kind in STATUS), BadInput)
    headers = {"WWW-Authenticate": "Bearer"} if kind is NotIdentified else None
    if isinstance(error, Overloaded):
        headers = {"Retry-After": str(error.retry_after)}
    faults = error.faults if isinstance(error, Unfit) else None
    return problem_response(
        STATUS[kind], error.sentence, error.hint, faults=faults, headers=headers
    )


async def _unavailable(request: Request, error: Exception) -> JSONResponse:
    del request
    headers = {"Retry-After": str(RETRY_AFTER_SECONDS)}
    return problem_response(503, str(error), "Try again soon.", headers=headers)


async def _unfit(request: Request, error: Exception) -> JSONResponse:
    del request
    if not isinstance(error, RequestValidationError):
        raise error
    faults = {
        ".".join(str(part) for part in fault["loc"]): str(fault["msg"]) for fault in error.errors()
    }
    sentence = "The request cannot be used."
    return problem_response(422, sentence, "See `faults`, and the OpenAPI page.", faults=faults)


async def _http(request: Request, error: Exception) -> JSONResponse:
    del request
    if not isinstance(error, HTTPException):
        raise error
    return problem_response(error.status_code, str(error.detail or ""), headers=error.headers)


async def _unexpected(request: Request, error: Exception) -> JSONResponse:
    """What nobody expected: an id for the caller, the traceback for the log."""
    error_id = token_hex(4)
    log.error("error %s at %s %s", error_id, request.method, request.url.path, exc_info=error)
    sentence = "Something went wrong that costbot did not expect."
    return problem_response(
        500, sentence, "Tell the operators the error id: the log has more.", error_id=error_id
    )
