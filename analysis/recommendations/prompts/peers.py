"""How long the same task's requests are elsewhere: other organizations on the same model.

A peer is another organization that uses one model for the same endpoint and feature in the same
environment. So retrieval, which reads much by nature, is compared with retrieval. Other features
of the same organization are no peers: they are other tasks.

Lengths are compared as logarithms, by median and MAD: a few very long peers then change little.
How far one is from the others is the modified z-score of Iglewicz and Hoaglin (1993),
(x - median) / (1.4826 · MAD), of which they call 3.5 and more an outlier. The one that is judged is
left out of what it is judged by, unless there are so many that it moves neither.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import median

from analysis.recommendations.cells import Route, UsageCell

LEAST_PEERS = 4

LEAST_REQUESTS = 100
"""Of a task, so that its mean length is its own rather than chance's."""

LEAST_SPREAD = 0.1
"""Of logarithms: peers that are all alike to within a tenth are no reason to call 15 % far."""

MANY_PEERS = 200
"""From so many on they are summed up once, the one that is judged among them: it moves a median by
half a place of 200."""

_TO_SIGMA = 1.4826

_Task = tuple[str | None, str | None, str | None, str | None, str | None]


@dataclass(frozen=True, slots=True)
class Shape:
    """How long an organization's requests of one task are.

    Attributes:
        organization: whose.
        requests: how many.
        input, output: tokens of one request, the means; reasoning is output.
    """

    organization: str | None
    requests: int
    input: float
    output: float

    @property
    def ratio(self) -> float:
        """Tokens of input for each of output."""
        return self.input / max(1.0, self.output)


@dataclass(frozen=True, slots=True)
class Norm:
    """What is usual for a task among its peers.

    Attributes:
        peers: how many there are.
        median_input, upper_input: tokens of one request, the median and the 75th percentile.
        input_score, ratio_score: modified z-scores of who is judged, by input and by input to
            output.
    """

    peers: int
    median_input: float
    upper_input: float
    input_score: float
    ratio_score: float


@dataclass(frozen=True, slots=True)
class _Usual:
    """Some peers, summed up: logarithms have a middle and a spread."""

    peers: int
    median_input: float
    upper_input: float
    input_log: tuple[float, float]
    ratio_log: tuple[float, float]


class Peers:
    """The shapes of all organizations' requests, by task.

    Args:
        cells: of all organizations.
    """

    def __init__(self, cells: Iterable[UsageCell]) -> None:
        sums: dict[_Task, dict[str | None, list[int]]] = {}
        for cell in cells:
            tokens = cell.tokens
            added = sums.setdefault(_task(cell.route), {}).setdefault(
                cell.route.organization, [0, 0, 0]
            )
            added[0] += tokens.requests
            added[1] += tokens.fresh_input + tokens.cached_input + tokens.cache_write
            added[2] += tokens.output + tokens.reasoning
        self._shapes = {
            task: {
                organization: Shape(organization, requests, taken / requests, given / requests)
                for organization, (requests, taken, given) in its.items()
                if requests >= LEAST_REQUESTS and taken
            }
            for task, its in sums.items()
        }
        self._many: dict[_Task, _Usual] = {}

    def norm(self, route: Route) -> tuple[Shape, Norm] | None:
        """A route's shape, and how it stands among its peers.

        Returns:
            None: it has too few requests, or fewer than `LEAST_PEERS` peers, or does not say what
            task it is.
        """
        if route.endpoint is None and route.feature is None:
            return None
        shapes = self._shapes.get(_task(route), {})
        own = shapes.get(route.organization)
        if own is None or len(shapes) <= LEAST_PEERS:
            return None
        usual = self._usual(_task(route), route.organization)
        return own, Norm(
            peers=usual.peers,
            median_input=usual.median_input,
            upper_input=usual.upper_input,
            input_score=_score(own.input, usual.input_log),
            ratio_score=_score(own.ratio, usual.ratio_log),
        )

    def _usual(self, task: _Task, organization: str | None) -> _Usual:
        """The peers of one organization."""
        shapes = self._shapes[task]
        if len(shapes) <= MANY_PEERS:
            return _summed_up([shape for name, shape in shapes.items() if name != organization])
        if task not in self._many:
            self._many[task] = _summed_up([*shapes.values()])
        return self._many[task]


def _task(route: Route) -> _Task:
    return route.provider, route.model, route.endpoint, route.feature, route.environment


def _upper_quartile(ordered: Sequence[float]) -> float:
    """The 75th percentile, between the two nearest (method 7 of Hyndman and Fan, 1996)."""
    place = 0.75 * (len(ordered) - 1)
    low = math.floor(place)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (place - low) * (ordered[high] - ordered[low])


def _summed_up(shapes: Sequence[Shape]) -> _Usual:
    inputs = sorted(shape.input for shape in shapes)
    return _Usual(
        peers=len(shapes),
        median_input=median(inputs),
        upper_input=_upper_quartile(inputs),
        input_log=_middle_and_spread(inputs),
        ratio_log=_middle_and_spread([shape.ratio for shape in shapes]),
    )


def _middle_and_spread(values: Sequence[float]) -> tuple[float, float]:
    logs = [math.log(value) for value in values]
    middle = median(logs)
    return middle, _TO_SIGMA * median([abs(log - middle) for log in logs])


def _score(value: float, usual: tuple[float, float]) -> float:
    middle, spread = usual
    return (math.log(value) - middle) / max(spread, LEAST_SPREAD)
