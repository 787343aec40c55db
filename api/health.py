"""Whether the process lives, and whether it can answer."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from fastapi import APIRouter
from fastapi.responses import JSONResponse

Check = Callable[[], Awaitable[str | None]]
"""Looks at one part: what is wrong with it, or None."""


def health_router(checks: dict[str, Check]) -> APIRouter:
    """`/healthz`: the process lives. `/readyz`: every part answers, or 503 with what is wrong."""
    router = APIRouter()

    async def healthz() -> dict[str, str]:
        return {"status": "ok"}

    async def readyz() -> JSONResponse:
        faults = {name: await check() for name, check in checks.items()}
        ready = not any(faults.values())
        parts = {name: fault or "ok" for name, fault in faults.items()}
        return JSONResponse(
            {"status": "ok" if ready else "not ready", "parts": parts},
            status_code=200 if ready else 503,
        )

    router.add_api_route("/healthz", healthz, methods=["GET"])
    router.add_api_route("/readyz", readyz, methods=["GET"])
    return router
