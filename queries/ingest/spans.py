"""Spans of OpenTelemetry that tell of a request to a model, by the GenAI semantic conventions.

https://opentelemetry.io/docs/specs/semconv/gen-ai/gen-ai-spans/, older names of attributes too.
What a span says of prompts and answers, in attributes or events, is not looked at.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import msgspec

from queries.ingest.counts import Totals, counted
from queries.ingest.events import Fault, Sent

Value = str | int | float | bool

OWN = "costbot."
"""What the attributes begin with that fill a column by its name: `costbot.team`."""

NO_MODEL = "a GenAI span without gen_ai.response.model and gen_ai.request.model"

REQUESTS = frozenset(
    {"chat", "generate_content", "text_completion", "completion", "embeddings", "embedding"}
)
"""Operations that ask a model. Those of agents, workflows and tools contain such requests, which
have spans of their own: what they used would be counted twice."""

PROVIDERS = {
    "aws.bedrock": "bedrock",
    "az.ai.inference": "azure",
    "az.ai.openai": "azure",
    "azure.ai.inference": "azure",
    "azure.ai.openai": "azure",
    "gcp.gemini": "google",
    "gcp.gen_ai": "google",
    "gcp.vertex_ai": "vertex",
    "google_genai": "google",
    "mistral_ai": "mistral",
    "vertex_ai": "vertex",
    "x_ai": "xai",
}
"""Providers that the price list calls otherwise."""

_INPUT = ("gen_ai.usage.input_tokens", "gen_ai.usage.prompt_tokens")
_OUTPUT = ("gen_ai.usage.output_tokens", "gen_ai.usage.completion_tokens")
_CACHED = (
    "gen_ai.usage.cache_read.input_tokens",
    "gen_ai.usage.cache_read_input_tokens",
    "gen_ai.usage.input_tokens.cached",
)
_WRITTEN = (
    "gen_ai.usage.cache_creation.input_tokens",
    "gen_ai.usage.cache_creation_input_tokens",
    "gen_ai.usage.input_tokens.cache_write",
)
_REASONING = (
    "gen_ai.usage.reasoning.output_tokens",
    "gen_ai.usage.reasoning_tokens",
    "gen_ai.usage.output_tokens.reasoning",
)
_COLUMNS = {
    "user": ("enduser.id", "user.id", "gen_ai.user.id"),
    "team": ("team", "service.team", "team.name"),
    "product": ("service.name",),
    "environment": ("deployment.environment.name", "deployment.environment"),
    "endpoint": ("gen_ai.operation.name",),
}

WANTED = frozenset(
    {
        *_INPUT,
        *_OUTPUT,
        *_CACHED,
        *_WRITTEN,
        *_REASONING,
        *(name for names in _COLUMNS.values() for name in names),
        "gen_ai.operation.name",
        "gen_ai.provider.name",
        "gen_ai.system",
        "gen_ai.request.model",
        "gen_ai.response.model",
        "gen_ai.response.id",
        "error.type",
    }
)


def is_wanted(name: str) -> bool:
    """Whether an attribute is of use; all others are left where they are."""
    return name in WANTED or name.startswith(OWN)


@dataclass(frozen=True, slots=True)
class Span:
    """A span, with the attributes that are of use.

    Attributes:
        trace: its trace's id, hexadecimal.
        id: its own, hexadecimal.
        start: nanoseconds since 1970.
        end: likewise.
        has_failed: its status is an error.
        attributes: its own, and those of its resource under them.
    """

    trace: str
    id: str
    start: int
    end: int
    has_failed: bool
    attributes: Mapping[str, Value] = field(default_factory=dict[str, Value])


def is_request(span: Span) -> bool:
    """Whether a span tells of a request to a model."""
    operation = span.attributes.get("gen_ai.operation.name")
    if operation is not None:
        return str(operation).lower() in REQUESTS
    return any(name in span.attributes for name in (*_INPUT, *_OUTPUT))


def from_spans(spans: Iterable[Span]) -> list[Sent | Fault]:
    """Spans that tell of requests as events; all others are left out."""
    return [_event(number, span) for number, span in enumerate(spans, start=1) if is_request(span)]


def _event(number: int, span: Span) -> Sent | Fault:
    told = span.attributes
    model = told.get("gen_ai.response.model") or told.get("gen_ai.request.model")
    if not model:
        return Fault(number, NO_MODEL)
    named = str(told.get("gen_ai.provider.name") or told.get("gen_ai.system") or "").lower()
    provider = PROVIDERS.get(named, named) or None
    # A request that failed without a word on tokens has used none; others are not known.
    unsaid = 0 if span.has_failed else None
    totals = Totals(
        input=_count(told, _INPUT, unsaid),
        output=_count(told, _OUTPUT, unsaid),
        cached=_count(told, _CACHED) or 0,
        written=_count(told, _WRITTEN) or 0,
        reasoning=_count(told, _REASONING) or 0,
    )
    columns = {
        column: next((told[name] for name in names if told.get(name)), None)
        for column, names in _COLUMNS.items()
    }
    row: dict[str, object] = {
        "time": f"{span.start // 1_000_000_000}.{span.start // 1000 % 1_000_000:06d}",
        "request_id": told.get("gen_ai.response.id") or f"{span.trace}:{span.id}",
        "provider": provider,
        "model": model,
        "latency_ms": str((max(0, span.end - span.start) + 500_000) // 1_000_000),
        "status": _status(span),
        **columns,
        **counted(totals, provider, str(model)),
        **{name.removeprefix(OWN): told[name] for name in told if name.startswith(OWN)},
    }
    kept = {name: str(value) for name, value in row.items() if value is not None}
    return number, msgspec.json.encode(kept)


def _status(span: Span) -> str:
    if not span.has_failed:
        return "success"
    kind = str(span.attributes.get("error.type", "")).lower()
    if kind in ("408", "499", "504", "524") or "timeout" in kind:
        return "timeout"
    return "failed"


def _count(
    told: Mapping[str, Value], names: Iterable[str], otherwise: int | None = None
) -> int | None:
    for name in names:
        value = told.get(name)
        if isinstance(value, int) and not isinstance(value, bool) and value >= 0:
            return value
    return otherwise
