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

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass

from analysis.drivers.cells import RESULT, SEARCHED, SUCCESS, Cells

MOST_CAUSES = 4
"""More at once nobody can act on; what is left is told by dollars."""

LEAST_EXPLAINED = 0.08
"""A cause explains more than this share of what is unexplained. On two generated days between
which nothing but chance happened the best candidate explains less in 95 of 100 cases."""

LEAST_WORTH = 0.05
"""And more than this share of all movement: less is not worth a word."""

ALIKE = 0.02
"""Members of different dimensions that explain the same within this share repeat each other."""

ECHOING = 0.10
"""Within this share of the named one, another member is told of as moving alike."""

OWN = 0.4
"""Of what a candidate explains, at least this share has to have moved in its own cells: a member
that stood still while all others grew is not why they did."""

COMPARABLE = 0.3
"""Of what the best explains from the beginning: with this share a member that pushes the way of
the change is told of before one that does not."""

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

    @property
    def name(self) -> tuple[str, str]:
        """Dimension and member."""
        return self.dimension, self.member


@dataclass(frozen=True, slots=True)
class _Candidate:
    dimension: str
    member: str
    cells: frozenset[int]
    moved: float

    @property
    def name(self) -> tuple[str, str]:
        return self.dimension, self.member

    def is_moved(self, gain: float, moved: Sequence[float]) -> bool:
        """Whether enough moved in its own cells to explain `gain`."""
        return sum(moved[place] for place in self.cells) >= OWN * gain


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
        return sum(self.losses(state))

    def losses(self, state: _State) -> list[float]:
        """Dollars that `state` does not explain, cell by cell."""
        return [
            weight * abs(now - predicted) + now * abs(rate - predicted_rate)
            for weight, now, predicted, rate, predicted_rate in zip(
                self.weights,
                self.requests,
                state.requests,
                self.rates,
                state.rates,
                strict=True,
            )
        ]

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
    moved = search.losses(search.start)
    movement = max(sum(moved), left)
    found: list[tuple[Cause, _Candidate]] = []
    at_first: dict[tuple[str, str], float] = {}
    settled: set[int] = set()
    partner: _Candidate | None = None
    while candidates and movement > 0 and len(found) < MOST_CAUSES:
        tried = [
            (search.scaled(state, candidate.cells, settled), candidate) for candidate in candidates
        ]
        gains = [(left - search.loss(scaled), candidate) for scaled, candidate in tried]
        gains = [(gain, one) for gain, one in gains if one.is_moved(gain, moved)]
        best = max((gain for gain, _ in gains), default=0.0)
        if best <= max(LEAST_EXPLAINED * left, LEAST_WORTH * movement):
            break
        gain, chosen = _chosen(gains, best)
        echoes = tuple(
            other.name
            for also, other in gains
            if other.dimension != chosen.dimension and also >= (1 - ECHOING) * gain
        )
        if not found:
            partner = _partner(chosen, gains, way)
            at_first = {one.name: first for first, one in gains}
        cause = Cause(chosen.dimension, chosen.member, min(1.0, gain / movement), echoes)
        found.append((cause, chosen))
        at_first.setdefault(chosen.name, gain)
        state = next(scaled for scaled, candidate in tried if candidate is chosen)
        left -= gain
        settled |= chosen.cells
        repeated = {chosen.name, *echoes}
        candidates = [one for one in candidates if one.name not in repeated]
    if partner is not None and partner.name not in {cause.name for cause, _ in found}:
        explained = min(1.0, at_first[partner.name] / movement)
        found.append((Cause(partner.dimension, partner.member, explained), partner))
    return _in_order([cause for cause, _ in found], [one for _, one in found], at_first, way)


def _in_order(
    found: list[Cause],
    candidates: list[_Candidate],
    at_first: Mapping[tuple[str, str], float],
    way: float,
) -> list[Cause]:
    """Those first that push the way of the change, if they explained much from the beginning."""
    if not found:
        return []
    much = COMPARABLE * at_first[found[0].name]
    later = [one.moved * way < 0 or at_first[one.name] < much for one in candidates]
    order = sorted(range(len(found)), key=lambda place: later[place])
    return [found[place] for place in order]


def _partner(
    chosen: _Candidate, gains: list[tuple[float, _Candidate]], way: float
) -> _Candidate | None:
    """Who won more than `chosen` lost: the same move, told from the end that made the cost."""
    if chosen.moved * way >= 0:
        return None
    best = max(gain for gain, one in gains if one is chosen)
    others = [
        one
        for gain, one in gains
        if one.dimension == chosen.dimension
        and one.moved * way > abs(chosen.moved * way)
        and gain >= COMPARABLE * best
    ]
    return max(others, key=lambda one: abs(one.moved), default=None)


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
