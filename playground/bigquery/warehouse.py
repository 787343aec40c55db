"""What a stand-in holds: tables, who may read them, what goes wrong, and the jobs so far."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from playground.bigquery.accounts import Accounts
from playground.bigquery.faults import FaultSwitches
from playground.bigquery.jobs import JobRecord
from playground.bigquery.refusal import Refusal
from playground.bigquery.tables import PartitionType, Table, TableField, TableName, table_name
from playground.bigquery.values import Value

__all__ = ["JobRecord", "RequestRecord", "TableField", "Warehouse"]


@dataclass(frozen=True, slots=True)
class RequestRecord:
    """A request over HTTP, whatever became of it.

    Attributes:
        method: such as `jobs.query` or `tables.get`.
        status: of the answer; None: the connection was closed in its place.
        reason: of the error, in BigQuery's word.
    """

    method: str
    status: int | None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class RateLimit:
    """Requests of a method per second that are let through."""

    per_second: int
    status: int


@dataclass
class Warehouse:
    """The data, the jobs and the switches; safe to touch from any thread.

    Attributes:
        clock: the instant, aware, for the times of tables and jobs, rate limits and timeouts.
        jobs: every job so far, dry runs too.
        requests: every request so far.
        page_rows: rows that fit into one answer, whatever the client asks for.
        requires_token: whether only bearers of a token from `/token` are let in.
        concurrent_jobs: jobs that may run at once; None: any number.
        accounts: service accounts; they write their key files, and revoke their tokens.
        longest_wait: seconds that getQueryResults waits for a held job at most.
    """

    clock: Callable[[], datetime]
    page_rows: int = 10_000
    requires_token: bool = False
    concurrent_jobs: int | None = None
    longest_wait: float = 1.0
    jobs: list[JobRecord] = field(default_factory=list[JobRecord])
    requests: list[RequestRecord] = field(default_factory=list[RequestRecord])
    faults: FaultSwitches = field(default_factory=FaultSwitches)
    accounts: Accounts = field(default_factory=Accounts)
    rate_limits: dict[str, RateLimit] = field(default_factory=dict[str, RateLimit])
    lock: threading.RLock = field(default_factory=threading.RLock, repr=False)
    _tables: dict[TableName, Table] = field(default_factory=dict[TableName, Table])
    _forbidden_projects: set[str] = field(default_factory=set[str])
    _forbidden_tables: set[TableName] = field(default_factory=set[TableName])

    def add_table(
        self,
        name: str,
        fields: Sequence[TableField],
        partition_field: str | None = None,
        rows: Iterable[Mapping[str, Value]] = (),
        *,
        require_partition_filter: bool = True,
        location: str = "US",
        partitioned_by: PartitionType = "DAY",
    ) -> None:
        """Make a table, in the place of one of the same name.

        Args:
            name: `project.dataset.table`.
            fields: its columns.
            partition_field: the DATE column by which it is partitioned.
            rows: by column; a column that a row lacks is NULL in it.
            require_partition_filter: whether a query must filter by the partition column; of no
                effect without partitions.
            location: where its dataset is.
            partitioned_by: of a table by MONTH a query reads all partitions: a filter is asked for,
                and how few it would need is not imitated.
        """
        now = self.clock()
        kinds = {one.name: one.kind for one in fields}
        if partition_field is not None and kinds.get(partition_field) != "DATE":
            raise ValueError(f"{partition_field} is no DATE column to partition {name} by")
        with self.lock:
            table = Table(
                table_name(name),
                list(fields),
                partition_field,
                require_partition_filter and partition_field is not None,
                location,
                now,
                now,
                partitioned_by,
            )
            table.write(rows, now)
            self._tables[table.name] = table

    def replace_partition(
        self, table: str, day: date | None, rows: Sequence[Mapping[str, Value]]
    ) -> None:
        """Restate a day; only its partition's time of modification changes."""
        with self.lock:
            self._existing(table).replace(day, rows, self.clock())

    def drop_column(self, table: str, column: str) -> None:
        """Remove a column from a table."""
        with self.lock:
            self._existing(table).drop_column(column, self.clock())

    def change_type(self, table: str, column: str, type: str) -> None:
        """Give a column another type; STRING takes the old values as text, others lose them."""
        with self.lock:
            self._existing(table).change_type(column, type, self.clock())

    def allow(self, *, project: str | None = None, table: str | None = None) -> None:
        """Take `forbid` back."""
        with self.lock:
            self._forbidden_projects.discard(project or "")
            if table is not None:
                self._forbidden_tables.discard(table_name(table))

    def drop_table(self, table: str) -> None:
        """Remove a table."""
        with self.lock:
            del self._tables[table_name(table)]

    def forbid(self, *, project: str | None = None, table: str | None = None) -> None:
        """Deny running jobs in a project, or reading a table."""
        with self.lock:
            if project is not None:
                self._forbidden_projects.add(project)
            if table is not None:
                self._forbidden_tables.add(table_name(table))

    def limit_rate(self, method: str, per_second: int, status: int = 403) -> None:
        """Answer what exceeds a rate by `rateLimitExceeded`; BigQuery does so with 403 or 429."""
        self.rate_limits[method] = RateLimit(per_second, status)

    def check_project(self, project: str) -> None:
        """Refuse a job in a project that is forbidden."""
        if project in self._forbidden_projects:
            message = (
                f"Access Denied: Project {project}: User does not have bigquery.jobs.create"
                f" permission in project {project}."
            )
            raise Refusal("accessDenied", message)

    def table(self, name: TableName, permission: str = "bigquery.tables.getData") -> Table:
        """A table that is read.

        Args:
            name: of the table.
            permission: that this takes.

        Raises:
            Refusal: there is none, or it is forbidden.
        """
        if name in self._forbidden_tables:
            told = name.in_messages
            message = (
                f"Access Denied: Table {told}: Permission {permission} denied on table {told}"
                " (or it may not exist)."
                if permission == "bigquery.tables.get"
                else f"Access Denied: Table {told}: User does not have permission to query table"
                f" {told}, or perhaps it does not exist."
            )
            raise Refusal("accessDenied", message)
        found = self._tables.get(name)
        if found is None:
            self.tables_of(name.project, name.dataset)
            raise Refusal(
                "notFound", f"Not found: Table {name.in_messages} was not found in location US"
            )
        return found

    def tables_of(self, project: str, dataset: str) -> list[Table]:
        """A dataset's tables by name.

        Raises:
            Refusal: there is no such dataset.
        """
        found = [one for name, one in self._tables.items() if name[:2] == (project, dataset)]
        if not found:
            message = f"Not found: Dataset {project}:{dataset} was not found in location US"
            raise Refusal("notFound", message)
        return sorted(found, key=lambda one: one.name.table)

    def _existing(self, name: str) -> Table:
        return self._tables[table_name(name)]
