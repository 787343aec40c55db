"""Traces by OpenTelemetry: imported where they are set up, and the extra `traces` is installed."""

from __future__ import annotations

import os
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from importlib.metadata import version

from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.trace import Span, StatusCode
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from analysis.request_id import request_id


class OtelTracer:
    """Sends spans to where `OTEL_EXPORTER_OTLP_ENDPOINT` says, in batches, from a thread.

    OpenTelemetry's own variables say the rest: headers, sampling, attributes of the resource. Of an
    error a span has the kind, not the text, which may name somebody.
    """

    def __init__(self) -> None:
        about = {"service.version": version("costbot")}
        if not os.environ.get("OTEL_SERVICE_NAME"):
            about["service.name"] = "costbot"
        # Of its own, as the metrics' registry is: a second one in the process does not see it.
        self._provider = TracerProvider(
            resource=Resource.create(dict(about)), shutdown_on_exit=False
        )
        self._provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
        self._tracer = self._provider.get_tracer("costbot")
        self._propagator = TraceContextTextMapPropagator()

    @contextmanager
    def span(self, name: str, parent: Mapping[str, str] | None = None) -> Generator[OtelSpan]:
        """See `bot.observation.observer.Observer.span`."""
        context = None if parent is None else self._propagator.extract(dict(parent))
        with self._tracer.start_as_current_span(
            name, context, record_exception=False, set_status_on_exception=False
        ) as span:
            if number := request_id():
                span.set_attribute("costbot.request_id", number)
            try:
                yield OtelSpan(span)
            except BaseException as error:
                span.set_attribute("error.type", type(error).__name__)
                span.set_status(StatusCode.ERROR)
                raise

    def close(self) -> None:
        """Sends what is left; gives up after the exporter's timeout."""
        self._provider.shutdown()


class OtelSpan:
    """See `bot.observation.observer.Span`."""

    def __init__(self, span: Span) -> None:
        self._span = span

    def name(self, name: str) -> None:
        """Calls it otherwise."""
        self._span.update_name(name)

    def tell(self, attribute: str, value: str | int | float) -> None:
        """Tells something of it."""
        self._span.set_attribute(attribute, value)
