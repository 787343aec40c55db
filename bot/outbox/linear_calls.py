"""A call of Linear's GraphQL API for the outbox: sent once, and what is known after it failed.

Sources: Linear's developer pages on GraphQL and on rate limiting (a leaky bucket an hour; HTTP 400
with `extensions.code` `RATELIMITED`; `X-RateLimit-…-Reset` in milliseconds since 1970), and the
published schema of its SDK.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import cast

import aiohttp
from pydantic import SecretStr

from analysis.clock import Clock

Json = Mapping[str, object]

LEFT_ALONE = timedelta(minutes=1)
"""How long Linear is left alone where it says "too many" without saying for how long."""

LONGEST_WAIT = timedelta(hours=1)
"""Its buckets refill within an hour: a longer wait is not believed."""

_RESETS = (
    "X-RateLimit-Endpoint-Requests",
    "X-RateLimit-Requests",
    "X-RateLimit-Complexity",
)
"""What can be used up, each with what is left of it and when it is full again."""


class CallFailed(Exception):
    """A call did not do what it was for."""


class NotReached(CallFailed):
    """Linear was not spoken to: nothing was done."""


class NoAnswer(CallFailed):
    """It may have been done: the answer was lost, or says nothing."""


class Busy(CallFailed):
    """Too many calls: nothing was done.

    Attributes:
        after: how long to wait.
    """

    def __init__(self, after: timedelta) -> None:
        super().__init__("Linear takes no more calls for now.")
        self.after = after


class Refusal(CallFailed):
    """Linear said no.

    Attributes:
        code: its word, such as `AUTHENTICATION_ERROR`.
        said: what it says to people.
        message: what it says to programs.
    """

    def __init__(self, code: str, said: str, message: str) -> None:
        super().__init__(f"Linear says: {said} ({code})")
        self.code = code
        self.said = said
        self.message = message

    @property
    def is_there_already(self) -> bool:
        """Whether what was to be made is there: an id is given once."""
        return "conflict on insert" in self.message or "already exists" in self.said


@dataclass(frozen=True, slots=True)
class LinearCalls:
    """Calls the API with a key.

    Attributes:
        token: a personal API key, `lin_api_…`, or an OAuth token with `Bearer ` before it.
        url: of the API.
        timeout: how long a call may take.
        clock: the present.
    """

    token: SecretStr
    url: str
    timeout: timedelta
    clock: Clock

    async def call(self, query: str, variables: Json) -> Json:
        """What the API answers: `data`.

        Raises:
            CallFailed: it did not; see its kinds.
        """
        headers = {
            "Authorization": self.token.get_secret_value(),
            "Content-Type": "application/json",
            "User-Agent": "costbot",
        }
        body = json.dumps({"query": query, "variables": dict(variables)}).encode()
        patience = aiohttp.ClientTimeout(total=self.timeout.total_seconds())
        try:
            async with (
                aiohttp.ClientSession(timeout=patience) as session,
                session.post(self.url, data=body, headers=headers, allow_redirects=False) as answer,
            ):
                # What it says is kept and shown: a server that quotes the request tells no key.
                key = self.token.get_secret_value().rpartition(" ")[2]
                said = (await answer.read()).replace(key.encode(), b"***")
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError) as error:
            message = "Linear could not be reached."
            raise NotReached(message) from error
        except aiohttp.InvalidURL as error:
            message = "The address of Linear's API is none: correct COSTBOT_LINEAR_API_URL."
            raise NotReached(message) from error
        except TimeoutError as error:
            message = "Linear did not answer in time."
            raise NoAnswer(message) from error
        except aiohttp.ClientError as error:
            message = "The connection to Linear broke."
            raise NoAnswer(message) from error
        return self._read(answer.status, answer.headers, said)

    def _read(self, status: int, headers: Mapping[str, str], said: bytes) -> Json:
        try:
            body = cast("object", json.loads(said))
        except ValueError:
            body = None
        found = cast("Json", body) if isinstance(body, dict) else None
        errors = cast("Sequence[Json]", (found or {}).get("errors") or ())
        if errors:
            raise self._failure(errors, headers)
        if status == 429:
            raise Busy(self._wait(headers))
        data = None if found is None else found.get("data")
        if status >= 300 or not isinstance(data, dict):
            message = f"Linear answered {status} and nothing that can be read."
            raise NoAnswer(message)
        return cast("Json", data)

    def _failure(self, errors: Sequence[Json], headers: Mapping[str, str]) -> CallFailed:
        first = errors[0]
        extensions = cast("Json", first.get("extensions") or {})
        code = str(extensions.get("code") or extensions.get("type") or "no code")
        message = str(first.get("message") or "")
        if code.upper() == "RATELIMITED":
            return Busy(self._wait(headers))
        if code.upper() in _NOTHING_SAID:
            return NoAnswer(f"Something went wrong in Linear ({code}).")
        said = str(extensions.get("userPresentableMessage") or message)
        return Refusal(code, one_line(said), message)

    def _wait(self, headers: Mapping[str, str]) -> timedelta:
        """How long until the bucket that is empty has something in it again."""
        waits: list[timedelta] = []
        for name in _RESETS:
            reset = headers.get(f"{name}-Reset", "")
            left = headers.get(f"{name}-Remaining", "0")
            if reset.isdecimal() and left.isdecimal() and int(left) == 0:
                at = datetime.fromtimestamp(min(int(reset), 2**42) / 1000, UTC)
                waits.append(at - self.clock())
        wait = max(waits, default=LEFT_ALONE)
        return min(max(wait, timedelta(seconds=1)), LONGEST_WAIT)


_NOTHING_SAID = frozenset({"INTERNAL_SERVER_ERROR", "INTERNAL_ERROR", "LOCK_TIMEOUT"})
"""Failures on Linear's side, after which some of it may have been done."""


def one_line(text: str) -> str:
    """What Linear said, for people, in a line without a full stop."""
    return " ".join(text.split())[:200].removesuffix(".")
