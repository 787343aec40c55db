"""A check of oneself: what all budgets have spent, from the facts alone, against what is kept."""

from __future__ import annotations

import logging

from handlers.budget_watch.evaluation import Evaluator
from handlers.budget_watch.watched import PAST, ROLES, Watch
from queries.budget_spend import Difference

log = logging.getLogger(__name__)


async def recount(evaluator: Evaluator) -> int:
    """Adds up everything anew; what differs from what is kept is logged, and taken in its place.

    The next evaluation acts upon it. Where nothing was evaluated yet, there is nothing to compare.

    Returns:
        How many budgets' figures were others; anything but 0 is a fault of costbot's.

    Raises:
        Unavailable: the facts cannot be read; the figures stay as they were.
    """
    if evaluator.last is None:
        return 0
    keeper = evaluator.keeper
    found = await keeper.spending.refresh(anew=True)
    if found.differing:
        log.error(
            "what was kept of the spend of budgets was wrong, and is taken from the facts now;"
            " figures: %d; the largest differences: %s",
            found.differing,
            "; ".join(_written(one, keeper.watch) for one in found.differences),
        )
    return found.differing


def _written(one: Difference, watch: Watch) -> str:
    number = watch.past.get(one.place) if one.place >= PAST else one.place // ROLES
    watched = None if number is None else watch.all.get(number)
    which = "a budget that is gone" if watched is None else f"budget {watched.id}"
    return (
        f"{which}: kept {_figures(one.kept_cost, one.kept_requests)},"
        f" by the facts {_figures(one.cost, one.requests)}"
    )


def _figures(cost: object, requests: object) -> str:
    return "nothing" if cost is None else f"{cost} USD of {requests} requests"
