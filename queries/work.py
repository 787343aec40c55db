"""What requests were asked for and cost, divided as finely as the mix of work is looked at."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import cast

from analysis.prices import TokenUsage
from queries.dimensions import Dimensions, Source
from queries.engines.base import Engine
from queries.grouped import INTERNAL, SOURCE, Rows, counts, grouped, money

MIXED = (
    "model", "provider", "product", "endpoint", "process", "organization", "feature",
    "environment", "result", "error_type", "billing_type",
)  # fmt: skip
"""What tells one kind of work from another. Not the person nor the key: so many cells would hold
too few requests to have a rate."""

_OF_PRICED = (
    "fresh_input_tokens",
    "cached_input_tokens",
    "cache_write_tokens",
    "output_tokens",
    "reasoning_tokens",
    "batch_requests",
)

_FIGURES = (
    money("fully_loaded_cost"),
    counts("requests"),
    counts("unpriced_requests"),
    # Rows are keyed by who said the price: a row is unpriced as a whole, or not at all.
    *(counts(f"IF(unpriced_requests > 0, 0, {column})") for column in _OF_PRICED),
)


@dataclass(frozen=True, slots=True)
class Done:
    """What was done in one cell.

    Attributes:
        source: where the cost comes from.
        member: its values in the dimensions that were asked for.
        kind: its values in the other dimensions of `MIXED`, and whose traffic it is.
        is_internal: the owner's own traffic; None: not known.
        cost: USD, fully loaded; what is unpriced is not in it.
        requests: all of them.
        unpriced: of these, without a price.
        model: what did it; None: not said.
        provider: of the model; None: not said.
        usage: tokens of the requests that have a price.
        batched: of these requests, sent through a batch interface.
    """

    source: Source
    member: tuple[str | None, ...]
    kind: tuple[str | None, ...]
    is_internal: bool | None
    cost: Decimal
    requests: int
    unpriced: int
    model: str | None
    provider: str | None
    usage: TokenUsage
    batched: int

    @property
    def tokens(self) -> int:
        """Of all classes, of the requests that have a price."""
        return self.usage.total


async def work_done(
    engine: Engine, dimensions: Dimensions, rows: Rows, by: tuple[str, ...]
) -> list[Done]:
    """The cells of some rows of requests.

    Args:
        engine: to ask.
        dimensions: of this deployment.
        rows: which are added up.
        by: names of dimensions: the members.

    Raises:
        KeyError: a name is not that of a dimension.
        Unavailable: the engine cannot answer.
    """
    kinds = tuple(name for name in MIXED if name not in by)
    divided = await grouped(engine, dimensions, rows, (SOURCE, INTERNAL, *by, *kinds), _FIGURES)
    found: list[Done] = []
    for key, figures in divided:
        cost, (requests, unpriced, *tokens, batched) = (
            cast("Decimal", figures[0]),
            cast("list[int]", figures[1:]),
        )
        source, internal = cast("tuple[str, bool | None]", key[:2])
        names = cast("tuple[str | None, ...]", key[2:])
        member, kind = names[: len(by)], names[len(by) :]
        named = dict(zip((*by, *kinds), names, strict=True))
        found.append(
            Done(
                source=Source(source),
                member=member,
                kind=(*kind, str(internal)),
                is_internal=internal,
                cost=cost,
                requests=requests,
                unpriced=unpriced,
                model=named["model"],
                provider=named["provider"],
                usage=TokenUsage(*tokens, requests=requests - unpriced),
                batched=batched,
            )
        )
    return found
