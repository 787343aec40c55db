"""The figures beside the lines of a month, as a closed month keeps them: JSON, decimals as text."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import cast

from analysis.costs import FullyLoaded, Infrastructure, Pushed, Reconciliation
from analysis.showback.dividing import Measure, Part, Pool
from analysis.showback.facts import Feed


def kept_figures(reconciliation: Reconciliation, pools: tuple[Pool, ...]) -> Mapping[str, object]:
    """Both as JSON."""
    return {
        "infrastructure": f"{reconciliation.infrastructure.usd:f}",
        "fully_loaded": f"{reconciliation.fully_loaded.usd:f}",
        "unused": f"{reconciliation.unused:f}",
        "idle": f"{reconciliation.idle.spent:f}",
        "attributed_idle": f"{reconciliation.idle.attributed:f}",
        "overhead": f"{reconciliation.overhead.spent:f}",
        "attributed_overhead": f"{reconciliation.overhead.attributed:f}",
        "pools": [
            {
                "part": pool.part.value,
                "feed": pool.feed.value,
                "amount": f"{pool.amount:f}",
                "measure": pool.measure.value,
            }
            for pool in pools
        ],
    }


def reconciliation_of(figures: Mapping[str, object]) -> Reconciliation:
    """As it was kept."""

    def usd(name: str) -> Decimal:
        return Decimal(str(figures[name]))

    return Reconciliation(
        infrastructure=Infrastructure(usd("infrastructure")),
        fully_loaded=FullyLoaded(usd("fully_loaded")),
        unused=usd("unused"),
        idle=Pushed(usd("idle"), usd("attributed_idle")),
        overhead=Pushed(usd("overhead"), usd("attributed_overhead")),
    )


def pools_of(figures: Mapping[str, object]) -> tuple[Pool, ...]:
    """As they were kept."""
    pools = cast("list[dict[str, str]]", figures["pools"])
    return tuple(
        Pool(
            Part(pool["part"]),
            Feed(pool["feed"]),
            Decimal(pool["amount"]),
            Measure(pool["measure"]),
        )
        for pool in pools
    )
