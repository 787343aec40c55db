"""LiteLLM's logs, as its generic API logger sends them."""

from __future__ import annotations

import json
from collections.abc import Mapping

import pytest

from api.usage.routes import LITELLM
from queries.ingest.counts import Totals, counted
from queries.ingest.litellm import NO_LOG, from_litellm
from tests.ingest.station import JSON, LINES, Station, lines_of

PROMPT = "my cat is ill 5519"

LOG: Mapping[str, object] = {
    "id": "chatcmpl-1",
    "trace_id": "5e1f",
    "call_type": "acompletion",
    "cache_hit": None,
    "status": "success",
    "custom_llm_provider": "openai",
    "model": "gpt-4",
    "model_group": "smart",
    "prompt_tokens": 1000,
    "completion_tokens": 100,
    "total_tokens": 1100,
    "response_cost": 123.0,
    "startTime": 1795255200.25,
    "endTime": 1795255201.75,
    "end_user": "cat-owner",
    "request_tags": ["feature:search", "environment=staging", "User-Agent: litellm/1.80", 7],
    "metadata": {
        "user_api_key_hash": "9f86d081884c7d65",
        "user_api_key_alias": "ci",
        "user_api_key_team_id": "t-1",
        "user_api_key_team_alias": "ml",
        "user_api_key_org_alias": "LiteLLM's own",
        "user_api_key_user_id": "default_user_id",
        "requester_metadata": {"prompt": PROMPT},
    },
    "messages": [{"role": "user", "content": PROMPT}],
    "response": {"choices": [{"message": {"content": PROMPT}}], "usage": {"prompt_tokens": 1000}},
    "model_parameters": {"system": PROMPT},
}


def log(request_id: str, **fields: object) -> dict[str, object]:
    return {**LOG, "id": request_id, **fields}


async def test_a_log_becomes_an_event_without_what_was_said(station: Station) -> None:
    assert (await station.send(LOG, path=LITELLM)).counts == (1, 1, 0, 0)
    assert PROMPT.encode() not in station.on_disk()
    [row] = await station.rows(
        "epoch_us(time), organization, request_id, user_id, team, key_name, feature, environment, "
        "provider, model, fresh_input_tokens, output_tokens, latency_ms, result, endpoint, "
        "billed_cost::VARCHAR, tags"
    )
    assert row == (
        1795255200250000,
        "acme",
        "chatcmpl-1",
        "cat-owner",
        "ml",
        "ci",
        "search",
        "staging",
        "openai",
        "gpt-4",
        1000,
        100,
        1500,
        "success",
        "acompletion",
        "0.036000000000000",
        '{"model_group":"smart"}',
    )
    assert PROMPT.encode() not in station.on_disk()


async def test_all_its_formats_are_understood(station: Station) -> None:
    for body, kind in (
        (json.dumps([log("a"), log("b")]).encode(), JSON),
        (json.dumps(log("c")).encode(), JSON),
        (lines_of([log("d"), log("e")]), LINES),
    ):
        assert (await station.post(body, kind, LITELLM)).body["rejected"] == 0
    found = await station.rows("request_id", "request_id")
    assert "".join(str(name) for (name,) in found) == "abcde"


async def test_what_is_no_log_is_told(station: Station) -> None:
    wrong = [{"id": "1"}, log("2", metadata=[]), 7, log("3", startTime="soon")]
    answered = await station.send(*wrong, LOG, path=LITELLM)
    assert [(one["line"], one["reason"]) for one in answered.body["rejections"]] == [
        (1, NO_LOG),
        (2, NO_LOG),
        (3, "JSON, but no object"),
        (4, "the time is no instant"),
    ]


HUGE = 10**400


@pytest.mark.parametrize(
    "fields",
    [
        {"response_time": HUGE},
        {"startTime": HUGE},
        {"endTime": HUGE},
        {"endTime": 1e308},
        {"call_type": [1]},
        {"call_type": {"a": 1}},
        {"prompt_tokens": HUGE},
        {"model": {"a": HUGE}},
    ],
    ids=lambda fields: next(iter(fields)),
)
def test_what_nobody_means_stops_nothing(fields: dict[str, object]) -> None:
    sent = json.dumps({**LOG, **fields}).encode()
    assert len(from_litellm([(1, sent)], with_organization=True)) == 1


async def test_its_organizations_count_where_the_token_is_of_all(station: Station) -> None:
    of_globex = {"user_api_key_org_id": "globex"}
    await station.send(log("a", metadata=of_globex), path=LITELLM)
    await station.send(log("b", metadata=of_globex), path=LITELLM, token="all")
    found = await station.rows("request_id, organization", "request_id")
    assert found == [("a", "acme"), ("b", "globex")]


async def test_failures_and_answers_of_its_own_cache_cost_nothing(station: Station) -> None:
    nothing = {"prompt_tokens": 0, "completion_tokens": 0}
    await station.send(
        log("a", status="failure", **nothing),
        log("b", status="failure", error_information={"error_code": "504"}, **nothing),
        log("c", status="failure", error_information={"error_code": "RateLimitError"}, **nothing),
        log("d", cache_hit=True, response_cost=0),
        path=LITELLM,
    )
    found = await station.rows(
        "request_id, result, failed_requests, billed_cost::INT, tags LIKE '%cache_hit%'",
        "request_id",
    )
    assert found == [
        ("a", "failed", 1, 0, False),
        ("b", "timeout", 1, 0, False),
        ("c", "failed", 1, 0, False),
        ("d", "success", 0, 0, True),
    ]


USAGES: list[tuple[str, str, dict[str, object], tuple[int, ...]]] = [
    # LiteLLM counts everybody as OpenAI does: cached and written input within the input.
    ("openai", "gpt-4", {"prompt_tokens_details": {"cached_tokens": 400}}, (600, 400, 0, 80, 20)),
    (
        "anthropic",
        "claude-sonnet-4-5",
        {"cache_read_input_tokens": 400, "cache_creation_input_tokens": 100},
        (500, 400, 100, 80, 20),
    ),
    (
        "bedrock_converse",
        "us.anthropic.claude-3-haiku-20240307-v1:0",
        {"cache_read_input_tokens": 400},
        (600, 400, 0, 80, 20),
    ),
    (
        "vertex_ai",
        "gemini-2.5-pro",
        {"prompt_tokens_details": {"cached_tokens": 400}},
        (600, 400, 0, 80, 20),
    ),
    ("xai", "grok-4", {}, (1000, 0, 0, 80, 20)),
    # An older one that hands on what Anthropic said: more was read than the input contains.
    ("anthropic", "claude-3-opus", {"cache_read_input_tokens": 4000}, (1000, 4000, 0, 80, 20)),
]


@pytest.mark.parametrize("place", ["metadata", "response"])
async def test_token_classes_add_up_whoever_the_provider_is(station: Station, place: str) -> None:
    sent: list[object] = []
    for number, (provider, model, usage, _) in enumerate(USAGES):
        used = {**usage, "completion_tokens_details": {"reasoning_tokens": 20}}
        where = {"usage_object": used} if place == "metadata" else {}
        said = {"usage": used, "choices": [{"message": {"content": PROMPT}}]}
        sent.append(
            log(
                str(number),
                custom_llm_provider=provider,
                model=f"{provider}/{model}",
                metadata=where,
                response=said if place == "response" else PROMPT,
            )
        )
    assert (await station.send(*sent, path=LITELLM)).body["rejections"] == []
    found = await station.rows(
        "fresh_input_tokens, cached_input_tokens, cache_write_tokens, output_tokens, "
        "reasoning_tokens",
        "request_id",
    )
    assert found == [classes for *_, classes in USAGES]
    assert PROMPT.encode() not in station.on_disk()


def test_what_was_not_said_stays_unsaid() -> None:
    assert counted(Totals(None, None), "openai", "gpt-4") == {
        "input_tokens": None,
        "output_tokens": None,
        "cached_input_tokens": None,
        "cache_write_tokens": None,
        "reasoning_tokens": None,
    }
