"""What is told of a day, and how: one by one, together, to one organization alone, or not."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from analysis.series import SeriesKey
from handlers.anomalies.judged import Day, Judged
from handlers.anomalies.naming import subject_of
from handlers.incidents.places import routed
from handlers.incidents.signal import Target
from storage.records.anomaly import Outcome
from storage.records.incident import Incident
from storage.store import Store

MOST_AT_ONCE = 10
"""New findings of one scope that are told one by one; more are told in one message."""


@dataclass(slots=True)
class OwnPlaces:
    """Where organizations have incidents told by routes of their own; read once.

    Attributes:
        store: with the routes.
    """

    store: Store
    _places: dict[str, tuple[Target, ...]] | None = None

    async def of(self, organization: str) -> tuple[Target, ...]:
        """The places of an organization's own routes; none: it has no route.

        Raises:
            Unavailable: the store does not answer.
        """
        if self._places is None:
            found: dict[str, dict[Target, None]] = {}
            for route in await self.store.routes.all():
                if route.organization is not None and route.kind in (None, "anomaly"):
                    places = found.setdefault(route.organization, {})
                    places.update(dict.fromkeys(routed(route).places))
            self._places = {name: tuple(places) for name, places in found.items()}
        return self._places.get(organization, ())


@dataclass(frozen=True, slots=True)
class Plan:
    """What becomes of what was found on a day.

    Attributes:
        single: what is told by itself, with the places where; none: the routes decide.
        together: by scope, what is told in one message.
        outcomes: of each finding that stands for itself, and what it is a part of.
    """

    single: tuple[tuple[Judged, tuple[Target, ...]], ...]
    together: Mapping[str | None, tuple[Judged, ...]]
    outcomes: Mapping[SeriesKey, tuple[Outcome, SeriesKey | None]] = field(
        default_factory=dict[SeriesKey, tuple[Outcome, SeriesKey | None]]
    )

    @property
    def to_explain(self) -> list[Judged]:
        """What is worth being explained, the most important first: each scope in its turn."""
        new = [one for one, _ in self.single]
        new += [one for some in self.together.values() for one in some[:1]]
        return sorted(
            new,
            key=lambda one: (
                one.finding.key.organization is not None,
                -one.finding.level.rank,
                -abs(one.finding.usd),
            ),
        )


async def plan_of(found: Day, there: Mapping[str, Incident], own: OwnPlaces) -> Plan:
    """What becomes of what was found.

    What is a part of something that everybody is told of who sees all organizations is told to
    its own organization, where that has a route of its own.

    Args:
        found: on a day.
        there: open incidents, by subject.
        own: where organizations are told.

    Raises:
        Unavailable: the store does not answer.
    """
    outcomes: dict[SeriesKey, tuple[Outcome, SeriesKey | None]] = {}
    single: list[tuple[Judged, tuple[Target, ...]]] = []
    for one in found.judged:
        key = one.finding.key
        if one.said is not None:
            outcomes[key] = ("silent", None)
            continue
        places: tuple[Target, ...] = ()
        if one.wider is not None and key.organization is not None:
            places = await own.of(key.organization)
            if not places and subject_of(key) not in there:
                outcomes[key] = ("part", one.wider)
                continue
        outcomes[key] = ("told", one.wider)
        single.append((one, places))
    together = _together([one for one, _ in single], there)
    at_once = {one.finding.key for some in together.values() for one in some}
    for key in at_once:
        outcomes[key] = ("together", outcomes[key][1])
    return Plan(
        single=tuple((one, to) for one, to in single if one.finding.key not in at_once),
        together=together,
        outcomes=outcomes,
    )


def _together(
    told: Sequence[Judged], there: Collection[str]
) -> dict[str | None, tuple[Judged, ...]]:
    new: dict[str | None, list[Judged]] = {}
    for one in told:
        if subject_of(one.finding.key) not in there:
            new.setdefault(one.finding.key.organization, []).append(one)
    return {scope: tuple(some) for scope, some in new.items() if len(some) > MOST_AT_ONCE}
