"""What is sent to BigQuery, what it may cost, how often it is tried, and what is kept of it."""

from __future__ import annotations

import asyncio
import logging
import subprocess
import sys
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest

from analysis.errors import BadInput, Unavailable
from queries.bigquery.jobs import AT_ONCE, JobRecord, Jobs, Parameter, Statement
from queries.bigquery.pacing import Pacing
from tests.bigquery.conftest import (
    NOW,
    PROJECT,
    QUICK,
    SUM,
    TABLE,
    TODAY,
    Asked,
    about,
    add_table,
    inference,
)
from tests.house.project import ROOT


async def test_a_statement_is_sized_run_and_recorded(asked: Asked) -> None:
    answer = await asked.jobs().run(about(), asked_by="U1")
    assert (answer.columns, answer.rows) == (("n", "cost"), [(10, 55.0)])
    sizing, running = asked.warehouse.jobs
    assert (sizing.dry_run, running.dry_run) == (True, False)
    (record,) = asked.records
    assert record == JobRecord(
        purpose="query",
        project=PROJECT,
        job_id=running.job_id,
        started_at=NOW,
        seconds=record.seconds,
        bytes_estimated=sizing.bytes_processed,
        bytes_processed=running.bytes_processed,
        bytes_billed=running.bytes_billed,
        outcome="done",
        reason="",
        asked_by="U1",
    )
    assert (answer.bytes_processed, answer.bytes_billed) == (160, 10 * 1024**2)
    assert 0 < record.seconds < 60


async def test_a_job_carries_its_ceiling_its_timeout_and_its_labels(asked: Asked) -> None:
    access = asked.access(most_bytes=20 * 1024**2, timeout_seconds=12.5)
    await asked.jobs(access).run(about(purpose="sync"))
    sizing, running = asked.warehouse.jobs
    assert running.project == PROJECT
    assert (running.maximum_bytes_billed, running.timeout_ms) == (20 * 1024**2, 12_500)
    assert sizing.labels == running.labels
    assert running.labels["purpose"] == "sync"
    assert set("".join(running.labels.values())) <= set("abcdefghijklmnopqrstuvwxyz0123456789_-")
    assert (running.job_id or "").startswith("costbot-sync-")


async def test_an_estimate_runs_and_records_nothing(asked: Asked) -> None:
    assert await asked.jobs().estimate(about()) == 160
    assert asked.runs == []
    assert asked.records == []


async def test_parameters_keep_their_types(asked: Asked) -> None:
    given: dict[str, Parameter] = {
        "text": "'; DROP",
        "whole": 2**40,
        "real": 0.25,
        "truth": True,
        "money": Decimal("0.000000000000001"),
        "instant": NOW,
        "day": TODAY,
        "days": [TODAY, date(2024, 2, 29)],
    }
    listed = ", ".join(f"@{name} AS {name}" for name in given if name != "days")
    sql = f"SELECT {listed} FROM `{TABLE}` WHERE dt IN UNNEST(@days)"
    answer = await asked.jobs().run(Statement(sql, given, "query", "dt"))
    assert answer.rows == [tuple(value for name, value in given.items() if name != "days")]
    assert [type(one) for one in answer.rows[0]] == [
        str, int, float, bool, Decimal, datetime, date
    ]  # fmt: skip


async def test_all_pages_are_read(asked: Asked) -> None:
    asked.warehouse.page_rows = 7
    add_table(asked.warehouse, [inference(0, float(n)) for n in range(50)])
    sql = f"SELECT row_cost FROM `{TABLE}` WHERE dt BETWEEN @a AND @b ORDER BY row_cost"
    answer = await asked.jobs().run(about(sql))
    assert answer.rows == [(float(n),) for n in range(50)]
    assert len(asked.runs) == 1


async def test_a_query_over_the_ceiling_is_not_begun_and_says_its_size(asked: Asked) -> None:
    jobs = asked.jobs(asked.access(most_bytes=159))
    with pytest.raises(BadInput) as refusal:
        await jobs.run(about(), asked_by="U1")
    assert refusal.value.sentence == (
        "The query would read 160 bytes; costbot may bill 159 bytes a query."
    )
    assert "COSTBOT_BIGQUERY_MOST_BYTES" in refusal.value.hint
    assert asked.runs == []
    (record,) = asked.records
    assert (record.outcome, record.reason) == ("refused", "over the ceiling")
    assert (record.bytes_estimated, record.bytes_billed, record.job_id) == (160, 0, None)


async def test_what_a_table_bills_at_least_counts_for_the_ceiling_too(asked: Asked) -> None:
    jobs = asked.jobs(asked.access(most_bytes=1000))
    with pytest.raises(BadInput, match="would bill more than the 1,000 bytes"):
        await jobs.run(about())
    assert asked.records[0].reason == "bytesBilledLimitExceeded"
    assert len(asked.runs) == 1


async def test_a_query_without_bounds_is_not_begun_and_says_how_large_the_table_is(
    asked: Asked,
) -> None:
    jobs = asked.jobs()
    unbounded = about(f"SELECT COUNT(*) AS n FROM `{TABLE}` WHERE dt >= @a OR dt <= @b")
    with pytest.raises(BadInput, match=r"all \d+ bytes of it, without a filter on its partition"):
        await jobs.run(unbounded)
    with pytest.raises(BadInput, match=r"all \d+ bytes of it, without a filter on its partition"):
        await jobs.estimate(unbounded)
    asked.warehouse.drop_table(TABLE)
    with pytest.raises(BadInput, match=f"would read {TABLE}, without a filter on its partition"):
        await jobs.estimate(unbounded)
    assert asked.warehouse.jobs == []
    assert [(one.outcome, one.bytes_estimated) for one in asked.records] == [("refused", None)]


@pytest.mark.parametrize(
    ("status", "reason"),
    [
        (500, "internalError"),
        (500, "backendError"),
        (503, "backendError"),
        (502, ""),
        (504, ""),
        (403, "rateLimitExceeded"),
        (429, "rateLimitExceeded"),
        (403, "jobRateLimitExceeded"),
    ],
)
@pytest.mark.parametrize("method", ["jobs.insert", "jobs.get", "getQueryResults"])
async def test_what_passes_is_tried_again(
    asked: Asked, method: str, status: int, reason: str
) -> None:
    asked.warehouse.faults.hold_job(polls=1)
    asked.warehouse.faults.next(method, status=status, reason=reason, times=2)  # pyright: ignore[reportArgumentType]
    assert (await asked.jobs().run(about())).rows == [(10, 55.0)]
    assert len(asked.runs) == 1
    refused = [one for one in asked.warehouse.requests if one.status == status]
    assert [one.method for one in refused] == [method] * 2


@pytest.mark.parametrize("reason", ["backendError", "jobBackendError", "jobRateLimitExceeded"])
async def test_a_job_that_fails_of_what_passes_is_begun_anew(asked: Asked, reason: str) -> None:
    asked.warehouse.faults.fail_job(reason, times=2)
    assert (await asked.jobs().run(about())).rows == [(10, 55.0)]
    assert [job.reason for job in asked.runs] == [reason, reason, None]
    assert len({job.job_id for job in asked.runs}) == 3
    (record,) = asked.records
    assert record.job_id == asked.runs[-1].job_id
    assert record.bytes_processed == sum(job.bytes_processed for job in asked.runs)
    assert record.bytes_billed == sum(job.bytes_billed for job in asked.runs)


async def test_after_a_few_tries_it_is_enough(asked: Asked) -> None:
    asked.warehouse.faults.fail_job("backendError", times=20)
    with pytest.raises(Unavailable, match="fault of its own"):
        await asked.jobs().run(about())
    assert len(asked.runs) == QUICK.tries


@pytest.mark.parametrize(
    ("status", "reason"),
    [
        (403, "accessDenied"),
        (404, "notFound"),
        (400, "invalidQuery"),
        (403, "quotaExceeded"),
        (500, "bytesBilledLimitExceeded"),
        (400, "timeout"),
        (503, "stopped"),
    ],
)
async def test_what_does_not_pass_is_tried_once(asked: Asked, status: int, reason: str) -> None:
    asked.warehouse.faults.next("jobs.insert", status=status, reason=reason, times=1)
    with pytest.raises((BadInput, Unavailable, Exception)) as refusal:
        await asked.jobs().run(about())
    assert type(refusal.value).__module__ == "analysis.errors"
    assert [one.method for one in asked.warehouse.requests] == ["jobs.insert"]
    assert asked.records[0].reason == reason


async def test_a_job_whose_reply_is_lost_is_found_again_and_not_run_twice(asked: Asked) -> None:
    def lose() -> None:
        asked.warehouse.faults.lose_reply("jobs.insert")
        # BigQuery may take a moment to find what it says it has.
        asked.warehouse.faults.next("jobs.get", status=404, reason="notFound")

    hold = asked.warehouse.faults.hold_job(polls=3)
    asked.seen.after_a_dry_run = lose
    assert (await asked.jobs().run(about())).rows == [(10, 55.0)]
    assert hold.released
    assert len(asked.runs) == 1
    inserts = [one for one in asked.warehouse.requests if one.method == "jobs.insert"]
    assert [one.status for one in inserts] == [200, None, 409]
    assert asked.records[0].job_id == asked.runs[0].job_id


async def test_a_job_of_which_nothing_is_heard_again_is_cancelled(asked: Asked) -> None:
    def lose() -> None:
        asked.warehouse.faults.lose_reply("jobs.insert")
        asked.warehouse.faults.drop("jobs.insert", times=QUICK.tries - 1)

    asked.warehouse.faults.hold_job()
    asked.seen.after_a_dry_run = lose
    with pytest.raises(Unavailable, match="cannot be reached"):
        await asked.jobs().run(about())
    (job,) = asked.runs
    assert (job.state, job.reason) == ("DONE", "stopped")
    (record,) = asked.records
    assert (record.outcome, record.job_id) == ("failed", job.job_id)


@pytest.mark.parametrize("method", ["jobs.insert", "jobs.get", "getQueryResults"])
async def test_a_connection_that_breaks_off_is_made_again(asked: Asked, method: str) -> None:
    asked.warehouse.faults.hold_job(polls=1)
    asked.warehouse.faults.drop(method, times=2)  # pyright: ignore[reportArgumentType]
    assert (await asked.jobs().run(about())).rows == [(10, 55.0)]
    assert len(asked.runs) == 1


async def test_whoever_stops_waiting_cancels_the_job(asked: Asked) -> None:
    jobs = asked.jobs(pacing=replace(QUICK, poll_seconds=30.0))
    asked.warehouse.faults.hold_job()
    task = asyncio.create_task(jobs.run(about(), asked_by="U1"))
    await asked.seen.running()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await asyncio.wait_for(jobs.close(), 10)
    (job,) = asked.runs
    assert (job.state, job.reason) == ("DONE", "stopped")
    (record,) = asked.records
    assert (record.outcome, record.job_id, record.asked_by) == ("cancelled", job.job_id, "U1")


async def test_whoever_stops_waiting_in_the_queue_begins_no_job(asked: Asked) -> None:
    jobs = asked.jobs()
    holds = [asked.warehouse.faults.hold_job() for _ in range(AT_ONCE)]
    first = [asyncio.create_task(jobs.run(about())) for _ in holds]
    await asked.seen.running(AT_ONCE)
    waiting = asyncio.create_task(jobs.run(about(asked_sql("waiting"))))
    await asyncio.sleep(0)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    for hold in holds:
        hold.release()
    await asyncio.gather(*first)
    await jobs.close()
    assert not [job for job in asked.warehouse.jobs if "waiting" in job.sql]
    assert sorted(one.outcome for one in asked.records) == ["cancelled", *["done"] * AT_ONCE]


def asked_sql(name: str) -> str:
    return SUM.replace("AS n", f"AS {name}")


async def test_closing_cancels_what_is_running_and_says_so(asked: Asked) -> None:
    jobs = asked.jobs()
    asked.warehouse.faults.hold_job()
    task = asyncio.create_task(jobs.run(about()))
    await asked.seen.running()
    await asyncio.wait_for(jobs.close(), 10)
    await jobs.close()
    with pytest.raises(Unavailable, match="Costbot is ending"):
        await task
    assert asked.runs[0].reason == "stopped"
    assert [one.outcome for one in asked.records] == ["cancelled"]


async def test_closing_ends_an_estimate_that_is_tried_again_and_again(asked: Asked) -> None:
    patient = Pacing(tries=1000, first_seconds=0.01, longest_seconds=0.01)
    jobs = asked.jobs(pacing=patient)
    asked.warehouse.faults.next("jobs.insert", times=10**6)
    task = asyncio.create_task(jobs.estimate(about()))
    done, _ = await asyncio.wait([task], timeout=0.3)
    assert not done
    await asyncio.wait_for(jobs.close(), 10)
    with pytest.raises(Unavailable, match="Costbot is ending"):
        await task


async def test_a_query_that_takes_too_long_is_ended(asked: Asked) -> None:
    asked.warehouse.faults.hold_job()
    jobs = asked.jobs(asked.access(timeout_seconds=0.5))
    with pytest.raises(Unavailable, match=r"longer than the 0\.5 seconds"):
        await jobs.run(about())
    assert (asked.runs[0].state, asked.runs[0].reason) == ("DONE", "stopped")
    assert [(one.outcome, one.reason) for one in asked.records] == [("failed", "timeout")]


async def test_a_query_that_bigquery_ends_for_its_time_says_so(asked: Asked) -> None:
    asked.warehouse.faults.hold_job()
    start = asked.warehouse.clock()
    ticks = iter(range(10_000))
    asked.warehouse.clock = lambda: start + timedelta(seconds=next(ticks))
    with pytest.raises(Unavailable, match="longer than the 20 seconds"):
        await asked.jobs().run(about())


async def test_twenty_at_once_go_through_four_threads(asked: Asked) -> None:
    jobs = asked.jobs()

    async def ask(days: int) -> list[tuple[object, ...]]:
        return (await jobs.run(about(first=TODAY - timedelta(days=days)))).rows

    asked.warehouse.concurrent_jobs = AT_ONCE
    answers = await asyncio.gather(*(ask(number % 10) for number in range(20)))
    expected = [(n % 10 + 1, sum(range(1, n % 10 + 2)) * 1.0) for n in range(20)]
    assert [rows[0] for rows in answers] == expected
    assert len(asked.runs) == 20
    assert len({one.job_id for one in asked.records}) == 20


async def test_a_record_that_cannot_be_kept_costs_no_answer(
    asked: Asked, caplog: pytest.LogCaptureFixture
) -> None:
    async def lose(record: JobRecord) -> None:
        raise OSError(f"no room for {record.job_id}")

    jobs = Jobs(asked.access(), lambda: NOW, lose, QUICK)
    with caplog.at_level(logging.ERROR):
        assert (await jobs.run(about())).rows == [(10, 55.0)]
    await jobs.close()
    assert "could not be recorded" in caplog.text
    assert "no room for costbot-query-" in caplog.text


async def test_a_table_is_described_in_the_words_of_googlesql(asked: Asked) -> None:
    schema = await asked.jobs().table_schema(TABLE)
    assert schema.fields["row_cost"] == "FLOAT64"
    assert schema.fields["is_lt_team"] == "BOOL"
    assert schema.fields["dt"] == "DATE"
    assert (schema.partition_field, schema.partition_type) == ("dt", "DAY")
    assert schema.require_partition_filter
    assert (schema.rows, schema.modified, schema.location) == (10, NOW, "US")
    assert asked.warehouse.jobs == []
    assert asked.records == []


def test_waits_grow_are_drawn_by_lot_and_have_an_end() -> None:
    pacing = Pacing(first_seconds=1.0, longest_seconds=5.0)
    waits = [[pacing.wait(failures) for _ in range(200)] for failures in (1, 2, 3, 9)]
    assert [max(some) <= most for some, most in zip(waits, (1, 2, 4, 5), strict=True)] == [True] * 4
    assert all(max(some) > 0.8 * most for some, most in zip(waits, (1, 2, 4, 5), strict=True))
    assert all(len(set(some)) > 100 for some in waits)


def test_googles_libraries_are_loaded_by_whoever_asks_and_not_before() -> None:
    program = (
        "import sys, bot.assembly, queries.engines.bigquery, queries.bigquery.partitions; "
        "print([name for name in sys.modules if name.split('.')[0] in {'google', 'requests'}])"
    )
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, cwd=ROOT)
    assert (run.stdout, run.stderr) == ("[]\n", "")
