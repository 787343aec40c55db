"""`Idempotency-Key`: a request that is sent again is not done again.

Source: draft-ietf-httpapi-idempotency-key-header. A key belongs to its caller and to one request;
what was done under it is answered in the same words for a day. The answer is kept in the
transaction that decides, so that after a crash there are both or neither; a refusal has changed
nothing, and leaves the key free.
"""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from uuid import UUID

from fastapi import Request, Response

from analysis.errors import CostbotError, Outdated, Unfit
from api.bodies import raw_body
from api.problems import problem_response
from api.questions import caller_of
from handlers.budgets.journal import actor_of
from storage.records.kept_answer import KeptAnswer, OfAnother, RequestKey, UnderWay
from storage.store import Store

log = logging.getLogger(__name__)

HEADER = "Idempotency-Key"
REPLAYED = "Idempotent-Replayed"

LEASE = timedelta(seconds=60)
"""How long a decision may take before its process is taken for dead."""

LONG_LEASE = timedelta(minutes=15)
"""The same of what looks at all the data."""

KEPT_HEADERS = ("Location", "ETag", "Cache-Control", "Vary", "Content-Type")

_KEY = re.compile(r'"([\x20-\x21\x23-\x7e]{1,255})"|([\x21\x23-\x7e]{1,255})')
"""A string as structured fields write it (RFC 9651) or, as most clients send it, without quotes."""


@dataclass(frozen=True, slots=True)
class Once:
    """Does what is asked once, however often it is asked under one key.

    Attributes:
        store: keeps what was answered.
    """

    store: Store

    async def answered(
        self, request: Request, work: Callable[[], Awaitable[Response]], *, is_long: bool = False
    ) -> Response:
        """The answer of `work`, or the one that was given before.

        Args:
            request: with or without a key.
            work: decides; what it writes and what it answers are one transaction.
            is_long: it takes its time, writes in several transactions, and does no harm when it is
                done twice; its answer is kept behind it.

        Raises:
            Unfit: the key is none.
            Outdated: another process has taken over meanwhile; nothing was changed here.
            Unavailable: the store does not answer.
            Whatever `work` raises.
        """
        key = await _key_of(request)
        if key is None:
            return await work()
        lease = LONG_LEASE if is_long else LEASE
        claimed = await self.store.kept_answers.claim(key, lease)
        match claimed:
            case KeptAnswer():
                headers = {**claimed.headers, REPLAYED: "true"}
                return Response(claimed.body, claimed.status, headers)
            case UnderWay():
                sentence = f"A request with this `{HEADER}` is under way."
                retry = {"Retry-After": str(min(claimed.seconds, 5))}
                return problem_response(409, sentence, "Send it again soon.", headers=retry)
            case OfAnother():
                sentence = f"This `{HEADER}` was sent with another request."
                hint = "Take a new key for each request, and send the same one again unchanged."
                faults = {f"header.{HEADER}": sentence}
                return problem_response(422, sentence, hint, faults=faults)
            case _:
                return await self._begun(key, claimed.attempt, work, is_long=is_long)

    async def _begun(
        self,
        key: RequestKey,
        attempt: UUID,
        work: Callable[[], Awaitable[Response]],
        *,
        is_long: bool,
    ) -> Response:
        try:
            if is_long:
                return await self._kept(key, attempt, await work())
            async with self.store.holding():
                return await self._kept(key, attempt, await work())
        except BaseException:
            await asyncio.shield(self._give_up(key, attempt))
            raise

    async def _kept(self, key: RequestKey, attempt: UUID, response: Response) -> Response:
        headers = {
            name: response.headers[name] for name in KEPT_HEADERS if name in response.headers
        }
        body = bytes(response.body).decode()
        if not await self.store.kept_answers.keep(
            key, attempt, response.status_code, headers, body
        ):
            sentence = f"Another request with this `{HEADER}` has taken over meanwhile."
            raise Outdated(sentence, "Send it again: it tells what came of it.")
        return response

    async def _give_up(self, key: RequestKey, attempt: UUID) -> None:
        try:
            await self.store.kept_answers.give_up(key, attempt)
        except CostbotError as error:
            log.warning("a key is free only when its lease is over: %s", error)


async def _key_of(request: Request) -> RequestKey | None:
    """The key of a request and what it is of; None: it has none.

    Raises:
        Unfit: there are several, or what is sent is none.
    """
    sent = request.headers.getlist(HEADER)
    if not sent:
        return None
    match = _KEY.fullmatch(sent[0].strip())
    if len(sent) > 1 or match is None:
        fault = "Give one key of 1 to 255 printable ASCII characters, such as a UUID."
        raise Unfit({f"header.{HEADER}": fault})
    caller = caller_of(request)
    asked = f"{request.method} {request.url.path}?{request.url.query}\n"
    return RequestKey(
        organization=caller.organization,
        caller=actor_of(caller).key,
        key=match[1] or match[2],
        fingerprint=sha256(asked.encode() + await raw_body(request)).hexdigest(),
    )
