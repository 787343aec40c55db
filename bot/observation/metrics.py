"""The metrics that a serving process counts itself, in a registry of their own.

Names follow OpenMetrics: base units (seconds), counters end in `_total`. Labels are few and known
beforehand.
"""

from __future__ import annotations

import platform
from collections.abc import Callable, Iterable
from importlib.metadata import version

from prometheus_client import (
    CollectorRegistry,
    Counter,
    GCCollector,
    Histogram,
    Info,
    ProcessCollector,
    disable_created_metrics,
)
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from analysis.tally import Tally
from bot.observation.observer import Taken

HTTP_BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
SLACK_BUCKETS = (0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 1.5, 2.0, 2.5, 3.0, 5.0, 10.0, 30.0)
"""Slack gives up on an ack after 3 seconds."""
LAG_BUCKETS = (0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5)
JOB_BUCKETS = (0.1, 0.5, 1.0, 5.0, 15.0, 60.0, 300.0, 900.0, 3600.0)


class Metrics:
    """Counters and histograms of one process.

    Args:
        store: what the store is kept in: `sqlite` or `postgresql`.

    Attributes:
        registry: that holds them all; nothing is in the library's global one.
        checks: see `bot.observation.observer.Observer`.
    """

    def __init__(self, store: str) -> None:
        registry = self.registry = CollectorRegistry(auto_describe=False)
        disable_created_metrics()  # series of their own for when a count began, which nobody asks
        ProcessCollector(registry=registry)
        GCCollector(registry=registry)
        about = {"version": version("costbot"), "python": platform.python_version(), "store": store}
        Info("costbot_build", "The costbot that runs.", registry=registry).info(about)
        self.http_requests = Counter(
            "costbot_http_requests_total",
            "Requests over HTTP that were answered, by the route's template.",
            ("method", "route", "status"),
            registry=registry,
        )
        self.http_seconds = Histogram(
            "costbot_http_request_duration_seconds",
            "From a request's first byte to its response's last.",
            ("method", "route"),
            buckets=HTTP_BUCKETS,
            registry=registry,
        )
        self.slack_requests = Counter(
            "costbot_slack_requests_total",
            "Commands, clicks, forms and events of Slack, by how the first sign went.",
            ("kind", "noun", "outcome"),
            registry=registry,
        )
        self.ack_seconds = Histogram(
            "costbot_slack_ack_duration_seconds",
            "Until Slack had the first sign; it gives up after 3 seconds.",
            ("kind",),
            buckets=SLACK_BUCKETS,
            registry=registry,
        )
        self.slack_answers = Counter(
            "costbot_slack_answers_total",
            "Answers to people in Slack, by what came of them.",
            ("kind", "noun", "outcome"),
            registry=registry,
        )
        self.answer_seconds = Histogram(
            "costbot_slack_answer_duration_seconds",
            "From what a person did in Slack to its answer.",
            ("kind",),
            buckets=SLACK_BUCKETS,
            registry=registry,
        )
        self.attempts = Counter(
            "costbot_outbox_attempts_total",
            "Attempts to send a message of the outbox, by what came of them.",
            ("channel", "outcome"),
            registry=registry,
        )
        self.job_runs = Counter(
            "costbot_job_runs_total",
            "Runs of jobs in this process, by how they ended.",
            ("job", "outcome"),
            registry=registry,
        )
        self.job_seconds = Histogram(
            "costbot_job_duration_seconds",
            "How long runs of jobs took in this process.",
            ("job",),
            buckets=JOB_BUCKETS,
            registry=registry,
        )
        self.query_seconds = Histogram(
            "costbot_query_duration_seconds",
            "Queries that were not answered from memory.",
            ("engine",),
            buckets=HTTP_BUCKETS,
            registry=registry,
        )
        self.lag_seconds = Histogram(
            "costbot_event_loop_lag_seconds",
            "How much later than asked the event loop came, looked at twice a second.",
            buckets=LAG_BUCKETS,
            registry=registry,
        )
        self.checks = Tally("decision")
        registry.register(_Checks(self.checks))

    def ingest(self, taken: Callable[[], Taken]) -> None:
        """Has it asked what was taken in, when metrics are asked for."""
        self.registry.register(_Ingest(taken))


class _Checks(Collector):
    """Reads a cheap count when metrics are asked for."""

    def __init__(self, checks: Tally) -> None:
        self._checks = checks

    def collect(self) -> Iterable[Metric]:
        family = CounterMetricFamily(
            "costbot_budget_checks",
            "Questions of gateways whether something may be spent, by the answer.",
            labels=self._checks.words,
        )
        for values, counted in self._checks.counts.items():
            family.add_metric(values, counted)
        yield family


class _Ingest(Collector):
    """Asks what was taken in."""

    def __init__(self, taken: Callable[[], Taken]) -> None:
        self._taken = taken

    def collect(self) -> Iterable[Metric]:
        taken = self._taken()
        events = CounterMetricFamily(
            "costbot_ingest_events",
            "Usage events that came in over HTTP, by what became of them.",
            labels=("outcome",),
        )
        for outcome, counted in taken.events.items():
            events.add_metric([outcome], counted)
        yield events
        yield CounterMetricFamily(
            "costbot_ingest_refused_requests",
            "Requests with usage that were told to come back later.",
            value=taken.refused,
        )
        yield GaugeMetricFamily(
            "costbot_ingest_backlog_bytes", "Usage that waits for the mart.", value=taken.backlog
        )
