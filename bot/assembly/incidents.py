"""What keeps incidents and routes, put together."""

from __future__ import annotations

from collections.abc import Callable

from bot.assembly import Parts
from bot.incident_messages import IncidentMessages
from bot.route_messages import compose_test
from handlers.incidents.desk import IncidentDesk
from handlers.incidents.routing import RouteHandler, Ways
from queries.breakdown import known_values
from storage.records.audit import Surface


def incident_desk_of(
    parts: Parts, surface: Surface = "system", wake: Callable[[], None] | None = None
) -> IncidentDesk:
    """What keeps incidents and has them told.

    Args:
        parts: whose store holds them.
        surface: the audit trail names it.
        wake: tells the outbox of this process that there is something to send.
    """
    messages = IncidentMessages(parts.settings.zone_info)
    return IncidentDesk(parts.store, messages, parts.clock, surface, wake)


def routes_of(
    parts: Parts, surface: Surface, wake: Callable[[], None] | None = None
) -> RouteHandler:
    """What can be done with routes on one surface.

    Args:
        parts: whose store holds them.
        surface: the audit trail names it.
        wake: tells the outbox of this process that there is something to send.
    """
    settings = parts.settings
    ways = Ways(
        email=settings.smtp_url is not None,
        linear=settings.linear_token is not None,
        webhooks=frozenset(settings.webhooks),
    )

    async def known(dimension: str, organization: str | None) -> list[str]:
        return await known_values(parts.engine, parts.dimensions[dimension], organization)

    return RouteHandler(
        store=parts.store,
        ways=ways,
        known=known,
        compose_test=compose_test,
        clock=parts.clock,
        surface=surface,
        wake=wake,
    )
