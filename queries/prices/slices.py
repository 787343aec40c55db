"""A model's prices cut into slices: a stretch of time and a tier in which one price holds."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from analysis.prices import UnitPrice, price_in_force


@dataclass(frozen=True, slots=True)
class Slice:
    """Where one price holds.

    Attributes:
        start: first instant, UTC; None: from the beginning.
        end: first instant after it, UTC; None: to the end.
        above: the mean input tokens of a request are more than this; None: any.
        up_to: and not more than this; None: any.
        price: what then applies.
    """

    start: datetime | None
    end: datetime | None
    above: int | None
    up_to: int | None
    price: UnitPrice


def slices(
    prices: Sequence[UnitPrice], organization: str | None, first: datetime, last: datetime
) -> Iterator[Slice]:
    """Cuts so that `price_in_force` is the same everywhere in a slice.

    Args:
        prices: of one model, see `price_in_force`.
        organization: whose requests they are.
        first: instant of the oldest request, UTC.
        last: instant of the newest one, UTC.

    Yields:
        Disjoint slices; requests in none of them have no price.
    """
    names = list(dict.fromkeys((price.provider, price.model) for price in prices))
    # Whatever of them is in force later, the better name still stands first.
    prices = sorted(prices, key=lambda price: names.index((price.provider, price.model)))
    stretches = list(_stretches(prices, first, last))
    tiers = sorted({0} | {price.above_input_tokens for price in prices})
    for tier, up_to in zip(tiers, [*tiers[1:], None], strict=True):
        chosen = [
            (instant, price_in_force(there, instant, organization, tier + 1))
            for instant, there in stretches
        ]
        changes = [
            change for at, change in enumerate(chosen) if at == 0 or change[1] != chosen[at - 1][1]
        ]
        ends = [*(instant for instant, _ in changes[1:]), None]
        for at, ((start, price), end) in enumerate(zip(changes, ends, strict=True)):
            if price is not None:
                yield Slice(start if at else None, end, tier or None, up_to, price)


def _stretches(
    prices: Sequence[UnitPrice], first: datetime, last: datetime
) -> Iterator[tuple[datetime, list[UnitPrice]]]:
    """Each instant at which a price comes or goes, with the prices in force from then on."""
    changes = {price.effective_from for price in prices} | {
        price.effective_until for price in prices if price.effective_until is not None
    }
    coming = sorted(enumerate(prices), key=lambda pair: pair[1].effective_from)
    there: list[tuple[int, UnitPrice]] = []
    used = 0
    for instant in sorted({first} | {change for change in changes if first < change <= last}):
        while used < len(coming) and coming[used][1].effective_from <= instant:
            there.append(coming[used])
            used += 1
        there = [pair for pair in there if pair[1].in_force(instant)]
        in_order = sorted(there, key=lambda pair: pair[0])
        yield instant, [price for _, price in in_order]
