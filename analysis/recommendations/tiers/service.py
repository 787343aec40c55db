"""Slower service tiers: requests that could wait, at the tier's rate.

    saved = discount × Σ cost of the cells that can wait

Which ones can is told by their traces (`batches.waiting`): those that say so
themselves, and bursts that no user is named in. Silent: of what merely comes at night; where the
batch interface of the model is as cheap, since what can wait for minutes can nearly always wait
for hours, and that is a recommendation of its own; of a tier that costs more than the list.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

from analysis.recommendations.batches.waiting import ABLE_TO_WAIT, can_wait
from analysis.recommendations.cells import EvidencePeriod, PricedCell, Route, Timing
from analysis.recommendations.halves import Halves
from analysis.recommendations.levers import Batch, cost_with
from analysis.recommendations.plain_digits import dollars, share
from analysis.recommendations.proposal import Difficulty
from analysis.recommendations.ranges import LEAST_SPREAD, savings_range, widened
from analysis.recommendations.tiers.choice import Choice, scope_of
from analysis.recommendations.tiers.provider_offers import ProviderOffer
from analysis.written import money, percent

METHOD_SPREAD = Decimal("0.05")
"""Relative standard deviation: the rate is exact; some requests find the tier busy."""

_ZERO = Decimal(0)


def slower(
    offer: ProviderOffer,
    cells: Sequence[PricedCell],
    costs: Mapping[Route, Decimal],
    period: EvidencePeriod,
    halves: Halves,
    priced: Decimal,
) -> Choice | None:
    """What a slower tier would be; None: silent, see the module.

    Args:
        offer: of a service tier.
        cells: that it covers.
        costs: USD a month now, of each of their routes.
        period: the days.
        halves: of the days.
        priced: the share of their requests that have a price.
    """
    if offer.discount <= 0:
        return None
    waiting = _waiting(offer, cells)
    saved: dict[Route, Decimal] = {}
    sure, flagged = _ZERO, _ZERO
    for cell in waiting:
        amount = period.monthly(cell.cell.billed_cost * offer.discount)
        saved[cell.cell.route] = saved.get(cell.cell.route, _ZERO) + amount
        sure += amount * ABLE_TO_WAIT[cell.cell.timing]
        flagged += amount if cell.cell.timing is Timing.FLAGGED else _ZERO
    likely = sum(saved.values(), _ZERO)
    if likely <= 0:
        return None
    most = sum((costs[route] for route in saved), _ZERO)
    alike = halves.stability({*saved})
    around = savings_range(likely, most=most, stability=alike, method=METHOD_SPREAD)
    requests = sum(cell.cell.tokens.requests for cell in waiting)
    everything = sum(cell.cell.tokens.requests for cell in cells)
    part = Decimal(requests) / everything
    return Choice(
        offer=offer,
        scope=scope_of(offer),
        costs={route: costs[route] for route in saved},
        saved=saved,
        savings=widened(around, flagged, likely),
        alike=alike,
        requests=requests,
        known=priced * sure / likely,
        difficulty=Difficulty.EASY,
        title=f"Send requests that can wait to {offer.name} of {offer.provider}",
        what=(
            f"{percent(part)} of the requests that {offer.name} covers look able to wait; it "
            f"answers them more slowly for {percent(offer.discount)} less, of "
            f"{money(likely / offer.discount)} a month."
        ),
        steps=(
            "Ask who owns the tasks whether anybody waits for the answers.",
            f"Name the tier in these requests (OpenAI: `service_tier`): {offer.reference}.",
            "Wait longer for answers before giving up, and send again by the regular tier what "
            "the tier refuses as busy.",
        ),
        formula="saved = discount × Σ monthly cost of the requests that can wait",
        action={
            "do": "take_offer",
            "offer": offer.id,
            "offer_kind": offer.kind.value,
            "discount": share(offer.discount),
        },
        evidence={
            "requests": everything,
            "able_to_wait_share": share(part),
            "flagged_monthly_saved": dollars(flagged),
            "savings_range": "90 %: next month's volume by how far the two halves of the days "
            f"differ, at least {percent(LEAST_SPREAD)}; at the low end only what is flagged",
        },
    )


def _waiting(offer: ProviderOffer, cells: Sequence[PricedCell]) -> list[PricedCell]:
    """The cells that can wait, and for which no batch is as cheap."""
    found: list[PricedCell] = []
    for cell in cells:
        billed = cell.cell.billed_cost
        if cell.cell.tokens.batch or billed <= 0 or not can_wait(cell.cell, machine_driven=False):
            continue
        if cost_with(cell, (Batch(Decimal(1)),)) > billed * (1 - offer.discount):
            found.append(cell)
    return found
