"""What costbot itself asked of the warehouse, for all replicas together."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from uuid import uuid4

from sqlalchemy import case, delete, func, insert, select

from storage.database import Database
from storage.models import WarehouseJobRow
from storage.records.warehouse_job import JobTotals, WarehouseJob
from storage.repositories.lines import one_line


class WarehouseJobRepository:
    """Keeps one row for each query and adds them up."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, job: WarehouseJob) -> None:
        """Keeps it.

        Raises:
            Unavailable: the database does not answer.
        """
        values = asdict(job) | {
            "asked_by": one_line(job.asked_by),
            "reason": one_line(job.reason),
        }
        async with self._database.writing() as session:
            await session.execute(insert(WarehouseJobRow).values(id=uuid4(), **values))

    async def since(self, instant: datetime) -> list[JobTotals]:
        """What was asked from `instant` on, by purpose; what bills most comes first.

        Raises:
            Unavailable: the database does not answer.
        """
        outcome, billed = WarehouseJobRow.outcome, func.sum(WarehouseJobRow.bytes_billed)
        query = (
            select(
                WarehouseJobRow.purpose,
                func.sum(case((outcome != "refused", 1), else_=0)),
                func.sum(case((outcome.in_(("failed", "cancelled")), 1), else_=0)),
                func.sum(case((outcome == "refused", 1), else_=0)),
                func.sum(WarehouseJobRow.bytes_processed),
                billed,
            )
            .where(WarehouseJobRow.started_at >= instant)
            .group_by(WarehouseJobRow.purpose)
            .order_by(billed.desc(), WarehouseJobRow.purpose)
        )
        async with self._database.reading() as session:
            rows = (await session.execute(query)).all()
        return [
            JobTotals(
                purpose=purpose,
                # PostgreSQL adds big integers up as NUMERIC.
                jobs=int(jobs),
                failed=int(failed),
                refused=int(refused),
                bytes_processed=int(processed),
                bytes_billed=int(bytes_billed),
            )
            for purpose, jobs, failed, refused, processed, bytes_billed in rows
        ]

    async def forget_before(self, instant: datetime) -> int:
        """Forgets the queries that were begun before `instant`.

        Returns:
            How many they were.

        Raises:
            Unavailable: the database does not answer.
        """
        forgotten = delete(WarehouseJobRow).where(WarehouseJobRow.started_at < instant)
        async with self._database.writing() as session:
            return len((await session.scalars(forgotten.returning(WarehouseJobRow.id))).all())
