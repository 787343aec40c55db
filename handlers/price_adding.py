"""New prices of the list, added by admins; each is in the audit trail."""

from __future__ import annotations

from dataclasses import dataclass, replace

from analysis.errors import NotAllowed
from analysis.roles import Role
from handlers.caller import Caller
from handlers.rates import price_entry
from storage.records.audit import Surface
from storage.records.price import ModelPrice, StoredPrice
from storage.store import Store


@dataclass(frozen=True, slots=True)
class PriceAdder:
    """Adds to the list of prices.

    Attributes:
        store: that holds it.
        surface: where it is added to.
    """

    store: Store
    surface: Surface

    async def add(self, price: ModelPrice, caller: Caller) -> StoredPrice:
        """Adds a price; the one before it ends where it begins.

        What was imported already keeps the cost that it was given.

        Args:
            price: the new one; whom it names as its author is replaced by the caller.
            caller: who adds it.

        Raises:
            NotAllowed: the caller is no admin of all organizations.
            BadInput: see `PriceRepository.add`.
        """
        if caller.organization is not None or not caller.role.reaches(Role.ADMIN):
            raise NotAllowed(
                "Only an admin changes the price list.",
                "Ask one, with the address or the contract that the price is written in.",
            )
        author = f"{caller.team_id}/{caller.user_id}"
        async with self.store.transaction() as together:
            stored = await together.prices.add(replace(price, created_by=author))
            await together.audit.add(price_entry("add", caller, self.surface, None, stored))
        return stored
