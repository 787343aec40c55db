"""Which requests could wait for their answers, as far as their traces tell.

- Flagged ones can: who sent them says so.
- Those of a burst: one sender made them on one route faster than anybody types, so a program did.
  Not where they come in a user's name: then somebody may be waiting for what an agent does.
- Those at night and at the weekend, where a program is plainly behind the whole route. 88 of the
  168 hours of a week are such (22 to 6, and the weekend's days). Work that follows a clock or
  never sleeps has at least about that share there; people at work have far less. But a product
  that people use around the world looks the same. So it takes more: no request of the route in a
  user's name, where that is counted; where it is not, nearly all requests at such hours, as
  nightly jobs have them.
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from analysis.recommendations.cells import Timing, UsageCell

OFF_HOURS_OF_WEEK = Decimal(88) / 168

CLOSE_TO = Decimal("0.9")
"""A share counts as close to another from this part of it on."""

NIGHTLY_SHARE = Decimal("0.8")
"""Of a route's requests at off hours, where nobody counted who is behind them."""

USERS_SHARE = Decimal("0.02")
"""Up to this share of requests in users' names is somebody trying things out."""

ABLE_TO_WAIT = {
    Timing.FLAGGED: Decimal(1),
    Timing.BURST: Decimal("0.7"),
    Timing.OFF_HOURS: Decimal("0.6"),
}
"""How sure each trace is. An assumption: what is decided on recommendations replaces it in time."""


def is_machine_driven(route_cells: Iterable[UsageCell]) -> bool:
    """Whether a program is plainly behind a route, judged by when its requests come.

    Args:
        route_cells: all cells of one route; flagged ones and bursts speak for themselves.
    """
    off, requests, users = 0, 0, 0
    is_counted = True
    for cell in route_cells:
        if cell.timing in {Timing.FLAGGED, Timing.BURST}:
            continue
        requests += cell.tokens.requests
        off += cell.tokens.requests if cell.timing is Timing.OFF_HOURS else 0
        is_counted &= cell.user_requests is not None
        users += cell.user_requests or 0
    if not requests or users > USERS_SHARE * requests:
        return False
    share = Decimal(off) / requests
    return share >= (CLOSE_TO * OFF_HOURS_OF_WEEK if is_counted else NIGHTLY_SHARE)


def can_wait(cell: UsageCell, *, machine_driven: bool) -> bool:
    """Whether a cell's requests could wait.

    Args:
        cell: the requests.
        machine_driven: see `is_machine_driven`, of their route.
    """
    match cell.timing:
        case Timing.FLAGGED:
            return True
        case Timing.BURST:
            return (cell.user_requests or 0) <= USERS_SHARE * cell.tokens.requests
        case Timing.OFF_HOURS:
            return machine_driven
        case Timing.INTERACTIVE:
            return False
