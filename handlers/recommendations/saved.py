"""What claimed recommendations have saved so far, from what was measured or verified by hand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from analysis.recommendations.cells import MONTH
from handlers.recommendations.results import SavedSoFar
from storage.records.recommendation import Recommendation
from storage.records.savings_measurement import MeasurementState, SavingsMeasurement

_SECONDS_A_MONTH = MONTH * 86_400


def saved_so_far(
    claimed: Sequence[Recommendation],
    latest: Mapping[UUID, SavingsMeasurement],
    now: datetime,
) -> SavedSoFar:
    """What recommendations have saved up to now.

    What somebody has verified by hand counts from the day of implementation on, at the amount that
    they gave, and goes before what was measured.

    Args:
        claimed: accepted, implemented and verified ones.
        latest: the last measurement of each, without those that have none.
        now: UTC.
    """
    seen, promised, counted, waiting = Decimal(0), Decimal(0), 0, 0
    for one in claimed:
        standing, measured = one.standing, latest.get(one.id)
        since = standing.implemented_at or standing.accepted_at
        if standing.verified_savings is not None and since is not None:
            months = Decimal(int((now - since).total_seconds())) / _SECONDS_A_MONTH
            seen += standing.verified_savings * months
            promised += one.content.savings.likely * months
            counted += 1
        elif measured is not None and measured.state is MeasurementState.SEEN:
            seen += measured.measured_likely or Decimal(0)
            promised += measured.promised
            counted += 1
        elif measured is None or measured.state is MeasurementState.NOT_SEEN_YET:
            waiting += 1
    return SavedSoFar(seen, promised, counted, waiting)
