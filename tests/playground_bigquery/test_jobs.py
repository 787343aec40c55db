"""Jobs: their ids, states, ends, and what is noted of them."""

from __future__ import annotations

import threading
from concurrent.futures import TimeoutError as WaitedTooLong
from datetime import date
from typing import Any

import pytest

from playground.bigquery.server import Server
from playground.bigquery.warehouse import Warehouse
from tests.playground_bigquery.conftest import TABLE, SetClock
from tests.playground_bigquery.real_client import (
    ONCE,
    ask,
    config,
    connect,
    exceptions,
    reason_of,
    rows,
    scalar,
)

SQL = f"SELECT COUNT(*) AS n FROM `{TABLE}` WHERE dt = @day"
DAY = scalar("day", "DATE", date(2024, 12, 1))


def test_a_job_is_noted_with_all_that_it_carried(client: Any, warehouse: Warehouse) -> None:
    settings = config(
        DAY, labels={"app": "costbot"}, maximum_bytes_billed=10**8, job_timeout_ms=30_000
    )
    job = client.query(SQL, job_config=settings, job_id="mine", location="EU", job_retry=None)
    assert rows(job.result()) == [{"n": 3}]
    (record,) = warehouse.jobs
    assert (record.method, record.project, record.job_id) == ("jobs.insert", "execution", "mine")
    assert (record.sql, record.parameters) == (SQL, {"day": date(2024, 12, 1)})
    assert (record.labels, record.location) == ({"app": "costbot"}, "EU")
    assert (record.maximum_bytes_billed, record.timeout_ms) == (10**8, 30_000)
    assert (record.bytes_processed, record.bytes_billed) == (24, 10 * 1024 * 1024)
    assert (record.state, record.reason, record.dry_run) == ("DONE", None, False)
    assert record.partitions == {TABLE: {date(2024, 12, 1)}}
    assert (job.total_bytes_processed, job.total_bytes_billed) == (24, 10 * 1024 * 1024)
    assert (job.cache_hit, job.statement_type) == (False, "SELECT")
    assert job.labels == {"app": "costbot"}


def test_what_a_wait_returned_tells_its_bytes(client: Any) -> None:
    found = client.query_and_wait(SQL, job_config=config(DAY))
    assert found.total_bytes_processed == 24
    assert found.job_id
    assert client.get_job(found.job_id).total_bytes_billed == 10 * 1024 * 1024


def test_a_job_need_not_be_made_where_its_rows_fit_into_the_answer(server: Server) -> None:
    client = connect(server.url)
    client.default_job_creation_mode = "JOB_CREATION_OPTIONAL"
    found = client.query_and_wait("SELECT 1 AS one")
    assert (found.job_id, rows(found)) == (None, [{"one": 1}])
    assert found.query_id
    client.close()


def test_an_id_is_taken_once(client: Any) -> None:
    client.query("SELECT 1", job_id="mine", job_retry=None)
    with pytest.raises(exceptions.Conflict) as caught:
        client.query("SELECT 2", job_id="mine", job_retry=None, retry=ONCE)
    assert reason_of(caught.value) == "duplicate"
    assert client.get_job("mine").query == "SELECT 1"


def test_a_job_that_there_is_not_is_not_found(client: Any) -> None:
    with pytest.raises(exceptions.NotFound, match="Not found: Job"):
        client.get_job("nothing", retry=ONCE)


def test_the_same_request_is_the_same_job(client: Any, warehouse: Warehouse) -> None:
    body = {"query": "SELECT 1", "useLegacySql": False, "requestId": "one"}
    path = f"{client._connection.API_BASE_URL}/bigquery/v2/projects/execution/queries"  # noqa: SLF001
    answers = [client._http.post(path, json=body).json() for _ in range(2)]  # noqa: SLF001
    assert answers[0]["jobReference"] == answers[1]["jobReference"]
    assert len(warehouse.jobs) == 1


def test_a_held_job_runs_until_it_is_released(client: Any, warehouse: Warehouse) -> None:
    hold = warehouse.faults.hold_job()
    job = client.query(SQL, job_config=config(DAY))
    assert (job.state, job.done()) == ("RUNNING", False)
    found: list[object] = []
    waiting = threading.Thread(target=lambda: found.extend(rows(job.result())))
    waiting.start()
    hold.release()
    waiting.join(timeout=10)
    assert found == [{"n": 3}]
    assert warehouse.jobs[0].state == "DONE"


def test_a_job_can_be_held_for_a_number_of_polls(client: Any, warehouse: Warehouse) -> None:
    warehouse.faults.hold_job(polls=3)
    job = client.query(SQL, job_config=config(DAY))
    assert [job.done(reload=True) for _ in range(4)] == [False, False, False, True]
    warehouse.faults.hold_job(polls=3)
    assert ask(client, SQL, DAY) == [{"n": 3}]


def test_a_wait_can_be_too_long_and_the_job_cancelled(client: Any, warehouse: Warehouse) -> None:
    warehouse.longest_wait = 0.01
    warehouse.faults.hold_job()
    job = client.query(SQL, job_config=config(DAY))
    with pytest.raises(WaitedTooLong):
        job.result(timeout=0.05)
    assert job.cancel()
    record = warehouse.jobs[0]
    assert (record.state, record.reason, record.bytes_billed) == ("DONE", "stopped", 0)
    with pytest.raises(exceptions.GoogleAPICallError, match="cancelled"):
        client.get_job(job.job_id).result(retry=ONCE)


def test_cancelling_what_is_over_changes_nothing(client: Any, warehouse: Warehouse) -> None:
    job = client.query(SQL, job_config=config(DAY))
    job.cancel()
    assert (warehouse.jobs[0].state, warehouse.jobs[0].reason) == ("DONE", None)
    assert rows(job.result()) == [{"n": 3}]


def test_a_job_past_its_timeout_is_stopped(
    client: Any, warehouse: Warehouse, clock: SetClock
) -> None:
    warehouse.faults.hold_job()
    job = client.query(SQL, job_config=config(DAY, job_timeout_ms=30_000))
    clock.advance(seconds=29)
    assert not job.done(reload=True)
    clock.advance(seconds=1)
    assert job.done(reload=True)
    with pytest.raises(exceptions.GoogleAPICallError, match="timed out after 30s"):
        job.result(retry=ONCE)
    assert warehouse.jobs[0].reason == "stopped"


def test_jobs_beyond_the_number_that_may_run_are_refused(client: Any, warehouse: Warehouse) -> None:
    warehouse.concurrent_jobs = 1
    hold = warehouse.faults.hold_job()
    first = client.query(SQL, job_config=config(DAY))
    with pytest.raises(exceptions.Forbidden, match="too many concurrent queries") as caught:
        client.query("SELECT 1", retry=ONCE, job_retry=None)
    assert reason_of(caught.value) == "rateLimitExceeded"
    hold.release()
    assert rows(first.result()) == [{"n": 3}]
    assert ask(client, "SELECT 1 AS one") == [{"one": 1}]


def test_a_table_of_another_project_is_read_and_the_executing_one_pays(server: Server) -> None:
    client = connect(server.url, project="ltx-dwh-explore")
    assert rows(client.query_and_wait(SQL, job_config=config(DAY))) == [{"n": 3}]
    assert server.warehouse.jobs[0].project == "ltx-dwh-explore"
    client.close()


def test_a_default_dataset_spares_its_name(client: Any) -> None:
    settings = config(DAY, default_dataset="data.costs")
    short = client.query(SQL.replace(TABLE, "requests"), job_config=settings)
    assert rows(short.result()) == [{"n": 3}]
    with pytest.raises(exceptions.NotFound, match="Dataset execution:costs was not found"):
        ask(client, SQL.replace(TABLE, "costs.requests"), DAY, default_dataset="data.costs")
