"""What operators see of a serving process, put together."""

from __future__ import annotations

import logging
import os

from fastapi import APIRouter

from bot.assembly import Parts, machine_name
from bot.jobs import jobs_of
from bot.observation.gathered import Gathered, Sources
from bot.observation.metrics import Metrics
from bot.observation.observed import Observed, Tracer
from bot.observation.page import metrics_router
from bot.observation.readiness import Part, Readiness, mart_part, outbox_part, store_part
from bot.settings import Settings
from storage.addresses import parse_address

log = logging.getLogger(__name__)

ENDPOINT = "OTEL_EXPORTER_OTLP_ENDPOINT"


def observer_of(settings: Settings) -> Observed:
    """What counts in a serving process.

    Raises:
        BadInput: the store's address cannot be used.
    """
    store = parse_address(settings.store_address).get_backend_name()
    return Observed(Metrics(store), _tracer())


def _tracer() -> Tracer | None:
    """What writes traces, where OpenTelemetry's own variable says to whom."""
    if not os.environ.get(ENDPOINT):
        return None
    try:
        from bot.observation.traces import OtelTracer
    except ModuleNotFoundError as error:
        log.warning("no traces: %s is set, and %s is not installed", ENDPOINT, error.name)
        log.warning("install costbot with its extra `traces`")
        return None
    return OtelTracer()


def readiness_of(parts: Parts, *further: Part) -> Readiness:
    """What is looked at for `/ready`.

    Args:
        parts: whose store and mart.
        further: what this process has besides, such as Slack and a scheduler.
    """
    stale = parts.settings.stale_after_hours
    return Readiness(
        (
            store_part(parts.store),
            mart_part(parts.engine.snapshot, parts.clock, stale),
            outbox_part(parts.store.deliveries.backlog, parts.clock),
            *further,
        )
    )


def metrics_page_of(parts: Parts, observed: Observed, readiness: Readiness) -> APIRouter:
    """`/metrics`, over what was counted and what is looked up."""
    sources = Sources(
        store=parts.store,
        mart=parts.mart,
        clock=parts.clock,
        machine=machine_name(),
        jobs=jobs_of(parts.settings),
        stale_after_hours=parts.settings.stale_after_hours,
        look=readiness.look,
    )
    return metrics_router(
        observed.metrics.registry, Gathered(sources), parts.settings.metrics_token
    )
