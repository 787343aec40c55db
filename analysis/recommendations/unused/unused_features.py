"""What is paid for and not used: keys, endpoints, features, models, offers, pools of GPUs.

- **served nobody**: everything that a key, an endpoint, a feature or a model asked failed, or what
  cost something were charges for having it (a fine-tune's hosting), without requests that served.
- **health checks**: nearly all requests are as small as a ping, of one size or two, and in no
  user's name: what checks whether a model answers is paid like a question.
- **one test**: a model that a single sender of a test environment uses, and nobody else.
- **subscribed offers**: less than a fifth of what is paid for is used.
- **pools of GPUs** that answered no request at all in the whole window: their idle, unused and
  overhead cost. A pool that answered any is `idle_capacity`'s.

    saved = what it costs, a month; of an offer what is paid beyond what its use costs at the list

Source: FinOps Framework, capability "Workload Optimization" (unused resources); for pools the rule
of cost: `row_cost` of all categories of a pool without inference rows.
Silent: where no dollars are behind it (a key that is merely quiet is no saving); below the floor;
on few requests or days; where it is used of late; where use may be invisible: a pool whose requests
do not say by which machines they were answered.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal

from analysis.recommendations.cells import EvidencePeriod, PricedCell, Route
from analysis.recommendations.floors import is_worth_it
from analysis.recommendations.gpus.gpu import PoolLoad
from analysis.recommendations.proposal import Proposal
from analysis.recommendations.tiers.model_load import ModelLoad
from analysis.recommendations.tiers.provider_offers import ProviderOffer
from analysis.recommendations.unused.feature_use import FeatureUse
from analysis.recommendations.unused.offers import unused_offers
from analysis.recommendations.unused.pools import unused_pools
from analysis.recommendations.unused.usage import unused_usage

_ZERO = Decimal(0)


def propose(
    cells: Sequence[PricedCell],
    period: EvidencePeriod,
    *,
    features: Iterable[FeatureUse] = (),
    offers: Iterable[ProviderOffer] = (),
    loads: Iterable[ModelLoad] = (),
    organization: str | None = None,
    monthly_cost: Decimal | None = None,
) -> list[Proposal]:
    """What one organization pays for and does not use, the largest savings first.

    Args:
        cells: of one organization, with their prices.
        period: the days of the evidence.
        features: its keys, endpoints, features and models that may be unused.
        offers: of all providers, with whoever has taken them.
        loads: tokens by the minute, of models that an offer of throughput covers.
        organization: whose.
        monthly_cost: of everything that the organization spends, USD; None: of these cells.
    """
    costs: dict[Route, Decimal] = {}
    for priced in cells:
        route = priced.cell.route
        costs[route] = costs.get(route, _ZERO) + period.monthly(priced.cell.billed_cost)
    total = sum(costs.values(), _ZERO) if monthly_cost is None else monthly_cost
    found = unused_usage(features, costs, period)
    found += unused_offers(offers, cells, tuple(loads), organization, period)
    worth = [one for one in found if is_worth_it(one.savings.likely, total)]
    return sorted(worth, key=lambda one: (-one.savings.likely, one.key))


def propose_pools(
    pools: Iterable[PoolLoad], period: EvidencePeriod, *, monthly_cost: Decimal
) -> list[Proposal]:
    """Pools of GPUs that answered nothing, the dearest first.

    Args:
        pools: by the hour.
        period: the evidence's days.
        monthly_cost: of all GPUs, USD a month.
    """
    found = unused_pools(tuple(pools), period)
    worth = [one for one in found if is_worth_it(one.savings.likely, monthly_cost)]
    return sorted(worth, key=lambda one: (-one.savings.likely, one.key))
