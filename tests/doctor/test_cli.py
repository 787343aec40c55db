"""`costbot doctor` and `costbot about` as people use them: processes of their own."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from subprocess import CompletedProcess

from tests.doctor.conftest import PROJECT, TABLE, Deployment
from tests.road.processes import costbot


async def run(deployment: Deployment, *arguments: str, **more: str) -> CompletedProcess[str]:
    variables = {
        "COSTBOT_BIGQUERY_PROJECT": PROJECT,
        "COSTBOT_BIGQUERY_TABLE": TABLE,
        "COSTBOT_BIGQUERY_ENDPOINT": deployment.url,
        **more,
    }
    return await asyncio.to_thread(costbot, deployment.home, *arguments, typed=None, **variables)


async def test_a_fault_is_a_line_with_its_cure_and_an_exit_code_of_one(
    deployment: Deployment,
) -> None:
    deployment.warehouse.drop_column(TABLE, "org")
    ended = await run(deployment, "doctor")
    assert (ended.returncode, ended.stderr) == (1, "")
    lines = [line.rstrip() for line in ended.stdout.splitlines()]
    (at,) = [number for number, line in enumerate(lines) if line.startswith("✗")]
    assert lines[at].split(maxsplit=4)[4] == "The table has no column `org`."
    assert lines[at + 1].strip().startswith("→ Set COSTBOT_BIGQUERY_COLUMNS=")
    assert "✓ BigQuery jobs" in ended.stdout
    assert ": 1 fault, " in lines[-1]


async def test_warnings_alone_do_not_fail(deployment: Deployment) -> None:
    ended = await run(deployment, "doctor", "--json")
    assert (ended.returncode, ended.stderr) == (0, "")
    told = json.loads(ended.stdout)
    assert (told["ok"], told["faults"]) == (True, 0)
    assert told["warnings"] == sum(check["level"] == "warning" for check in told["checks"])
    assert all(check.keys() == {"name", "level", "sentence", "cure"} for check in told["checks"])
    assert all(check["cure"] for check in told["checks"] if check["level"] != "ok")


def test_settings_that_do_not_fit_are_all_told_as_faults(tmp_path: Path) -> None:
    ended = costbot(
        tmp_path / "home",
        "doctor",
        "--json",
        COSTBOT_PORT="many",
        COSTBOT_ZONE="Mars/Base",
        COSTBOT_BIGQUERY_COLUMNS='{"colour": "red"}',
    )
    assert (ended.returncode, ended.stderr) == (1, "")
    checks = json.loads(ended.stdout)["checks"]
    assert {check["name"] for check in checks} == {"settings"}
    assert [check["sentence"].split(" ")[0] for check in checks] == [
        "COSTBOT_PORT",
        "COSTBOT_ZONE",
        "COSTBOT_BIGQUERY_COLUMNS",
    ]


def test_about_tells_a_fresh_home_in_words_and_as_json(tmp_path: Path) -> None:
    said = costbot(tmp_path / "home", "about")
    assert (said.returncode, said.stderr) == (0, "")
    assert "No data loaded yet." in said.stdout
    assert "Store: sqlite" in said.stdout
    told = json.loads(costbot(tmp_path / "home", "about", "--json").stdout)
    assert (told["store"], told["mart_rows"], told["own_cost"]) == ("sqlite", 0, None)


async def test_about_tells_what_the_doctor_and_a_refresh_cost(deployment: Deployment) -> None:
    synced = await run(deployment, "sync")
    assert synced.returncode == 0, synced.stderr
    await run(deployment, "doctor")
    told = json.loads((await run(deployment, "about", "--json")).stdout)
    purposes = {entry["purpose"]: entry for entry in told["own_cost"]["by_purpose"]}
    assert set(purposes) == {"sync", "partitions"}
    billed = sum(job.bytes_billed for job in deployment.warehouse.jobs)
    assert told["own_cost"]["bytes_billed"] == billed > 0
    assert told["last_sync"]["outcome"] == "done"
    assert told["last_sync"] == told["last_good_sync"]
