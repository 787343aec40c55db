"""Token counts of gateways that count every provider alike, as the provider itself would count.

LiteLLM and the GenAI conventions of OpenTelemetry have totals: the input contains what the cache
read and wrote, the output contains reasoning, whoever the provider is. The importer expects what
the provider's own answer says (`queries.sources.conventions`), so that is made of them.
"""

from __future__ import annotations

from dataclasses import dataclass

from queries.sources.conventions import convention_of


@dataclass(frozen=True, slots=True)
class Totals:
    """Tokens of one request; None: not said.

    Attributes:
        input: of the prompt, cached and written ones included.
        output: of the answer, reasoning included.
        cached: of the input, read from the provider's cache.
        written: of the input, written to it.
        reasoning: of the output.
    """

    input: int | None
    output: int | None
    cached: int = 0
    written: int = 0
    reasoning: int = 0


def counted(totals: Totals, provider: str | None, model: str | None) -> dict[str, int | None]:
    """The columns of an event, as its provider counts.

    A part that is larger than its total was not in it: there are gateways, and versions of them,
    that hand on what Anthropic said. Then the total is what both are together.
    """
    convention = convention_of(provider, model)
    apart, beside = totals.cached + totals.written, totals.reasoning
    input_tokens, output_tokens = totals.input, totals.output
    if input_tokens is not None:
        whole = input_tokens if apart <= input_tokens else input_tokens + apart
        input_tokens = whole if convention.input_includes_cache else whole - apart
    if output_tokens is not None:
        whole = output_tokens if beside <= output_tokens else output_tokens + beside
        output_tokens = whole if convention.output_includes_reasoning else whole - beside
    return {
        "input_tokens": input_tokens,
        "output_tokens": output_tokens,
        "cached_input_tokens": totals.cached or None,
        "cache_write_tokens": totals.written or None,
        "reasoning_tokens": totals.reasoning or None,
    }
