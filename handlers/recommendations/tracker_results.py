"""What is answered about promises and what became of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from analysis.recommendations.measured.calibration import Experience
from analysis.recommendations.proposal import Kind
from handlers.recommendations.results import SavedSoFar
from storage.records.recommendation import Recommendation
from storage.records.savings_measurement import SavingsMeasurement


@dataclass(frozen=True, slots=True)
class TrackedRecommendation:
    """A claimed recommendation, and what has become of its promise.

    Attributes:
        recommendation: accepted, implemented or verified.
        measurement: the last one; None: it was not measured yet.
        promised: USD promised by now.
    """

    recommendation: Recommendation
    measurement: SavingsMeasurement | None
    promised: Decimal


@dataclass(frozen=True, slots=True)
class KindTrack:
    """The claimed recommendations of one kind.

    Attributes:
        kind: which.
        saved: promised against measured.
        experience: how far promises of this kind came true, of all organizations that the caller
            sees.
    """

    kind: Kind
    saved: SavedSoFar
    experience: Experience


@dataclass(frozen=True, slots=True)
class Tracker:
    """Promised against measured.

    Attributes:
        organization: whose; None: all of them, and the deployment's own.
        as_of: the last day that any measurement holds, UTC; None: nothing was measured.
        total: of all kinds together.
        kinds: those that have any, by what they promised.
        rows: each recommendation, those that promised most first.
    """

    organization: str | None
    as_of: date | None
    total: SavedSoFar
    kinds: tuple[KindTrack, ...]
    rows: tuple[TrackedRecommendation, ...]
