"""LiteLLM's log of a request (`StandardLoggingPayload`), as its generic API logger sends it.

The format is LiteLLM's own, `litellm/types/utils.py`. Messages and the answer are in it, unless
LiteLLM is told to leave them out; here they are skipped unread. The cost that LiteLLM reckons is
not taken over: a request costs what costbot's own prices say, negotiated ones among them.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, cast

import msgspec

from queries.ingest.counts import Totals, counted
from queries.ingest.events import NO_OBJECT, UNREADABLE, Fault, Sent, unreadable

NO_LOG = "no LiteLLM log of a request"

PROVIDERS = {
    "gemini": "google",
    "vertex_ai": "vertex",
    "vertex_ai_beta": "vertex",
    "bedrock_converse": "bedrock",
    "azure_ai": "azure",
    "azure_text": "azure",
    "text-completion-openai": "openai",
    "anthropic_text": "anthropic",
}
"""Providers that the price list calls otherwise."""

BATCHES = frozenset({"retrieve_batch", "aretrieve_batch"})
"""Types of calls under which LiteLLM logs what a batch has used."""

TAGGED = ("feature", "environment", "product")
"""Columns that a tag of the request fills: `feature:search`, or `feature=search`."""


class _Parts(msgspec.Struct):
    cached_tokens: Any = None
    cache_creation_tokens: Any = None
    reasoning_tokens: Any = None


class _Usage(msgspec.Struct):
    prompt_tokens_details: _Parts | None = None
    completion_tokens_details: _Parts | None = None
    cache_read_input_tokens: Any = None
    cache_creation_input_tokens: Any = None


class _Response(msgspec.Struct):
    usage: _Usage | None = None


class _Metadata(msgspec.Struct):
    user_api_key_hash: Any = None
    user_api_key_alias: Any = None
    user_api_key_team_id: Any = None
    user_api_key_team_alias: Any = None
    user_api_key_org_id: Any = None
    user_api_key_org_alias: Any = None
    user_api_key_user_id: Any = None
    user_api_key_end_user_id: Any = None
    user_api_key_request_route: Any = None
    usage_object: _Usage | None = None


class _Failure(msgspec.Struct):
    error_code: Any = None


class _Log(msgspec.Struct):
    id: Any = None
    call_type: Any = None
    cache_hit: Any = None
    status: Any = None
    custom_llm_provider: Any = None
    model: Any = None
    model_group: Any = None
    prompt_tokens: Any = None
    completion_tokens: Any = None
    startTime: Any = None  # noqa: N815 - as LiteLLM writes it
    endTime: Any = None  # noqa: N815
    response_time: Any = None
    end_user: Any = None
    request_tags: Any = None
    metadata: _Metadata | None = None
    error_information: _Failure | None = None
    response: msgspec.Raw = msgspec.Raw(b"null")


_DECODER = msgspec.json.Decoder(_Log)
_RESPONSE = msgspec.json.Decoder(_Response)


def from_litellm(sent: Iterable[Sent | Fault], *, with_organization: bool) -> list[Sent | Fault]:
    """LiteLLM's logs as events.

    Args:
        sent: the logs.
        with_organization: LiteLLM's organizations are costbot's. Where the sender is bound to one
            they are not: what they are called in LiteLLM is its own affair.
    """
    return [
        one if isinstance(one, Fault) else _event(one, with_organization=with_organization)
        for one in sent
    ]


def _event(sent: Sent, *, with_organization: bool) -> Sent | Fault:
    line, raw = sent
    try:
        log = _DECODER.decode(raw)
    except msgspec.ValidationError:
        is_object = bytes(raw).lstrip()[:1] == b"{"
        return Fault(line, NO_LOG if is_object else NO_OBJECT)
    except UNREADABLE as error:
        return Fault(line, unreadable(error))
    if log.startTime is None or log.model is None:
        return Fault(line, NO_LOG)
    row = _row(log)
    if with_organization and log.metadata is not None:
        of = log.metadata
        row["organization"] = of.user_api_key_org_alias or of.user_api_key_org_id
    return line, msgspec.json.encode({name: value for name, value in row.items() if value})


def _row(log: _Log) -> dict[str, object]:
    metadata = log.metadata or _Metadata()
    named = str(log.custom_llm_provider or "")
    provider = PROVIDERS.get(named.lower(), named) or None
    model = str(log.model).removeprefix(f"{named}/")
    row: dict[str, object] = {
        "time": log.startTime,
        "request_id": log.id,
        "provider": provider,
        "model": model,
        "user": log.end_user or metadata.user_api_key_end_user_id or metadata.user_api_key_user_id,
        "team": metadata.user_api_key_team_alias or metadata.user_api_key_team_id,
        "key": metadata.user_api_key_alias or metadata.user_api_key_hash,
        "endpoint": metadata.user_api_key_request_route or log.call_type,
        "status": _status(log),
        "latency_ms": _latency(log),
        "batch": "true" if str(log.call_type) in BATCHES else None,
        **_tokens(log, provider, model),
        **_tagged(log.request_tags),
    }
    tags = {"model_group": log.model_group} if log.model_group not in (None, log.model) else {}
    if log.cache_hit is True:
        tags["litellm_cache_hit"] = "true"
    return {**row, "tags": tags}


def _tokens(log: _Log, provider: str | None, model: str) -> dict[str, object]:
    if log.cache_hit is True:
        # LiteLLM's own cache has answered: nothing was asked of a provider, and nothing paid.
        return {"input_tokens": "0", "output_tokens": "0"}
    usage = _usage_of(log)
    parts = usage.prompt_tokens_details or _Parts()
    whole = usage.completion_tokens_details or _Parts()
    totals = Totals(
        input=_count(log.prompt_tokens),
        output=_count(log.completion_tokens),
        cached=_count(usage.cache_read_input_tokens) or _count(parts.cached_tokens) or 0,
        written=_count(usage.cache_creation_input_tokens)
        or _count(parts.cache_creation_tokens)
        or 0,
        reasoning=_count(whole.reasoning_tokens) or 0,
    )
    # As text: a count of 0 is one, and must not be left out as what was not said is.
    return {
        name: None if count is None else str(count)
        for name, count in counted(totals, provider, model).items()
    }


def _usage_of(log: _Log) -> _Usage:
    if log.metadata is not None and log.metadata.usage_object is not None:
        return log.metadata.usage_object
    try:
        return _RESPONSE.decode(log.response).usage or _Usage()
    except UNREADABLE:
        return _Usage()


def _status(log: _Log) -> object:
    if log.status == "failure" and log.error_information is not None:
        code = str(log.error_information.error_code or "")
        if code.isdecimal() and len(code) == 3:
            return code
    return log.status


def _latency(log: _Log) -> str | None:
    try:
        seconds = _number(log.response_time)
        if seconds is None:
            start, end = _number(log.startTime), _number(log.endTime)
            if start is None or end is None:
                return None
            seconds = end - start
        return f"{max(0.0, seconds) * 1000:.0f}"
    except OverflowError:  # JSON's whole numbers have no end
        return None


def _number(value: object) -> float | None:
    return float(value) if isinstance(value, int | float) else None


def _tagged(tags: object) -> dict[str, object]:
    found: dict[str, object] = {}
    for tag in cast("list[object]", tags) if isinstance(tags, list) else ():
        for mark in (":", "="):
            name, is_there, value = str(tag).partition(mark)
            if is_there and name.strip().lower() in TAGGED:
                found.setdefault(name.strip().lower(), value.strip())
    return found


def _count(value: object) -> int | None:
    """A count that can be one; what cannot is not said, but for a row as a whole, see above."""
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None
