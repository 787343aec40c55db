"""Whether BigQuery is set up: everything that a refresh of the mart needs, looked at in turn."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta

from analysis.checks import Check, Level, failed, failed_with, passed, warned
from analysis.clock import Clock
from analysis.errors import Refused, Unavailable
from analysis.written import plural, size
from queries.bigquery.columns import Nearest, column_faults
from queries.bigquery.credentials import account_of
from queries.bigquery.jobs import Jobs, Statement, TableSchema
from queries.bigquery.partitions import Partition, PartitionListing, partitions_of
from queries.request_table import RequestTable
from queries.sync.statement import sync_statement

LEAST_BILLED = 10 * 2**20
"""What BigQuery bills at least for each table that a query reads."""

_ASKED_BY = "doctor"


@dataclass(frozen=True, slots=True)
class BigQueryInspection:
    """Looks at BigQuery; runs one query, of the partitions' metadata.

    Attributes:
        jobs: asks BigQuery.
        table: the request-level table, with its mapping.
        clock: the present.
        history_days: how far back the mart follows the table.
        stale_after_hours: age from which the newest partition is stale.
        nearest: finds the column that may have been meant.
    """

    jobs: Jobs
    table: RequestTable
    clock: Clock
    history_days: int
    stale_after_hours: float
    nearest: Nearest

    async def inspect(self) -> list[Check]:
        """Every check that what was found before it leaves any sense in."""
        credentials = await self._credentials()
        if credentials.level is Level.FAULT:
            return [credentials]
        runs = await self._runs()
        checks = [credentials, runs]
        try:
            schema = await self.jobs.table_schema(self.table.name)
        except (Refused, Unavailable) as error:
            return [*checks, failed_with("BigQuery table", error)]
        columns = self._columns(schema)
        checks += [
            passed("BigQuery table", f"{self.table.name} has {plural(schema.rows, 'row')}."),
            self._location(schema),
            self._partitioning(schema),
            *columns,
        ]
        if runs.level is Level.FAULT:
            return checks
        listing = await self._listing()
        checks += [listing] if isinstance(listing, Check) else self._partitions(listing)
        partitions = () if isinstance(listing, Check) else listing.partitions
        # Where the largest day can be read, every other can.
        largest = max(partitions, key=lambda one: one.bytes, default=None)
        day = largest.day if largest else self._today() - timedelta(days=1)
        fit = all(check.level is not Level.FAULT for check in columns)
        checks.append(await self._one_day(day, columns_fit=fit))
        return checks

    async def _credentials(self) -> Check:
        name = "BigQuery credentials"
        access = self.jobs.access
        try:
            account = await asyncio.to_thread(account_of, access)
        except (Refused, Unavailable) as error:
            return failed_with(name, error)
        if account is None:
            return passed(name, f"None: {access.endpoint} is asked without.")
        who = f", {account.email}" if account.email else ""
        return passed(name, f"Those of {account.kind}{who}, by {account.origin}.")

    async def _runs(self) -> Check:
        """A dry run needs the permission to make jobs, as a query does, and costs nothing."""
        project = self.jobs.access.project
        try:
            await self.jobs.estimate(Statement("SELECT 1 AS one", purpose="doctor"))
        except (Refused, Unavailable) as error:
            cure = "Give the account roles/bigquery.jobUser on that project."
            return failed_with("BigQuery jobs", error, cure)
        return passed("BigQuery jobs", f"The project {project} runs costbot's queries.")

    def _location(self, schema: TableSchema) -> Check:
        name, wanted, found = "BigQuery location", self.jobs.access.location, schema.location
        if wanted is None or found is None:
            where = f"The dataset is in {found}; " if found else ""
            return passed(name, f"{where}COSTBOT_BIGQUERY_LOCATION is not set: it is found out.")
        if wanted.casefold() != found.casefold():
            sentence = f"The dataset is in {found}, but queries are sent to {wanted}."
            cure = f"Set COSTBOT_BIGQUERY_LOCATION={found}, or leave it out."
            return failed(name, sentence, cure)
        return passed(name, f"The dataset is in {found}, where queries are sent to.")

    def _partitioning(self, schema: TableSchema) -> Check:
        name, mapped = "BigQuery partitions", self.table.partition_column
        field, kind = schema.partition_field, schema.partition_type
        if kind is None:
            sentence = "The table is not partitioned: each query would read, and bill, all of it."
            cure = f"Set COSTBOT_BIGQUERY_TABLE to a table that is partitioned by {mapped}, by day."
            return failed(name, sentence, cure)
        if field is None or field.lower() != mapped.lower():
            by = f"by {field}" if field else "by the time of loading"
            sentence = f"The table is partitioned {by}, but the day (dt) is mapped to {mapped}."
            cure = (
                f'Set COSTBOT_BIGQUERY_COLUMNS=\'{{"dt": "{field}"}}\', if that is the day.'
                if field
                else f"Set COSTBOT_BIGQUERY_TABLE to a table that is partitioned by {mapped}."
            )
            return failed(name, sentence, cure)
        if kind != "DAY":
            sentence = f"The table is partitioned by {kind}, and a refresh reads days."
            cure = f"Set COSTBOT_BIGQUERY_TABLE to a table that is partitioned by day of {mapped}."
            return failed(name, sentence, cure)
        refuses = (
            "BigQuery itself refuses queries without a filter on it"
            if schema.require_partition_filter
            else "BigQuery lets queries without a filter on it through; costbot does not"
        )
        return passed(name, f"The table is partitioned by day of {field}; {refuses}.")

    def _columns(self, schema: TableSchema) -> list[Check]:
        faults = column_faults(self.table, schema.fields, self.nearest)
        if faults:
            return [
                failed(f"BigQuery column {fault.name}", fault.sentence, fault.cure)
                for fault in faults
            ]
        mapping = self.table.mapping.values()
        mapped, without = sum(map(bool, mapping)), sum(not column for column in mapping)
        unmapped = f", {without} are mapped to none" if without else ""
        return [
            passed(
                "BigQuery columns",
                f"All {mapped} mapped columns are there, in types that fit{unmapped}.",
            )
        ]

    async def _listing(self) -> PartitionListing | Check:
        today = self._today()
        first = today - timedelta(days=self.history_days)
        try:
            return await partitions_of(
                self.jobs, self.table, first, today + timedelta(days=1), asked_by=_ASKED_BY
            )
        except (Refused, Unavailable) as error:
            cure = "Give the account roles/bigquery.metadataViewer on the dataset."
            return failed_with("BigQuery metadata", error, cure)

    def _partitions(self, listing: PartitionListing) -> list[Check]:
        name = "BigQuery metadata"
        if not listing.partitions:
            sentence = f"The table has no partition of the last {self.history_days} days."
            cure = "See that the table is the right one and is written to, or set "
            cure += "COSTBOT_SYNC_HISTORY_DAYS further back."
            return [failed(name, sentence, cure)]
        checks = [
            passed(name, f"{plural(len(listing.partitions), 'day')} can be listed."),
            self._newest(listing.partitions),
        ]
        if listing.rows_without_day:
            rows = plural(listing.rows_without_day, "row")
            sentence = f"{rows} without a day ({self.table.partition_column} is NULL) are in no "
            sentence += "figure."
            cure = "Have whoever writes the table give them a day."
            checks.append(warned("BigQuery rows", sentence, cure))
        return checks

    def _newest(self, partitions: Sequence[Partition]) -> Check:
        newest = partitions[-1]
        changed = f"{newest.modified.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
        sentence = f"The newest partition is {newest.day}, changed last at {changed}."
        # It goes until the end of its day, or until now where that is not over.
        end = datetime.combine(newest.day, time(), UTC) + timedelta(days=1)
        if self.clock() - end > timedelta(hours=self.stale_after_hours):
            cure = "See that whatever writes the table still does: costbot can show nothing newer."
            return warned("BigQuery newest day", sentence, cure)
        return passed("BigQuery newest day", sentence)

    async def _one_day(self, day: date, *, columns_fit: bool) -> Check:
        name = "BigQuery refresh"
        if not columns_fit:
            sentence = "What a day's refresh reads was not tried: the columns have faults."
            return warned(name, sentence, "Mend the columns first.")
        statement = replace(sync_statement(self.table, day, day), purpose="doctor")
        try:
            estimate = await self.jobs.estimate(statement)
        except (Refused, Unavailable) as error:
            return failed_with(name, error)
        most, billed = self.jobs.access.most_bytes, max(estimate, LEAST_BILLED)
        reads = f"To refresh the largest day, {day}, reads {size(estimate)}"
        if billed > most:
            sentence = f"{reads}, for which {size(billed)} are billed; costbot may bill "
            sentence += f"{size(most)} a query."
            return failed(name, sentence, f"Set COSTBOT_BIGQUERY_MOST_BYTES to {billed} or more.")
        return passed(name, f"{reads}, of {size(most)} that a query may bill.")

    def _today(self) -> date:
        return self.clock().astimezone(UTC).date()
