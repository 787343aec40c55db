"""Whether the process lives, and whether it can answer: for whoever runs it.

Anybody may ask, so nothing is told that is somebody's: no names, no addresses, no figures.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

from fastapi import APIRouter
from fastapi.responses import JSONResponse

from analysis.checks import Check, Level


@dataclass(frozen=True, slots=True)
class Looked:
    """What came of looking at one part.

    Attributes:
        check: how it ended; None: the part is not set up.
        is_required: without it nothing can be answered here, so that requests should go elsewhere.
    """

    check: Check | None
    is_required: bool


Look = Callable[[], Awaitable[Mapping[str, Looked]]]
"""Looks at every part, by name."""

_WORDS = {Level.OK: "ok", Level.WARNING: "degraded", Level.FAULT: "failed"}


def health_router(look: Look) -> APIRouter:
    """`/health`: the process lives. `/ready`: it can answer, or 503.

    `/healthz` and `/readyz` are the same.
    """
    router = APIRouter()

    async def health() -> dict[str, str]:
        return {"status": "ok"}

    async def ready() -> JSONResponse:
        looked = await look()
        is_ready = not any(
            one.is_required and one.check is not None and one.check.level is Level.FAULT
            for one in looked.values()
        )
        is_well = all(one.check is None or one.check.level is Level.OK for one in looked.values())
        status = "ok" if is_well else "degraded" if is_ready else "not ready"
        checks = {name: _written(one) for name, one in looked.items()}
        return JSONResponse(
            {"status": status, "checks": checks},
            status_code=200 if is_ready else 503,
            headers={"Cache-Control": "no-store"},
        )

    for path in ("/health", "/healthz"):
        router.add_api_route(path, health, methods=["GET"])
    for path in ("/ready", "/readyz"):
        router.add_api_route(path, ready, methods=["GET"])
    return router


def _written(looked: Looked) -> dict[str, object]:
    check = looked.check
    if check is None:
        told: dict[str, object] = {"status": "off", "detail": "It is not set up."}
    else:
        told = {"status": _WORDS[check.level], "detail": check.sentence}
        if check.cure:
            told["hint"] = check.cure
    return {**told, "required": looked.is_required}
