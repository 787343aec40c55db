"""What goes wrong at BigQuery ends in a sentence with the next step, never in half an answer."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from analysis.errors import BadInput, CostbotError, NotAllowed, NotFound, Refused, Unavailable
from playground.bigquery.warehouse import TableField
from queries.bigquery.access import Access
from queries.bigquery.jobs import Jobs, Statement
from queries.bigquery.partitions import partitions_of
from queries.engines.bigquery import BigQueryEngine
from queries.request_table import RequestTable
from tests.bigquery.conftest import (
    NOW,
    PROJECT,
    QUICK,
    TABLE,
    TODAY,
    Asked,
    about,
    add_table,
    inference,
)

Breaking = Callable[[Asked], object]

ENGINE_SQL = "SELECT SUM(billed_cost) AS usd FROM costs"


async def fault(asked: Asked, jobs: Jobs | None = None) -> CostbotError:
    """What a question over the request table ends with."""
    engine = BigQueryEngine(jobs or asked.jobs(), RequestTable(TABLE), lambda: NOW)
    with pytest.raises(CostbotError) as refusal:
        await engine.query(ENGINE_SQL, {}, first_day=TODAY - timedelta(days=2), last_day=TODAY)
    return refusal.value


async def job_fault(asked: Asked, statement: Statement | None = None) -> CostbotError:
    """What a statement ends with."""
    with pytest.raises(CostbotError) as refusal:
        await asked.jobs().run(statement or about())
    return refusal.value


def refused(status: int, reason: str, message: str = "No.", times: int = 1) -> Breaking:
    return lambda asked: asked.warehouse.faults.next(
        "jobs.insert", status=status, reason=reason, message=message, times=times
    )


FAULTS: dict[str, tuple[Breaking, type[CostbotError], tuple[str, ...]]] = {
    "no permission to run jobs": (
        lambda asked: asked.warehouse.forbid(project=PROJECT),
        NotAllowed,
        (PROJECT, "may not run jobs", "roles/bigquery.jobUser", "COSTBOT_BIGQUERY_PROJECT"),
    ),
    "no permission to read the table": (
        lambda asked: asked.warehouse.forbid(table=TABLE),
        NotAllowed,
        (TABLE, "may not read", "roles/bigquery.dataViewer"),
    ),
    "no billing": (
        refused(403, "billingNotEnabled", "Billing has not been enabled for this project."),
        NotAllowed,
        (PROJECT, "cannot pay"),
    ),
    "no such table": (
        lambda asked: (
            add_table(asked.warehouse, [], TABLE + "_2"),
            asked.warehouse.drop_table(TABLE),
        ),
        NotFound,
        (f"There is no table {TABLE}", "COSTBOT_BIGQUERY_TABLE"),
    ),
    "no such dataset": (
        lambda asked: asked.warehouse.drop_table(TABLE),
        NotFound,
        ("no dataset warehouse.gpu_costs.", "COSTBOT_BIGQUERY_TABLE", "COSTBOT_BIGQUERY_LOCATION"),
    ),
    "a column vanished": (
        refused(400, "invalidQuery", "Unrecognized name: row_cost; Did you mean x? at [46:20]"),
        BadInput,
        ("no column row_cost any more", "COSTBOT_BIGQUERY_COLUMNS", "costbot doctor"),
    ),
    "another partition column": (
        refused(400, "invalidQuery", "Cannot query over table 'a.b.c' without a filter over "
                "column(s) 'day' that can be used for partition elimination"),
        BadInput,
        ("partitioned by another column", "'day'", "COSTBOT_BIGQUERY_COLUMNS"),
    ),
    "another type": (
        refused(400, "invalidQuery", "No matching signature for operator BETWEEN for types INT64"),
        BadInput,
        ("another type", "COSTBOT_BIGQUERY_COLUMNS", "costbot doctor"),
    ),
    "any other refusal": (
        refused(400, "invalidQuery", "Syntax error: Unexpected end of script at [1:9]"),
        BadInput,
        ("BigQuery refuses the query", "Unexpected end of script at [1:9]"),
    ),
    "a quota": (
        refused(403, "quotaExceeded", "Custom quota exceeded: Your usage exceeded the quota."),
        Unavailable,
        ("quota", PROJECT, "Ask again later"),
    ),
    "too many requests": (
        refused(429, "rateLimitExceeded", times=QUICK.tries),
        Unavailable,
        ("takes no more questions", "in a minute"),
    ),
    "too many requests, as BigQuery also says it": (
        refused(403, "rateLimitExceeded", times=QUICK.tries),
        Unavailable,
        ("takes no more questions", "in a minute"),
    ),
    "a fault of BigQuery's own": (
        refused(503, "backendError", times=QUICK.tries),
        Unavailable,
        ("backendError", "trying again did not help"),
    ),
    "a fault without a reason": (
        refused(502, "", times=QUICK.tries),
        Unavailable,
        ("502", "trying again did not help"),
    ),
    "connections that break off": (
        lambda asked: asked.warehouse.faults.drop("jobs.insert", times=QUICK.tries),
        Unavailable,
        ("cannot be reached", "COSTBOT_BIGQUERY_ENDPOINT"),
    ),
    "a query that is too large": (
        lambda asked: asked.warehouse.faults.fail_job("resourcesExceeded", "Out of memory"),
        Unavailable,
        ("too large", "Out of memory", "shorter period"),
    ),
    "a job that somebody cancelled": (
        lambda asked: asked.warehouse.faults.fail_job("stopped", "User requested cancellation"),
        Unavailable,
        ("cancelled at BigQuery by somebody else",),
    ),
    "a job that timed out": (
        lambda asked: asked.warehouse.faults.fail_job("timeout", "Job timed out"),
        Unavailable,
        ("took longer", "COSTBOT_BIGQUERY_TIMEOUT_SECONDS"),
    ),
    "over the ceiling, as a job finds out": (
        lambda asked: asked.warehouse.faults.fail_job("bytesBilledLimitExceeded"),
        BadInput,
        ("would bill more", "COSTBOT_BIGQUERY_MOST_BYTES"),
    ),
    "credentials that are refused": (
        lambda asked: setattr(asked.warehouse, "requires_token", True),
        BadInput,
        ("credentials", "COSTBOT_BIGQUERY_KEY_FILE"),
    ),
    "an answer that is no JSON": (
        lambda asked: asked.warehouse.faults.malform("getQueryResults"),
        Unavailable,
        ("cannot be read", "Ask again"),
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", FAULTS)
async def test_every_fault_is_a_sentence_with_the_next_step(asked: Asked, name: str) -> None:
    break_it, kind, parts = FAULTS[name]
    break_it(asked)
    error = await fault(asked)
    assert type(error) is kind
    assert [part for part in parts if part not in str(error)] == [], str(error)
    assert str(error).endswith(".")
    assert not isinstance(error, Refused) or error.sentence.endswith(".")
    assert "Traceback" not in str(error)
    assert "\n" not in str(error)
    assert [record.purpose for record in asked.records if record.outcome != "done"] == [
        asked.records[-1].purpose
    ]
    assert asked.records[-1].outcome == "failed"
    assert asked.records[-1].reason


async def test_a_column_that_vanished_is_named(asked: Asked) -> None:
    asked.warehouse.drop_column(TABLE, "row_cost")
    error = await job_fault(asked)
    assert str(error) == (
        f"{TABLE} has no column row_cost any more. If it is called otherwise now, map it by "
        "COSTBOT_BIGQUERY_COLUMNS. `costbot doctor` compares all columns with the table's."
    )


async def test_more_than_the_ceiling_names_both_sizes(asked: Asked) -> None:
    add_table(asked.warehouse, [inference(0, 1.0, model="m" * 1000) for _ in range(2000)])
    jobs = asked.jobs(asked.access(most_bytes=10 * 1024))
    sql = f"SELECT model FROM `{TABLE}` WHERE dt BETWEEN @a AND @b"
    with pytest.raises(BadInput, match=r"would read 1\.9 MiB; costbot may bill 10 KiB a query"):
        await jobs.run(about(sql))
    assert asked.runs == []


PAGING: dict[str, Breaking] = {
    "a page token is refused": lambda asked: asked.warehouse.faults.refuse_page_token(),
    "a page comes twice": lambda asked: asked.warehouse.faults.repeat_page(),
    "a page comes again and again": lambda asked: asked.warehouse.faults.repeat_page(times=1000),
    "rows are missing": lambda asked: asked.warehouse.faults.shorten_page(times=1000),
    "a page is no JSON": lambda asked: asked.warehouse.faults.malform("getQueryResults"),
}


@pytest.mark.parametrize("name", PAGING)
async def test_half_an_answer_is_none(asked: Asked, name: str) -> None:
    add_table(asked.warehouse, [inference(0, float(n)) for n in range(50)])
    asked.warehouse.page_rows = 7
    PAGING[name](asked)
    sql = f"SELECT row_cost FROM `{TABLE}` WHERE dt BETWEEN @a AND @b"
    error = await job_fault(asked, about(sql))
    assert isinstance(error, Unavailable)
    assert "Ask again" in str(error)
    (record,) = asked.records
    assert record.outcome == "failed"
    assert record.bytes_billed == asked.runs[0].bytes_billed > 0


async def test_pages_that_pass_a_fault_are_read_to_the_end(asked: Asked) -> None:
    add_table(asked.warehouse, [inference(0, float(n)) for n in range(50)])
    asked.warehouse.page_rows = 7
    asked.warehouse.faults.next("getQueryResults", times=2)
    asked.warehouse.faults.drop("getQueryResults", times=1)
    sql = f"SELECT row_cost FROM `{TABLE}` WHERE dt BETWEEN @a AND @b"
    answer = await asked.jobs(pacing=QUICK).run(about(sql))
    assert sorted(answer.rows) == [(float(n),) for n in range(50)]


async def test_bigquery_that_is_not_there_is_named(asked: Asked) -> None:
    nowhere = asked.access(endpoint="http://127.0.0.1:9")
    error = await fault(asked, asked.jobs(nowhere))
    assert isinstance(error, Unavailable)
    assert "cannot be reached at http://127.0.0.1:9" in str(error)


async def test_what_nobody_expected_is_raised_as_it_is(asked: Asked) -> None:
    def broken() -> datetime:
        raise ZeroDivisionError

    async def record(_: object) -> None:
        """Nothing is kept."""

    jobs = Jobs(asked.access(), broken, record, QUICK)
    with pytest.raises(ZeroDivisionError):
        await jobs.run(about())
    await jobs.close()


async def test_partitions_are_listed_with_their_rows_and_those_without_a_day(asked: Asked) -> None:
    rows = [inference(0, 1.0), inference(0, 2.0), inference(3, 1.0), inference(40, 1.0)]
    add_table(asked.warehouse, [*rows, {**inference(0, 1.0), "dt": None}])
    add_table(asked.warehouse, [inference(1, 1.0)], TABLE + "_other")
    later = NOW + timedelta(hours=1)
    asked.warehouse.clock = lambda: later
    asked.warehouse.replace_partition(TABLE, TODAY, [inference(0, 1.0)] * 5)  # pyright: ignore[reportArgumentType]
    listing = await partitions_of(
        asked.jobs(), RequestTable(TABLE), TODAY - timedelta(days=3), TODAY
    )
    assert [(one.day, one.rows, one.modified) for one in listing.partitions] == [
        (TODAY - timedelta(days=3), 1, NOW),
        (TODAY, 5, later),
    ]
    assert listing.partitions[0].modified.tzinfo is UTC
    assert all(one.bytes > 0 for one in listing.partitions)
    assert (listing.rows_without_day, listing.bytes_billed) == (1, 10 * 1024**2)
    assert [record.purpose for record in asked.records] == ["partitions"]


async def test_a_table_that_is_not_partitioned_has_no_partitions(asked: Asked) -> None:
    asked.warehouse.add_table(TABLE, [TableField("dt", "DATE")], None, [{"dt": TODAY}])
    listing = await partitions_of(asked.jobs(), RequestTable(TABLE), TODAY, TODAY)
    assert (listing.partitions, listing.rows_without_day) == ((), 0)


def test_a_stand_in_alone_is_asked_without_credentials() -> None:
    assert Access("p", endpoint="http://127.0.0.1:1").is_anonymous
    assert not Access("p", endpoint="https://bigquery.example.com").is_anonymous
    assert not Access("p").is_anonymous
