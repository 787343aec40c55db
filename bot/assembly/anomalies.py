"""Anomalies, put together: what lists them light, what looks for them loaded when it is needed."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from bot.assembly import Parts
from handlers.anomalies.finding import Finder
from handlers.anomalies.labels import LabelHandler
from storage.records.audit import Surface

if TYPE_CHECKING:
    from bot.slack.nouns import MakeNoun
    from handlers.anomalies.watch import AnomalyWatch


def labels_of(
    parts: Parts, surface: Surface, wake: Callable[[], None] | None = None
) -> LabelHandler:
    """What takes what people say about anomalies.

    Args:
        parts: whose store keeps it.
        surface: the audit trail names it.
        wake: tells the outbox of this process that there is something to send.
    """
    from bot.assembly.incidents import incident_desk_of

    desk = incident_desk_of(parts, surface, wake)
    return LabelHandler(
        store=parts.store,
        finder=Finder(parts.store, desk, parts.dimensions),
        desk=desk,
        clock=parts.clock,
        zone=parts.settings.zone_info,
        surface=surface,
    )


def anomaly_watch_of(parts: Parts, wake: Callable[[], None] | None = None) -> AnomalyWatch:
    """What looks for anomalies; its `look` is to be called every quarter of an hour.

    Args:
        parts: with the facts and the store.
        wake: tells the outbox of this process that there is something to send.
    """
    # numpy, and the statistics: most commands need none of them.
    from bot.assembly.incidents import incident_desk_of
    from handlers.anomalies.explaining import Explainer
    from handlers.anomalies.rerun import settings_of
    from handlers.anomalies.watch import AnomalyWatch

    settings, replay = parts.settings, parts.handlers.replay
    return AnomalyWatch(
        store=parts.store,
        mart=parts.mart,
        reader=replay.reader,
        dimensions=parts.dimensions,
        desk=incident_desk_of(parts, "system", wake),
        explainer=Explainer(parts.handlers.why, settings.zone_info),
        clock=parts.clock,
        zone=settings.zone_info,
        stale_after_hours=settings.stale_after_hours,
        settings=settings_of(replay.present, replay.false_discoveries),
    )


def anomaly_noun(parts: Parts, wake: Callable[[], None] | None = None) -> MakeNoun:
    """What hears the buttons and the form of anomalies in Slack."""
    from bot.slack.anomalies import make_anomalies

    return make_anomalies(labels_of(parts, "slack", wake))
