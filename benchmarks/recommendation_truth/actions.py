"""What recommendations ask for, read from their `action`: it is done as it is written."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from analysis.recommendations.proposal import Kind, Proposal
from analysis.recommendations.tiers.provider_offers import ProviderOffer


@dataclass
class Actions:
    """What is done to the requests of one organization.

    Attributes:
        limits: requests and USD an hour, by kind of actor and name.
        answers: seconds that own answers are kept, by what the route is.
        prefixes: seconds that beginnings are kept, and the price of writing, by route.
        restored: routes whose cache works again.
        shortened: routes whose prompts lose what is needless.
        moved: the other model, and the largest input and output, by model.
        batched: models whose patient requests go as batches.
        dropped: features and keys that are given up.
        committed: offers that are taken.
    """

    limits: dict[tuple[str, str], tuple[int, float]]
    answers: dict[Scope, int]
    prefixes: dict[Scope, int]
    restored: set[Scope]
    shortened: set[Scope]
    moved: dict[tuple[str, str], Move]
    batched: set[tuple[str, str]]
    dropped: frozenset[tuple[str, str]] = frozenset()
    committed: tuple[Commitment, ...] = ()


@dataclass(frozen=True, slots=True)
class Commitment:
    """So much off for whoever pays at least so much a month.

    Attributes:
        provider: whose.
        least: USD a month.
        discount: off the list, 0 to 1.
    """

    provider: str
    least: float
    discount: float

    def saves(self, listed: float) -> float:
        """USD of a month that costs so much at the list; negative: it costs."""
        return listed - max(self.least, listed * (1 - self.discount))


Scope = tuple[str | None, str | None, str | None, str | None, str | None]
"""Provider, model, endpoint, feature, environment."""


@dataclass(frozen=True, slots=True)
class Move:
    """To another model."""

    provider: str
    model: str
    input: float
    output: float


def actions_of(proposals: Iterable[Proposal], offers: Iterable[ProviderOffer] = ()) -> Actions:
    """All that some recommendations ask for, of offers that were made."""
    by_id = {offer.id: offer for offer in offers}
    found = Actions({}, {}, {}, set(), set(), {}, set())
    for one in proposals:
        action, scope = one.action, _scope(one)
        match one.kind, action.get("what"):
            case Kind.RATE_LIMITING, _:
                who = str(action["actor_kind"]), str(action["actor"])
                dollars = float(str(action["limit_usd_an_hour"]))
                found.limits[who] = int(str(action["limit_requests_an_hour"])), dollars
            case Kind.CACHING, "own_answers":
                found.answers[scope] = 60 * int(str(action["lifetime_minutes"]))
            case Kind.CACHING, "prompt_prefixes":
                found.prefixes[scope] = 60 * int(str(action["lifetime_minutes"]))
            case Kind.CACHING, _:
                found.restored.add(scope)
            case Kind.PROMPT_OPTIMIZATION, _:
                found.shortened.add(scope)
            case Kind.MODEL_DOWNGRADE, _:
                found.moved[_model(one)] = _move(one)
            case Kind.BATCH_PROCESSING, _:
                found.batched.add(_model(one))
            case _:
                found.dropped |= _dropped(one)
                found.committed += _taken(one, by_id)
    return found


_NAMED = ("key", "feature", "endpoint", "model")


def _dropped(proposal: Proposal) -> set[tuple[str, str]]:
    if proposal.kind is not Kind.UNUSED_FEATURES:
        return set()
    return {(name, proposal.scope[name][0]) for name in _NAMED if name in proposal.scope}


def _taken(proposal: Proposal, offers: Mapping[str, ProviderOffer]) -> tuple[Commitment, ...]:
    offer = offers.get(str(proposal.action.get("offer")))
    if offer is None:
        return ()
    return (Commitment(offer.provider, float(offer.from_usd or 0), float(offer.discount)),)


def _scope(proposal: Proposal) -> Scope:
    names = ("provider", "model", "endpoint", "feature", "environment")
    provider, model, endpoint, feature, environment = (
        proposal.scope.get(name, (None,))[0] for name in names
    )
    return provider, model, endpoint, feature, environment


def _model(proposal: Proposal) -> tuple[str, str]:
    return proposal.scope["provider"][0], proposal.scope["model"][0]


def _move(proposal: Proposal) -> Move:
    to = proposal.action["to"]
    if not isinstance(to, dict):
        message = f"a move without an end: {to}"
        raise TypeError(message)
    largest = (proposal.action[f"max_{what}_tokens"] for what in ("input", "output"))
    limits = [float("inf") if most is None else float(str(most)) for most in largest]
    return Move(str(to["provider"]), str(to["model"]), *limits)
