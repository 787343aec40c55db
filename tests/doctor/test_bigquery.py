"""Each fault of BigQuery, planted in a stand-in and found by the real client, with its cure."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from analysis.checks import Level
from playground.bigquery.warehouse import TableField
from tests.doctor.conftest import (
    FIELDS,
    NOW,
    PROJECT,
    TABLE,
    Deployment,
    add_table,
    faults,
    found,
)

EMAIL = "costbot@explore-costs.iam.gserviceaccount.com"
NAMES = [
    "BigQuery credentials",
    "BigQuery jobs",
    "BigQuery table",
    "BigQuery location",
    "BigQuery partitions",
    "BigQuery columns",
    "BigQuery metadata",
    "BigQuery newest day",
    "BigQuery refresh",
]


async def test_a_deployment_that_is_well_passes_every_check(deployment: Deployment) -> None:
    examination = await deployment.examined()
    checks = [check for check in examination.checks if check.name.startswith("BigQuery")]
    assert [(check.name, check.level) for check in checks] == [(name, Level.OK) for name in NAMES]
    assert [check.cure for check in checks] == [""] * len(NAMES)
    assert examination.is_well
    assert "BigQuery itself refuses queries without a filter" in checks[4].sentence


async def test_one_query_is_billed_and_no_row_of_the_table_is_read(deployment: Deployment) -> None:
    await deployment.examined()
    ran = [job for job in deployment.warehouse.jobs if not job.dry_run]
    assert len(ran) == 1
    assert all("INFORMATION_SCHEMA" in table for table in ran[0].partitions)
    assert ran[0].bytes_billed == 10 * 2**20


async def test_without_a_project_bigquery_is_not_looked_at(deployment: Deployment) -> None:
    examination = await deployment.examined(bigquery_project=None)
    assert not [check for check in examination.checks if "BigQuery" in check.name]
    assert deployment.warehouse.requests == []


async def test_no_credentials_are_a_fault_with_two_ways_out(
    deployment: Deployment, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv("GOOGLE_APPLICATION_CREDENTIALS", raising=False)
    monkeypatch.setenv("CLOUDSDK_CONFIG", str(tmp_path))
    monkeypatch.setenv("NO_GCE_CHECK", "true")
    examination = await deployment.examined(bigquery_endpoint=None)
    (fault,) = faults(examination)
    assert (fault.name, fault.sentence) == (
        "BigQuery credentials",
        "There are no Google credentials on this machine.",
    )
    assert "gcloud auth application-default login" in fault.cure
    assert "COSTBOT_BIGQUERY_KEY_FILE" in fault.cure


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (None, "cannot be read: No such file or directory"),
        ("", "is no key of a service account"),
        ('{"type": "authorized_user"}', "is no key of a service account"),
        ('{"private_key": "hunter2", "client_email": "a@b", "token_uri": "c"}', "is no key"),
        ("\udcff", "is no key of a service account"),
    ],
)
async def test_a_key_file_that_cannot_be_used_is_a_fault_and_is_not_quoted(
    deployment: Deployment, tmp_path: Path, content: str | None, sentence: str
) -> None:
    key_file = tmp_path / "key.json"
    if content is not None:
        key_file.write_bytes(content.encode("utf-8", "surrogateescape"))
    examination = await deployment.examined(bigquery_key_file=key_file)
    (fault,) = faults(examination)
    assert sentence in fault.sentence
    assert "hunter2" not in str(examination)


async def test_a_key_that_google_takes_tells_whose_it_is_and_never_the_key(
    deployment: Deployment, tmp_path: Path
) -> None:
    deployment.warehouse.requires_token = True
    key_file = tmp_path / "key.json"
    deployment.warehouse.accounts.write_key_file(key_file, deployment.url, EMAIL)
    examination = await deployment.examined(bigquery_key_file=key_file)
    assert faults(examination) == []
    told = found(examination, "BigQuery credentials").sentence
    assert told == f"Those of a service account, {EMAIL}, by the key file."
    assert "PRIVATE KEY" not in str(examination)


async def test_a_key_that_was_replaced_is_refused_and_a_fault(
    deployment: Deployment, tmp_path: Path
) -> None:
    old, new = tmp_path / "old.json", tmp_path / "new.json"
    for key_file in (old, new):
        deployment.warehouse.accounts.write_key_file(key_file, deployment.url, EMAIL)
    examination = await deployment.examined(bigquery_key_file=old)
    (fault,) = faults(examination)
    assert fault.name == "BigQuery credentials"
    assert fault.sentence == f"Google refuses the key in {old}."
    assert "make a new key" in fault.cure


async def test_a_sign_in_that_does_not_answer_is_a_fault(
    deployment: Deployment, tmp_path: Path
) -> None:
    key_file = tmp_path / "key.json"
    deployment.warehouse.accounts.write_key_file(key_file, "http://127.0.0.1:9", EMAIL)
    (fault,) = faults(await deployment.examined(bigquery_key_file=key_file))
    assert fault.sentence.startswith("Google's sign-in cannot be reached")


async def test_who_may_not_run_jobs_learns_which_role_to_give_and_the_rest_is_looked_at(
    deployment: Deployment,
) -> None:
    deployment.warehouse.forbid(project=PROJECT)
    deployment.warehouse.drop_column(TABLE, "org")
    examination = await deployment.examined()
    assert [fault.name for fault in faults(examination)] == ["BigQuery jobs", "BigQuery column org"]
    fault = found(examination, "BigQuery jobs")
    assert fault.sentence == f"Costbot's account may not run jobs in the project {PROJECT}."
    assert "roles/bigquery.jobUser" in fault.cure


async def test_who_may_not_read_the_table_learns_which_role_to_give(deployment: Deployment) -> None:
    deployment.warehouse.forbid(table=TABLE)
    examination = await deployment.examined()
    (fault,) = faults(examination)
    assert fault.name == "BigQuery table"
    assert fault.sentence == f"Costbot's account may not read {TABLE}."
    assert "roles/bigquery.dataViewer" in fault.cure
    assert found(examination, "BigQuery jobs").level is Level.OK


async def test_a_table_that_is_not_there_is_a_fault(deployment: Deployment) -> None:
    examination = await deployment.examined(bigquery_table="warehouse.gpu_costs.other")
    (fault,) = faults(examination)
    assert "There is no table warehouse.gpu_costs.other" in fault.sentence
    assert "COSTBOT_BIGQUERY_TABLE" in fault.cure


async def test_a_server_that_does_not_answer_is_a_fault(deployment: Deployment) -> None:
    examination = await deployment.examined(
        bigquery_endpoint="http://127.0.0.1:9", bigquery_timeout_seconds=0.2
    )
    assert {fault.name for fault in faults(examination)} == {"BigQuery jobs", "BigQuery table"}


async def test_a_dataset_elsewhere_is_a_fault_that_names_the_right_place(
    deployment: Deployment,
) -> None:
    examination = await deployment.examined(bigquery_location="us-central1")
    fault = found(examination, "BigQuery location")
    assert fault.level is Level.FAULT
    assert fault.sentence == "The dataset is in EU, but queries are sent to us-central1."
    assert fault.cure == "Set COSTBOT_BIGQUERY_LOCATION=EU, or leave it out."


async def test_the_case_of_a_location_does_not_matter(deployment: Deployment) -> None:
    examination = await deployment.examined(bigquery_location="eu")
    assert found(examination, "BigQuery location").level is Level.OK


async def test_a_table_without_partitions_is_a_fault(deployment: Deployment) -> None:
    add_table(deployment.warehouse, partition_field=None)
    fault = found(await deployment.examined(), "BigQuery partitions")
    assert fault.level is Level.FAULT
    assert fault.sentence.startswith("The table is not partitioned: each query would read")


async def test_a_table_partitioned_by_month_is_a_fault(deployment: Deployment) -> None:
    deployment.warehouse.add_table(TABLE, FIELDS, "dt", location="EU", partitioned_by="MONTH")
    fault = found(await deployment.examined(), "BigQuery partitions")
    assert fault.level is Level.FAULT
    assert fault.sentence == "The table is partitioned by MONTH, and a refresh reads days."
    assert "partitioned by day of dt" in fault.cure


async def test_a_table_partitioned_by_another_column_is_a_fault_that_names_it(
    deployment: Deployment,
) -> None:
    fields = [*FIELDS, TableField("loaded_on", "DATE")]
    add_table(deployment.warehouse, fields=fields, partition_field="loaded_on")
    fault = found(await deployment.examined(), "BigQuery partitions")
    assert fault.level is Level.FAULT
    assert "is partitioned by loaded_on, but the day (dt) is mapped to dt" in fault.sentence
    assert """COSTBOT_BIGQUERY_COLUMNS='{"dt": "loaded_on"}'""" in fault.cure


async def test_every_missing_column_is_named_with_what_it_may_be_called_now(
    deployment: Deployment,
) -> None:
    renamed = {"org": "org_name", "row_cost": "cost_of_row"}
    fields = [TableField(renamed.get(one.name, one.name), one.type) for one in FIELDS]
    fields = [one for one in fields if one.name != "billing_type"]
    add_table(deployment.warehouse, fields=fields, days_ago=())
    examination = await deployment.examined()
    told = {fault.name: fault for fault in faults(examination)}
    assert list(told)[:3] == [
        "BigQuery column row_cost",
        "BigQuery column org",
        "BigQuery column billing_type",
    ]
    assert told["BigQuery column org"].sentence == "The table has no column `org`."
    assert told["BigQuery column org"].cure == (
        'It may be `org_name`: set COSTBOT_BIGQUERY_COLUMNS=\'{"org": "org_name"}\', '
        'or \'{"org": ""}\' where the table has none.'
    )
    # Without a cost there is nothing to speak of: it cannot be mapped to none.
    assert "where the table has none" not in told["BigQuery column row_cost"].cure
    assert '{"billing_type": ""}' in told["BigQuery column billing_type"].cure


async def test_every_column_of_a_wrong_type_is_named_with_what_is_accepted(
    deployment: Deployment,
) -> None:
    wrong = {"row_cost": "BOOL", "is_lt_team": "STRING", "model": "BYTES"}
    fields = [TableField(one.name, wrong.get(one.name, one.type)) for one in FIELDS]
    add_table(deployment.warehouse, fields=fields, days_ago=())
    examination = await deployment.examined()
    told = {fault.name: fault for fault in faults(examination)}
    row_cost = told["BigQuery column row_cost"]
    assert row_cost.sentence == "The column `row_cost` is of the type BOOL."
    assert "one of BIGNUMERIC, FLOAT64, INT64, NUMERIC, STRING" in row_cost.cure
    assert "It has to be BOOL" in told["BigQuery column is_lt_team"].cure
    assert "BYTES" in told["BigQuery column model"].sentence
    tried = found(examination, "BigQuery refresh")
    assert (tried.level, tried.cure) == (Level.WARNING, "Mend the columns first.")


async def test_the_case_of_a_column_does_not_matter(deployment: Deployment) -> None:
    examination = await deployment.examined(bigquery_columns={"org": "ORG", "model": "Model"})
    assert found(examination, "BigQuery columns").level is Level.OK


async def test_a_ceiling_below_what_a_day_bills_is_a_fault_that_says_how_much(
    deployment: Deployment,
) -> None:
    examination = await deployment.examined(bigquery_most_bytes=1000)
    fault = found(examination, "BigQuery refresh")
    assert fault.level is Level.FAULT
    assert "for which 10 MiB are billed; costbot may bill 1,000 bytes a query" in fault.sentence
    assert fault.cure == "Set COSTBOT_BIGQUERY_MOST_BYTES to 10485760 or more."


async def test_a_table_that_is_no_longer_written_to_is_a_warning(deployment: Deployment) -> None:
    add_table(deployment.warehouse, days_ago=(3, 9))
    warning = found(await deployment.examined(), "BigQuery newest day")
    assert warning.level is Level.WARNING
    assert warning.sentence.startswith("The newest partition is 2026-11-17, changed last at ")


async def test_a_day_that_has_just_ended_is_not_stale(deployment: Deployment) -> None:
    add_table(deployment.warehouse, days_ago=(1,))
    assert found(await deployment.examined(), "BigQuery newest day").level is Level.OK


async def test_a_table_without_any_day_of_late_is_a_fault(deployment: Deployment) -> None:
    add_table(deployment.warehouse, days_ago=(401,))
    fault = found(await deployment.examined(), "BigQuery metadata")
    assert fault.level is Level.FAULT
    assert fault.sentence == "The table has no partition of the last 400 days."


async def test_rows_without_a_day_are_a_warning(deployment: Deployment) -> None:
    lost: list[dict[str, str | float]] = [{"cost_category": "inference", "row_cost": 3.0}] * 2
    deployment.warehouse.replace_partition(TABLE, None, lost)
    warning = found(await deployment.examined(), "BigQuery rows")
    assert warning.level is Level.WARNING
    assert warning.sentence == "2 rows without a day (dt is NULL) are in no figure."


async def test_what_the_doctor_asks_is_kept_once_there_is_a_store(deployment: Deployment) -> None:
    from bot.assembly import opened_store

    async with opened_store(deployment.settings(), lambda: NOW) as store:
        await deployment.examined()
        (totals,) = await store.warehouse_jobs.since(NOW - timedelta(days=1))
    assert (totals.purpose, totals.jobs, totals.bytes_billed) == ("partitions", 1, 10 * 2**20)
