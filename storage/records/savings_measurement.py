"""What a recommendation has saved so far, as of a day."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from uuid import UUID


class MeasurementState(StrEnum):
    """Whether savings can be told from noise."""

    NOT_SEEN_YET = "not_seen_yet"
    SEEN = "seen"
    NOT_MEASURABLE = "not_measurable"


@dataclass(frozen=True, slots=True, kw_only=True)
class SavingsMeasurement:
    """One measurement.

    Attributes:
        recommendation_id: of what.
        as_of: up to which day, included.
        state: whether anything is seen.
        promised: USD that were promised since it was accepted, up to this day.
        measured_low, measured_likely, measured_high: USD saved in that time, with the ends of the
            range; None: not measured.
        method: how, in words.
        control: what it was held against, in words; empty: nothing.
        days: complete days since it was accepted.
        details: JSON.
        measured_at: UTC.
    """

    recommendation_id: UUID
    as_of: date
    state: MeasurementState
    promised: Decimal
    measured_low: Decimal | None
    measured_likely: Decimal | None
    measured_high: Decimal | None
    method: str
    control: str
    days: int
    measured_at: datetime
    details: Mapping[str, object] = field(default_factory=dict[str, object])
