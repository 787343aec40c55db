"""Who is told of what a serving costbot does; light, for every command loads it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from typing import Protocol

from analysis.tally import Tally


@dataclass(frozen=True, slots=True)
class Taken:
    """Usage that was taken in over HTTP since the process began.

    Attributes:
        events: by what became of them: accepted, duplicate or rejected.
        refused: requests that were told to come back later.
        backlog: bytes that wait for the mart.
    """

    events: Mapping[str, int]
    refused: int
    backlog: int


class Span(Protocol):
    """A step that a trace shows."""

    def name(self, name: str) -> None:
        """Calls it otherwise: what it is, may be known at its end alone."""
        ...

    def tell(self, attribute: str, value: str | int | float) -> None:
        """Tells something of it; never a name, nor what somebody typed."""
        ...


class Observer(Protocol):
    """Is told of what happens. Labels are few: no people, no organizations, no texts.

    Attributes:
        checks: questions of gateways, by `decision`.
    """

    checks: Tally

    def requested(self, method: str, route: str, status: int, seconds: float) -> None:
        """A request over HTTP was answered.

        Args:
            method: GET, ….
            route: its template, `/budgets/{budget_id}`.
            status: of the response.
            seconds: from its first byte to the last of the response.
        """
        ...

    def acked(self, kind: str, noun: str, outcome: str, seconds: float) -> None:
        """Slack had the first sign.

        Args:
            kind: command, action, view or event.
            noun: which, of those that are declared.
            outcome: acked, unverified, unheard or failed.
            seconds: since it was heard.
        """
        ...

    def answered(self, kind: str, noun: str, outcome: str, seconds: float) -> None:
        """A person in Slack had the answer.

        Args:
            kind: see `acked`.
            noun: see `acked`.
            outcome: answered, refused, unavailable or failed.
            seconds: since it was heard.
        """
        ...

    def delivered(self, channel: str, outcome: str) -> None:
        """An attempt to send a message of the outbox has ended: sent, later, unsure, …."""
        ...

    def ran(self, job: str, outcome: str, seconds: float) -> None:
        """A job has ended: done, failed or cancelled."""
        ...

    def lagged(self, seconds: float) -> None:
        """The event loop came so much later than it was asked to."""
        ...

    def queried(self, engine: str, seconds: float) -> None:
        """A query that was not answered from memory has ended."""
        ...

    def ingesting(self, taken: Callable[[], Taken]) -> None:
        """Usage is taken in over HTTP from now on; `taken` is asked when metrics are."""
        ...

    def span(
        self, name: str, parent: Mapping[str, str] | None = None
    ) -> AbstractContextManager[Span]:
        """A step of a trace, for as long as the block lasts.

        Args:
            name: what it is, without ids and names.
            parent: headers that may name the trace that it belongs to; None: that around it.
        """
        ...


class NoSpan:
    """A step that nobody looks at."""

    def name(self, name: str) -> None:
        """See `Span.name`."""

    def tell(self, attribute: str, value: str | int | float) -> None:
        """See `Span.tell`."""


class Unobserved:
    """Keeps nothing: for all that does not serve."""

    def __init__(self) -> None:
        self.checks = Tally("decision")

    def requested(self, method: str, route: str, status: int, seconds: float) -> None:
        """See `Observer.requested`."""

    def acked(self, kind: str, noun: str, outcome: str, seconds: float) -> None:
        """See `Observer.acked`."""

    def answered(self, kind: str, noun: str, outcome: str, seconds: float) -> None:
        """See `Observer.answered`."""

    def delivered(self, channel: str, outcome: str) -> None:
        """See `Observer.delivered`."""

    def ran(self, job: str, outcome: str, seconds: float) -> None:
        """See `Observer.ran`."""

    def lagged(self, seconds: float) -> None:
        """See `Observer.lagged`."""

    def queried(self, engine: str, seconds: float) -> None:
        """See `Observer.queried`."""

    def ingesting(self, taken: Callable[[], Taken]) -> None:
        """See `Observer.ingesting`."""

    def span(
        self, name: str, parent: Mapping[str, str] | None = None
    ) -> AbstractContextManager[Span]:
        """See `Observer.span`."""
        del name, parent
        return nullcontext(NoSpan())
