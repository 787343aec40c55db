"""One statement's way through BigQuery, in a thread of its own: sized, begun, waited for, read.

A job's id is ours. Where the reply to its beginning is lost, the same id is sent again: BigQuery
answers that it has such a job, and that one is waited for. A query never runs twice at once; it is
begun anew, under a new id, only after the job before it is known to have failed for a reason that
passes.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import replace
from time import perf_counter
from typing import TypeVar
from uuid import uuid4

from google.api_core import exceptions

from analysis.clock import Clock
from analysis.errors import CostbotError, Unavailable
from analysis.written import size
from queries.bigquery import faults
from queries.bigquery.access import Access
from queries.bigquery.client import Client, Job, job_config, open_client
from queries.bigquery.jobs import Answer, JobRecord, Outcome, Statement, TableSchema
from queries.bigquery.pacing import Pacing, StoppedError, TimeIsUpError
from queries.bigquery.reading import read_rows, schema_of
from queries.bigquery.retries import (
    FAILURES,
    Retries,
    is_retryable,
    reason_of,
)
from queries.bigquery.statements import UnboundedError, check_bounds, tables_read

log = logging.getLogger(__name__)

HTTP_SECONDS = 60.0
"""How long one request over HTTP may take."""

PAGE_ROWS = 50_000
"""Rows that one request asks for; BigQuery gives fewer where they are long."""

_FIRST_POLL_SECONDS = 0.05
_ENDING_SECONDS = 5.0
"""How long a cancelled job is waited for, to learn what it has billed."""

Result = TypeVar("Result")


class Run:
    """A statement on its way.

    Args:
        opened: gives the client.
        access: how BigQuery is reached, and the ceilings.
        clock: for the record.
        pacing: between tries.
        statement: to run.
        asked_by: for the record.
    """

    def __init__(
        self,
        opened: Callable[[], Client],
        access: Access,
        clock: Clock,
        pacing: Pacing,
        statement: Statement,
        asked_by: str = "",
    ) -> None:
        self._opened = opened
        self._access = access
        self._clock = clock
        self._pacing = pacing
        self._statement = statement
        self._asked_by = asked_by
        self._stopped = threading.Event()
        self._asked = faults.Asked(access)
        self._outcome: Outcome = "failed"
        self._reason = ""
        self._job_id: str | None = None
        self._estimated: int | None = None
        self._processed = 0
        self._billed = 0
        self._started_at = clock()
        self._seconds = 0.0

    def stop(self) -> None:
        """Nobody waits any more; what is running ends soon, and its job is cancelled."""
        self._stopped.set()

    @property
    def record(self) -> JobRecord:
        """What became of it, once `answer` has come back."""
        return JobRecord(
            purpose=self._statement.purpose,
            project=self._access.project,
            job_id=self._job_id,
            started_at=self._started_at,
            seconds=self._seconds,
            bytes_estimated=self._estimated,
            bytes_processed=self._processed,
            bytes_billed=self._billed,
            outcome=self._outcome,
            reason=self._reason,
            asked_by=self._asked_by,
        )

    def estimate(self) -> int:
        """The bytes that it would process, see `Jobs.estimate`."""
        return self._plainly(lambda: self._sized(self._retries()))

    def answer(self) -> Answer:
        """Its rows, see `Jobs.run`.

        Raises:
            StoppedError: nobody waits any more.
        """
        self._started_at, begun = self._clock(), perf_counter()
        try:
            return self._plainly(self._answered)
        finally:
            self._seconds = perf_counter() - begun

    def _answered(self) -> Answer:
        retries = self._retries()
        self._estimated = self._sized(retries)
        if self._estimated > self._access.most_bytes:
            self._outcome, self._reason = "refused", "over the ceiling"
            raise faults.over_the_ceiling(self._estimated, self._access)
        job = self._finished(self._opened(), retries)
        self._asked = faults.Asked(self._access, self._asked.tables, is_reading=True)
        rows = job.result(page_size=PAGE_ROWS, retry=retries, timeout=HTTP_SECONDS, job_retry=None)
        table = read_rows(rows, retries)
        self._outcome = "done"
        return Answer(table.columns, table.rows, self._processed, self._billed)

    def _plainly(self, work: Callable[[], Result]) -> Result:
        """Does the work; what goes wrong is said in plain words, its reason kept."""
        try:
            return work()
        except StoppedError:
            self._outcome, self._reason = "cancelled", "nobody waited any more"
            raise
        except CostbotError as error:
            named = "incomplete" if self._asked.is_reading else type(error).__name__
            self._reason = self._reason or named
            raise
        except Exception as error:
            named = "timeout" if isinstance(error, TimeIsUpError) else type(error).__name__
            self._reason = reason_of(error) or named
            fault = faults.fault_of(error, self._asked)
            if fault is None:
                raise
            raise fault from error

    def _retries(self) -> Retries:
        return Retries(self._pacing, self._stopped, self._access.timeout_seconds)

    def _sized(self, retries: Retries) -> int:
        sql = self._statement.sql
        retries.check()
        try:
            check_bounds(sql, self._statement.partition_column)
        except UnboundedError as error:
            self._outcome, self._reason = "refused", "no bounds on the partition column"
            raise self._with_size(error, retries) from None
        self._asked = faults.Asked(self._access, tables_read(sql))
        job = self._opened().query(
            sql,
            job_config=job_config(self._statement, self._access, dry_run=True),
            job_id=None,
            location=self._access.location,
            retry=retries,
            timeout=HTTP_SECONDS,
            job_retry=None,
        )
        if job.total_bytes_processed is None:
            message = "BigQuery does not say how much the query would read, so it was not begun."
            raise Unavailable(message)
        return job.total_bytes_processed

    def _with_size(self, error: UnboundedError, retries: Retries) -> UnboundedError:
        """The refusal, with how large the whole table is: to ask that costs nothing."""
        try:
            table = self._opened().get_table(error.table, retry=retries, timeout=HTTP_SECONDS)
        except (*FAILURES, TimeIsUpError):
            log.info("the size of %s is not known", error.table, exc_info=True)
            return error
        return UnboundedError(error.table, error.column, size(table.num_bytes or 0))

    def _finished(self, client: Client, retries: Retries) -> Job:
        """The job, done well."""
        failures = 0
        while True:
            job = self._ended(client, retries)
            error = job.exception()
            if error is None:
                return job
            failures += 1
            if not is_retryable(error) or failures >= self._pacing.tries:
                raise error
            retries.pause(self._pacing.wait(failures))

    def _ended(self, client: Client, retries: Retries) -> Job:
        """A new job, done, well or not; one that is given up is cancelled."""
        job_id = f"costbot-{self._statement.purpose}-{uuid4().hex}"
        retries.check()
        job: Job | None = None
        try:
            job = self._begun(client, job_id, retries)
            wait = _FIRST_POLL_SECONDS
            while job.state != "DONE":
                retries.pause(wait)
                job.reload(retry=retries, timeout=HTTP_SECONDS)
                wait = min(2 * wait, self._pacing.poll_seconds)
        except _RefusedToBegin as refused:
            raise refused.error from None
        except BaseException:
            self._give_up(client, job_id, job)
            raise
        self._count(job)
        return job

    def _begun(self, client: Client, job_id: str, retries: Retries) -> Job:
        location = self._access.location
        try:
            job = client.query(
                self._statement.sql,
                job_config=job_config(self._statement, self._access, dry_run=False),
                job_id=job_id,
                location=location,
                retry=retries,
                timeout=HTTP_SECONDS,
                job_retry=None,
            )
        except exceptions.Conflict:
            # A try before this one has begun it, and its reply was lost. It may not be found at
            # once.
            again = retries.but(exceptions.NotFound)
            job = client.get_job(job_id, location=location, retry=again, timeout=HTTP_SECONDS)
        except exceptions.ClientError as error:
            raise _RefusedToBegin(error) from error
        self._job_id = job_id
        return job

    def _give_up(self, client: Client, job_id: str, job: Job | None) -> None:
        """Cancels a job that may be running, and waits a little for what it has billed."""
        location = job.location if job else self._access.location
        pacing = replace(self._pacing, tries=2)
        retries = Retries(pacing, threading.Event(), _ENDING_SECONDS)
        try:
            ending = client.cancel_job(
                job_id, location=location, retry=retries, timeout=_ENDING_SECONDS
            )
            self._job_id = job_id
            while ending.state != "DONE":
                retries.pause(_FIRST_POLL_SECONDS)
                ending.reload(retry=retries, timeout=_ENDING_SECONDS)
            self._count(ending)
        except exceptions.NotFound:
            log.info("there was no job %s to cancel", job_id)
        except (*FAILURES, TimeIsUpError):
            log.warning("the job %s may still be running", job_id, exc_info=True)

    def _count(self, job: Job) -> None:
        self._processed += job.total_bytes_processed or 0
        self._billed += job.total_bytes_billed or 0


def open_for(access: Access) -> Client:
    """The client, with the credentials that there are; nothing is sent yet.

    Raises:
        BadInput: there are none, or none that can be used.
    """
    try:
        return open_client(access)
    except (OSError, ValueError) as error:
        if access.key_file is None:
            raise
        # Without its cause, which may quote the key.
        raise faults.key_file_fault(error, access) from None


def described(
    opened: Callable[[], Client],
    access: Access,
    pacing: Pacing,
    stopped: threading.Event,
    table: str,
) -> TableSchema:
    """A table's description, see `Jobs.table_schema`."""
    retries = Retries(pacing, stopped, access.timeout_seconds)
    try:
        return schema_of(opened().get_table(table, retry=retries, timeout=HTTP_SECONDS))
    except (*FAILURES, TimeIsUpError) as error:
        fault = faults.fault_of(error, faults.Asked(access, (table,)))
        if fault is None:
            raise
        raise fault from error


class _RefusedToBegin(Exception):
    """BigQuery has refused to begin a job: there is none to cancel."""

    def __init__(self, error: exceptions.ClientError) -> None:
        super().__init__(str(error))
        self.error = error
