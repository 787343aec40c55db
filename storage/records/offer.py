"""What a provider offers beside its list, as people enter it, and as it is kept."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from decimal import Decimal
from uuid import UUID

from analysis.errors import BadInput
from analysis.recommendations.tiers.provider_offers import OfferKind, ProviderOffer, Subscription
from storage.types import (
    DIGITS,
    DIGITS_AFTER_POINT,
    MONEY_DIGITS,
    MONEY_DIGITS_AFTER_POINT,
    fits,
    plain,
)

LONGEST_TEXT = 500

MOST_COUNT = 1_000_000_000_000_000
"""Tokens, units and months beyond which a count is a slip of the keyboard."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """An offer as it is entered; what each field means, and in which unit, `ProviderOffer` says.

    Attributes:
        kind, name, provider, models, organization, effective_from, effective_until, reference,
            discount, from_usd, from_tokens, beyond_only, unit_usd, tokens_per_minute,
            output_weight, cached_weight, least_units, term_months: see `ProviderOffer`.
        created_by: who entered it.

    Raises:
        BadInput: a name is empty, a figure is outside of what it may be or missing for the kind,
            an instant has no offset.
    """

    kind: OfferKind
    name: str
    provider: str
    effective_from: datetime
    reference: str
    created_by: str
    models: tuple[str, ...] = ()
    organization: str | None = None
    effective_until: datetime | None = None
    discount: Decimal = Decimal(0)
    from_usd: Decimal | None = None
    from_tokens: int | None = None
    beyond_only: bool = False
    unit_usd: Decimal | None = None
    tokens_per_minute: int | None = None
    output_weight: Decimal = Decimal(1)
    cached_weight: Decimal = Decimal(1)
    least_units: int = 1
    term_months: int = 1

    def __post_init__(self) -> None:
        for name in ("name", "reference", "created_by", "provider"):
            self._put(name, _text(name, getattr(self, name)))
        self._put("provider", self.provider.lower())
        self._put("models", tuple(sorted({_text("model", one).lower() for one in self.models})))
        if self.organization is not None:
            self._put("organization", _text("organization", self.organization))
        self._put("effective_from", in_utc(self.effective_from))
        if self.effective_until is not None:
            self._put("effective_until", in_utc(self.effective_until))
            if self.effective_until <= self.effective_from:
                raise BadInput("The offer ends before it begins.", "Give a later end.")
        for name in ("from_usd", "unit_usd"):
            self._put(name, _amount(name, getattr(self, name)))
        for name in ("output_weight", "cached_weight", "discount"):
            self._put(name, _ratio(name, getattr(self, name)))
        for name in ("from_tokens", "tokens_per_minute", "least_units", "term_months"):
            _counted(name, getattr(self, name))
        self._fit_kind()

    def _put(self, name: str, value: object) -> None:
        object.__setattr__(self, name, value)

    def _fit_kind(self) -> None:
        least = Decimal(-10) if self.kind is OfferKind.SERVICE_TIER else Decimal(0)
        if not least <= self.discount < 1 or self.output_weight < 0 or self.cached_weight < 0:
            raise BadInput(
                f"A discount of {self.discount:%} does not exist for a {self.kind.label}.",
                "Give a share of the list price, such as 15%.",
            )
        match self.kind:
            case OfferKind.VOLUME_DISCOUNT:
                self._need(self.from_usd is not None or self.from_tokens is not None, "an edge")
                self._need(self.discount > 0, "a discount")
            case OfferKind.COMMITMENT:
                self._need(self.from_usd is not None, "the least amount a month")
                self._need(self.discount > 0, "a discount")
            case OfferKind.PROVISIONED_THROUGHPUT:
                self._need(self.unit_usd is not None, "the price of a unit a month")
                self._need(self.tokens_per_minute is not None, "the tokens a minute of a unit")
            case OfferKind.SERVICE_TIER:
                self._need(self.discount != 0, "a discount, below 0 where it costs more")

    def _need(self, there: bool, what: str) -> None:
        if not there:
            hint = "`costbot pricing offer add --help` shows the options."
            raise BadInput(f"A {self.kind.label} needs {what}.", hint)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewSubscription:
    """Taking an offer.

    Attributes:
        offer: its key.
        organization: whose; None: the deployment's own.
        units: of throughput; 1 of anything else.
        since, until: when it is paid for; any offset, kept in UTC.
        created_by: who entered it.

    Raises:
        BadInput: it ends before it begins, or takes no unit.
    """

    offer: UUID
    organization: str | None
    since: datetime
    created_by: str
    units: int = 1
    until: datetime | None = None

    def __post_init__(self) -> None:
        _counted("units", self.units)
        object.__setattr__(self, "since", in_utc(self.since))
        if self.until is not None:
            object.__setattr__(self, "until", in_utc(self.until))
            if self.until <= self.since:
                raise BadInput("The subscription ends before it begins.", "Give a later end.")


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredOffer(Offer):
    """An offer as the store gives it.

    Attributes:
        id: its key.
        created_at: when it was entered, UTC.
        subscriptions: of whoever has taken it, the first first.
    """

    id: UUID
    created_at: datetime
    subscriptions: tuple[Subscription, ...] = ()

    def plain(self) -> ProviderOffer:
        """What recommendations need of it."""
        return ProviderOffer(
            id=str(self.id),
            kind=self.kind,
            name=self.name,
            provider=self.provider,
            models=self.models,
            organization=self.organization,
            effective_from=self.effective_from,
            effective_until=self.effective_until,
            reference=self.reference,
            discount=self.discount,
            from_usd=self.from_usd,
            from_tokens=self.from_tokens,
            beyond_only=self.beyond_only,
            unit_usd=self.unit_usd,
            tokens_per_minute=self.tokens_per_minute,
            output_weight=self.output_weight,
            cached_weight=self.cached_weight,
            least_units=self.least_units,
            term_months=self.term_months,
            subscriptions=self.subscriptions,
        )

    def seen_by(self, organization: str | None) -> StoredOffer:
        """The same with the subscriptions of one organization alone; None: with all."""
        if organization is None:
            return self
        own = tuple(one for one in self.subscriptions if one.organization == organization)
        return replace(self, subscriptions=own)


def in_utc(instant: datetime) -> datetime:
    """An instant in UTC.

    Raises:
        BadInput: it has no offset.
    """
    if instant.tzinfo is None:
        raise BadInput(f"{instant} has no offset.", "Write it as 2026-12-01T00:00:00Z.")
    return instant.astimezone(UTC)


def _text(name: str, value: str) -> str:
    text = value.strip()
    if not text or not text.isprintable() or len(text) > LONGEST_TEXT:
        sentence = f"The offer's {name.replace('_', ' ')} is empty or no plain text."
        raise BadInput(sentence, f"Give a line of 1 to {LONGEST_TEXT} printable characters.")
    return text


def _amount(name: str, value: Decimal | None) -> Decimal | None:
    if value is None:
        return None
    if (
        not value.is_finite()
        or value <= 0
        or not fits(value, MONEY_DIGITS, MONEY_DIGITS_AFTER_POINT)
    ):
        sentence = f"{value} USD is no amount for an offer ({name.replace('_', ' ')})."
        raise BadInput(sentence, "Give a number above 0, such as 5000.")
    return plain(value)


def _ratio(name: str, value: Decimal) -> Decimal:
    if not fits(value, DIGITS, DIGITS_AFTER_POINT):
        sentence = f"{value} is no {name.replace('_', ' ')}."
        raise BadInput(sentence, f"Give at most {DIGITS_AFTER_POINT} digits after the point.")
    return plain(value)


def _counted(name: str, value: int | None) -> None:
    if value is not None and not 1 <= value <= MOST_COUNT:
        raise BadInput(f"{value} is no number of {name.replace('_', ' ')}.", "Give 1 or more.")
