"""Negotiated rates and list prices: looked at on one's own usage, set, and taken back for a day."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from uuid import UUID, uuid4

from analysis.clock import Clock
from analysis.errors import NotAllowed, NotFound, NotUnderstood, Outdated
from analysis.prices import PriceSource, UnitPrice, request_cost
from analysis.recommendations.cells import EvidencePeriod, PricedCell
from analysis.roles import Role
from handlers.budgets.journal import actor_of, written
from handlers.caller import Caller
from handlers.nearest import did_you_mean, shown
from handlers.own_usage import ORGANIZATION, OwnUsage, UsageReader
from queries.prices.spellings import spellings
from storage.records.audit import AuditEntry, Surface
from storage.records.price import ModelPrice, StoredPrice
from storage.store import Store

PRICE = "price"
"""The kind of thing that these decisions are of, in the audit trail."""

UNDONE_WITHIN = timedelta(days=1)

FIELDS = (
    "input",
    "output",
    "cached_input",
    "cache_write",
    "reasoning",
    "batch_input",
    "batch_output",
)
"""What a rate says, USD per million tokens."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RateRequest:
    """A rate as somebody wants it set.

    Attributes:
        provider, model: as requests name them.
        input, output, cached_input, cache_write, reasoning, batch_input, batch_output: USD per
            million tokens; None: as the class that they belong to.
        effective: the first day, from 00:00 UTC on.
        reference: where it is written: a contract's name, an address.
        above: for requests with more input tokens than this; 0: for all.
        organization: whose; None: the caller's own.
        everybody: it is the list price.
    """

    provider: str
    model: str
    input: Decimal
    output: Decimal
    effective: date
    reference: str
    cached_input: Decimal | None = None
    cache_write: Decimal | None = None
    reasoning: Decimal | None = None
    batch_input: Decimal | None = None
    batch_output: Decimal | None = None
    above: int = 0
    organization: str | None = None
    everybody: bool = False


@dataclass(frozen=True, slots=True)
class Tried:
    """What the requests of some days cost at the rate, and as it is.

    Attributes:
        days: which, all of them over.
        requests: that the rate is for.
        unpriced: of these, without a price as it is.
        now: USD of the others at the prices in force now.
        then: USD of these at the rate.
        then_unpriced: USD at the rate of those that have no price as it is.
    """

    days: EvidencePeriod
    requests: int
    unpriced: int
    now: Decimal
    then: Decimal
    then_unpriced: Decimal


@dataclass(frozen=True, slots=True)
class RatePreview:
    """A rate before it is saved.

    Attributes:
        request: as it was asked for, with whose it is.
        price: as it would be kept.
        before: that is in force for these requests now; None: there is none on the store's list.
        tried: on the last days; None: there is no usage to try it on.
        hint: another name that may be meant, where the list has no such model; empty: it has.
        is_listed: whether the store's list has the model.
    """

    request: RateRequest
    price: ModelPrice
    before: StoredPrice | None
    tried: Tried | None
    hint: str
    is_listed: bool


@dataclass(frozen=True, slots=True)
class RateHandler:
    """Sets rates; each decision and its entry in the audit trail are one transaction.

    Attributes:
        store: with the list.
        usage: that a rate is tried on.
        clock: the present.
    """

    store: Store
    usage: UsageReader
    clock: Clock

    async def preview(self, request: RateRequest, caller: Caller) -> RatePreview:
        """What a rate would have made of the last 30 complete days; nothing is saved.

        Raises:
            NotAllowed: the role does not reach, or it is another organization's.
            NotUnderstood: an admin does not say whose it is.
            BadInput: a price makes no sense.
            Unavailable: the mart or the store cannot be read.
        """
        request = _whose(request, caller)
        listed = await self.store.prices.find_all()
        price = _with_facts(_price(request, caller), listed, self.clock())
        usage = await self._usage(request, caller)
        names = {(one.provider, one.model) for one in listed}
        is_listed = any(name in names for name in spellings(price.provider, price.model))
        return RatePreview(
            request=request,
            price=price,
            before=_in_force(price, listed, self.clock()),
            tried=None if usage is None else _tried(price, usage),
            hint="" if is_listed else did_you_mean(price.model, [model for _, model in names]),
            is_listed=is_listed,
        )

    async def save(self, request: RateRequest, caller: Caller, surface: Surface) -> StoredPrice:
        """Sets a rate; the one before it ends where it begins.

        What was imported already keeps the cost that it was given.

        Raises:
            NotAllowed, NotUnderstood, BadInput: see `preview`; or it is there already.
            Unavailable: the store does not answer.
        """
        request = _whose(request, caller)
        listed = await self.store.prices.find_all()
        price = _with_facts(_price(request, caller), listed, self.clock())
        async with self.store.transaction() as together:
            stored = await together.prices.add(price)
            await together.audit.add(price_entry("set", caller, surface, None, stored))
        return stored

    async def undo(self, key: str, caller: Caller, surface: Surface) -> StoredPrice:
        """Takes back a rate that was set within a day.

        Args:
            key: of the rate.
            caller: who takes it back.
            surface: where.

        Raises:
            NotAllowed: the role does not reach.
            NotFound: there is no such rate within the caller's reach, or no more.
            Outdated: it is older than a day.
            BadInput: tiers stand upon it.
            Unavailable: the store does not answer.
        """
        _allow(caller)
        found = next(
            (one for one in await self.store.prices.find_all() if str(one.id) == key), None
        )
        if found is None or (caller.role is not Role.ADMIN and not _is_own(found, caller)):
            raise NotFound("There is no such rate any more.", "`/cost pricing` shows all.")
        if self.clock() - found.created_at > UNDONE_WITHIN:
            raise Outdated(
                "This rate was set more than a day ago.", "Set another one, from a later day on."
            )
        async with self.store.transaction() as together:
            gone = await together.prices.withdraw(UUID(key))
            await together.audit.add(price_entry("undo", caller, surface, gone, None))
        return gone

    async def _usage(self, request: RateRequest, caller: Caller) -> OwnUsage | None:
        whose = {} if request.organization is None else {ORGANIZATION: (request.organization,)}
        filters = {} if caller.organization is not None else whose
        try:
            return await self.usage.read(None, filters, caller)
        except NotFound:
            return None  # a rate may be agreed upon before anything is used


def _allow(caller: Caller) -> None:
    if not caller.role.reaches(Role.ORG_ADMIN):
        raise NotAllowed(
            "Only an organization admin sets negotiated rates.",
            "Ask one, with the contract that the rate is written in.",
        )


def _is_own(price: StoredPrice, caller: Caller) -> bool:
    return price.organization is not None and price.organization == caller.organization


def _whose(request: RateRequest, caller: Caller) -> RateRequest:
    """The request with whose it is, as far as the caller reaches."""
    _allow(caller)
    if caller.role is Role.ADMIN:
        if request.everybody == (request.organization is not None):
            raise NotUnderstood(
                "It is not said whose rate this is.",
                "Add `organization acme`, or `everybody` for the list price.",
            )
        return request
    if request.everybody:
        raise NotAllowed("Only an admin changes the list price.", "Leave `everybody` away.")
    if caller.organization is None or request.organization not in (None, caller.organization):
        own = caller.organization
        sentence = f"You set the rates of {own}." if own else "You are of no organization."
        raise NotAllowed(sentence, "Leave the organization away.")
    return replace(request, organization=caller.organization)


def _price(request: RateRequest, caller: Caller) -> ModelPrice:
    listed = request.organization is None
    return ModelPrice(
        provider=request.provider,
        model=request.model,
        effective_from=datetime.combine(request.effective, time(0), UTC),
        source=f"entered by {caller.name}" if listed else "negotiated",
        reference=request.reference,
        created_by=f"{caller.team_id}/{caller.user_id}",
        organization=request.organization,
        above_input_tokens=request.above,
        **{name: getattr(request, name) for name in FIELDS},
    )


def _with_facts(price: ModelPrice, listed: Iterable[StoredPrice], now: datetime) -> ModelPrice:
    """The price with what the list knows of its model: a new price does not forget it."""
    alike = [
        one
        for one in listed
        if (one.provider, one.model) == (price.provider, price.model) and one.organization is None
    ]
    if not alike:
        return price
    known = max(alike, key=lambda one: (one.in_force(now), one.effective_from))
    return replace(
        price,
        context_window=known.context_window,
        max_output=known.max_output,
        capabilities=known.capabilities,
        quality_score=known.quality_score,
        quality_source=known.quality_source,
        deprecated_at=known.deprecated_at,
        replacement=known.replacement,
    )


def _in_force(
    price: ModelPrice, listed: Iterable[StoredPrice], now: datetime
) -> StoredPrice | None:
    """What is in force now where the price would be; the organization's own before the list's."""
    there = [
        one
        for one in listed
        if (one.provider, one.model) == (price.provider, price.model)
        and one.organization in (None, price.organization)
        and one.above_input_tokens <= price.above_input_tokens
        and one.in_force(now)
    ]
    return max(
        there, key=lambda one: (one.organization is not None, one.above_input_tokens), default=None
    )


def _tried(price: ModelPrice, usage: OwnUsage) -> Tried:
    unit = _unit(price)
    requests, unpriced = 0, 0
    now, then, then_unpriced = Decimal(0), Decimal(0), Decimal(0)
    for priced in usage.cells:
        if not _is_for(price, priced):
            continue
        tokens = priced.cell.tokens
        requests += tokens.requests
        if priced.price is None:
            unpriced += tokens.requests
            then_unpriced += request_cost(tokens, unit)
        else:
            now += request_cost(tokens, priced.price)
            then += request_cost(tokens, unit)
    return Tried(usage.days, requests, unpriced, now, then, then_unpriced)


def _is_for(price: ModelPrice, priced: PricedCell) -> bool:
    route = priced.cell.route
    if price.organization is not None and route.organization != price.organization:
        return False
    if price.organization is None and (
        priced.price is not None and priced.price.source is PriceSource.NEGOTIATED
    ):
        return False  # whoever has a rate of its own does not pay the list price
    provider = route.provider or (None if priced.model is None else priced.model.provider)
    if route.model is None or provider is None:
        return False
    own = (price.provider, price.model)
    is_of_tier = priced.cell.tokens.mean_input > price.above_input_tokens
    return own in spellings(provider, route.model) and (is_of_tier or not price.above_input_tokens)


def _unit(price: ModelPrice) -> UnitPrice:
    stored = StoredPrice(
        **asdict(price), id=uuid4(), created_at=price.effective_from, effective_until=None
    )
    return stored.unit_price()


def price_entry(
    what: str,
    caller: Caller,
    surface: Surface,
    before: StoredPrice | None,
    after: StoredPrice | None,
) -> AuditEntry:
    """A decision on a price; None: it was, or is, not there."""
    price = after or before
    if price is None:
        message = "a decision is on a price"
        raise AssertionError(message)
    return AuditEntry(
        actor=actor_of(caller),
        surface=surface,
        action=f"{PRICE}.{what}",
        object_kind=PRICE,
        object_id=str(price.id),
        organization=price.organization,
        before=None if before is None else _values(before),
        after=None if after is None else _values(after),
    )


_KEPT = ("provider", "model", "above_input_tokens", *FIELDS, "effective_from", "reference")


def _values(price: StoredPrice) -> dict[str, object]:
    return {name: written(value) for name in _KEPT if (value := getattr(price, name)) is not None}


def whose_words(organization: str | None) -> str:
    """Whose a rate is, in a sentence."""
    return "everybody" if organization is None else shown(organization)
