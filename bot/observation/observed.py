"""An observer that counts, and has traces written if that is set up."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from typing import Protocol

from bot.observation.metrics import Metrics
from bot.observation.observer import NoSpan, Span, Taken


class Tracer(Protocol):
    """Writes traces."""

    def span(
        self, name: str, parent: Mapping[str, str] | None = None
    ) -> AbstractContextManager[Span]:
        """See `Observer.span`."""
        ...

    def close(self) -> None:
        """Sends what is left."""
        ...


class Observed:
    """Keeps what it is told.

    Args:
        metrics: that count it.
        tracer: writes traces; None: nobody does.
    """

    def __init__(self, metrics: Metrics, tracer: Tracer | None = None) -> None:
        self.metrics = metrics
        self.checks = metrics.checks
        self._tracer = tracer

    def requested(self, method: str, route: str, status: int, seconds: float) -> None:
        """See `Observer.requested`."""
        self.metrics.http_requests.labels(method, route, str(status)).inc()
        self.metrics.http_seconds.labels(method, route).observe(seconds)

    def acked(self, kind: str, noun: str, outcome: str, seconds: float) -> None:
        """See `Observer.acked`."""
        self.metrics.slack_requests.labels(kind, noun, outcome).inc()
        self.metrics.ack_seconds.labels(kind).observe(seconds)

    def answered(self, kind: str, noun: str, outcome: str, seconds: float) -> None:
        """See `Observer.answered`."""
        self.metrics.slack_answers.labels(kind, noun, outcome).inc()
        self.metrics.answer_seconds.labels(kind).observe(seconds)

    def delivered(self, channel: str, outcome: str) -> None:
        """See `Observer.delivered`."""
        self.metrics.attempts.labels(channel, outcome).inc()

    def ran(self, job: str, outcome: str, seconds: float) -> None:
        """See `Observer.ran`."""
        self.metrics.job_runs.labels(job, outcome).inc()
        self.metrics.job_seconds.labels(job).observe(seconds)

    def lagged(self, seconds: float) -> None:
        """See `Observer.lagged`."""
        self.metrics.lag_seconds.observe(seconds)

    def queried(self, engine: str, seconds: float) -> None:
        """See `Observer.queried`."""
        self.metrics.query_seconds.labels(engine).observe(seconds)

    def ingesting(self, taken: Callable[[], Taken]) -> None:
        """See `Observer.ingesting`."""
        self.metrics.ingest(taken)

    def span(
        self, name: str, parent: Mapping[str, str] | None = None
    ) -> AbstractContextManager[Span]:
        """See `Observer.span`."""
        if self._tracer is None:
            return nullcontext(NoSpan())
        return self._tracer.span(name, parent)

    def close(self) -> None:
        """Sends what is left of traces; may take some seconds where nobody takes them."""
        if self._tracer is not None:
            self._tracer.close()
