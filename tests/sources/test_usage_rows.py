"""What the importer of LLM usage makes of a row: its token classes, its price, its key."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from analysis.errors import BadInput
from queries.dimensions import Source
from queries.sources.conventions import CONVENTIONS, convention_of
from queries.sources.usage_models import Counting
from tests.sources.importing import Deployment, list_price

CLASSES = (
    "fresh_input_tokens, cached_input_tokens, cache_write_tokens, output_tokens, reasoning_tokens"
)


@pytest.mark.parametrize(
    ("provider", "model", "classes"),
    [
        ("openai", "gpt-4o", (600, 300, 100, 150, 50)),
        ("azure", "gpt-4o", (600, 300, 100, 150, 50)),
        ("deepseek", "deepseek-chat", (600, 300, 100, 150, 50)),
        ("somebody new", "model", (600, 300, 100, 150, 50)),
        ("Anthropic", "claude-3-opus", (1000, 300, 100, 150, 50)),
        ("bedrock", "anthropic.claude-3-haiku-20240307-v1:0", (1000, 300, 100, 150, 50)),
        ("vertex", "claude-3-opus", (1000, 300, 100, 150, 50)),
        ("google", "gemini-pro", (600, 300, 100, 200, 50)),
        ("xai", "grok-4", (600, 300, 100, 200, 50)),
    ],
)
def test_token_classes_are_disjoint_by_each_providers_convention(
    deployment: Deployment, provider: str, model: str, classes: tuple[int, ...]
) -> None:
    deployment.usage(
        "time,provider,model,input_tokens,cached_input_tokens,cache_write_tokens,output_tokens,"
        f"reasoning_tokens\n2026-11-20,{provider},{model},1000,300,100,200,50\n"
    )
    assert deployment.rows(CLASSES) == [classes]


def test_every_convention_names_where_it_is_written() -> None:
    assert all(len(convention.reference) > 30 for convention in CONVENTIONS)
    assert not CONVENTIONS[-1].providers


def test_an_option_overrules_the_providers_convention(deployment: Deployment) -> None:
    text = (
        "time,provider,model,input_tokens,cached_input_tokens,output_tokens,reasoning_tokens\n"
        "2026-11-20,openai,gpt-4o,10,300,20,50\n"
    )
    report = deployment.usage(text)
    (reason,) = report.reasons
    assert "--input-includes-cache no" in reason
    deployment.usage(text, counting=Counting(False, False))
    assert deployment.rows(CLASSES) == [(10, 300, 0, 20, 50)]


def test_more_reasoning_than_output_is_rejected_with_the_option_that_helps(
    deployment: Deployment,
) -> None:
    report = deployment.usage(
        "time,provider,model,output_tokens,reasoning_tokens\n2026-11-20,openai,o3,20,50\n"
    )
    (reason,) = report.reasons
    assert "--output-includes-reasoning no" in reason


tokens = st.integers(0, 10**9)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["openai", "anthropic", "google", "xai", "bedrock", "new"]),
            *[tokens] * 5,
        ),
        min_size=1,
        max_size=20,
    )
)
def test_stored_classes_add_up_to_the_providers_total(
    deployment: Deployment, rows: list[tuple[str, int, int, int, int, int]]
) -> None:
    text = [
        "time,request_id,provider,model,input_tokens,cached_input_tokens,cache_write_tokens,"
        "output_tokens,reasoning_tokens,user"
    ]
    totals: dict[str, int] = {}
    for number, (provider, fresh, cached, write, output, reasoning) in enumerate(rows):
        convention = convention_of(provider, "m")
        told_input = fresh + (cached + write if convention.input_includes_cache else 0)
        told_output = output + (reasoning if convention.output_includes_reasoning else 0)
        text.append(
            f"2026-11-20,{number},{provider},m,{told_input},{cached},{write},"
            f"{told_output},{reasoning},u{number}"
        )
        totals[f"u{number}"] = fresh + cached + write + output + reasoning
    deployment.home = deployment.home.parent / str(len(list(deployment.home.parent.iterdir())))
    assert deployment.usage("\n".join(text)).rejected == 0
    found = deployment.rows(f"user_id, {CLASSES.replace(', ', ' + ')}")
    assert sorted(map(str, found)) == sorted(map(str, totals.items()))


@pytest.mark.parametrize(
    ("column", "value", "reason"),
    [
        ("input_tokens", "12.7", "input_tokens is no whole number from 0 on"),
        ("input_tokens", "-1", "input_tokens is no whole number from 0 on"),
        ("input_tokens", "nan", "input_tokens is no whole number from 0 on"),
        ("input_tokens", "1e30", "input_tokens is no whole number from 0 on"),
        ("output_tokens", "many", "output_tokens is no whole number from 0 on"),
        ("requests", "0", "requests is no whole number from 1 on"),
        ("requests", "1.5", "requests is no whole number from 1 on"),
        ("batch", "maybe", "batch is neither true nor false"),
        ("latency_ms", "slow", "latency_ms is no number from 0 on"),
        ("tags", "{", "tags is no JSON object"),
    ],
)
def test_what_is_no_value_of_its_column_is_rejected(
    deployment: Deployment, column: str, value: str, reason: str
) -> None:
    columns = {"time": "2026-11-20", "model": "m", "input_tokens": "1", column: value}
    report = deployment.usage(f"{','.join(columns)}\n{','.join(columns.values())}\n")
    assert report.reasons == {reason: 1}


@pytest.mark.parametrize("value", ["12", "12.0", "12.000", " 12 ", "+12", "012", "1.2e1"])
def test_whole_numbers_are_read_in_every_usual_spelling(deployment: Deployment, value: str) -> None:
    deployment.usage(f"time,model,input_tokens\n2026-11-20,m,{value}\n")
    assert deployment.rows("fresh_input_tokens") == [(12,)]


def test_each_request_is_priced_at_its_own_time_and_not_before_the_first_price(
    deployment: Deployment,
) -> None:
    change = datetime(2026, 11, 10, tzinfo=UTC)
    deployment.prices = (
        list_price(
            "acme-ai", "a1", "10", "30", since=datetime(2026, 11, 1, tzinfo=UTC), until=change
        ),
        list_price("acme-ai", "a1", "5", "15", since=change),
        list_price("acme-ai", "a1", "1", "1", since=change, organization="globex"),
    )
    report = deployment.usage(
        "time,organization,provider,model,input_tokens,output_tokens\n"
        "2026-10-31T23:59:59Z,acme,Acme-AI,A1,1000000,0\n"
        "2026-11-01T00:00:00Z,acme,acme-ai,a1,1000000,100000\n"
        "2026-11-09T23:59:59Z,globex,acme-ai,a1,1000000,100000\n"
        "2026-11-10T00:00:00Z,globex,acme-ai,a1-2026-11-01,1000000,100000\n"
        "2026-11-10T00:00:01Z,acme,acme-ai,a1-20261101,1000000,100000\n"
        "2026-11-11T00:00:00Z,acme,acme-ai,a2,1000000,100000\n"
        "2026-11-12T00:00:00Z,acme,acme-ai,,1000000,100000\n"
    )
    assert deployment.rows("billed_cost, price_source, unpriced_requests") == [
        (None, "unpriced", 1),
        (13, "list", 0),
        (13, "list", 0),
        (Decimal("1.1"), "negotiated", 0),
        (Decimal("6.5"), "list", 0),
        (None, "unpriced", 1),
        (None, "unpriced", 1),
    ]
    assert (report.unpriced, report.cost) == (3, Decimal("33.6"))


def test_what_the_list_lacks_is_estimated_from_the_public_list_and_labelled(
    deployment: Deployment,
) -> None:
    report = deployment.usage(
        "time,provider,model,input_tokens,output_tokens,cached_input_tokens\n"
        "2025-06-20,openai,gpt-4o,1000000,100000,400000\n"
    )
    assert deployment.rows("billed_cost, price_source") == [(Decimal(3), "genai-prices")]
    assert (report.estimated, report.estimated_cost) == (1, 3)


def test_a_missing_provider_is_taken_from_the_price_list_where_the_model_is_unique(
    deployment: Deployment,
) -> None:
    deployment.prices = (
        list_price("one", "only-here", "1", "1"),
        list_price("one", "shared-model", "1", "1"),
        list_price("two", "shared-model", "2", "2"),
    )
    deployment.usage(
        "time,provider,model,input_tokens\n2026-11-20,,only-here,1000000\n"
        "2026-11-21,,shared-model,1000000\n2026-11-22,two,shared-model,1000000\n"
    )
    assert deployment.rows("provider, billed_cost") == [("one", 1), (None, None), ("two", 2)]


def test_a_row_may_stand_for_many_requests_and_is_tiered_by_their_mean(
    deployment: Deployment,
) -> None:
    report = deployment.usage(
        "time,provider,model,input_tokens,output_tokens,requests,latency_ms,status,batch\n"
        "2026-11-19,anthropic,claude-sonnet-4-5,200000000,0,1000,250,200,yes\n"
        "2026-11-20,anthropic,claude-sonnet-4-5,200001000,0,1000,,500,no\n"
    )
    assert deployment.rows(
        "requests, failed_requests, batch_requests, latency_ms, timed_requests, billed_cost / "
        "(fresh_input_tokens / 1000000)"
    )[1] == (1000, 1000, 0, 0, 0, 6)
    assert deployment.rows("requests, batch_requests, latency_ms, timed_requests")[0] == (
        1000,
        1000,
        250_000,
        1000,
    )
    assert report.requests == 2000


def test_a_row_without_any_count_is_unpriced_and_not_free(deployment: Deployment) -> None:
    deployment.usage(
        "time,provider,model,input_tokens,output_tokens\n"
        "2026-11-20,openai,gpt-4-turbo,,\n2026-11-21,openai,gpt-4-turbo,0,\n"
    )
    assert deployment.rows("billed_cost, unpriced_requests") == [(None, 1), (0, 0)]


def test_a_real_key_is_never_stored_nor_written_to_the_rejects_file(
    deployment: Deployment,
) -> None:
    key = "sk-proj-" + "a1B2c3D4e5F6g7H8" * 2
    report = deployment.usage(
        "time,model,input_tokens,key\n"
        f"2026-11-18,m,1,{key}\n2026-11-19,m,1,sk-…abcd\n2026-11-20,m,1,backend-production\n"
        f"2026-11-20,m,-1,{key}\n2026-11-21,m,1,sk-team-production-backend\n"
    )
    names = [name for (name,) in deployment.rows("key_name")]
    assert names[1:] == ["sk-…abcd", "backend-production", "sk-team-production-backend"]
    assert str(names[0]).startswith("sha256:")
    assert any("real API keys in 1 rows" in note for note in report.notes)
    for path in deployment.home.rglob("*"):
        assert path.is_dir() or key.encode() not in path.read_bytes()


def test_a_file_without_what_no_row_can_do_without_is_refused(deployment: Deployment) -> None:
    with pytest.raises(BadInput, match="no column time"):
        deployment.usage("when,model,input_tokens\n2026-11-20,m,1\n")
    with pytest.raises(BadInput, match="no column model"):
        deployment.usage("time,input_tokens\n2026-11-20,1\n")
    with pytest.raises(BadInput, match="input_tokens nor"):
        deployment.usage("time,model,tokens\n2026-11-20,m,1\n")


def test_json_lines_are_read_with_their_types_and_bad_lines_rejected(
    deployment: Deployment,
) -> None:
    good = {
        "Time": 1763634600,
        "model": "gpt-4-turbo",
        "provider": "openai",
        "input_tokens": 1000,
        "output_tokens": 10.0,
        "batch": False,
        "status": 200,
        "team": None,
        "a/b~c": "x",
        "tags": {"gpu": "H100", "nested": {"a": 1}},
        "client": {"name": "x"},
    }
    lines = [
        json.dumps(good),
        "",
        "{broken",
        "[1, 2]",
        '"text"',
        json.dumps({**good, "input_tokens": "12.5"}),
        json.dumps({**good, "Time": None}),
        json.dumps({**good, "cached_input_tokens": 400}),
    ]
    content = "\n".join(lines).encode() + b'\n{"Time": "\xff"}\n{"Time": 1}\n\n'
    for ending in (b"\n", b"\r\n"):
        report = deployment.run(
            Source.USAGE,
            deployment.file("usage.jsonl", content.replace(b"\n", ending)),
            {"team": "a/b~c"},
        )
        assert [(line, reason) for line, reason, _ in deployment.rejects(report)] == [
            (3, "not JSON"),
            (4, "JSON, but no object"),
            (5, "JSON, but no object"),
            (6, "input_tokens is no whole number from 0 on"),
            (7, "no time"),
            (9, "not UTF-8"),
            (10, "the time is not of this century"),
        ]
    assert "client" in report.ignored_columns
    assert deployment.rows(
        "time, billed_cost, team, result, json_extract_string(tags, '/gpu')", "billed_cost"
    )[-1] == (
        datetime(2025, 11, 20, 10, 30, tzinfo=UTC),
        Decimal("0.0103"),
        "x",
        "success",
        "H100",
    )
