"""How answers are sent: private, and not twice where the client has them already (RFC 9110)."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

from fastapi import Request, Response
from pydantic import BaseModel

from analysis.clock import Clock
from api.questions import caller_of
from handlers.freshness import freshness_of
from queries.engines.base import Engine

PRIVATE = {"Cache-Control": "private, no-cache", "Vary": "Authorization"}
"""A client may keep its answer, asks each time whether it still holds, and nobody else keeps it."""

_BY_KIND = "Authorization, Accept"

_SLOT = timedelta(minutes=15)
"""Local days and hours begin at a multiple of it, in whatever zone."""


@dataclass(frozen=True, slots=True)
class Kept:
    """Says whether an answer from the mart alone still holds, without making it anew.

    Attributes:
        engine: with the state of the mart.
        clock: the present.
        stale_after_hours: of a source.
    """

    engine: Engine
    clock: Clock
    stale_after_hours: float

    async def answered(
        self, request: Request, make: Callable[[], Awaitable[BaseModel]]
    ) -> Response:
        """The answer that `make` makes, or that what the client has still holds.

        Raises:
            Whatever `make` raises.
            Unavailable: the mart cannot be read.
        """
        tag = self._tag(request)
        if _is_known(request, tag):
            return _unchanged(tag)
        return _sent((await make()).model_dump_json(), tag)

    def _tag(self, request: Request) -> str:
        """Another one whenever anything is another that the answer depends on."""
        caller, now, snapshot = caller_of(request), self.clock(), self.engine.snapshot()
        freshness = freshness_of(snapshot, now, self.stale_after_hours)
        states = [
            [source.value, state.first_time, state.last_time, state.loaded_at, state.rows]
            for source, state in sorted(snapshot.sources.items())
        ]
        asked = sorted(request.query_params.multi_items())
        return _weak(
            [
                [snapshot.version, states, [one.is_stale for one in freshness.sources]],
                now - (now - datetime.min.replace(tzinfo=now.tzinfo)) % _SLOT,
                [caller.organization, caller.role.value, caller.zone.key],
                [request.url.path, asked],
            ]
        )


def answered(request: Request, answer: BaseModel, version: int | None = None) -> Response:
    """An answer from the store, which is made each time; not sent where the client has it.

    Args:
        request: what is asked.
        answer: as it is sent.
        version: of the thing, where it has one that `If-Match` compares.
    """
    body, tag = _tagged(request, answer, version)
    return _unchanged(tag) if _is_known(request, tag) else _sent(body, tag)


def done(
    request: Request,
    answer: BaseModel,
    *,
    version: int | None = None,
    status: int = 200,
    location: str | None = None,
) -> Response:
    """The answer to a change, sent whatever the client has.

    Args:
        request: what was asked.
        answer: what is now.
        version: see `answered`.
        status: of HTTP.
        location: of what was created, below the prefix.
    """
    body, tag = _tagged(request, answer, version)
    response = _sent(body, tag)
    response.status_code = status
    if location is not None:
        response.headers["Location"] = f"{request.scope.get('root_path', '')}{location}"
    return response


def by_kind(response: Response) -> Response:
    """The response, told to be another one where `Accept` is."""
    response.headers["Vary"] = _BY_KIND
    return response


def file_answered(request: Request, content: str, name: str) -> Response:
    """An answer that is a CSV file; not sent where the client has it."""
    caller = caller_of(request)
    tag = _weak([content, caller.organization, caller.role.value])
    headers = {**PRIVATE, "Vary": _BY_KIND, "ETag": tag}
    if _is_known(request, tag):
        return Response(status_code=304, headers=headers)
    headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return Response(content, media_type="text/csv", headers=headers)


def _tagged(request: Request, answer: BaseModel, version: int | None) -> tuple[str, str]:
    body = answer.model_dump_json()
    caller = caller_of(request)
    return body, _weak([body, caller.organization, caller.role.value], version)


def _sent(body: str, tag: str) -> Response:
    return Response(body, media_type="application/json", headers={**PRIVATE, "ETag": tag})


def _unchanged(tag: str) -> Response:
    return Response(status_code=304, headers={**PRIVATE, "ETag": tag})


def _weak(parts: list[object], version: int | None = None) -> str:
    text = json.dumps(parts, default=str, ensure_ascii=False)
    digest = sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32]
    return f'W/"{digest}"' if version is None else f'W/"{version}.{digest}"'


def _is_known(request: Request, tag: str) -> bool:
    """Whether the client has the answer: by weak comparison (RFC 9110, 13.1.2)."""
    sent = ",".join(request.headers.getlist("if-none-match"))
    known = {one.strip().removeprefix("W/") for one in sent.split(",")}
    return tag.removeprefix("W/") in known
