"""What requests would have cost otherwise: levers on cells, each alone or several at once.

The order in which levers act is fixed: requests that are not made, then shorter ones, then those
served from a cache, then those sent to another model, then those sent as a batch. What is left is
priced as it would be now. Only the ratio of the two prices counts: it is applied to what was
billed, so that a bill that differs from the list keeps its own level.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from analysis.prices import TokenUsage, UnitPrice, token_prices
from analysis.recommendations.cells import PricedCell

_ALL = Decimal(1)
_NONE = Decimal(0)


@dataclass(frozen=True, slots=True)
class Remove:
    """Requests that would not be made.

    Attributes:
        share: of the cell's requests and tokens, 0 to 1.
    """

    share: Decimal


@dataclass(frozen=True, slots=True)
class Shorten:
    """Requests that would be shorter.

    Attributes:
        input_share: of the fresh input tokens that would fall away, 0 to 1.
        output_share: the same of output and reasoning tokens.
    """

    input_share: Decimal
    output_share: Decimal = _NONE


@dataclass(frozen=True, slots=True)
class Cache:
    """Input that a provider's cache would serve.

    Attributes:
        hit_share: of the fresh input tokens that would be read from the cache, 0 to 1.
        write_share: of them that would be written to it, at the price of a write; the two
            together at most 1.
    """

    hit_share: Decimal
    write_share: Decimal = _NONE


@dataclass(frozen=True, slots=True)
class Migrate:
    """Requests that another model would answer, with the same tokens.

    Attributes:
        share: of the requests, 0 to 1.
        price: of the other model.
    """

    share: Decimal
    price: UnitPrice


@dataclass(frozen=True, slots=True)
class Batch:
    """Requests that would go through the batch interface.

    Attributes:
        share: of the requests, 0 to 1.
    """

    share: Decimal


Lever = Remove | Shorten | Cache | Migrate | Batch


@dataclass(frozen=True, slots=True)
class _Levers:
    kept: Decimal = _ALL
    input_kept: Decimal = _ALL
    output_kept: Decimal = _ALL
    hit: Decimal = _NONE
    write: Decimal = _NONE
    migrated: Decimal = _NONE
    other: UnitPrice | None = None
    batched: Decimal = _NONE


def cost_with(cell: PricedCell, levers: Iterable[Lever]) -> Decimal:
    """What a cell's requests would have cost, USD, with all these levers at once.

    Of several removals each acts on what the others leave; of several levers of another kind the
    one that comes last counts.

    A cell that was billed without a price in force can only lose requests, or have them migrated.

    Raises:
        ValueError: a share is outside 0 to 1.
    """
    combined = _combined(levers)
    billed = cell.cell.billed_cost
    tokens, price = cell.cell.tokens, cell.price
    before = _NONE if price is None else _cost(tokens, price, _Levers())
    if price is None or before <= 0:
        stays = billed * (1 - combined.migrated)
        goes = _NONE
        if combined.other is not None:
            plain = _Levers(batched=combined.batched)
            goes = combined.migrated * _cost(tokens, combined.other, plain)
        return combined.kept * (stays + goes)
    after = (1 - combined.migrated) * _cost(tokens, price, combined)
    if combined.other is not None:
        after += combined.migrated * _cost(tokens, combined.other, combined)
    return billed * combined.kept * after / before


def savings_with(cells: Sequence[tuple[PricedCell, Sequence[Lever]]]) -> Decimal:
    """What levers save together over cells, USD of the evidence's days; negative: they cost."""
    return sum(
        (cell.cell.billed_cost - cost_with(cell, levers) for cell, levers in cells), Decimal(0)
    )


def _combined(levers: Iterable[Lever]) -> _Levers:
    kept, values = _ALL, _Levers()
    for lever in levers:
        match lever:
            case Remove(share):
                kept *= 1 - _share(share)
            case Shorten(input_share, output_share):
                values = replace(
                    values,
                    input_kept=1 - _share(input_share),
                    output_kept=1 - _share(output_share),
                )
            case Cache(hit, write):
                _share(hit + write)
                values = replace(values, hit=_share(hit), write=_share(write))
            case Migrate(share, price):
                values = replace(values, migrated=_share(share), other=price)
            case Batch(share):
                values = replace(values, batched=_share(share))
    return replace(values, kept=kept)


def _cost(tokens: TokenUsage, price: UnitPrice, levers: _Levers) -> Decimal:
    """Of all requests of a cell, before any is removed, at one price."""
    fresh = tokens.fresh_input * levers.input_kept
    hit, write = fresh * levers.hit, fresh * levers.write
    amounts = (
        fresh - hit - write,
        tokens.cached_input + hit,
        tokens.cache_write + write,
        tokens.output * levers.output_kept,
        tokens.reasoning * levers.output_kept,
        Decimal(tokens.requests),
    )
    batched = _ALL if tokens.batch else levers.batched
    cost = _NONE
    for share, batch in ((1 - batched, False), (batched, True)):
        if not share:
            continue
        each = token_prices(price, batch=batch)
        units = (
            each.fresh_input,
            each.cached_input,
            each.cache_write,
            each.output,
            each.reasoning,
            each.request,
        )
        pairs = zip(amounts, units, strict=True)
        cost += share * sum((amount * unit for amount, unit in pairs), _NONE)
    return cost


def _share(value: Decimal) -> Decimal:
    if not 0 <= value <= 1:
        message = f"a share lies between 0 and 1, not at {value}"
        raise ValueError(message)
    return value
