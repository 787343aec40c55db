"""Google's client, as far as costbot uses it: typed here, since it is not itself.

Loading it takes most of a second: this module is imported by the thread that first asks BigQuery.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from importlib.metadata import version
from typing import Protocol, cast

from google.api_core.client_options import ClientOptions
from google.auth.credentials import AnonymousCredentials
from google.cloud import bigquery
from google.oauth2 import service_account

from queries.bigquery.access import Access
from queries.bigquery.jobs import Parameter, Scalar, Statement
from queries.bigquery.retries import Retries

SCOPES = ("https://www.googleapis.com/auth/bigquery",)


class Field(Protocol):
    """A column of a table or of a result."""

    name: str
    field_type: str


class Rows(Iterable[Sequence[object]], Protocol):
    """The rows of a finished job, page by page."""

    total_rows: int | None
    next_page_token: str | None
    schema: Sequence[Field]

    @property
    def pages(self) -> Iterable[Iterable[Sequence[object]]]:
        """The pages; asking for the next one asks BigQuery."""
        ...


class Job(Protocol):
    """A query's job."""

    job_id: str
    location: str | None
    state: str | None
    error_result: Mapping[str, str] | None
    total_bytes_processed: int | None
    total_bytes_billed: int | None

    def reload(self, *, retry: Retries, timeout: float) -> None:
        """Asks BigQuery for its state."""

    def exception(self) -> Exception | None:
        """What it failed with; only of a job that is done."""

    def result(self, *, page_size: int, retry: Retries, timeout: float, job_retry: None) -> Rows:
        """Its rows; only of a job that is done."""
        ...


class TimePartitioning(Protocol):
    """How a table is partitioned by time."""

    field: str | None
    type_: str


class TableInfo(Protocol):
    """What BigQuery says of a table."""

    schema: Sequence[Field]
    time_partitioning: TimePartitioning | None
    require_partition_filter: bool | None
    num_rows: int | None
    num_bytes: int | None
    location: str | None
    modified: datetime | None


class Client(Protocol):
    """The client; its calls block."""

    def query(
        self,
        query: str,
        *,
        job_config: object,
        job_id: str | None,
        location: str | None,
        retry: Retries,
        timeout: float,
        job_retry: None,
    ) -> Job:
        """Begins a job; of a dry run, the job is done."""
        ...

    def get_job(self, job_id: str, *, location: str | None, retry: Retries, timeout: float) -> Job:
        """A job that was begun before."""
        ...

    def cancel_job(
        self, job_id: str, *, location: str | None, retry: Retries, timeout: float
    ) -> Job:
        """Asks BigQuery to end a job."""
        ...

    def get_table(self, table: str, *, retry: Retries, timeout: float) -> TableInfo:
        """What BigQuery says of a table."""
        ...

    def close(self) -> None:
        """Closes its connections."""


class _Module(Protocol):
    """The parts of `google.cloud.bigquery` that make things."""

    def Client(self, **options: object) -> Client: ...  # noqa: N802
    def QueryJobConfig(self, **options: object) -> object: ...  # noqa: N802
    def ScalarQueryParameter(self, name: str, kind: str, value: object) -> object: ...  # noqa: N802
    def ArrayQueryParameter(self, name: str, kind: str, values: object) -> object: ...  # noqa: N802


class _KeyFiles(Protocol):
    def from_service_account_file(self, filename: str, *, scopes: Sequence[str]) -> object: ...


_MODULE = cast("_Module", bigquery)
_KEYS = cast("_KeyFiles", service_account.Credentials)


def open_client(access: Access) -> Client:
    """The client, with the credentials that `access` asks for; nothing is sent yet.

    Raises:
        google.auth.exceptions.GoogleAuthError: there are no credentials on this machine.
        OSError: the key file cannot be read.
        ValueError: it is no service account's key.
    """
    options: dict[str, object] = {"project": access.project, "location": access.location}
    if access.endpoint is not None:
        options["client_options"] = ClientOptions(api_endpoint=access.endpoint.rstrip("/"))
    if access.key_file is not None:
        key = str(access.key_file)
        options["credentials"] = _KEYS.from_service_account_file(key, scopes=SCOPES)
    elif access.is_anonymous:
        options["credentials"] = cast("object", AnonymousCredentials())
    return _MODULE.Client(**options)


def job_config(statement: Statement, access: Access, *, dry_run: bool) -> object:
    """What a job may take, its parameters and labels."""
    options: dict[str, object] = {
        "query_parameters": [_parameter(*one) for one in statement.parameters.items()],
        "labels": {"costbot": _label(version("costbot")), "purpose": _label(statement.purpose)},
        "use_legacy_sql": False,
    }
    if dry_run:
        return _MODULE.QueryJobConfig(dry_run=True, use_query_cache=False, **options)
    return _MODULE.QueryJobConfig(
        maximum_bytes_billed=access.most_bytes,
        job_timeout_ms=int(access.timeout_seconds * 1000),
        **options,
    )


def _label(text: str) -> str:
    """What BigQuery takes as a label's value: at most 63 of `a-z0-9_-`."""
    return re.sub(r"[^a-z0-9_-]", "-", text.lower())[:63]


def _parameter(name: str, value: Parameter) -> object:
    if isinstance(value, Sequence) and not isinstance(value, str):
        kinds = {_kind(one) for one in value}
        if len(kinds) > 1:
            message = f"the values of @{name} are of several types: {sorted(kinds)}"
            raise TypeError(message)
        return _MODULE.ArrayQueryParameter(name, kinds.pop() if kinds else "DATE", list(value))
    return _MODULE.ScalarQueryParameter(name, _kind(value), value)


def _kind(value: Scalar) -> str:
    match value:
        case bool():
            return "BOOL"
        case datetime():
            return "TIMESTAMP"
        case date():
            return "DATE"
        case int():
            return "INT64"
        case float():
            return "FLOAT64"
        case Decimal():
            return "BIGNUMERIC"
        case str():
            return "STRING"
