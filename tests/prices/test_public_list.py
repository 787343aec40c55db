"""The public list as dated unit prices: what genai-prices itself computes is the measure."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from genai_prices import Usage, calc_price
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.prices import PriceSource, TokenUsage, UnitPrice, price_in_force, request_cost
from queries.prices.catalogue import Catalogue
from queries.prices.public_list import PublicList
from queries.prices.spellings import spellings

FIRST = datetime(2025, 6, 1, tzinfo=UTC)
LAST = datetime(2026, 11, 20, 23, tzinfo=UTC)

MODELS = [
    ("openai", "gpt-4o"),
    ("openai", "gpt-4o-mini"),
    ("openai", "o3"),
    ("anthropic", "claude-sonnet-4-5"),
    ("google", "gemini-2.5-pro"),
    ("deepseek", "deepseek-chat"),
    ("azure", "gpt-4o-2024-08-06"),
    ("mistral", "mistral-large-latest"),
    ("perplexity", "sonar-pro"),
]


@settings(max_examples=120)
@given(
    st.sampled_from(MODELS),
    st.integers(0, int((LAST - FIRST).total_seconds())),
    st.integers(0, 300_000),
    st.integers(0, 300_000),
    st.integers(0, 50_000),
    st.booleans(),
)
def test_a_request_costs_what_the_package_itself_says(
    name: tuple[str, str], second: int, fresh: int, cached: int, output: int, batch: bool
) -> None:
    provider, model = name
    at = FIRST + timedelta(seconds=second)
    usage = TokenUsage(fresh_input=fresh, cached_input=cached, output=output, batch=batch)
    prices = PublicList().unit_prices(provider, model, FIRST, LAST)
    chosen = price_in_force(prices, at, None, usage.mean_input)
    assert chosen is not None
    assert chosen.source is PriceSource.FALLBACK
    theirs = calc_price(
        Usage(input_tokens=fresh + cached, cache_read_tokens=cached, output_tokens=output),
        model,
        provider_id=provider,
        genai_request_timestamp=at,
        price_context={"processing": "batch"} if batch else None,
    )
    assert request_cost(usage, chosen) == theirs.total_price


def test_a_model_that_nobody_knows_has_no_price() -> None:
    assert PublicList().unit_prices("openai", "no-such-model", FIRST, LAST) == []
    assert PublicList().unit_prices("nobody", "gpt-4o", FIRST, LAST) == []
    assert PublicList().provider_of("no-such-model") is None


def test_the_stores_list_goes_before_the_public_one_where_it_is_in_force() -> None:
    since = FIRST + timedelta(days=30)
    own = UnitPrice(
        provider="openai",
        model="gpt-4o",
        input=Decimal(1),
        output=Decimal(2),
        effective_from=since,
        effective_until=None,
        source=PriceSource.LIST,
        reference="a test",
    )
    candidates = Catalogue([own]).candidates("azure", "GPT-4o-2024-11-20", FIRST, LAST)
    assert price_in_force(candidates, since, None, 1) == own
    before = price_in_force(candidates, since - timedelta(seconds=1), None, 1)
    assert before is not None
    assert before.source is PriceSource.FALLBACK


@pytest.mark.parametrize(
    ("provider", "model", "among"),
    [
        ("OpenAI", "GPT-4-Turbo-2024-04-09", ("openai", "gpt-4-turbo")),
        ("anthropic", "claude-3-opus-20240229", ("anthropic", "claude-3-opus")),
        ("azure", "gpt-4", ("openai", "gpt-4")),
        ("vertex_ai", "gemini-pro", ("google", "gemini-pro")),
        ("vertex", "claude-3-opus@20240229", ("google", "claude-3-opus")),
        ("bedrock", "us.anthropic.claude-3-haiku-20240307-v1:0", ("anthropic", "claude-3-haiku")),
        ("aws", "meta.llama2-70b-chat-v1", ("meta", "llama2-70b-chat")),
    ],
)
def test_models_are_found_under_their_other_names(
    provider: str, model: str, among: tuple[str, str]
) -> None:
    names = spellings(provider, model)
    assert names[0] == (provider.lower(), model.lower())
    assert among in names


def test_a_date_within_a_name_is_left_alone() -> None:
    assert spellings("a", "model-2024-04-09-preview") == [("a", "model-2024-04-09-preview")]
