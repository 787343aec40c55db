"""No secret and no prompt is anywhere, whatever works and whatever fails."""

from __future__ import annotations

import hashlib
import json
from collections.abc import AsyncGenerator

import pytest
import pytest_asyncio

from bot.stage import people
from tests.secrets.planted import PERSON, PROMPT, TYPED, Evidence, gathered

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def evidence(tmp_path_factory: pytest.TempPathFactory) -> AsyncGenerator[Evidence]:
    yield await gathered(tmp_path_factory.mktemp("planted"))


async def test_no_secret_is_anywhere(evidence: Evidence):
    found = {name: evidence.places(secret) for name, secret in evidence.secrets.items()}
    assert {name: places for name, places in found.items() if places} == {}


async def test_every_failure_that_was_meant_has_happened(evidence: Evidence):
    log = evidence.found["log"]
    for said in (
        "failed logins",
        "delivery 1 is tried, again at",
        "535 5.7.8 Authentication credentials invalid",
        "delivery 3 is tried, again at",
        "delivery 4 (linear) is given up",
        '"level": "DEBUG"',
        "POST /slack/events 401",
        "/api/v1/costs/analysis 401",
    ):
        assert said in log, said
    assert '"status":401' in evidence.found["API token that is none: GET /analysis?time_range"]
    assert "costbot_http_requests_total" in evidence.found["/metrics with the metrics token"]
    assert '"status":401' in evidence.found["/metrics with the gateway token"]
    assert '"accepted":1' in evidence.found["usage 0"].replace(" ", "")
    assert "store" in evidence.found["doctor of what is broken"]


async def test_what_people_type_is_in_no_log_no_metric_and_no_row(evidence: Evidence):
    places = [one for one in evidence.places(TYPED) if ": GET /analysis" not in one]
    assert places == []


async def test_prompts_are_nowhere(evidence: Evidence):
    assert evidence.places(PROMPT) == []


async def test_people_are_named_in_no_log_and_no_metric(evidence: Evidence):
    telling = [name for name in evidence.found if name.startswith(("log", "/", "doctor"))]
    assert len(telling) == 9
    for one in (PERSON, *(user.real_name for user in people()), *(user.email for user in people())):
        assert [name for name in telling if one in evidence.found[name]] == [], one


async def test_of_an_api_token_the_hash_alone_is_kept(evidence: Evidence):
    digest = hashlib.sha256(evidence.token.encode()).hexdigest()
    assert digest in evidence.found["table api_tokens"].replace("\\x", "") or any(
        digest in text.encode("latin-1").hex() for text in [evidence.found["file store.sqlite3"]]
    )


async def test_every_line_of_the_log_is_an_object_and_what_is_under_way_has_its_id(
    evidence: Evidence,
):
    lines = [line for line in evidence.found["log"].splitlines() if line.startswith("{")]
    told = [json.loads(line) for line in lines]
    assert len(told) > 20
    for line in told:
        assert {"timestamp", "level", "logger", "message"} <= set(line)
    http = [line for line in told if line["logger"] == "bot.observation.http"]
    assert all(len(line["request_id"]) == 16 for line in http)
    jobs = {line["request_id"][:4] for line in told if line["logger"] == "bot.scheduler"}
    deliveries = {
        line["request_id"].split("-")[1] for line in told if line["message"].startswith("delivery ")
    }
    assert jobs <= {"job-"}
    assert {"1", "2", "3", "4"} <= deliveries
    others = [line for line in evidence.found["log"].splitlines() if not line.startswith("{")]
    assert [line for line in others if "hears Slack" not in line] == []
