"""Another model that requests could go to, found by the name that somebody typed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from analysis.errors import NotFound, NotUnderstood
from analysis.prices import PriceSource, UnitPrice
from analysis.recommendations.cells import ModelFacts, UsageCell
from handlers.nearest import nearest, shown
from handlers.recommendations.pricing_of_cells import PricingOfCells
from queries.prices.spellings import spellings, without_date


@dataclass(frozen=True, slots=True)
class OtherModel:
    """A model that has a price.

    Attributes:
        provider, model: as the price list writes them.
        facts: what the store's list knows of it; None: it stands on the public list alone.
    """

    provider: str
    model: str
    facts: ModelFacts | None

    @property
    def is_estimate(self) -> bool:
        """Whether its price comes from the public list alone."""
        return self.facts is None

    def price_for(self, cell: UsageCell, pricing: PricingOfCells) -> UnitPrice | None:
        """The price of a cell's requests at it; None: there is none of their size."""
        return pricing.price_of(
            self.provider, self.model, cell.route.organization, cell.tokens.mean_input
        )


def find_model(
    name: str,
    pricing: PricingOfCells,
    organization: str | None,
    at: datetime,
    beside: Iterable[str] = (),
) -> OtherModel:
    """The model of a name, as `gpt-4o-mini` or `openai/gpt-4o-mini`.

    Args:
        name: as somebody typed it.
        pricing: the lists.
        organization: whose rates count.
        at: the instant whose prices count, UTC.
        beside: providers that go first where several have the model.

    Raises:
        NotFound: no list has it; the nearest ones are named.
        NotUnderstood: several providers have it.
    """
    listed = list(pricing.models(organization))
    for provider, model in _readings(name):
        found = [facts for facts in listed if _is_named(facts, provider, model)]
        if len(found) > 1:
            found = [facts for facts in found if facts.provider in set(beside)] or found
        if len(found) > 1:
            providers = sorted(facts.provider for facts in found)
            sentence = f"Several providers have {shown(name)}: {', '.join(providers)}."
            raise NotUnderstood(sentence, f"Write {shown(f'{providers[0]}/{found[0].model}')}.")
        if found:
            return OtherModel(found[0].provider, found[0].model, found[0])
    if (public := _public(name, pricing, at)) is not None:
        return public
    names = sorted({facts.model for facts in listed})
    close = nearest(name, names)
    hint = (
        f"Did you mean {' or '.join(shown(one) for one in close)}?"
        if close
        else "`/cost pricing` lists the models that have a price."
    )
    raise NotFound(f"No price list has the model {shown(name)}, so it is unpriced.", hint)


def _readings(name: str) -> Iterator[tuple[str | None, str]]:
    """What a name may mean: a provider's model, or a model whose name has a slash."""
    provider, slash, model = name.strip().partition("/")
    if slash and model:
        yield provider.lower(), model.lower()
    yield None, name.strip().lower()
    yield None, without_date(name.strip().lower())


def _is_named(facts: ModelFacts, provider: str | None, model: str) -> bool:
    if provider is None:
        return facts.model == model
    return (facts.provider, facts.model) in spellings(provider, model)


def _public(name: str, pricing: PricingOfCells, at: datetime) -> OtherModel | None:
    """The model on the public list; what that list only takes for another one is not meant."""
    given, slash, of = name.strip().lower().partition("/")
    model = of if slash else given
    provider = given if slash else pricing.catalogue.provider_of(model)
    if provider is None:
        return None
    for price in pricing.catalogue.candidates(provider, model, at, at):
        known = {model, without_date(model)}
        if price.source is PriceSource.FALLBACK and price.model.lower() in known:
            return OtherModel(provider, model, None)
    return None
