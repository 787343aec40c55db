"""Faults on demand, and what the real client makes of them by itself."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from playground.bigquery.warehouse import Warehouse
from tests.playground_bigquery.conftest import TABLE, SetClock
from tests.playground_bigquery.real_client import (
    ONCE,
    QUICK,
    ask,
    config,
    exceptions,
    job_retry,
    reason_of,
    rows,
    scalar,
)

SQL = f"SELECT COUNT(*) AS n FROM `{TABLE}` WHERE dt = @day"
DAY = scalar("day", "DATE", date(2024, 12, 1))


def wait(client: Any, retry: Any = QUICK) -> object:
    return rows(client.query_and_wait(SQL, job_config=config(DAY), retry=retry, job_retry=None))


REFUSALS: list[tuple[int, str, str]] = [
    (403, "accessDenied", "Forbidden"),
    (403, "quotaExceeded", "Forbidden"),
    (403, "billingNotEnabled", "Forbidden"),
    (404, "notFound", "NotFound"),
    (400, "resourcesExceeded", "BadRequest"),
    (429, "rateLimitExceeded", "TooManyRequests"),
    (403, "rateLimitExceeded", "Forbidden"),
    (500, "internalError", "InternalServerError"),
    (502, "badGateway", "BadGateway"),
    (503, "backendError", "ServiceUnavailable"),
]
RETRIED = {"rateLimitExceeded", "internalError", "badGateway", "backendError"}


@pytest.mark.parametrize(("status", "reason", "name"), REFUSALS)
def test_a_refusal_reaches_the_client_and_is_retried_by_its_reason(
    client: Any, warehouse: Warehouse, status: int, reason: str, name: str
) -> None:
    warehouse.faults.next("jobs.query", status=status, reason=reason, message="No.")
    with pytest.raises(exceptions.GoogleAPICallError, match=r"No\.") as caught:
        wait(client, ONCE)
    assert (caught.value.__class__.__name__, reason_of(caught.value)) == (name, reason)
    assert warehouse.jobs == []
    warehouse.faults.next("jobs.query", status=status, reason=reason, times=2)
    if reason in RETRIED:
        assert wait(client) == [{"n": 3}]
        assert [one.status for one in warehouse.requests] == [status, status, status, 200]
    else:
        with pytest.raises(exceptions.GoogleAPICallError):
            wait(client)
        assert len(warehouse.requests) == 2


def test_a_refusal_can_say_when_to_come_back(client: Any, warehouse: Warehouse) -> None:
    warehouse.faults.next("jobs.query", status=429, reason="rateLimitExceeded", retry_after=7)
    with pytest.raises(exceptions.TooManyRequests) as caught:
        wait(client, ONCE)
    assert caught.value.response.headers["Retry-After"] == "7"


def test_a_switch_hits_its_method_alone(client: Any, warehouse: Warehouse) -> None:
    warehouse.faults.next("tables.get", status=500, reason="internalError")
    assert wait(client, ONCE) == [{"n": 3}]
    with pytest.raises(exceptions.InternalServerError):
        client.get_table(TABLE, retry=ONCE)
    assert client.get_table(TABLE, retry=ONCE).num_rows == 15
    warehouse.faults.next("*", times=5)
    warehouse.faults.clear()
    assert wait(client, ONCE) == [{"n": 3}]


def test_a_dropped_connection_is_tried_again(client: Any, warehouse: Warehouse) -> None:
    warehouse.faults.drop("jobs.query")
    assert wait(client) == [{"n": 3}]
    assert [one.status for one in warehouse.requests] == [None, 200]
    assert len(warehouse.jobs) == 1


def test_a_lost_reply_to_a_query_is_the_same_job_when_asked_again(
    client: Any, warehouse: Warehouse
) -> None:
    warehouse.faults.lose_reply("jobs.query")
    assert wait(client) == [{"n": 3}]
    assert len(warehouse.jobs) == 1


def test_a_lost_reply_to_an_insert_is_a_conflict_that_the_client_solves(
    client: Any, warehouse: Warehouse
) -> None:
    warehouse.faults.lose_reply("jobs.insert")
    job = client.query(SQL, job_config=config(DAY), retry=QUICK)
    assert rows(job.result()) == [{"n": 3}]
    assert [(one.method, one.reason) for one in warehouse.requests[:3]] == [
        ("jobs.insert", None),
        ("jobs.insert", "duplicate"),
        ("jobs.get", None),
    ]
    assert len(warehouse.jobs) == 1


@pytest.mark.parametrize(
    ("reason", "name"),
    [
        ("resourcesExceeded", "BadRequest"),
        ("quotaExceeded", "Forbidden"),
        ("backendError", "InternalServerError"),
        ("rateLimitExceeded", "TooManyRequests"),
    ],
)
def test_a_job_can_end_with_an_error(
    client: Any, warehouse: Warehouse, reason: str, name: str
) -> None:
    warehouse.faults.fail_job(reason, "It went wrong.")
    job = client.query(SQL, job_config=config(DAY), job_retry=None)
    assert warehouse.requests[0].status == 200
    with pytest.raises(exceptions.GoogleAPICallError, match=r"It went wrong\.") as caught:
        job.result(retry=ONCE, job_retry=None)
    assert (caught.value.__class__.__name__, reason_of(caught.value)) == (name, reason)
    assert (warehouse.jobs[0].reason, warehouse.jobs[0].bytes_billed) == (reason, 0)


def test_a_job_that_failed_for_a_passing_reason_is_run_anew(
    client: Any, warehouse: Warehouse
) -> None:
    warehouse.faults.fail_job("backendError", times=2)
    again = job_retry.with_delay(initial=0.001, maximum=0.01)
    job = client.query(SQL, job_config=config(DAY), job_retry=again)
    assert rows(job.result()) == [{"n": 3}]
    assert [one.reason for one in warehouse.jobs] == ["backendError", "backendError", None]


def test_requests_beyond_a_rate_are_refused_until_a_second_has_passed(
    client: Any, warehouse: Warehouse, clock: SetClock
) -> None:
    warehouse.limit_rate("jobs.query", 2)
    for _ in range(2):
        wait(client, ONCE)
    with pytest.raises(exceptions.Forbidden, match="Exceeded rate limits") as caught:
        wait(client, ONCE)
    assert reason_of(caught.value) == "rateLimitExceeded"
    clock.advance(seconds=1)
    assert wait(client, ONCE) == [{"n": 3}]
    warehouse.limit_rate("jobs.query", 0, status=429)
    with pytest.raises(exceptions.TooManyRequests):
        wait(client, ONCE)


def test_what_the_stand_in_cannot_do_is_not_retried(client: Any, warehouse: Warehouse) -> None:
    with pytest.raises(exceptions.MethodNotImplemented):
        ask(client, "SELECT SAFE.SUBSTR('a', 1)")
    assert len(warehouse.requests) == 1
