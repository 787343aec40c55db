"""Which requests could wait for their answers, as far as their traces tell.

- Flagged ones can: who sent them says so.
- Those of a burst: one sender made them on one route faster than anybody types, so a program did.
  Not where they come in a user's name: then somebody may be waiting for what an agent does.
- Those at night and at the weekend, where a program is plainly behind the whole route. 88 of the
  168 hours of a week are such (22 to 6, and the weekend's days). Work that follows a clock or
  never sleeps has at least about that share there; people at work have far less. But a product
  that people use around the world looks the same. So it takes more: no request of the route in a
  user's name, where the organization names users on its other routes; where it does not, that says
  nothing, and it takes nearly all requests at such hours, as nightly jobs have them. And it has to
  be so in both halves of the days: one weekend of a launch is no habit.
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from analysis.recommendations.cells import Route, Timing, UsageCell

OFF_HOURS_OF_WEEK = Decimal(88) / 168

CLOSE_TO = Decimal("0.9")
"""A share counts as close to another from this part of it on."""

NIGHTLY_SHARE = Decimal("0.8")
"""Of a route's requests at off hours, where nobody counted who is behind them."""

USERS_SHARE = Decimal("0.02")
"""Up to this share of requests in users' names is somebody trying things out."""

NAMES_USERS = Decimal("0.5")
"""Of the requests of an organization's other routes, in users' names: from then on it is said of
the route that it has no users. Servers that do not pass on who asks are common."""

ENOUGH_OF_HALF = 50
"""Requests of a half, to be looked at by itself."""

ABLE_TO_WAIT = {
    Timing.FLAGGED: Decimal(1),
    Timing.BURST: Decimal("0.7"),
    Timing.OFF_HOURS: Decimal("0.6"),
}
"""How sure each trace is. An assumption: what is decided on recommendations replaces it in time."""


def names_users(cells: Iterable[UsageCell], besides: Route) -> bool:
    """Whether an organization says of its other routes' requests who is behind them.

    Args:
        cells: all of the organization.
        besides: the route that is judged.
    """
    requests = users = 0
    for cell in cells:
        if cell.route != besides:
            requests += cell.tokens.requests
            users += cell.user_requests or 0
    return requests > 0 and users >= NAMES_USERS * requests


def is_machine_driven(
    route_cells: Iterable[UsageCell],
    first_half: Iterable[UsageCell] = (),
    *,
    are_users_named: bool,
) -> bool:
    """Whether a program is plainly behind a route, judged by when its requests come.

    Args:
        route_cells: all cells of one route; flagged ones and bursts speak for themselves.
        first_half: its cells of the first half of the days; empty: not counted apart.
        are_users_named: its requests would say if they were some user's, see `names_users`.
    """
    off, requests, users = _tally(route_cells)
    if not requests or users > USERS_SHARE * requests:
        return False
    least = CLOSE_TO * OFF_HOURS_OF_WEEK if are_users_named else NIGHTLY_SHARE
    first_off, first, _ = _tally(first_half)
    halves = [(first_off, first), (off - first_off, requests - first)] if first else []
    return off >= least * requests and all(
        part < ENOUGH_OF_HALF or part_off >= least * part for part_off, part in halves
    )


def _tally(cells: Iterable[UsageCell]) -> tuple[int, int, int]:
    """Requests at off hours, all of them, and those in users' names."""
    off = requests = users = 0
    for cell in cells:
        if cell.timing in {Timing.FLAGGED, Timing.BURST}:
            continue
        requests += cell.tokens.requests
        off += cell.tokens.requests if cell.timing is Timing.OFF_HOURS else 0
        users += cell.user_requests or 0
    return off, requests, users


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
