"""`POST /api/v1/costs/usage`: events of usage, many at once.

What is answered by 202 is on disk, and will be in the mart within seconds. A request that was not
answered may be sent again: events with a `request_id` count once however often they are sent.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import asdict

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import JSONResponse

from analysis.errors import BadInput
from api.identity import Senders
from api.usage.bodies import Kind, content_of
from api.usage.described import (
    BATCH,
    JSON,
    LINES,
    LOGS,
    LONGEST_KEY,
    TakenUsage,
    asks_nothing,
    of_lines,
)
from api.usage.described import take as taking
from handlers.caller import Caller
from handlers.ingest.intake import Intake
from handlers.ingest.results import Batch, Taken
from queries.ingest.events import Fault, Sent, events_of_array, events_of_lines
from queries.ingest.litellm import from_litellm

USAGE = "/usage"
LITELLM = "/usage/litellm"
"""Below `/api/v1/costs`."""

Read = Callable[[Kind, Caller], Sequence[Sent | Fault]]


def usage_router(intake: Intake, senders: Senders) -> APIRouter:
    """The calls; what they refuse is raised, for `api.problems` to answer.

    Args:
        intake: keeps what is sent.
        senders: knows who sends.
    """
    router = APIRouter()

    async def take(request: Request, read: Read) -> JSONResponse:
        caller = await senders.sender(request)
        asks_nothing(request)
        intake.admit(caller)
        with intake.holding() as held:
            content = await content_of(request, (JSON, *LINES), held)
            events = await asyncio.to_thread(read, content, caller)
            batch = Batch(events, caller, held.size, _key_of(request))
            taken = await intake.take(batch)
        return JSONResponse(_written(taken), 202)

    async def send_usage(request: Request) -> JSONResponse:
        """Takes events of usage in, each by itself, each once.

        What is answered by 202 is on disk. What was not answered may be sent again: an event with
        a `request_id` counts once. The organization of an event is the token's.
        """
        return await take(request, _own)

    async def send_litellm(request: Request) -> JSONResponse:
        """Takes what LiteLLM's generic API logger sends, in each of its formats."""
        return await take(request, _litellm)

    for path, endpoint, summary, schema in (
        (USAGE, send_usage, "Send usage", BATCH),
        (LITELLM, send_litellm, "Send LiteLLM's logs", LOGS),
    ):
        taking(
            router,
            path,
            endpoint,
            TakenUsage,
            status=202,
            summary=summary,
            contents=of_lines(schema),
            has_key=True,
        )
    return router


def _own(content: Kind, caller: Caller) -> Sequence[Sent | Fault]:
    """Events in our own words."""
    del caller
    return _array(content.body) if content.name == JSON else events_of_lines(content.body)


def _litellm(content: Kind, caller: Caller) -> Sequence[Sent | Fault]:
    """Events as LiteLLM logs them: an array, one alone, or one a line."""
    if content.name != JSON:
        sent = events_of_lines(content.body)
    elif content.body.lstrip()[:1] == b"{":
        sent = [(1, content.body)]
    else:
        sent = _array(content.body)
    return from_litellm(sent, with_organization=caller.organization is None)


def _array(body: bytes) -> list[Sent]:
    found = events_of_array(body)
    if found is None:
        raise BadInput(
            "The body is no JSON array of events.",
            'Send `{"events": […]}`, `[…]`, or one event a line as application/x-ndjson.',
        )
    return found


def _key_of(request: Request) -> str | None:
    """What the sender calls this sending (`Idempotency-Key`), where events have no id of theirs."""
    key = request.headers.get("idempotency-key", "").strip()
    if len(key) > LONGEST_KEY:
        raise HTTPException(400, f"The Idempotency-Key is longer than {LONGEST_KEY} characters.")
    return key or None


def _written(taken: Taken) -> dict[str, object]:
    written = asdict(taken)
    faults = written.pop("faults")
    return {**written, "rejections": faults, "rejections_left_out": taken.rejected - len(faults)}
