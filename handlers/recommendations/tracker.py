"""Promised against measured: per recommendation, per kind, and in total."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from analysis.clock import Clock
from analysis.recommendations.kept.states import CLAIMED
from analysis.recommendations.measured.calibration import NO_EXPERIENCE
from analysis.recommendations.proposal import Kind
from handlers.caller import Caller
from handlers.recommendations.claims import claimed_by, current
from handlers.recommendations.experience import experience_by_kind
from handlers.recommendations.permissions import Act, allow, within
from handlers.recommendations.saved import amounts_of, saved_so_far
from handlers.recommendations.tracker_results import (
    KindTrack,
    TrackedRecommendation,
    Tracker,
)
from storage.records.recommendation import Recommendation
from storage.records.savings_measurement import SavingsMeasurement
from storage.repositories.recommendations import Wanted
from storage.store import Store


@dataclass(frozen=True, slots=True)
class TrackerHandler:
    """Holds promises against what became of them.

    Attributes:
        store: where recommendations and measurements are kept.
        clock: the present.
    """

    store: Store
    clock: Clock

    async def track(self, caller: Caller, organization: str | None = None) -> Tracker:
        """What is claimed as far as the caller reaches, with what it has saved.

        Args:
            caller: who asks.
            organization: only this one; None: as far as the caller reaches.

        Raises:
            NotAllowed: of an organization that is not the caller's.
            Unavailable: the store does not answer.
        """
        allow(Act.SEE, caller)
        reach = within(caller, organization)
        wanted = Wanted(within=reach, role=caller.role, states=CLAIMED)
        claimed = await claimed_by(self.store, wanted)
        latest = current(claimed, await self.store.measurements.latest([row.id for row in claimed]))
        return tracked(reach, claimed, latest, self.clock())


def tracked(
    organization: str | None,
    claimed: list[Recommendation],
    latest: dict[UUID, SavingsMeasurement],
    now: datetime,
) -> Tracker:
    """The tracker of some claimed recommendations.

    Args:
        organization: whose; None: of all of them.
        claimed: accepted, implemented and verified ones.
        latest: the last measurement of each, without those that have none.
        now: UTC.
    """
    experience = experience_by_kind(claimed, latest, now)
    by_kind: dict[Kind, list[Recommendation]] = {}
    for row in claimed:
        by_kind.setdefault(row.content.kind, []).append(row)
    kinds = [
        KindTrack(kind, saved_so_far(some, latest, now), experience.get(kind, NO_EXPERIENCE))
        for kind, some in by_kind.items()
    ]
    rows = [
        TrackedRecommendation(row, latest.get(row.id), _promised(row, latest.get(row.id), now))
        for row in claimed
    ]
    return Tracker(
        organization=organization,
        as_of=max((one.as_of for one in latest.values()), default=None),
        total=saved_so_far(claimed, latest, now),
        kinds=tuple(
            sorted(kinds, key=lambda one: (-_promised_of(one), one.kind.value)),
        ),
        rows=tuple(sorted(rows, key=lambda one: (-one.promised, one.recommendation.key))),
    )


def _promised(row: Recommendation, measured: SavingsMeasurement | None, now: datetime) -> Decimal:
    amounts = amounts_of(row, measured, now)
    if amounts is not None:
        return amounts.promised
    return Decimal(0) if measured is None else measured.promised


def _promised_of(track: KindTrack) -> Decimal:
    return track.saved.promised + track.saved.promised_unseen
