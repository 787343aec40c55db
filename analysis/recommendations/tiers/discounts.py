"""Discounts on volume, and commitments: what a month would cost with them.

With the monthly cost c at the list, the edge or the least amount T and the discount d:

    volume discount      saved(c) = d · c from c >= T on, or d · (c - T) where it is on the rest
    commitment           saved(c) = c - max(T, c · (1 - d))

A commitment breaks even at c = T and saves d · c from c = T / (1 - d) on. The range is that of the
volume (`tiers.volume_outlook`): saved(low), saved(likely), saved(high).

Silent: where at the low end of the volume nothing is saved, so that a fall undoes it; where the two
halves of the days are not alike, the more so the longer it is taken for; where the requests are
priced by a negotiated rate or under another subscription already, which may hold the discount.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from analysis.recommendations.cells import EvidencePeriod, Route
from analysis.recommendations.plain_digits import dollars, share
from analysis.recommendations.proposal import Difficulty, Json, Savings
from analysis.recommendations.tiers.choice import Choice, scope_of, shared_out
from analysis.recommendations.tiers.provider_offers import OfferKind, ProviderOffer
from analysis.recommendations.tiers.volume_outlook import Outlook, added_by_day, outlook
from analysis.written import money, percent, plural

LEAST_ALIKE = Decimal("0.5")
"""One half of the days has at least half of the other, where it is taken from month to month."""

LEAST_ALIKE_LONG = Decimal("0.8")
"""The same where it is taken for longer: what halves within a month is no base for a year."""

MOST_FALL = Decimal("0.15")
"""From two weeks to the next, beyond which nobody commits to a volume. Of 400 simulated months that
lose 40 %, 12 commitments that lose money are proposed in place of 33 where days scatter by 5 %, and
55 in place of 61 where they scatter by 15 %: much scatter hides a fall."""

LONG_TERM_CERTAINTY = Decimal("0.8")
"""What is known is multiplied by this where it is taken for longer than a quarter: a month says
less of a year than of the next month. An assumption."""

A_QUARTER = 3

_ZERO = Decimal(0)
_ALL = Decimal(1)


@dataclass(frozen=True, slots=True)
class Volume:
    """What the requests cost that an offer is about.

    Attributes:
        daily: USD by route, of every day of the evidence.
        requests: of all of them.
        priced: the share of these that have a price.
        tokens: of the evidence's days.
    """

    daily: Mapping[Route, Sequence[Decimal]]
    requests: int
    priced: Decimal
    tokens: int


def discounted(offer: ProviderOffer, volume: Volume, period: EvidencePeriod) -> Choice | None:
    """What a volume discount or a commitment would be; None: silent, see the module.

    Args:
        offer: of one of these kinds.
        volume: of the organization's requests that it covers.
        period: the days.
    """
    ahead = outlook(added_by_day([*volume.daily.values()], period.days), offer.term_months)
    if ahead is None:
        return None
    is_long = offer.term_months > 1
    if ahead.alike < (LEAST_ALIKE_LONG if is_long else LEAST_ALIKE):
        return None
    if offer.kind is OfferKind.COMMITMENT and ahead.falls > MOST_FALL:
        return None
    saved_at = _saved_at(offer, volume, ahead, period)
    low, likely, high = (saved_at(cost) for cost in (ahead.low, ahead.likely, ahead.high))
    if low <= 0 or likely <= 0:
        return None
    costs = {
        route: period.monthly(sum(days, _ZERO)) for route, days in volume.daily.items() if any(days)
    }
    certainty = LONG_TERM_CERTAINTY if offer.term_months > A_QUARTER else _ALL
    return Choice(
        offer=offer,
        scope=scope_of(offer),
        costs=costs,
        saved=shared_out(likely, costs),
        savings=Savings(low=min(low, likely), likely=likely, high=max(likely, high)),
        alike=ahead.alike,
        requests=volume.requests,
        known=volume.priced * certainty,
        difficulty=Difficulty.MEDIUM if is_long else Difficulty.EASY,
        title=_title(offer),
        what=_what(offer, ahead),
        steps=_steps(offer),
        formula=_FORMULAS[offer.kind],
        action=_action(offer),
        evidence=_evidence(offer, ahead, saved_at, volume, period),
    )


_FORMULAS = {
    OfferKind.VOLUME_DISCOUNT: (
        "saved = discount × monthly cost from the edge on (or of what goes beyond it); the range "
        "at the low and the high end of a further month"
    ),
    OfferKind.COMMITMENT: (
        "saved = monthly cost − max(commitment, monthly cost × (1 − discount)); the range at the "
        "low and the high end of a further month"
    ),
}


def _saved_at(
    offer: ProviderOffer, volume: Volume, ahead: Outlook, period: EvidencePeriod
) -> Callable[[Decimal], Decimal]:
    """What is saved at a monthly cost, USD."""
    if offer.kind is OfferKind.COMMITMENT:
        least = offer.from_usd or _ZERO
        return lambda cost: cost - max(least, cost * (1 - offer.discount))
    edge = offer.from_usd or _ZERO
    if offer.from_tokens is not None:
        # Tokens and dollars grow and fall together: the edge is where as many would be paid for.
        tokens = period.monthly(Decimal(volume.tokens))
        edge = max(edge, ahead.likely * offer.from_tokens / tokens) if tokens else ahead.high + 1
    if offer.beyond_only:
        return lambda cost: offer.discount * max(_ZERO, cost - edge)
    return lambda cost: offer.discount * cost if cost >= edge else _ZERO


def _title(offer: ProviderOffer) -> str:
    if offer.kind is OfferKind.COMMITMENT:
        return f"Take the commitment {offer.name} of {offer.provider}"
    return f"Have the volume discount {offer.name} of {offer.provider} applied"


def _what(offer: ProviderOffer, ahead: Outlook) -> str:
    covered = f"What {offer.name} covers costs {money(ahead.likely)} a month"
    if offer.kind is OfferKind.COMMITMENT:
        least = offer.from_usd or _ZERO
        return (
            f"{covered}. For at least {money(least)} a month over "
            f"{plural(offer.term_months, 'month')} it is {percent(offer.discount)} less; it pays "
            f"from {money(least)} a month on, and even at the low end, {money(ahead.low)}, it does."
        )
    return (
        f"{covered}, {money(ahead.low)} at the low end: beyond the edge from which "
        f"{percent(offer.discount)} are taken off."
    )


def _steps(offer: ProviderOffer) -> tuple[str, ...]:
    ask = f"Ask {offer.provider} for the terms as they are now: they were entered from "
    if offer.kind is OfferKind.COMMITMENT:
        return (
            f"{ask}{offer.reference}.",
            "Hold what other recommendations would save against it before signing: a commitment "
            "is paid whether it is used or not.",
            f"Sign for {plural(offer.term_months, 'month')} at most, for what is spent at the low "
            "end rather than for the mean.",
            "Enter it by `costbot pricing offer subscribe`, and the rates that follow from it by "
            "`/cost pricing set`.",
        )
    return (
        f"{ask}{offer.reference}.",
        "Look on the last invoice whether it was applied; where it was not, ask for it.",
        "Enter the rates that follow from it by `/cost pricing set`.",
    )


def _action(offer: ProviderOffer) -> dict[str, Json]:
    return {
        "do": "take_offer",
        "offer": offer.id,
        "offer_kind": offer.kind.value,
        "discount": share(offer.discount),
        "term_months": offer.term_months,
    }


def _evidence(
    offer: ProviderOffer,
    ahead: Outlook,
    saved_at: Callable[[Decimal], Decimal],
    volume: Volume,
    period: EvidencePeriod,
) -> dict[str, Json]:
    daily = added_by_day([*volume.daily.values()], period.days)
    found: dict[str, Json] = {
        "monthly_cost": {
            "low": dollars(ahead.low),
            "likely": dollars(ahead.likely),
            "high": dollars(ahead.high),
        },
        "requests": volume.requests,
        "halves_alike": share(ahead.alike),
        "savings_range": "90 % of the volume of a further month: weeks as draws, the last week, "
        "and where the fall from one half of the days to the other would lead",
    }
    if offer.kind is OfferKind.COMMITMENT:
        least = offer.from_usd or _ZERO
        found["break_even_monthly_cost"] = dollars(least)
        if offer.discount < 1:
            found["full_discount_from_monthly_cost"] = dollars(least / (1 - offer.discount))
    spans = [Decimal(step) / 4 for step in range(1, 9)]
    found["chart"] = {
        "x": [dollars(ahead.likely * span) for span in spans],
        "y": [dollars(saved_at(ahead.likely * span)) for span in spans],
        "labels": {
            "title": "What is saved at other volumes",
            "x": "USD a month at the list",
            "y": "USD a month saved",
        },
    }
    found["daily_cost"] = {
        "first_day": period.first_day.isoformat(),
        "usd": [dollars(amount) for amount in daily[-30:]],
    }
    return found
