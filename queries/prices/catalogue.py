"""Where the prices of a model are looked up: the store's list first, then the public one."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING

from analysis.prices import UnitPrice
from queries.prices.spellings import spellings, without_date

if TYPE_CHECKING:
    from queries.prices.public_list import PublicList


class Catalogue:
    """All prices that there are.

    Args:
        prices: the store's dated list, negotiated rates included.
        public: the public list that is asked where the store has no price in force.
    """

    def __init__(self, prices: Iterable[UnitPrice], public: PublicList | None = None) -> None:
        self._given = public
        self._by_name: dict[tuple[str, str], list[UnitPrice]] = {}
        self._providers: dict[str, set[str]] = {}
        for price in prices:
            provider, model = price.provider.lower(), price.model.lower()
            self._by_name.setdefault((provider, model), []).append(price)
            self._providers.setdefault(model, set()).add(provider)

    @cached_property
    def _public(self) -> PublicList:
        if self._given is not None:
            return self._given
        # The package brings an HTTP client along: it is loaded where the list is asked.
        from queries.prices.public_list import PublicList

        return PublicList()

    def provider_of(self, model: str) -> str | None:
        """The one provider whose model this is by the lists; None: there are several, or none."""
        name = model.strip().lower()
        providers = self._providers.get(name) or self._providers.get(without_date(name))
        if providers:
            return next(iter(providers)) if len(providers) == 1 else None
        return self._public.provider_of(name)

    def providers_of(self, model: str) -> list[str]:
        """The providers that have a model by the store's list, in order."""
        name = model.strip().lower()
        return sorted(self._providers.get(name) or self._providers.get(without_date(name)) or ())

    @property
    def models(self) -> list[str]:
        """The models of the store's list, in order; for suggestions."""
        return sorted(self._providers)

    def candidates(
        self, provider: str, model: str, first: datetime, last: datetime
    ) -> list[UnitPrice]:
        """Every price that requests of a model from `first` to `last` may have, best name first.

        Args:
            provider: as the requests name it.
            model: as the requests name it.
            first: instant of the oldest request, UTC.
            last: instant of the newest one, UTC.
        """
        stored = [
            price for name in spellings(provider, model) for price in self._by_name.get(name, [])
        ]
        return [*stored, *self._public.unit_prices(provider, model, first, last)]
