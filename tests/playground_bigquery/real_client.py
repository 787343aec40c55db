"""The real client, which is typed badly, behind a thin seam."""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from typing import Any, cast

bigquery: Any = importlib.import_module("google.cloud.bigquery")
exceptions: Any = importlib.import_module("google.api_core.exceptions")
retries: Any = importlib.import_module("google.api_core.retry")

job_retry: Any = importlib.import_module("google.cloud.bigquery.retry").DEFAULT_JOB_RETRY

ONCE: Any = retries.Retry(predicate=retries.if_exception_type())
"""Retries nothing: what a test expects to fail fails at once."""

QUICK: Any = bigquery.DEFAULT_RETRY.with_delay(initial=0.001, maximum=0.01).with_timeout(5)
"""The client's own choice of what to retry, without its pauses."""

Rows = list[dict[str, object]]


def connect(url: str, project: str = "execution", credentials: object = None) -> Any:
    """A client of the stand-in; without credentials it bears none."""
    anonymous = importlib.import_module("google.auth.credentials").AnonymousCredentials
    return bigquery.Client(
        project=project,
        client_options={"api_endpoint": url},
        credentials=credentials or anonymous(),
    )


def config(*parameters: object, **settings: object) -> Any:
    """A query's configuration."""
    return bigquery.QueryJobConfig(query_parameters=list(parameters), **settings)


def scalar(name: str, kind: str, value: object) -> Any:
    """A parameter."""
    return bigquery.ScalarQueryParameter(name, kind, value)


def rows(found: Any) -> Rows:
    """All rows of an iterator, page by page."""
    return [dict(cast("Mapping[str, object]", row).items()) for row in found]


def ask(client: Any, sql: str, *parameters: object, **settings: object) -> Rows:
    """The rows of a query by jobs.query, without retries."""
    asked = client.query_and_wait(
        sql, job_config=config(*parameters, **settings), retry=ONCE, job_retry=None
    )
    return rows(asked)


def reason_of(error: Any) -> str:
    """BigQuery's word in an exception of the client."""
    return str(error.errors[0]["reason"])
