"""How far promises of each kind came true, and what that makes of the confidence of the next."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from analysis.recommendations.kept.states import CLAIMED, State
from analysis.recommendations.measured.calibration import (
    LEAST_DAYS,
    Experience,
    Outcome,
    confidence_after,
    experience_of,
)
from analysis.recommendations.proposal import Json, Kind, Proposal
from handlers.recommendations.claims import claimed_by, current
from handlers.recommendations.saved import amounts_of
from storage.records.recommendation import Recommendation
from storage.records.savings_measurement import SavingsMeasurement
from storage.repositories.recommendations import Wanted
from storage.store import Store


async def all_experience(store: Store, now: datetime) -> Mapping[Kind, Experience]:
    """How far promises came true, of all organizations; only a ratio leaves any of them.

    Args:
        store: with recommendations and measurements.
        now: UTC.

    Raises:
        Unavailable: the store does not answer.
    """
    claimed = await claimed_by(store, Wanted(states=CLAIMED | {State.ARCHIVED}))
    rows = [row for row in claimed if row.standing.accepted_at is not None]
    latest = current(rows, await store.measurements.latest([row.id for row in rows]))
    return experience_by_kind(rows, latest, now)


def experience_by_kind(
    rows: Iterable[Recommendation], latest: Mapping[UUID, SavingsMeasurement], now: datetime
) -> dict[Kind, Experience]:
    """How far the promises of some recommendations came true.

    What was verified by hand goes before what was measured. What cannot be told from noise counts
    with what is likely; what cannot be measured, or is too young, says nothing.

    Args:
        rows: that are claimed, or were.
        latest: the last measurement of each.
        now: UTC.
    """
    outcomes: dict[Kind, list[Outcome]] = {}
    for row in rows:
        outcome = _outcome(row, latest.get(row.id), now)
        if outcome is not None:
            outcomes.setdefault(row.content.kind, []).append(outcome)
    return {kind: experience_of(some) for kind, some in outcomes.items()}


def experienced(proposal: Proposal, known: Mapping[Kind, Experience]) -> Proposal:
    """A proposal whose confidence knows what its kind has kept of its promises."""
    experience = known.get(proposal.kind)
    if experience is None or not experience.count:
        return proposal
    told: dict[str, Json] = {
        "recommendations": experience.count,
        "realization_ratio": f"{experience.ratio:.3f}",
        "confidence_before": f"{proposal.confidence:f}",
    }
    return replace(
        proposal,
        confidence=confidence_after(proposal.confidence, experience),
        evidence={**proposal.evidence, "experience": told},
    )


def _outcome(
    row: Recommendation, measured: SavingsMeasurement | None, now: datetime
) -> Outcome | None:
    if row.standing.verified_savings is not None:
        return Outcome(row.content.savings.likely, row.standing.verified_savings)
    amounts = amounts_of(row, measured, now)
    if measured is None or measured.days < LEAST_DAYS:
        return None
    if amounts is not None:
        return Outcome(amounts.promised, amounts.likely, (amounts.high - amounts.low) / 2)
    low, likely, high = measured.measured_low, measured.measured_likely, measured.measured_high
    if low is None or likely is None or high is None:
        return None
    return Outcome(measured.promised, likely, (high - low) / 2)
