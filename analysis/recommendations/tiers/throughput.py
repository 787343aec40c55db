"""Provisioned throughput: how many units would pay, minute by minute.

A unit answers so many tokens a minute and costs the same whether it is asked or not; what goes
beyond the units in a minute spills over to the list price. With w the tokens of a minute (input,
what is read from the cache and output, each with its weight), c what they cost now, n units of
capacity q and price p a month:

    saved(n) = sum over minutes of c · min(1, n · q / w), a month − n · p

It is concave in n, so the best n is where one more unit does not pay for itself. The range is the
spread of the weeks (`analysis.recommendations.weekly_draws`).

Silent: where one unit does not pay, at the low end of the range or in the last week; where the two
halves of the days are not alike; where more than a fifth of the requests came in rows that stand
for several, so that their peaks are not known; under a subscription of the same models.
Source: the providers' pages on provisioned throughput (Azure OpenAI "PTU", Amazon Bedrock
"Provisioned Throughput", Vertex AI "GSU"): all count tokens a minute and weigh output higher.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from analysis.recommendations.cells import MONTH, EvidencePeriod, Route
from analysis.recommendations.confidence import stability
from analysis.recommendations.plain_digits import dollars, share
from analysis.recommendations.proposal import Difficulty, Json, Savings
from analysis.recommendations.tiers.choice import Choice, shared_out
from analysis.recommendations.tiers.model_load import LoadMinute, ModelLoad
from analysis.recommendations.tiers.provider_offers import ProviderOffer
from analysis.recommendations.tiers.volume_outlook import LEAST_DAYS
from analysis.recommendations.weekly_draws import monthly_half_width
from analysis.written import count, money, percent, plural

MOST_SPREAD = Decimal("0.2")
"""Of the requests, whose minute is not known."""

LEAST_ALIKE = Decimal("0.5")

MINUTES_A_DAY = 24 * 60

_WEEK = 7
_ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Units:
    """What some units of throughput would do on the evidence's days.

    Attributes:
        number: how many.
        daily: USD of every day: what they would have answered at the list, less their own price.
        served: USD of every day that they would have answered at the list.
        utilization: of their capacity, 0 to 1.
        spilled: share of the tokens beyond it.
    """

    number: int
    daily: tuple[Decimal, ...]
    served: tuple[Decimal, ...]
    utilization: Decimal
    spilled: Decimal


def provisioned(
    offer: ProviderOffer,
    load: ModelLoad,
    costs: Mapping[Route, Decimal],
    period: EvidencePeriod,
    priced: Decimal,
) -> Choice | None:
    """What provisioned throughput would be for one model; None: silent, see the module.

    Args:
        offer: of that kind.
        load: of the model.
        costs: USD a month now, of each of its routes.
        period: the days.
        priced: the share of its requests that have a price.
    """
    if period.days < LEAST_DAYS or not load.requests or load.model is None:
        return None
    spread = Decimal(load.spread_requests) / load.requests
    if spread > MOST_SPREAD:
        return None
    best = best_units(offer, load, period)
    if best is None:
        return None
    savings = _savings(best, sum(costs.values(), _ZERO))
    alike = _alike(best.served)
    last_week = sum(best.daily[-_WEEK:], _ZERO)
    if savings is None or alike < LEAST_ALIKE or last_week <= 0:
        return None
    return Choice(
        offer=offer,
        scope={"provider": (offer.provider,), "model": (load.model,)},
        costs=costs,
        saved=shared_out(savings.likely, costs),
        savings=savings,
        alike=alike,
        requests=load.requests,
        known=priced * (1 - spread),
        difficulty=Difficulty.MEDIUM,
        title=f"Serve {load.model} from provisioned throughput: {offer.name}",
        what=_what(offer, load, best),
        steps=_steps(offer, best),
        formula=(
            "saved = Σ over minutes of cost × min(1, units × capacity ÷ tokens of the minute), a "
            "month − units × price; as many units as pay for themselves"
        ),
        action={
            "do": "take_offer",
            "offer": offer.id,
            "offer_kind": offer.kind.value,
            "units": best.number,
            "term_months": offer.term_months,
        },
        evidence=_evidence(offer, load, best, period),
    )


def best_units(offer: ProviderOffer, load: ModelLoad, period: EvidencePeriod) -> Units | None:
    """As many units as pay for themselves; None: not even the least number does.

    Args:
        offer: with the price and the capacity of a unit.
        load: of the model.
        period: the days.
    """
    price, capacity = offer.unit_usd, offer.tokens_per_minute
    if price is None or not capacity or not load.minutes:
        return None
    # To look for the number floats will do; money is added up exactly for the one that is found.
    weighed = [(float(weight(offer, one)), float(one.cost)) for one in load.minutes]
    scale, unit = MONTH / period.days, float(price)

    def saved(units: int) -> float:
        room = units * capacity
        served = sum(cost if tokens <= room else cost * room / tokens for tokens, cost in weighed)
        return scale * served - units * unit

    low = max(1, offer.least_units)
    high = max(low, math.ceil(max(tokens for tokens, _ in weighed) / capacity))
    while low < high:
        middle = (low + high) // 2
        if saved(middle + 1) > saved(middle):
            low = middle + 1
        else:
            high = middle
    return units_of(offer, load, period, low) if saved(low) > 0 else None


def units_of(offer: ProviderOffer, load: ModelLoad, period: EvidencePeriod, number: int) -> Units:
    """What a number of units would have done.

    Args:
        offer: with the price and the capacity of a unit.
        load: of the model.
        period: the days.
        number: of units, at least 1.
    """
    room = Decimal(number * (offer.tokens_per_minute or 0))
    served = [_ZERO] * period.days
    used, asked = _ZERO, _ZERO
    for minute in load.minutes:
        tokens = weight(offer, minute)
        part = min(Decimal(1), room / tokens) if tokens > 0 else Decimal(1)
        served[(minute.start.date() - period.first_day).days] += minute.cost * part
        used += tokens * part
        asked += tokens
    each = number * (offer.unit_usd or _ZERO) / MONTH
    whole = room * MINUTES_A_DAY * period.days
    return Units(
        number=number,
        daily=tuple(amount - each for amount in served),
        served=tuple(served),
        utilization=used / whole if whole else _ZERO,
        spilled=1 - used / asked if asked else _ZERO,
    )


def weight(offer: ProviderOffer, minute: LoadMinute) -> Decimal:
    """The tokens of a minute as the offer counts them."""
    return minute.input + minute.cached * offer.cached_weight + minute.output * offer.output_weight


def _savings(best: Units, most: Decimal) -> Savings | None:
    likely = min(most, sum(best.daily, _ZERO) * MONTH / len(best.daily))
    half = monthly_half_width(best.daily)
    if likely - half <= 0:
        return None
    return Savings(low=likely - half, likely=likely, high=max(likely, min(most, likely + half)))


def _alike(daily: Sequence[Decimal]) -> Decimal:
    place = len(daily) // 2
    first, rest = daily[:place], daily[place:]
    return stability(sum(first, _ZERO) / len(first), sum(rest, _ZERO) / len(rest))


def _what(offer: ProviderOffer, load: ModelLoad, best: Units) -> str:
    price = best.number * (offer.unit_usd or _ZERO)
    return (
        f"{plural(best.number, 'unit')} of {offer.name} for {money(price)} a month would have "
        f"answered {percent(1 - best.spilled)} of the tokens of {load.model} and been busy for "
        f"{percent(best.utilization)} of the time; peaks beyond that stay at the list price."
    )


def _steps(offer: ProviderOffer, best: Units) -> tuple[str, ...]:
    return (
        f"Ask {offer.provider} for the terms as they are now: they were entered from "
        f"{offer.reference}.",
        "Measure a unit's throughput on your own mix for an hour before you sign: providers weigh "
        "input, output and cached tokens differently.",
        f"Take {plural(best.number, 'unit')}, from month to month first where that is offered.",
        "Let requests spill over to the regular deployment where the units are busy, which answer "
        "with status 429.",
        "Enter it by `costbot pricing offer subscribe`: what is used of it is then watched.",
    )


def _evidence(
    offer: ProviderOffer, load: ModelLoad, best: Units, period: EvidencePeriod
) -> dict[str, Json]:
    tokens = sum((weight(offer, minute) for minute in load.minutes), _ZERO)
    cost = sum((minute.cost for minute in load.minutes), _ZERO)
    each = cost / tokens if tokens else _ZERO
    price = offer.unit_usd or _ZERO
    found: dict[str, Json] = {
        "requests": load.requests,
        "monthly_cost_at_the_list": dollars(period.monthly(cost)),
        "units": best.number,
        "units_monthly_price": dollars(best.number * price),
        "utilization": share(best.utilization),
        "spilled_share": share(best.spilled),
        "halves_alike": share(_alike(best.served)),
        "savings_range": "90 % for one further month: weeks as draws, Student's t",
    }
    if each > 0 and offer.tokens_per_minute:
        paying = price / (each * MONTH * MINUTES_A_DAY)
        found["break_even_tokens_per_minute"] = round(paying)
        found["break_even_utilization"] = share(paying / offer.tokens_per_minute)
    found["other_numbers"] = [
        {
            "units": number,
            "saved_monthly": dollars(
                sum(units_of(offer, load, period, number).daily, _ZERO) * MONTH / period.days
            ),
        }
        for number in (best.number - 1, best.number + 1, 2 * best.number)
        if number >= max(1, offer.least_units)
    ]
    hours = [_ZERO] * 24
    for minute in load.minutes:
        hours[minute.start.hour] += weight(offer, minute)
    capacity = count(best.number * (offer.tokens_per_minute or 0))
    found["chart"] = {
        "x": [*range(24)],
        "y": [round(total / (60 * period.days)) for total in hours],
        "labels": {
            "title": f"Tokens a minute by hour of the day; the units answer {capacity}",
            "x": "hour of the day, UTC",
            "y": "mean tokens a minute, as the offer weighs them",
        },
    }
    return found
