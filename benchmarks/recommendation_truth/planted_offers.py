"""Offers beside the list, and what is paid for and serves nobody; and what only looks like it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

from analysis.recommendations.proposal import Kind
from analysis.recommendations.tiers.provider_offers import OfferKind, ProviderOffer, Subscription
from benchmarks.recommendation_truth.actions import Commitment
from benchmarks.recommendation_truth.arrivals import ALWAYS
from benchmarks.recommendation_truth.asks import DAY, DAYS, NOW, PICO, START, Ask
from benchmarks.recommendation_truth.models import cost
from benchmarks.recommendation_truth.organizations import (
    Maker,
    Making,
    Organization,
    Waste,
    nothing,
)

PROVIDER = "anthropic"


def _spends(making: Making) -> float:
    """A steady use of one provider by people; USD of the evidence's days."""
    making.background()
    route = making.route(PROVIDER, "omega", "writing")
    making.people_ask(route, 1_500, 3_000, 1_500, 500)
    return sum(cost(ask) for ask in making.asks if ask.route.provider == PROVIDER) / PICO


def _offer(making: Making, least: float, discount: str, **more: object) -> ProviderOffer:
    offer = ProviderOffer(
        id=f"offer-{making.name}",
        kind=OfferKind.COMMITMENT,
        name="a commitment",
        provider=PROVIDER,
        models=(),
        organization=making.name,
        effective_from=START - timedelta(days=100),
        effective_until=None,
        reference="a contract",
        discount=Decimal(discount),
        from_usd=Decimal(round(least)),
    )
    return replace(offer, **more)  # pyright: ignore[reportArgumentType]


def steady_and_large(making: Making) -> Organization:
    """Enough for a commitment, month after month."""
    rng = making.rng
    spent = _spends(making)
    offer = _offer(making, spent * rng.uniform(0.3, 0.75), rng.choice(("0.1", "0.2", "0.3")))
    least = float(offer.from_usd or 0)
    remedy = replace(nothing(), committed=(Commitment(PROVIDER, least, float(offer.discount)),))
    waste = Waste(Kind.TIER_MIGRATION, {}, remedy)
    return making.made(Kind.TIER_MIGRATION, "steady", waste, offers=(offer,))


def too_small(making: Making) -> Organization:
    """Less than what would have to be paid at least."""
    offer = _offer(making, _spends(making) * making.rng.uniform(1.0, 2.0), "0.2")
    return making.made(Kind.TIER_MIGRATION, "too small", offers=(offer,))


def falling(making: Making) -> Organization:
    """Enough on the whole, and less every week: next month is below."""
    rng = making.rng
    spent = _spends(making)
    begun = rng.randint(10, 18)
    making.asks = [ask for ask in making.asks if ask.at < begun * DAY or rng.random() < 0.35]
    kept = sum(cost(ask) for ask in making.asks if ask.route.provider == PROVIDER) / PICO
    made = making.made(Kind.TIER_MIGRATION, "falling", offers=(_offer(making, kept * 0.75, "0.2"),))
    return replace(made, month=0.35 * spent / kept)


def taken_already(making: Making) -> Organization:
    """A commitment that is paid for."""
    spent = _spends(making)
    own = Subscription(
        id=f"own-{making.name}",
        organization=making.name,
        units=1,
        since=START - timedelta(days=50),
        until=NOW + timedelta(days=300),
    )
    offer = _offer(making, spent * 0.5, "0.2", subscriptions=(own,))
    return making.made(Kind.TIER_MIGRATION, "taken already", offers=(offer,))


def _dropped(kind: str, name: str) -> Waste:
    remedy = replace(nothing(), dropped=frozenset({(kind, name)}))
    return Waste(Kind.UNUSED_FEATURES, {}, remedy)


def health_checks(making: Making) -> Organization:
    """A key that asks, day and night, whether the model answers."""
    making.background()
    route = making.route("anthropic", "omega", "status")
    making.asks += [
        Ask(at, route, None, "probe", 60, 12) for at in making.times(5_000, 9_000, ALWAYS)
    ]
    return making.made(Kind.UNUSED_FEATURES, "health checks", _dropped("feature", "status"))


def fails_always(making: Making) -> Organization:
    """A job that was forgotten: its prompts are refused after they are read, each time."""
    making.background()
    route = making.route("anthropic", "omega", "export")
    making.asks += [
        Ask(at, route, None, "old", making.tokens(3_000), 0, failed=True, patient=True)
        for at in making.times(300, 900, ALWAYS)
    ]
    # Nobody waits for it either: as batches it would fail for half.
    remedy = replace(nothing(), batched={("anthropic", "omega")})
    batch = Waste(Kind.BATCH_PROCESSING, {"model": "omega"}, remedy)
    dropped = _dropped("feature", "export")
    return making.made(Kind.UNUSED_FEATURES, "fails always", dropped, batch)


def short_questions(making: Making) -> Organization:
    """Answers of a word to prompts of a line: small, and wanted."""
    making.background()
    route = making.route("anthropic", "omega", "labels")
    making.asks += [
        Ask(at, route, None, "labels", making.rng.randint(25, 64), making.rng.randint(2, 14))
        for at in making.times(5_000, 9_000)
    ]
    return making.made(Kind.UNUSED_FEATURES, "short questions")


def failed_for_days(making: Making) -> Organization:
    """A feature that failed for nine days, and answers again."""
    making.background()
    route = making.route("anthropic", "omega", "export")
    for at in making.times(500, 1_200):
        failed = 5 * DAY <= at < 14 * DAY
        ask = Ask(at, route, making.person(), "app", making.tokens(3_000), 0, failed=failed)
        ask.output = 0 if failed else making.tokens(150)
        making.asks.append(ask)
    return making.made(Kind.UNUSED_FEATURES, "failed for days")


def over_and_gone(making: Making) -> Organization:
    """A job that failed always, and was stopped two weeks ago."""
    making.background()
    route = making.route("anthropic", "omega", "export")
    making.asks += [
        Ask(at, route, None, "old", making.tokens(3_000), 0, failed=True)
        for at in making.times(500, 900, ALWAYS)
        if at < (DAYS - 14) * DAY
    ]
    return making.made(Kind.UNUSED_FEATURES, "stopped since")


TIERS: tuple[Maker, ...] = (steady_and_large,)
NO_TIERS: tuple[Maker, ...] = (too_small, falling, taken_already)
UNUSED: tuple[Maker, ...] = (health_checks, fails_always)
NOT_UNUSED: tuple[Maker, ...] = (short_questions, failed_for_days, over_and_gone)
