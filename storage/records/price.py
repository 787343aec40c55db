"""A price as it is decided, and as it is kept."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from functools import partial
from typing import Any
from uuid import UUID

from analysis.errors import BadInput
from analysis.prices import PriceSource, UnitPrice
from storage.types import DIGITS, DIGITS_AFTER_POINT, plain

LONGEST_TEXT = 500

_MOST = Decimal(10) ** (DIGITS - DIGITS_AFTER_POINT)


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelPrice:
    """One tier of one model's price, from one instant on.

    A price is in force until the next one of the same model and organization, whichever its
    tiers: a new price replaces all tiers of the one before.

    Attributes:
        provider, model: lower case, as requests name them.
        input, output: USD per million tokens.
        effective_from: first instant at which it is in force; any offset, kept in UTC.
        source: who said so, in words: "published by OpenAI", "contract".
        reference: where it is written: an address, a contract's name.
        created_by: who entered it.
        organization: the one organization that has this rate; None: the list price.
        above_input_tokens: for requests with more input tokens than this; 0: for all.
        cached_input, cache_write, reasoning: USD per million tokens; None: as the class that
            they belong to.
        batch_input, batch_output: USD per million tokens through the batch interface; None: the
            regular price.
        batch_cached_input, batch_cache_write: the same of cached and written input; None: what
            they cost outside a batch.
        context_window, max_output: tokens; None: not known.
        capabilities: what the model can do, in words such as `tools` or `vision`.
        quality_score: from 0 to 1, comparable between models of one `quality_source` only.
        quality_source: where the score comes from.
        active: shown in price lists and proposed; what is not still prices past requests.
        deprecated_at: when the provider announced the model's end; None: it did not.
        replacement: the model that the provider names instead.

    Raises:
        BadInput: a price is negative or not exact to 9 digits after the point, a name is empty,
            a score is outside 0 to 1, an instant has no offset.
    """

    provider: str
    model: str
    input: Decimal
    output: Decimal
    effective_from: datetime
    source: str
    reference: str
    created_by: str
    organization: str | None = None
    above_input_tokens: int = 0
    cached_input: Decimal | None = None
    cache_write: Decimal | None = None
    reasoning: Decimal | None = None
    batch_input: Decimal | None = None
    batch_output: Decimal | None = None
    batch_cached_input: Decimal | None = None
    batch_cache_write: Decimal | None = None
    context_window: int | None = None
    max_output: int | None = None
    capabilities: tuple[str, ...] = ()
    quality_score: Decimal | None = None
    quality_source: str = ""
    active: bool = True
    deprecated_at: datetime | None = None
    replacement: str | None = None

    def __post_init__(self) -> None:
        self._take("provider", lambda value: _named("provider", value).lower())
        self._take("model", lambda value: _named("model", value).lower())
        for name in ("source", "reference", "created_by", "organization"):
            self._take(name, partial(_named, name))
        for name in _PRICES:
            self._take(name, partial(_priced, name))
        for name in ("effective_from", "deprecated_at"):
            self._take(name, partial(_in_utc, name))
        for name in ("context_window", "max_output"):
            self._take(name, partial(_sized, name))
        self._take("above_input_tokens", _tiered)
        self._take("quality_score", _scored)

    def _take(self, name: str, checked: Callable[[Any], object]) -> None:
        """Puts what is given, if it is, into the one form in which it is kept."""
        value = getattr(self, name)
        if value is not None:
            object.__setattr__(self, name, checked(value))


_PRICES = (
    "input",
    "output",
    "cached_input",
    "cache_write",
    "reasoning",
    "batch_input",
    "batch_output",
    "batch_cached_input",
    "batch_cache_write",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredPrice(ModelPrice):
    """A price as the store gives it.

    Attributes:
        id: its key.
        created_at: when it was entered, UTC.
        effective_until: first instant at which it no longer is in force: where the next one
            begins; None: there is no next one.
    """

    id: UUID
    created_at: datetime
    effective_until: datetime | None

    def in_force(self, instant: datetime) -> bool:
        """Whether a request at `instant` is priced by it."""
        until = self.effective_until
        return self.effective_from <= instant and (until is None or instant < until)

    def is_deprecated(self, instant: datetime) -> bool:
        """Whether the provider had announced the model's end by `instant`."""
        return self.deprecated_at is not None and self.deprecated_at <= instant

    def unit_price(self) -> UnitPrice:
        """What pricing needs of it."""
        listed = self.organization is None
        return UnitPrice(
            provider=self.provider,
            model=self.model,
            input=self.input,
            output=self.output,
            effective_from=self.effective_from,
            effective_until=self.effective_until,
            source=PriceSource.LIST if listed else PriceSource.NEGOTIATED,
            reference=self.reference,
            organization=self.organization,
            above_input_tokens=self.above_input_tokens,
            cached_input=self.cached_input,
            cache_write=self.cache_write,
            reasoning=self.reasoning,
            batch_input=self.batch_input,
            batch_output=self.batch_output,
            batch_cached_input=self.batch_cached_input,
            batch_cache_write=self.batch_cache_write,
        )


def _words(name: str) -> str:
    return name.replace("_", " ")


def _named(name: str, value: str) -> str:
    text = value.strip()
    if not text or not text.isprintable() or len(text) > LONGEST_TEXT:
        sentence = f"The price's {_words(name)} is empty or no plain text."
        raise BadInput(sentence, f"Give a line of 1 to {LONGEST_TEXT} printable characters.")
    return text


def _priced(name: str, value: Decimal) -> Decimal:
    if not value.is_finite() or value < 0:
        sentence = f"A price of {value} USD per million tokens ({_words(name)}) does not exist."
        raise BadInput(sentence, "Give a number that is 0 or more.")
    if value >= _MOST or value != round(value, DIGITS_AFTER_POINT):
        sentence = f"A price of {value} USD per million tokens ({_words(name)}) cannot be kept."
        hint = f"Give less than {_MOST:,} with at most {DIGITS_AFTER_POINT} digits after the point."
        raise BadInput(sentence, hint)
    return plain(value)


def _in_utc(name: str, instant: datetime) -> datetime:
    if instant.tzinfo is None:
        sentence = f"The price's {_words(name)} has no offset."
        raise BadInput(sentence, "Write it as 2024-12-02T00:00:00Z.")
    return instant.astimezone(UTC)


def _sized(name: str, tokens: int) -> int:
    if tokens < 1:
        raise BadInput(f"A {_words(name)} of {tokens} tokens does not exist.")
    return tokens


def _tiered(tokens: int) -> int:
    if tokens < 0:
        raise BadInput(f"A tier above {tokens} input tokens does not exist.")
    return tokens


def _scored(score: Decimal) -> Decimal:
    if not 0 <= score <= 1:
        sentence = f"A quality score of {score} is outside 0 to 1."
        raise BadInput(sentence, "Divide a score in percent by 100.")
    return score
