"""What the providers' token counts contain: one declared table, from their own references.

Costbot stores disjoint classes that add up to the provider's total: fresh input, cached input,
cache writes, output, reasoning. What has to be subtracted depends on who counted.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Convention:
    """How one kind of provider counts.

    Attributes:
        providers: names, in lower case; empty: all that are not named elsewhere.
        model_part: only models with this in their name, in lower case; empty: all.
        input_includes_cache: `input_tokens` contain cached and written input.
        output_includes_reasoning: `output_tokens` contain reasoning.
        reference: where the provider says so.
    """

    providers: frozenset[str]
    input_includes_cache: bool
    output_includes_reasoning: bool
    reference: str
    model_part: str = ""


_GOOGLE = frozenset(
    {"google", "gemini", "vertex", "vertex-ai", "vertex_ai", "google-vertex", "google-genai"}
)
_BEDROCK = frozenset({"bedrock", "aws", "aws-bedrock", "amazon-bedrock", "amazon"})

CONVENTIONS: tuple[Convention, ...] = (
    Convention(
        frozenset({"anthropic", "claude"}),
        input_includes_cache=False,
        output_includes_reasoning=True,
        reference="Anthropic, Prompt caching: total input = cache_read_input_tokens + "
        "cache_creation_input_tokens + input_tokens; Extended thinking: thinking is billed as "
        "output_tokens",
    ),
    Convention(
        _GOOGLE | _BEDROCK,
        input_includes_cache=False,
        output_includes_reasoning=True,
        reference="Anthropic's models keep Anthropic's usage object on Vertex AI and Bedrock",
        model_part="claude",
    ),
    Convention(
        _BEDROCK,
        input_includes_cache=False,
        output_includes_reasoning=True,
        reference="Amazon Bedrock, Converse, TokenUsage: cacheReadInputTokens and "
        "cacheWriteInputTokens stand beside inputTokens",
    ),
    Convention(
        _GOOGLE,
        input_includes_cache=True,
        output_includes_reasoning=False,
        reference="Gemini API, UsageMetadata: promptTokenCount includes cachedContentTokenCount; "
        "thoughtsTokenCount stands beside candidatesTokenCount",
    ),
    Convention(
        frozenset({"xai", "x-ai", "grok"}),
        input_includes_cache=True,
        output_includes_reasoning=False,
        reference="xAI, Reasoning: total_tokens = prompt_tokens + completion_tokens + "
        "reasoning_tokens; prompt_tokens include cached_tokens",
    ),
    Convention(
        frozenset(),
        input_includes_cache=True,
        output_includes_reasoning=True,
        reference="OpenAI, Chat Completions, usage: prompt_tokens_details.cached_tokens and "
        "completion_tokens_details.reasoning_tokens are parts of prompt_tokens and "
        "completion_tokens; Azure and DeepSeek (prompt_tokens = cache hit + miss) count alike, "
        "and so do gateways that speak OpenAI's format",
    ),
)
"""The first that fits counts."""


def convention_of(provider: str | None, model: str | None) -> Convention:
    """How a request's tokens were counted.

    Args:
        provider: as the request names it; None: not known.
        model: as the request names it; None: not known.
    """
    provider, model = (provider or "").strip().lower(), (model or "").lower()
    return next(
        one
        for one in CONVENTIONS
        if (not one.providers or provider in one.providers) and one.model_part in model
    )
