"""What an API would ask for the requests that GPUs served."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from analysis.errors import NotFound, NotUnderstood
from analysis.prices import PriceSource, UnitPrice, price_in_force, request_cost
from handlers.nearest import did_you_mean, shown
from queries.prices.catalogue import Catalogue
from queries.token_mix import Usage

UnitPrices = Callable[[], Awaitable[list[UnitPrice]]]
"""Gives the store's price list."""

Mixes = Callable[[Sequence[int]], Awaitable[list[Usage]]]
"""Gives the token mix, parted at these tiers."""


@dataclass(frozen=True, slots=True)
class ApiModel:
    """A model of an API, priced by the list: `gpt-4o-mini`, `openai/gpt-4o-mini`."""

    name: str


@dataclass(frozen=True, slots=True)
class PerRequest:
    """A price that is asked for every request, USD."""

    usd: Decimal


@dataclass(frozen=True, slots=True)
class PerMillion:
    """A price of tokens: USD per million input tokens, and per million output tokens."""

    input: Decimal
    output: Decimal


Equivalent = ApiModel | PerRequest | PerMillion


@dataclass(frozen=True, slots=True)
class ApiCost:
    """What an API would ask.

    Attributes:
        usd: for the requests that the GPUs served.
        tokens: behind them; None where the price is not one of tokens.
        prices: what tokens were priced by.
        mix_requests: requests of LLM usage whose tokens were counted.
        batch_requests: of these, sent through a batch interface, at its price where there is one.
    """

    usd: Decimal
    tokens: Decimal | None = None
    prices: tuple[UnitPrice, ...] = ()
    mix_requests: int = 0
    batch_requests: int = 0

    @property
    def is_estimate(self) -> bool:
        """Whether a price comes from the public list of genai-prices."""
        return any(price.source is PriceSource.FALLBACK for price in self.prices)


@dataclass(frozen=True, slots=True)
class Unpriced:
    """Why it cannot be said what an API would ask: `sentence` names what is missing."""

    sentence: str


async def api_cost(
    served: Mapping[str | None, int],
    equivalent: Equivalent | None,
    mixes: Mixes,
    unit_prices: UnitPrices,
    at: datetime,
    organization: str | None,
) -> ApiCost | Unpriced:
    """What an API would ask for requests, in the token mix that LLM usage of their models has.

    A model's mix is scaled to the requests that the GPUs served: it may come from fewer.

    Args:
        served: requests by the model that served them.
        equivalent: what they are priced by; None: each model by its own list price.
        mixes: gives the token mix of these models.
        unit_prices: the store's price list.
        at: the instant whose prices count.
        organization: whose negotiated rates count; None: list prices.

    Raises:
        NotUnderstood: several providers have the model of that name.
        NotFound: no price list has it.
    """
    if isinstance(equivalent, PerRequest):
        return ApiCost(equivalent.usd * sum(served.values()))
    usages = await mixes(())
    if missing := _without_tokens(served, usages):
        return missing
    if isinstance(equivalent, PerMillion):
        given = _price_given(equivalent, at)
        return _billed(served, usages, lambda _: given)
    catalogue = Catalogue(await unit_prices())
    candidates = {
        (usage.provider, usage.model): _candidates(catalogue, usage, equivalent, at)
        for usage in usages
    }
    tiers = {price.above_input_tokens for prices in candidates.values() for price in prices} - {0}
    if tiers:
        usages = await mixes(sorted(tiers))

    def price_of(usage: Usage) -> UnitPrice | None:
        prices = candidates.get((usage.provider, usage.model), [])
        return price_in_force(prices, at, organization, usage.tokens.mean_input)

    return _billed(served, usages, price_of, equivalent.name if equivalent else None)


def _without_tokens(served: Mapping[str | None, int], usages: Sequence[Usage]) -> Unpriced | None:
    counted = {usage.model for usage in usages if usage.served > 0}
    lacking = [model for model, requests in served.items() if requests and model not in counted]
    if not lacking:
        return None
    named = [shown(model) for model in lacking if model is not None]
    if not named:
        return Unpriced("Some requests name no model, so their tokens are not known.")
    more = f" and {len(named) - 3} more" if len(named) > 3 else ""
    return Unpriced(f"No tokens are known of requests of {', '.join(named[:3])}{more}.")


def _candidates(
    catalogue: Catalogue, usage: Usage, equivalent: ApiModel | None, at: datetime
) -> list[UnitPrice]:
    """The prices of the API's model; of the usage's own where none is named."""
    if equivalent is None:
        names = [(usage.provider, usage.model), (catalogue.provider_of(usage.model), usage.model)]
        return _first_listed(catalogue, names, at)
    name = equivalent.name
    provider, slash, model = name.partition("/")
    names = [(provider, model)] if slash and model else []
    found = _first_listed(catalogue, [*names, (catalogue.provider_of(name), name)], at)
    if found:
        return found
    if several := catalogue.providers_of(name):
        sentence = f"Several providers have the model {shown(name)}: {', '.join(several)}."
        raise NotUnderstood(sentence, f"Write `api {several[0]}/{name}`.")
    hint = did_you_mean(name, catalogue.models)
    hint = hint if hint.startswith("Did you mean") else "`/cost pricing` shows the list."
    raise NotFound(f"No price list has the model {shown(name)}, so it is unpriced.", hint)


def _first_listed(
    catalogue: Catalogue, names: Sequence[tuple[str | None, str]], at: datetime
) -> list[UnitPrice]:
    for provider, model in names:
        if provider and (prices := catalogue.candidates(provider, model, at, at)):
            return prices
    return []


def _price_given(given: PerMillion, at: datetime) -> UnitPrice:
    return UnitPrice(
        provider="",
        model="",
        input=given.input,
        output=given.output,
        effective_from=at,
        effective_until=None,
        source=PriceSource.LIST,
        reference="the price that was asked about",
    )


def _billed(
    served: Mapping[str | None, int],
    usages: Sequence[Usage],
    price_of: Callable[[Usage], UnitPrice | None],
    name: str | None = None,
) -> ApiCost | Unpriced:
    cost, tokens = dict[str, Decimal](), dict[str, int]()
    counted = dict[str, int]()
    prices: dict[UnitPrice, None] = {}
    for usage in usages:
        if not served.get(usage.model):
            continue
        price = price_of(usage)
        if price is None:
            asked = shown(name or usage.model)
            return Unpriced(f"No price list has a price of {asked} in force: it is unpriced.")
        prices[price] = None
        model = usage.model
        cost[model] = cost.get(model, Decimal(0)) + request_cost(usage.tokens, price)
        tokens[model] = tokens.get(model, 0) + usage.total_tokens
        counted[model] = counted.get(model, 0) + usage.served
    scale = {model: Decimal(served[model]) / requests for model, requests in counted.items()}
    used = [usage.tokens for usage in usages if usage.model in counted]
    return ApiCost(
        usd=sum((cost[model] * scale[model] for model in cost), Decimal(0)),
        tokens=sum((tokens[model] * scale[model] for model in tokens), Decimal(0)),
        prices=tuple(prices),
        mix_requests=sum(counted.values()),
        batch_requests=sum(tokens.requests for tokens in used if tokens.batch),
    )
