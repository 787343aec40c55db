"""Whether trouble that may come would reach anybody: asked before, while nothing is wrong yet."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from analysis.incidents.levels import Level
from analysis.incidents.routing import Conditions
from handlers.incidents.places import conditions_of
from handlers.incidents.signal import IncidentKind
from storage.store import Store

Names = Collection[str] | None
"""Names of which an incident may have one; none: it has no such name; None: any."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """Incidents that may come, as far as routes ask.

    Attributes:
        kind: who would find them.
        organizations: whose they would be; none: the deployment's own.
        products: what they would be about.
        abouts: the customers that they would be about.
        worst: the worst level that they can have.
    """

    kind: IncidentKind
    organizations: Names = None
    products: Names = None
    abouts: Names = None
    worst: Level = Level.CRITICAL


async def is_heard(store: Store, expected: Expected) -> bool:
    """Whether some route that is in force may take such an incident.

    Raises:
        Unavailable: the store does not answer.
    """
    routes = await store.routes.all()
    return any(may_take(conditions_of(route), expected) for route in routes)


def may_take(conditions: Conditions, expected: Expected) -> bool:
    """Whether a route may want to hear of such an incident."""
    return (
        (
            conditions.within is None
            or expected.organizations is None
            or conditions.within in expected.organizations
        )
        and conditions.kind in (None, expected.kind)
        and _may_be(conditions.product, expected.products)
        and _may_be(conditions.organization, expected.abouts)
        and conditions.least.rank <= expected.worst.rank
    )


def _may_be(wanted: str | None, names: Names) -> bool:
    """Whether one of the names may be the wanted one, whatever their case."""
    if wanted is None or names is None:
        return True
    return wanted.casefold() in {name.casefold() for name in names}
