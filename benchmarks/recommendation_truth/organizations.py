"""Organizations, and what of their cost is waste."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from random import Random

from analysis.recommendations.cells import Route
from analysis.recommendations.proposal import Kind, Proposal
from analysis.recommendations.tiers.provider_offers import ProviderOffer
from benchmarks.recommendation_truth.actions import Actions
from benchmarks.recommendation_truth.arrivals import OFFICE, arrivals, next_month
from benchmarks.recommendation_truth.asks import DAYS, Ask
from benchmarks.recommendation_truth.models import cost
from benchmarks.recommendation_truth.otherwise import Abroad, Otherwise


@dataclass(frozen=True, slots=True)
class Waste:
    """Waste that was planted.

    Attributes:
        kind: what a recommendation about it would be.
        scope: what it would name, where it names such a thing.
        remedy: what would be done against it.
        since: the first day of it: it goes on at the rate of its own days.
        again: how often it comes next month, for each time that it came; None: as the volume goes.
    """

    kind: Kind
    scope: Mapping[str, str]
    remedy: Actions
    since: int = 0
    again: float | None = None

    def is_meant(self, proposal: Proposal) -> bool:
        """Whether a recommendation is about it."""
        return proposal.kind is self.kind and all(
            name not in proposal.scope or proposal.scope[name] == (value,)
            for name, value in self.scope.items()
        )


@dataclass(frozen=True, slots=True)
class Organization:
    """An organization with all of its requests.

    Attributes:
        name: of it.
        group: what it was made for: a kind, "clean", or "several".
        variant: which waste it has, or which look-alike.
        asks: in the order of time.
        wastes: that were planted; empty: look-alikes of waste, or nothing at all.
        abroad: how its requests fare at other models.
        month: how much more it asks for in the month after.
        offers: that providers made to it.
    """

    name: str
    group: str
    variant: str
    asks: tuple[Ask, ...]
    wastes: tuple[Waste, ...]
    abroad: Abroad
    month: float
    offers: tuple[ProviderOffer, ...] = ()

    def saved(self, actions: Actions, volume: float = 1.0) -> float:
        """USD of the evidence's days, or of a month of another volume, had it done that."""
        return Otherwise(self.asks, self.abroad).saved(actions, volume)

    def monthly(self, actions: Actions, waste: Waste | None) -> float:
        """USD a month as things stood at the end of the evidence."""
        return self.saved(actions) * DAYS / (DAYS - (waste.since if waste else 0))

    def next_month(self, actions: Actions, waste: Waste | None) -> float:
        """USD of the month that came after."""
        again = None if waste is None else waste.again
        if again is not None:
            return self.monthly(actions, waste) * again
        since = waste.since if waste else 0
        return self.saved(actions, self.month) * DAYS / (DAYS - since)


@dataclass
class Making:
    """What it takes to make an organization.

    Attributes:
        rng: of its own.
        name: of it.
        asks: so far, in any order.
    """

    rng: Random
    name: str
    asks: list[Ask] = field(default_factory=list[Ask])
    prompts: int = 0

    def __post_init__(self) -> None:
        # Hashes of different organizations have nothing in common.
        self.prompts = self.rng.getrandbits(40)
        self.size = self.rng.lognormvariate(0, 0.4)
        self.people = [f"{self.name}-{number}" for number in range(self.rng.randint(5, 25))]
        self._weights = [self.rng.lognormvariate(0, 0.8) for _ in self.people]

    def route(self, provider: str, model: str, feature: str) -> Route:
        """A route of it."""
        return Route(self.name, provider, model, "/v1/chat", feature, "production")

    def new_hash(self) -> int:
        """One that nothing had before."""
        self.prompts += 1
        return self.prompts

    def person(self) -> str:
        """One of its people, some more likely than others."""
        return self.rng.choices(self.people, self._weights)[0]

    def tokens(self, middle: float, spread: float = 0.4) -> int:
        """A length, lognormal around its median."""
        return max(20, int(self.rng.lognormvariate(0, spread) * middle))

    def times(self, least: int, most: int, hours: tuple[float, ...] = OFFICE) -> list[int]:
        """When people ask, a random number of times."""
        weekend = 0.15 if hours is OFFICE else 1.0
        return arrivals(self.rng, self.rng.randint(least, most), hours, weekend=weekend)

    def background(self) -> None:
        """What every organization does besides: support, by its people, on a dear model."""
        self.people_ask(self.route("openai", "alpha", "support"), 300, 900, 1_800, 250)
        if self.rng.random() < 0.5:
            self.people_ask(self.route("anthropic", "omega", "documents"), 150, 500, 6_500, 350)

    def people_ask(
        self, route: Route, least: int, most: int, taken: float, given: float
    ) -> list[Ask]:
        """Requests of people, one by one, of a length that is the organization's own."""
        taken *= self.rng.lognormvariate(0, 0.2)
        given *= self.rng.lognormvariate(0, 0.2)
        made = [
            Ask(at, route, self.person(), "app", self.tokens(taken), self.tokens(given))
            for at in self.times(least, most)
        ]
        self.asks += made
        return made

    def made(
        self, group: str, variant: str, *wastes: Waste, offers: tuple[ProviderOffer, ...] = ()
    ) -> Organization:
        """It, complete."""
        for ask in self.asks:
            ask.pico = cost(ask)
        skill = {name: self.rng.gauss(0, 0.01) for name in ("beta-mini", "beta-nano", "beta-short")}
        return Organization(
            name=self.name,
            group=group,
            variant=variant,
            asks=tuple(sorted(self.asks, key=lambda ask: ask.at)),
            wastes=wastes,
            abroad=Abroad(
                tokens=self.rng.lognormvariate(0, 0.08),
                output=self.rng.lognormvariate(0, 0.12),
                skill=skill,
            ),
            month=next_month(self.rng),
            offers=offers,
        )


Maker = Callable[[Making], Organization]


def nothing() -> Actions:
    """No action yet."""
    return Actions({}, {}, {}, set(), set(), {}, set())
