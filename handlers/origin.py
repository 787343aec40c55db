"""Whose traffic it was: customers', the owner's own, or nobody knows."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal


@dataclass(slots=True)
class Origin:
    """What of some cost is not known to be of customers; added up row by row.

    Attributes:
        is_left_out: such traffic is in no other figure of the answer.
        internal_requests: of the owner's own traffic.
        internal_cost: USD, fully loaded: what they cost.
        unknown_requests: of traffic that is not known to be internal or not.
        unknown_cost: USD, fully loaded: what they cost.
    """

    is_left_out: bool
    internal_requests: int = 0
    internal_cost: Decimal = Decimal(0)
    unknown_requests: int = 0
    unknown_cost: Decimal = Decimal(0)

    def takes(self, is_internal: bool | None, requests: int, cost: Decimal) -> bool:
        """Counts a row; returns whether it belongs to the answer."""
        if is_internal is None:
            self.unknown_requests += requests
            self.unknown_cost += cost
        elif is_internal:
            self.internal_requests += requests
            self.internal_cost += cost
        return is_internal is False or not self.is_left_out
