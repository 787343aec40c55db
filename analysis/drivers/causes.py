"""The search for what caused a change: the members whose move explains how all cells moved.

A cause moves everything that it touches alike: when an endpoint's traffic doubles, it doubles in
each of its cells, whatever their model, organization or result. The method is that of the
generalized ripple effect (Li et al., "Generic and Robust Localization of Multi-Dimensional Root
Causes", ISSRE 2019; before it Sun et al., "HotSpot", IEEE Access 2018): a candidate member is
taken as the cause, its cells are predicted by one factor of volume and one of rate, all others by
theirs, and what the prediction leaves unexplained is added up in dollars. The candidate that
explains most is named; then the next is looked for in what is still unexplained.

A member that only repeats another (an endpoint served by one model) explains the same dollars:
the first in the order of `SEARCHED` is named, the others are its echoes.

Floats throughout: these are statistics, no sum of money comes out.
"""

from __future__ import annotations

from collections.abc import Sequence, Set
from dataclasses import dataclass

from analysis.drivers.cells import RESULT, SEARCHED, SUCCESS, Cells

MOST_CAUSES = 4
"""More at once nobody can act on; what is left is told by dollars."""

LEAST_EXPLAINED = 0.08
"""A cause explains at least this share of all movement. On two generated days between which
nothing but chance happened the best candidate explains less in 95 of 100 cases."""

ALIKE = 0.02
"""Members of different dimensions that explain the same within this share repeat each other."""

ECHOING = 0.10
"""Within this share of the named one, another member is told of as moving alike."""

ARRIVED = 0.10
"""With less than this share of its dollars before, a member has no composition to go by."""

MOST_MEMBERS = 10
"""Members of a dimension that are tried, by dollars moved; the others count as one."""


@dataclass(frozen=True, slots=True)
class Cause:
    """A member whose move explains a part of the change.

    Attributes:
        dimension: of `SEARCHED`.
        member: its value.
        explained: the share of all movement, cell by cell, that it explains; 0 to 1.
        echoes: members of other dimensions that explain the same, with their dimensions.
    """

    dimension: str
    member: str
    explained: float
    echoes: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class _Candidate:
    dimension: str
    member: str
    cells: frozenset[int]
    moved: float


@dataclass(frozen=True, slots=True)
class _State:
    """What is predicted for each cell so far."""

    requests: list[float]
    rates: list[float]


class _Search:
    """The cells as columns of floats, and the prediction that gets better cause by cause."""

    def __init__(self, rows: Sequence[tuple[float, float, float, float]]) -> None:
        self.requests: list[float] = []
        self.rates: list[float] = []
        self.weights: list[float] = []
        requests_before: list[float] = []
        rates_before: list[float] = []
        for before, cost_before, now, cost_now in rows:
            # A cost without requests is one thing whose rate moves.
            was, is_ = (before, now) if before or now else (1.0, 1.0)
            rate_now = cost_now / is_ if is_ else None
            rate_before = cost_before / was if was else rate_now
            rate_before = rate_before or 0.0
            requests_before.append(was)
            rates_before.append(rate_before)
            self.requests.append(is_)
            self.rates.append(rate_before if rate_now is None else rate_now)
            self.weights.append(abs(rate_before) or abs(rate_now or 0.0))
        self.everything = range(len(self.weights))
        self.start = _State(requests_before, rates_before)

    def loss(self, state: _State) -> float:
        """Dollars that `state` does not explain."""
        return sum(
            weight * abs(now - predicted) + now * abs(rate - predicted_rate)
            for weight, now, predicted, rate, predicted_rate in zip(
                self.weights,
                self.requests,
                state.requests,
                self.rates,
                state.rates,
                strict=True,
            )
        )

    def scaled(
        self, state: _State, member: Set[int], settled: Set[int], *, may_arrive: bool = True
    ) -> _State:
        """`state` with the cells of `member` moved by their own factors, and the rest by theirs.

        What is `settled`, as an earlier cause explains it, is not part of the rest.
        """
        taken = member | settled
        rest = [place for place in self.everything if place not in taken]
        requests, rates = list(state.requests), list(state.rates)
        for group, is_member in ((member, True), (rest, False)):
            volume, was, cost, at_rates = 0.0, 0.0, 0.0, 0.0
            for place in group:
                volume += self.weights[place] * self.requests[place]
                was += self.weights[place] * state.requests[place]
                cost += self.requests[place] * self.rates[place]
                at_rates += self.requests[place] * state.rates[place]
            arrived = is_member and may_arrive and was < ARRIVED * volume
            factor = volume / was if was > 0 else 1.0
            dearer = cost / at_rates if at_rates > 0 and cost > 0 else 1.0
            for place in group:
                requests[place] = self.requests[place] if arrived else requests[place] * factor
                rates[place] *= dearer
        return _State(requests, rates)


def causes(cells: Cells) -> list[Cause]:
    """What caused the change over `cells`: those that push its way first, best explained first.

    Empty where everything moved alike, or nothing stands out of the noise.
    """
    rows, candidates = _gathered(cells)
    if not rows:
        return []
    search = _Search(rows)
    way = sum(cost_now - cost_before for _, cost_before, _, cost_now in rows)
    alike = search.scaled(search.start, set(search.everything), set(), may_arrive=False)
    state, left = alike, search.loss(alike)
    movement = max(search.loss(search.start), left)
    found: list[tuple[Cause, bool]] = []
    settled: set[int] = set()
    while candidates and movement > 0 and len(found) < MOST_CAUSES:
        tried = [
            (search.scaled(state, candidate.cells, settled), candidate) for candidate in candidates
        ]
        gains = [(left - search.loss(scaled), candidate) for scaled, candidate in tried]
        best = max(gain for gain, _ in gains)
        if best < LEAST_EXPLAINED * movement:
            break
        gain, chosen = _chosen(gains, best)
        echoes = tuple(
            (other.dimension, other.member)
            for also, other in gains
            if other.dimension != chosen.dimension and also >= (1 - ECHOING) * gain
        )
        cause = Cause(chosen.dimension, chosen.member, min(1.0, gain / movement), echoes)
        found.append((cause, chosen.moved * way >= 0))
        state = next(scaled for scaled, candidate in tried if candidate is chosen)
        left -= gain
        settled |= chosen.cells
        repeated = {(chosen.dimension, chosen.member), *echoes}
        candidates = [one for one in candidates if (one.dimension, one.member) not in repeated]
    return [cause for cause, _ in sorted(found, key=lambda one: not one[1])]


def _chosen(gains: list[tuple[float, _Candidate]], best: float) -> tuple[float, _Candidate]:
    """The best by gain; of those alike the first dimension, and in it whoever moved most."""
    close = [(gain, one) for gain, one in gains if gain >= (1 - ALIKE) * best]
    return min(close, key=lambda one: (SEARCHED.index(one[1].dimension), -abs(one[1].moved)))


def _gathered(cells: Cells) -> tuple[list[tuple[float, float, float, float]], list[_Candidate]]:
    """The cells with all but the members that moved most counted as one, and those members."""
    searched = [name for name in SEARCHED if name in cells.dimensions]
    places = [cells.dimensions.index(name) for name in searched]
    tried: list[dict[str, float]] = []
    for name in searched:
        moved = {
            member: sum(float(cell.cost_now - cell.cost_before) for cell in part)
            for member, part in cells.by(name).items()
            if member and not (name == RESULT and member == SUCCESS)
        }
        most = sorted(moved, key=lambda member: (-abs(moved[member]), member))[:MOST_MEMBERS]
        tried.append({member: moved[member] for member in most})
    sums: dict[tuple[str | None, ...], list[float]] = {}
    for cell in cells.cells:
        key = tuple(
            cell.key[place] if cell.key[place] in kept else None
            for place, kept in zip(places, tried, strict=True)
        )
        row = sums.setdefault(key, [0.0, 0.0, 0.0, 0.0])
        row[0] += cell.requests_before
        row[1] += float(cell.cost_before)
        row[2] += cell.requests_now
        row[3] += float(cell.cost_now)
    keys = list(sums)
    candidates = [
        _Candidate(name, member, frozenset(i for i, key in enumerate(keys) if key[at] == member), m)
        for at, (name, members) in enumerate(zip(searched, tried, strict=True))
        for member, m in members.items()
    ]
    rows = [(row[0], row[1], row[2], row[3]) for row in sums.values()]
    return rows, [one for one in candidates if len(one.cells) < len(keys)]
