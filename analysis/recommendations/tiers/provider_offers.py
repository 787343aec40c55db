"""What a provider offers beside its list: discounts, commitments, throughput, other service tiers.

Offers are entered by people, with where they are written; no list of them is built in.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from analysis.recommendations.cells import ModelFacts, Route

_ALL = Decimal(1)


class OfferKind(StrEnum):
    """What is offered."""

    VOLUME_DISCOUNT = "volume_discount"
    """So much off from an amount a month on."""
    COMMITMENT = "commitment"
    """So much off for whoever pays at least an amount a month, used or not."""
    PROVISIONED_THROUGHPUT = "provisioned_throughput"
    """Units that answer so many tokens a minute, for a price a month, used or not."""
    SERVICE_TIER = "service_tier"
    """Slower answers for less (flex), or quicker ones for more (priority)."""

    @property
    def label(self) -> str:
        """How a sentence names it."""
        return self.value.replace("_", " ")


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscription:
    """An organization that has taken an offer.

    Attributes:
        id: its key in the store.
        organization: whose; None: the deployment's own, and rows that say no organization.
        units: of provisioned throughput; 1 of anything else.
        since: first instant, UTC.
        until: first instant at which it is over; None: it goes on.
    """

    id: str
    organization: str | None
    units: int
    since: datetime
    until: datetime | None

    def holds(self, at: datetime) -> bool:
        """Whether it is paid for at an instant."""
        return self.since <= at and (self.until is None or at < self.until)


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderOffer:
    """An offer, with whoever has taken it.

    Attributes:
        id: its key in the store.
        kind: what is offered.
        name: as people call it.
        provider, models: lower case; no models: all of the provider's.
        organization: to whom alone it is made; None: to everybody.
        effective_from, effective_until: when it can be taken, UTC; None: no end is known.
        reference: where it is written.
        discount: off the list, 0 to 1; below 0, of service tiers alone: it costs more.
        from_usd, from_tokens: a month, at the list: from where a discount holds; of a commitment
            `from_usd` is what is paid at least.
        beyond_only: a volume discount is on what goes beyond its edge alone.
        unit_usd: of a unit of throughput, a month.
        tokens_per_minute: that a unit answers, input and weighed output together.
        output_weight: input tokens that one output token counts for.
        cached_weight: input tokens that one token read from the cache counts for.
        least_units: of throughput, that are sold at least.
        term_months: for how long it is taken at least.
        subscriptions: of whoever has taken it, over or not.
    """

    id: str
    kind: OfferKind
    name: str
    provider: str
    models: tuple[str, ...]
    organization: str | None
    effective_from: datetime
    effective_until: datetime | None
    reference: str
    discount: Decimal = Decimal(0)
    from_usd: Decimal | None = None
    from_tokens: int | None = None
    beyond_only: bool = False
    unit_usd: Decimal | None = None
    tokens_per_minute: int | None = None
    output_weight: Decimal = _ALL
    cached_weight: Decimal = _ALL
    least_units: int = 1
    term_months: int = 1
    subscriptions: tuple[Subscription, ...] = ()

    def is_open_to(self, organization: str | None, at: datetime) -> bool:
        """Whether an organization can take it at an instant."""
        return (
            self.organization in (None, organization)
            and self.effective_from <= at
            and (self.effective_until is None or at < self.effective_until)
        )

    def taken_by(self, organization: str | None, at: datetime) -> Subscription | None:
        """The subscription that an organization pays for at an instant; None: it has none."""
        return next(
            (
                one
                for one in self.subscriptions
                if one.organization == organization and one.holds(at)
            ),
            None,
        )

    def covers(self, route: Route, facts: ModelFacts | None = None) -> bool:
        """Whether requests of a route are of its provider and models.

        Args:
            route: as the rows name it.
            facts: of its model: the names of the price list count as well.
        """
        providers = {(route.provider or "").lower()}
        models = {(route.model or "").lower()}
        if facts is not None:
            providers.add(facts.provider)
            models.add(facts.model)
        return self.provider in providers and (
            not self.models or not models.isdisjoint(self.models)
        )


def offer_dollars_of(offer: ProviderOffer, organization: str | None) -> str:
    """The name of what a subscribed offer costs: no route's dollars."""
    return json.dumps(["offer", offer.id, organization])
