"""The price list: what a million tokens cost now, what is dated ahead, and adding to it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from analysis.clock import Clock
from analysis.errors import NotFound
from handlers.caller import Caller
from handlers.nearest import did_you_mean, shown
from storage.records.price import StoredPrice
from storage.repositories.prices import PriceRepository


@dataclass(frozen=True, slots=True)
class PriceListResult:
    """The price list, as one caller may see it.

    All prices are USD per million tokens, by provider, then model, then organization (the list
    price first), then tier.

    Attributes:
        now: the instant at which `current` is in force.
        provider: the one provider that was asked for; None: all.
        providers: all providers of the list.
        current: in force now; `price.is_deprecated(now)` tells what to move away from, and
            `price.replacement` what to.
        upcoming: dated ahead, soonest first within a model.
    """

    now: datetime
    provider: str | None
    providers: tuple[str, ...]
    current: tuple[StoredPrice, ...]
    upcoming: tuple[StoredPrice, ...]


@dataclass(frozen=True, slots=True)
class PricingHandler:
    """Shows the price list and adds to it."""

    prices: PriceRepository
    clock: Clock

    async def price_list(self, provider: str | None, caller: Caller) -> PriceListResult:
        """The prices in force now and those dated ahead.

        Rates that an organization negotiated are shown to its own people and to whoever sees all
        organizations.

        Args:
            provider: only this one's, however it is capitalized; None: all.
            caller: who asks.

        Raises:
            NotFound: the list has no such provider.
        """
        visible = [
            price
            for price in await self.prices.find_all(active_only=True)
            if _may_see(caller, price)
        ]
        providers = tuple(sorted({price.provider for price in visible}))
        asked = None if provider is None else provider.strip().lower()
        if asked is not None and asked not in providers:
            raise NotFound(
                f"The price list has no provider {shown(provider or '')}.",
                _what_instead(asked, visible, providers),
            )
        chosen = [price for price in visible if asked in (None, price.provider)]
        now = self.clock()
        return PriceListResult(
            now=now,
            provider=asked,
            providers=providers,
            current=tuple(price for price in chosen if price.in_force(now)),
            upcoming=tuple(price for price in chosen if price.effective_from > now),
        )

    async def prices_of(
        self, provider: str | None, caller: Caller, *, active_only: bool = True
    ) -> tuple[StoredPrice, ...]:
        """Prices as one caller may see them: those in force now, or all that there ever were.

        Args:
            provider: only this one's, however it is capitalized; None: all.
            caller: who asks.
            active_only: leave out what is dated ahead, has ended, or prices past requests alone.

        Raises:
            NotFound: the list has no such provider.
            Unavailable: the store does not answer.
        """
        if active_only:
            return (await self.price_list(provider, caller)).current
        every = await self.prices.find_all()
        visible = [price for price in every if _may_see(caller, price)]
        asked = None if provider is None else provider.strip().lower()
        chosen = tuple(price for price in visible if asked in (None, price.provider))
        if asked is not None and not chosen:
            names = sorted({price.provider for price in visible})
            sentence = f"The price list has no provider {shown(provider or '')}."
            raise NotFound(sentence, _what_instead(asked, visible, names))
        return chosen


def _may_see(caller: Caller, price: StoredPrice) -> bool:
    return (
        price.organization is None
        or caller.organization is None
        or price.organization == caller.organization
    )


def _what_instead(asked: str, visible: Sequence[StoredPrice], providers: Sequence[str]) -> str:
    if not providers:
        return "The price list is empty: an admin adds to it with `costbot pricing add`."
    owners = sorted({price.provider for price in visible if price.model == asked})
    if owners:
        return f"That is a model: ask for its provider, {shown(owners[0])}."
    there = f"The list has {', '.join(shown(name) for name in providers)}."
    suggestion = did_you_mean(asked, providers)
    return f"{suggestion} {there}" if suggestion.startswith("Did you mean") else there
