"""How providers cache prompts' beginnings: for how long, at which price of writing, by whose doing.

The price of what is read is in the price list; a provider without one there has no cache to offer.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from analysis.prices import UnitPrice

SHORTEST = 1_024
"""Tokens: the least that most providers keep of a prompt's beginning."""

_LONGER = (
    (re.compile(r"claude-(haiku-4-5|opus-4-[5-7])|claude-4-5-haiku"), 4_096),
    (re.compile(r"claude-(3-haiku|3-5-haiku|sonnet-4-6)"), 2_048),
)
"""Models of which it is more, by their names: https://docs.anthropic.com/en/docs/build-with-claude/
prompt-caching."""

_MINUTES, _HOUR, _DAY = timedelta(minutes=5), timedelta(hours=1), timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class CacheTerms:
    """One way in which a provider caches.

    Attributes:
        lifetime: after the last use, at least.
        write_factor: what writing a token costs, times fresh input; None: what the price list says,
            and as much as fresh input where it says nothing.
        is_automatic: it is done without being asked for.
        words: what the provider says of the time it keeps things.
        parameter: what sets the lifetime, for the action.
        steps: what to do, by the provider's own names.
        source: where the terms are written.
        models: pattern of the whole names of models that have it; None: all with a cache price.
    """

    lifetime: timedelta
    write_factor: Decimal | None
    is_automatic: bool
    words: str
    parameter: str
    steps: tuple[str, ...]
    source: str
    models: re.Pattern[str] | None = None

    def priced(self, price: UnitPrice) -> tuple[Decimal, Decimal, Decimal] | None:
        """USD per million tokens fresh, read and written; None: the model is not cached so."""
        if price.cached_input is None or price.cached_input >= price.input:
            return None
        if self.models is not None and not self.models.fullmatch(price.model):
            return None
        if self.write_factor is not None:
            return price.input, price.cached_input, price.input * self.write_factor
        write = price.input if price.cache_write is None else price.cache_write
        return price.input, price.cached_input, write


_ANTHROPIC_PAGE = "https://docs.anthropic.com/en/docs/build-with-claude/prompt-caching"

_ANTHROPIC_FIRST = (
    "Put what all requests share first: tools, then `system`, then the messages in order, and "
    "nothing before it that changes, such as a date or a user's name."
)

_ANTHROPIC_LAST = (
    "Watch `cache_read_input_tokens` and `cache_creation_input_tokens` in `usage`: reads should "
    "outnumber writes."
)

_ANTHROPIC = (
    CacheTerms(
        lifetime=_MINUTES,
        write_factor=None,
        is_automatic=False,
        words="5 minutes after the last use; writing costs 1.25 times fresh input",
        parameter='cache_control: {"type": "ephemeral"}',
        steps=(
            _ANTHROPIC_FIRST,
            'Mark the end of what is shared with `"cache_control": {"type": "ephemeral"}`.',
            _ANTHROPIC_LAST,
        ),
        source=_ANTHROPIC_PAGE,
    ),
    CacheTerms(
        lifetime=_HOUR,
        write_factor=Decimal(2),
        is_automatic=False,
        words="an hour after the last use; writing costs twice fresh input",
        parameter='cache_control: {"type": "ephemeral", "ttl": "1h"}',
        steps=(
            _ANTHROPIC_FIRST,
            'Mark the end of what is shared with `"cache_control": {"type": "ephemeral", '
            '"ttl": "1h"}`.',
            _ANTHROPIC_LAST,
        ),
        source=_ANTHROPIC_PAGE,
    ),
)

_OPENAI_PAGE = "https://platform.openai.com/docs/guides/prompt-caching"

_OPENAI_STEPS = (
    "Put what all requests share first (instructions, tools, examples) and what changes last: the "
    "cache serves the longest beginning of 1,024 tokens or more that is alike to the letter.",
    "Give requests that share a beginning the same `prompt_cache_key`, so that they reach the "
    "same cache; keep each key below some 15 requests a minute.",
)

_OPENAI_LAST = "Watch `usage.prompt_tokens_details.cached_tokens`."

# The page lists these; small ones are not among them.
_KEPT_FOR_A_DAY = re.compile(
    r"(gpt-4\.1|gpt-5(\.\d+)?(-codex(-max|-mini)?|-chat-latest)?)(-20\d\d-\d\d-\d\d)?"
)

_OPENAI = (
    CacheTerms(
        lifetime=_MINUTES,
        write_factor=None,
        is_automatic=True,
        words="5 to 10 minutes after the last use, at most an hour",
        parameter="prompt_cache_key",
        steps=(*_OPENAI_STEPS, _OPENAI_LAST),
        source=_OPENAI_PAGE,
    ),
    CacheTerms(
        lifetime=_DAY,
        write_factor=None,
        is_automatic=True,
        words="up to 24 hours",
        parameter='prompt_cache_retention: "24h"',
        steps=(
            *_OPENAI_STEPS,
            'Send `"prompt_cache_retention": "24h"`, where storing for a day is allowed.',
            _OPENAI_LAST,
        ),
        source=_OPENAI_PAGE,
        models=_KEPT_FOR_A_DAY,
    ),
)

_GOOGLE = (
    CacheTerms(
        lifetime=_MINUTES,
        write_factor=Decimal(1),
        is_automatic=True,
        words="no time is promised; 5 minutes are supposed",
        parameter="implicit caching",
        steps=(
            "Put what all requests share first and what changes last, and send requests with the "
            "same beginning close together: implicit caching then serves it.",
            "Watch `usageMetadata.cachedContentTokenCount`. Where it stays low make the shared "
            "part a `cachedContent` with a `ttl`; its storage is billed by the hour, which is not "
            "reckoned in here.",
        ),
        source="https://ai.google.dev/gemini-api/docs/caching",
    ),
)

_DEEPSEEK = (
    CacheTerms(
        lifetime=_HOUR,
        write_factor=Decimal(1),
        is_automatic=True,
        words="hours to days; an hour is supposed",
        parameter="context caching",
        steps=(
            "Put what all requests share first and what changes last.",
            "Watch `prompt_cache_hit_tokens` and `prompt_cache_miss_tokens` in `usage`.",
        ),
        source="https://api-docs.deepseek.com/guides/kv_cache",
    ),
)

_OTHER = (
    CacheTerms(
        lifetime=_MINUTES,
        write_factor=None,
        is_automatic=True,
        words="5 minutes are supposed",
        parameter="prompt caching",
        steps=(
            "Put what all requests share first and what changes last.",
            "Switch the provider's prompt caching on, where it has to be asked for.",
        ),
        source="the provider's documentation",
    ),
)

_BY_PROVIDER = {
    "anthropic": _ANTHROPIC,
    "openai": _OPENAI,
    "google": _GOOGLE,
    "deepseek": _DEEPSEEK,
}


def cache_terms(provider: str) -> tuple[CacheTerms, ...]:
    """The ways in which a provider caches, as the price list writes it, the shortest first."""
    return _BY_PROVIDER.get(provider.lower(), _OTHER)


def shortest_prefix(model: str | None) -> int:
    """Tokens of a prompt's beginning below which a model's provider does not keep it."""
    name = (model or "").lower().replace(".", "-")
    return next((tokens for pattern, tokens in _LONGER if pattern.search(name)), SHORTEST)
