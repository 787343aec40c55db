"""Trying again: only what may well go well the next time, and never for long.

Google's client would try again by rules of its own, and begin whole jobs anew; every call is given
one of these in place of them. What decides is BigQuery's reason, then the status: over the byte
ceiling, for one, BigQuery may answer 500.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from time import perf_counter
from typing import TypeVar, cast

import requests
from google.api_core import exceptions
from google.auth.exceptions import GoogleAuthError, TransportError

from queries.bigquery.pacing import Pacing, StoppedError, TimeIsUpError

RETRYABLE_REASONS = frozenset(
    {
        "backendError",
        "internalError",
        "rateLimitExceeded",
        "jobRateLimitExceeded",
        "jobBackendError",
        "jobInternalError",
        "badGateway",
    }
)
"""Reasons of BigQuery after which the same may go well."""

FINAL_REASONS = frozenset(
    {
        "accessDenied",
        "notFound",
        "invalid",
        "invalidQuery",
        "quotaExceeded",
        "bytesBilledLimitExceeded",
        "billingTierLimitExceeded",
        "billingNotEnabled",
        "resourcesExceeded",
        "responseTooLarge",
        "stopped",
        "timeout",
        "duplicate",
    }
)
"""Reasons after which it will not, whatever the status."""

_RETRYABLE: tuple[type[Exception], ...] = (
    exceptions.TooManyRequests,
    exceptions.InternalServerError,
    exceptions.BadGateway,
    exceptions.ServiceUnavailable,
    exceptions.GatewayTimeout,
    requests.exceptions.ConnectionError,
    requests.exceptions.Timeout,
    requests.exceptions.ChunkedEncodingError,
    TransportError,
)

FAILURES: tuple[type[Exception], ...] = (
    exceptions.GoogleAPICallError,
    requests.exceptions.RequestException,
    GoogleAuthError,
)
"""What a call of Google's client fails with."""

Result = TypeVar("Result")


def details_of(error: exceptions.GoogleAPICallError) -> Mapping[str, object]:
    """BigQuery's own words, `reason` and `message` among them; empty where it gives none."""
    details = [
        cast("dict[str, object]", one)
        for one in cast("list[object]", error.errors)
        if isinstance(one, dict)
    ]
    return details[0] if details else {}


def reason_of(error: BaseException) -> str:
    """BigQuery's reason, such as `rateLimitExceeded`; empty where it gives none."""
    if not isinstance(error, exceptions.GoogleAPICallError):
        return ""
    return str(details_of(error).get("reason") or "")


def is_retryable(error: BaseException) -> bool:
    """Whether the same may go well the next time."""
    reason = reason_of(error)
    if reason in RETRYABLE_REASONS:
        return True
    if reason in FINAL_REASONS or isinstance(error, requests.exceptions.SSLError):
        return False
    return isinstance(error, _RETRYABLE)


class Retries:
    """Tries of the calls of one statement; looks like Google's `Retry` to its client.

    Args:
        pacing: between tries.
        stopped: set once nobody waits any more.
        seconds: that all of it may take, from now on.
        also: errors of one call that are tried again, too.
    """

    def __init__(
        self,
        pacing: Pacing,
        stopped: threading.Event,
        seconds: float,
        also: tuple[type[Exception], ...] = (),
    ) -> None:
        self._pacing = pacing
        self._stopped = stopped
        self._end = perf_counter() + seconds
        self._also = also

    def __call__(self, call: Callable[[], Result]) -> Callable[[], Result]:
        """The call, tried again where that may help.

        Raises:
            StoppedError: nobody waits any more.
            TimeIsUpError: the time is up.
        """

        def tried() -> Result:
            failures = 0
            while True:
                self.check()
                try:
                    return call()
                except Exception as error:
                    failures += 1
                    again = is_retryable(error) or isinstance(error, self._also)
                    if not again or failures >= self._pacing.tries:
                        raise
                self.pause(self._pacing.wait(failures))

        return tried

    def but(self, *also: type[Exception]) -> Retries:
        """The same, until the same end, which tries some more errors again."""
        return Retries(self._pacing, self._stopped, self.remaining, also)

    @property
    def remaining(self) -> float:
        """Seconds until the end."""
        return max(self._end - perf_counter(), 0.0)

    def check(self) -> None:
        """Raises where there is no point in going on.

        Raises:
            StoppedError: nobody waits any more.
            TimeIsUpError: the time is up.
        """
        if self._stopped.is_set():
            raise StoppedError
        if not self.remaining:
            raise TimeIsUpError

    def pause(self, seconds: float) -> None:
        """Waits, but not beyond the end, nor once nobody waits any more."""
        self._stopped.wait(min(seconds, self.remaining))
        self.check()
