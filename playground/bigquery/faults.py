"""Faults on demand: the next requests or jobs go wrong in a way that BigQuery knows."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

from playground.bigquery.refusal import Refusal

Method = Literal[
    "jobs.query",
    "jobs.insert",
    "jobs.get",
    "jobs.cancel",
    "getQueryResults",
    "tables.get",
    "tables.list",
    "datasets.get",
    "tabledata.list",
    "token",
    "*",
]

Kind = Literal[
    "refused",  # nothing is done; the answer is an error
    "dropped",  # nothing is done; the connection is closed
    "reply_lost",  # everything is done, then the connection is closed in place of the answer
    "malformed",  # everything is done; the answer is cut off within its JSON
    "token_refused",  # a page token is answered by 400 invalid
    "page_repeated",  # a page token is answered with the page before
    "page_short",  # rows are missing, though no page token tells of more
]


@dataclass(slots=True)
class Fault:
    """What goes wrong with the next `times` requests of a method."""

    kind: Kind
    method: Method
    times: int
    refusal: Refusal | None = None


class Hold:
    """Keeps a job RUNNING until it is released, or for a number of polls."""

    def __init__(self, polls: int | None) -> None:
        self._polls = polls
        self._released = threading.Event()

    @property
    def released(self) -> bool:
        """Whether the job may end."""
        return self._released.is_set()

    def release(self) -> None:
        """Let the job end."""
        self._released.set()

    def poll(self) -> bool:
        """Somebody asks for the job: count it, and tell whether the job may end now."""
        if self._polls is not None:
            if self._polls <= 0:
                self._released.set()
            self._polls -= 1
        return self._released.is_set()

    @property
    def counts(self) -> bool:
        """Whether polls release it."""
        return self._polls is not None


@dataclass(slots=True)
class _JobFault:
    refusal: Refusal
    times: int


@dataclass
class FaultSwitches:
    """What is to go wrong next; a switch is used up by the requests that it hits."""

    faults: list[Fault] = field(default_factory=list[Fault])
    _holds: list[Hold] = field(default_factory=list[Hold])
    _failures: list[_JobFault] = field(default_factory=list[_JobFault])
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def next(
        self,
        method: Method = "*",
        *,
        status: int = 503,
        reason: str = "backendError",
        message: str = "Error encountered during execution. Retrying may solve the problem.",
        times: int = 1,
        retry_after: float | None = None,
    ) -> None:
        """Refuse the next requests over HTTP; nothing is done."""
        refusal = Refusal(reason, message, status, retry_after=retry_after)
        self._add(Fault("refused", method, times, refusal))

    def drop(self, method: Method = "*", times: int = 1) -> None:
        """Close the connection of the next requests; nothing is done."""
        self._add(Fault("dropped", method, times))

    def lose_reply(self, method: Method = "jobs.insert", times: int = 1) -> None:
        """Do what the next requests ask, and close the connection in place of the answer."""
        self._add(Fault("reply_lost", method, times))

    def malform(self, method: Method = "getQueryResults", times: int = 1) -> None:
        """Cut the next answers off within their JSON."""
        self._add(Fault("malformed", method, times))

    def refuse_page_token(self, times: int = 1) -> None:
        """Answer the next requests that carry a page token by 400 invalid."""
        self._add(Fault("token_refused", "*", times))

    def repeat_page(self, times: int = 1) -> None:
        """Answer the next requests that carry a page token with the page before theirs."""
        self._add(Fault("page_repeated", "*", times))

    def shorten_page(self, times: int = 1) -> None:
        """Leave the last row out of the next pages, and tell of no further page."""
        self._add(Fault("page_short", "*", times))

    def fail_job(
        self, reason: str = "backendError", message: str | None = None, times: int = 1
    ) -> None:
        """Let the next jobs (no dry runs) run and end with an error."""
        with self._lock:
            said = message or f"The job encountered an error: {reason}."
            self._failures.append(_JobFault(Refusal(reason, said), times))

    def hold_job(self, polls: int | None = None) -> Hold:
        """Keep the next job RUNNING.

        Args:
            polls: answer so often that it is not complete; None: until the hold is released.
        """
        hold = Hold(polls)
        with self._lock:
            self._holds.append(hold)
        return hold

    def clear(self) -> None:
        """Switch everything off; jobs that are held stay so."""
        with self._lock:
            self.faults.clear()
            self._holds.clear()
            self._failures.clear()

    def take(self, method: str, *, has_token: bool, has_rows: bool) -> Fault | None:
        """The fault that hits a request, which is used up a little by it."""
        applies: dict[str, bool] = {
            "token_refused": has_token,
            "page_repeated": has_token,
            "page_short": has_rows,
        }
        return self._take(
            lambda fault: fault.method in {method, "*"} and applies.get(fault.kind, True)
        )

    def take_hold(self) -> Hold | None:
        """What holds the next job."""
        with self._lock:
            return self._holds.pop(0) if self._holds else None

    def take_failure(self) -> Refusal | None:
        """What the next job ends with."""
        with self._lock:
            if not self._failures:
                return None
            first = self._failures[0]
            first.times -= 1
            if first.times <= 0:
                self._failures.pop(0)
            return first.refusal

    def _add(self, fault: Fault) -> None:
        with self._lock:
            self.faults.append(fault)

    def _take(self, wanted: Callable[[Fault], bool]) -> Fault | None:
        with self._lock:
            for fault in self.faults:
                if wanted(fault):
                    fault.times -= 1
                    if fault.times <= 0:
                        self.faults.remove(fault)
                    return fault
            return None
