"""What recommendations have saved so far."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import func, select

from storage.database import Sessions
from storage.models import SavingsMeasurementRow
from storage.records.savings_measurement import MeasurementState, SavingsMeasurement
from storage.repositories.inserts import insert_into

AT_ONCE = 2_000
"""Recommendations that one statement names."""

_KEYS = ("recommendation_id", "as_of")


class SavingsMeasurementRepository:
    """One row for each recommendation and day."""

    def __init__(self, sessions: Sessions) -> None:
        self._sessions = sessions

    async def put(self, measurements: Sequence[SavingsMeasurement]) -> None:
        """Keeps measurements; those of a day that was measured before are replaced.

        Raises:
            Unavailable: the database does not answer.
        """
        async with self._sessions.writing() as session:
            for one in measurements:
                values = _values(one)
                changing = {name: value for name, value in values.items() if name not in _KEYS}
                putting = (
                    insert_into(self._sessions, SavingsMeasurementRow)
                    .values(values)
                    .on_conflict_do_update(
                        index_elements=[
                            SavingsMeasurementRow.recommendation_id,
                            SavingsMeasurementRow.as_of,
                        ],
                        set_=changing,
                    )
                )
                await session.execute(putting)

    async def of_recommendation(self, key: UUID) -> list[SavingsMeasurement]:
        """All of one recommendation, by day.

        Raises:
            Unavailable: the database does not answer.
        """
        row = SavingsMeasurementRow
        query = select(row).where(row.recommendation_id == key).order_by(row.as_of)
        async with self._sessions.reading() as session:
            rows = await session.scalars(query, execution_options={"populate_existing": True})
            return [_measurement(one) for one in rows]

    async def latest(self, keys: Sequence[UUID]) -> dict[UUID, SavingsMeasurement]:
        """The last of each of some recommendations; without those that have none.

        Raises:
            Unavailable: the database does not answer.
        """
        row = SavingsMeasurementRow
        found: dict[UUID, SavingsMeasurement] = {}
        async with self._sessions.reading() as session:
            for begin in range(0, len(keys), AT_ONCE):
                some = row.recommendation_id.in_(keys[begin : begin + AT_ONCE])
                last = (
                    select(row.recommendation_id, func.max(row.as_of).label("as_of"))
                    .where(some)
                    .group_by(row.recommendation_id)
                    .subquery()
                )
                query = select(row).join(
                    last,
                    (row.recommendation_id == last.c.recommendation_id)
                    & (row.as_of == last.c.as_of),
                )
                rows = await session.scalars(query, execution_options={"populate_existing": True})
                found |= {one.recommendation_id: _measurement(one) for one in rows}
        return found


def _values(one: SavingsMeasurement) -> dict[str, object]:
    return {
        "recommendation_id": one.recommendation_id,
        "as_of": one.as_of,
        "state": one.state.value,
        "promised": one.promised,
        "measured_low": one.measured_low,
        "measured_likely": one.measured_likely,
        "measured_high": one.measured_high,
        "method": one.method,
        "control": one.control,
        "days": one.days,
        "details": dict(one.details),
        "measured_at": one.measured_at,
    }


def _measurement(row: SavingsMeasurementRow) -> SavingsMeasurement:
    return SavingsMeasurement(
        recommendation_id=row.recommendation_id,
        as_of=row.as_of,
        state=MeasurementState(row.state),
        promised=row.promised,
        measured_low=row.measured_low,
        measured_likely=row.measured_likely,
        measured_high=row.measured_high,
        method=row.method,
        control=row.control,
        days=row.days,
        details=row.details,
        measured_at=row.measured_at,
    )
