"""What providers offer beside their lists: entered by admins, seen by whoever it is made to."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from analysis.clock import Clock
from analysis.errors import NotAllowed, NotFound
from analysis.recommendations.tiers.provider_offers import OfferKind, Subscription
from analysis.roles import Role
from analysis.written import count, money, percent, plural
from handlers.budgets.journal import actor_of, written
from handlers.caller import Caller
from handlers.nearest import did_you_mean, shown
from storage.records.audit import AuditEntry, Surface
from storage.records.offer import NewSubscription, Offer, StoredOffer
from storage.store import Store

OFFER = "offer"
"""The kind of thing that these decisions are of, in the audit trail."""

SHORTEST_KEY = 4
"""Letters of a key that are enough where no other key begins so."""


@dataclass(frozen=True, slots=True)
class OffersResult:
    """The offers that a caller may see.

    Attributes:
        now: the instant at which they are looked at.
        provider: the one that was asked for; None: all.
        offers: those that are over and that nobody pays for any more left out.
    """

    now: datetime
    provider: str | None
    offers: tuple[StoredOffer, ...]


@dataclass(frozen=True, slots=True)
class OfferHandler:
    """Enters, shows and ends offers.

    Attributes:
        store: where they are kept.
        clock: the present.
    """

    store: Store
    clock: Clock

    async def offers(
        self, provider: str | None, caller: Caller, *, ended: bool = False
    ) -> OffersResult:
        """The offers to everybody, and those to the caller's organization.

        Who else has taken an offer is not told to an organization.

        Args:
            provider: only this one's; None: all.
            caller: who asks.
            ended: those that are over, too.

        Raises:
            NotFound: the provider offers nothing.
            Unavailable: the store does not answer.
        """
        now = self.clock()
        seen = [
            one.seen_by(caller.organization)
            for one in await self.store.offers.find_all()
            if caller.organization is None or one.organization in (None, caller.organization)
        ]
        alive = [one for one in seen if ended or _is_alive(one, now)]
        asked = None if provider is None else provider.strip().lower()
        if asked is not None and all(one.provider != asked for one in alive):
            names = sorted({one.provider for one in alive})
            hint = did_you_mean(asked, names) if names else "None is entered of any provider."
            raise NotFound(f"No offer of {shown(provider or '')} is entered.", hint)
        chosen = tuple(one for one in alive if asked in (None, one.provider))
        return OffersResult(now, asked, chosen)

    async def add(self, offer: Offer, caller: Caller, surface: Surface) -> StoredOffer:
        """Enters an offer.

        Raises:
            NotAllowed: the caller is no admin.
            BadInput: one of that name is there already.
        """
        _allow(caller)
        offer = replace(offer, created_by=actor_of(caller).key)
        async with self.store.transaction() as together:
            stored = await together.offers.add(offer)
            await together.audit.add(_entry("add", caller, surface, stored, after=_values(stored)))
        return stored

    async def end(
        self, key: str, at: datetime | None, caller: Caller, surface: Surface
    ) -> StoredOffer:
        """Ends an offer; who has taken it keeps it.

        Args:
            key: of the offer: its beginning is enough, or its name.
            at: from when on it cannot be taken any more; None: now.
            caller: who ends it.
            surface: where.

        Raises:
            NotAllowed: the caller is no admin.
            NotFound: there is no such offer, or several.
            BadInput: it begins later than that.
        """
        offer = await self._find(key, caller)
        async with self.store.transaction() as together:
            await together.offers.end(offer.id, at or self.clock())
            ended = {"effective_until": written(at or self.clock())}
            await together.audit.add(_entry("end", caller, surface, offer, after=ended))
        return offer

    async def subscribe(
        self,
        key: str,
        organization: str | None,
        since: datetime,
        caller: Caller,
        surface: Surface,
        *,
        units: int = 1,
        until: datetime | None = None,
    ) -> tuple[StoredOffer, Subscription]:
        """Enters that an organization has taken an offer; see `NewSubscription`.

        Raises:
            NotAllowed: the caller is no admin.
            NotFound: there is no such offer, or several.
            BadInput: it has it at that time already, or the offer is made to another one.
        """
        offer = await self._find(key, caller)
        wanted = NewSubscription(
            offer=offer.id,
            organization=organization,
            units=units,
            since=since,
            until=until,
            created_by=actor_of(caller).key,
        )
        async with self.store.transaction() as together:
            taken = await together.offers.subscribe(wanted)
            entry = _entry("subscribe", caller, surface, offer, after=_taken(taken))
            await together.audit.add(replace(entry, organization=organization))
        return offer, taken

    async def unsubscribe(
        self,
        key: str,
        organization: str | None,
        at: datetime | None,
        caller: Caller,
        surface: Surface,
    ) -> tuple[StoredOffer, Subscription]:
        """Enters that an organization pays for an offer no longer.

        Raises:
            NotAllowed: the caller is no admin.
            NotFound: there is no such offer, or it has not taken it.
            BadInput: it was taken later than that.
        """
        offer = await self._find(key, caller)
        async with self.store.transaction() as together:
            left = await together.offers.unsubscribe(offer.id, organization, at or self.clock())
            entry = _entry("unsubscribe", caller, surface, offer, after=_taken(left))
            await together.audit.add(replace(entry, organization=organization))
        return offer, left

    async def _find(self, key: str, caller: Caller) -> StoredOffer:
        _allow(caller)
        offers = await self.store.offers.find_all()
        word = key.strip().casefold()
        found = [
            one for one in offers if len(word) >= SHORTEST_KEY and str(one.id).startswith(word)
        ]
        found = found or [one for one in offers if one.name.casefold() == word]
        alive = [one for one in found if _is_alive(one, self.clock())]
        several = alive or found
        if len(several) != 1:
            what = "There is no offer" if not several else f"There are {len(several)} offers"
            sentence = f"{what} named {shown(key)}."
            raise NotFound(sentence, "`costbot pricing offer list` has all with their keys.")
        return several[0]


def _allow(caller: Caller) -> None:
    if not caller.role.reaches(Role.ADMIN):
        raise NotAllowed("Only an admin enters what providers offer.")


def _is_alive(offer: StoredOffer, now: datetime) -> bool:
    is_open = offer.effective_until is None or now < offer.effective_until
    return is_open or any(one.holds(now) for one in offer.subscriptions)


_KEPT = (
    "name",
    "provider",
    "effective_from",
    "effective_until",
    "reference",
    "discount",
    "from_usd",
    "from_tokens",
    "unit_usd",
    "tokens_per_minute",
    "least_units",
    "term_months",
)


def _values(offer: StoredOffer) -> dict[str, object]:
    values = {name: getattr(offer, name) for name in _KEPT}
    kept = {name: written(value) for name, value in values.items() if value is not None}
    return {"kind": offer.kind.value, "models": list(offer.models), **kept}


def _taken(taken: Subscription) -> dict[str, object]:
    until = None if taken.until is None else written(taken.until)
    return {"units": taken.units, "since": written(taken.since), "until": until}


def _entry(
    what: str, caller: Caller, surface: Surface, offer: StoredOffer, *, after: dict[str, object]
) -> AuditEntry:
    return AuditEntry(
        actor=actor_of(caller),
        surface=surface,
        action=f"{OFFER}.{what}",
        object_kind=OFFER,
        object_id=str(offer.id),
        organization=offer.organization,
        before=None,
        after={"name": offer.name, **after},
    )


def offer_terms(offer: StoredOffer) -> list[str]:
    """The terms of an offer in words, for any surface."""
    terms: list[str] = []
    if offer.discount:
        sense = "off the list" if offer.discount > 0 else "above the list"
        terms.append(f"{percent(abs(offer.discount))} {sense}")
    if offer.from_usd is not None:
        paid = "at least" if offer.kind is OfferKind.COMMITMENT else "from"
        terms.append(f"{paid} {money(offer.from_usd)} a month")
    if offer.from_tokens is not None:
        terms.append(f"from {count(offer.from_tokens)} tokens a month")
    if offer.beyond_only:
        terms.append("on what goes beyond")
    if offer.unit_usd is not None and offer.tokens_per_minute is not None:
        terms.append(
            f"{money(offer.unit_usd)} a unit and month for {count(offer.tokens_per_minute)} "
            "tokens a minute"
        )
    if offer.least_units > 1:
        terms.append(f"{plural(offer.least_units, 'unit')} at least")
    if offer.term_months > 1:
        terms.append(f"for {plural(offer.term_months, 'month')}")
    return terms
