"""Who hears of an incident: routes with conditions, all of which that match are followed.

A route names what it wants to hear of (kind, product, customer, least level) and where that is
told. Every route that matches counts, not only the most specific one: whoever adds a route for a
team does not thereby silence the channel that hears of everything. A place is told once, however
many routes lead there. No route: nothing is told, and the incident is shown where it is asked for.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Generic, TypeVar

from analysis.incidents.levels import Level

Place = TypeVar("Place")


@dataclass(frozen=True, slots=True, kw_only=True)
class Conditions:
    """What a route wants to hear of; None: whatever.

    Attributes:
        within: of whose incidents alone; None: of those of all.
        kind: who found it.
        product: what it is about.
        organization: the customer that it is about.
        least: the least level.
    """

    within: str | None = None
    kind: str | None = None
    product: str | None = None
    organization: str | None = None
    least: Level = Level.NOTICE


@dataclass(frozen=True, slots=True, kw_only=True)
class News:
    """An incident, as far as routes ask.

    Attributes:
        organization: whose people may see it; None: those who see all organizations.
        kind: who found it.
        product: what it is about; None: none, or several.
        about: the customer that it is about; None: none, or several.
        level: how it stands; no data counts as a warning, recovery as the worst that it had.
    """

    organization: str | None
    kind: str
    product: str | None
    about: str | None
    level: Level


@dataclass(frozen=True, slots=True)
class Routed(Generic[Place]):
    """Conditions, and where what meets them is told."""

    conditions: Conditions
    places: tuple[Place, ...]


def matches(conditions: Conditions, news: News) -> bool:
    """Whether a route wants to hear of an incident; names are compared without their case."""
    if conditions.within is not None and conditions.within != news.organization:
        return False
    if conditions.kind is not None and conditions.kind != news.kind:
        return False
    if not _is_met(conditions.product, (news.product,)):
        return False
    if not _is_met(conditions.organization, (news.about, news.organization)):
        return False
    level = Level.WARNING if news.level is Level.NO_DATA else news.level
    return level.rank >= conditions.least.rank


def places_of(routes: Iterable[Routed[Place]], news: News) -> tuple[Place, ...]:
    """Where an incident is told: the places of all routes that match, each once, in their order."""
    found = (place for one in routes if matches(one.conditions, news) for place in one.places)
    return tuple(dict.fromkeys(found))


def _is_met(wanted: str | None, found: tuple[str | None, ...]) -> bool:
    if wanted is None:
        return True
    return any(one is not None and one.casefold() == wanted.casefold() for one in found)
