"""Where incidents are told, as the routes say."""

from __future__ import annotations

from dataclasses import dataclass, field

from analysis.incidents.levels import Level
from analysis.incidents.routing import Conditions, News, Routed, places_of
from handlers.incidents.signal import Target
from storage.records.incident import Incident
from storage.records.route import Route, RouteDraft
from storage.store import Store


@dataclass(slots=True)
class Places:
    """The routes of one report: read once, when the first is needed.

    Attributes:
        store: with the routes.
    """

    store: Store
    _routes: list[Routed[Target]] | None = field(default=None)

    async def of(self, incident: Incident) -> tuple[Target, ...]:
        """Where an incident is told.

        Raises:
            Unavailable: the store does not answer.
        """
        if self._routes is None:
            self._routes = [routed(route) for route in await self.store.routes.all()]
        return places_of(self._routes, news_of(incident))


def routed(route: Route) -> Routed[Target]:
    """A route as routing takes it."""
    targets = tuple(Target(channel, address) for channel, address in route.targets)
    return Routed(conditions_of(route), targets)


def conditions_of(route: RouteDraft) -> Conditions:
    """What a route wants to hear of."""
    return Conditions(
        within=route.organization,
        kind=route.kind,
        product=route.product,
        organization=route.about_organization,
        least=Level(route.least),
    )


def news_of(incident: Incident) -> News:
    """An incident as routing takes it."""
    level = Level(incident.level)
    if level is Level.OK:
        level = Level(incident.worst)
    return News(
        organization=incident.organization,
        kind=incident.kind,
        product=incident.product,
        about=incident.about_organization,
        level=level,
    )
