"""Dividing a month's infrastructure cost into statements.

Direct cost, and the idle and overhead that the table pushed onto requests, belong to who made the
requests (direct attribution, FinOps Framework, capability "Allocation"). The rest is in pools: what
no request carries, and what is shared. A pool is divided by use of the source that it comes from:
an organization that used no GPU pays for no idle one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, localcontext
from enum import StrEnum

from analysis.showback.cents import rounded, to_cents
from analysis.showback.facts import EXACT, NOTHING, Feed, MonthFacts, Use, UseLine, Uses, used
from analysis.showback.rules import HUNDRED, Basis, Method, Rule


class Part(StrEnum):
    """What a statement is made of."""

    GPU = "gpu"
    LLM = "llm"
    OTHER = "other"
    IDLE = "idle"
    OVERHEAD = "overhead"
    UNATTRIBUTED = "unattributed"
    SHARED = "shared"


Amounts = Mapping[Part, Decimal]
"""USD of every part."""

NOBODY = ""
"""Stands for what is charged to no organization, and for what is of no team."""


class Measure(StrEnum):
    """What a pool was divided by in the end."""

    RULE = "rule"
    COST_OF_SOURCE = "direct cost of the same source"
    COST = "direct cost"
    EVEN = "even"
    NOBODY = "nobody"


@dataclass(frozen=True, slots=True)
class Pool:
    """Cost that is nobody's own.

    Attributes:
        part: what it is in a statement.
        feed: where it comes from.
        amount: USD, exact.
        measure: what it was divided by: not by the rule where nobody has what the rule asks for.
    """

    part: Part
    feed: Feed
    amount: Decimal
    measure: Measure = Measure.RULE


@dataclass(frozen=True, slots=True)
class Line:
    """One statement, or a team's part of it.

    Attributes:
        organization: `NOBODY`: what is charged to none.
        team: `NOBODY`: of no team. None: it is the organization's whole statement.
        amounts: USD in cents.
        use: what it used itself; of `NOBODY`: what is shared.
    """

    organization: str
    team: str | None
    amounts: Amounts
    use: Use = field(default_factory=Use)

    @property
    def total(self) -> Decimal:
        """USD in cents."""
        return sum(self.amounts.values(), NOTHING)

    @property
    def key(self) -> tuple[str, str | None]:
        """Whose it is."""
        return self.organization, self.team


@dataclass(frozen=True, slots=True)
class Division:
    """A month, divided.

    Attributes:
        rule: by which.
        infrastructure: USD in cents: what the statements and what is not charged add up to.
        statements: of the organizations, by name.
        not_charged: what the rule leaves to nobody.
        teams: of organizations with teams, by name: they add up to the organization's statement.
        pools: what was divided by the rule.
    """

    rule: Rule
    infrastructure: Decimal
    statements: tuple[Line, ...]
    not_charged: Line
    teams: tuple[Line, ...]
    pools: tuple[Pool, ...]

    @property
    def charged(self) -> Decimal:
        """USD in cents: all statements."""
        return sum((line.total for line in self.statements), NOTHING)

    @property
    def lines(self) -> tuple[Line, ...]:
        """Statements, what is not charged, teams."""
        return *self.statements, self.not_charged, *self.teams


def divide(facts: MonthFacts, rule: Rule) -> Division:
    """Divides a month.

    With `PROPORTIONAL` whoever has what the rule asks for gets a part; where nobody has it in the
    source that a pool comes from, direct cost of that source counts in its place, then all direct
    cost, then heads. Costs below zero weigh nothing. With `EVEN` every organization with requests
    of its own gets as much. What there is nobody for is not charged.
    """
    with localcontext(EXACT):
        return _divide(facts, rule)


def _divide(facts: MonthFacts, rule: Rule) -> Division:
    own = facts.charged
    uses: dict[str, Uses] = {name: used(lines) for name, lines in own.items()}
    pools, shares = _shared_out(_pools(facts), uses, rule)
    amounts = {name: _parts(uses.get(name, {}), pools, shares[name]) for name in shares}
    whole = to_cents(facts.infrastructure)
    totals = rounded({name: _sum(amounts[name]) for name in amounts}, whole)
    of_whom = {**uses, NOBODY: used(facts.shared)}
    lines = {
        name: Line(name, None, rounded(amounts[name], totals[name]), _all(of_whom.get(name, {})))
        for name in amounts
    }
    not_charged = lines.pop(NOBODY)
    teams = [
        team
        for name, line in lines.items()
        if any(one.team for one in own.get(name, ()))
        for team in _teams(line, own[name], pools, shares[name], rule)
    ]
    return Division(rule, whole, tuple(lines.values()), not_charged, tuple(teams), pools)


def _pools(facts: MonthFacts) -> tuple[Pool, ...]:
    """What no request carries is what is left of infrastructure: so nothing can get lost."""
    shared = used(facts.shared)
    return (
        *(Pool(Part.UNATTRIBUTED, feed, facts.unattributed(feed)) for feed in Feed),
        *(Pool(Part.SHARED, feed, shared.get(feed, Use()).fully_loaded) for feed in Feed),
    )


def _shared_out(
    pools: Sequence[Pool], uses: Mapping[str, Uses], rule: Rule
) -> tuple[tuple[Pool, ...], dict[str, list[Decimal]]]:
    """The pools with what they were divided by, and everybody's share of each; NOBODY's too."""
    names = {*uses, *rule.shares, NOBODY}
    shares: dict[str, list[Decimal]] = {name: [] for name in sorted(names)}
    measured: list[Pool] = []
    for pool in pools:
        if not pool.amount:
            for given in shares.values():
                given.append(NOTHING)
            measured.append(pool)
            continue
        weights, measure = _weights(pool, uses, rule)
        whole = HUNDRED if rule.method is Method.FIXED else sum(weights.values(), NOTHING)
        left = pool.amount
        for name, given in shares.items():
            weight = weights.get(name, NOTHING)
            share = pool.amount * weight / whole if weight else NOTHING
            given.append(share)
            left -= share
        if not weights or (rule.method is Method.FIXED and rule.left):
            shares[NOBODY][-1] += left
        measured.append(Pool(pool.part, pool.feed, pool.amount, measure))
    return tuple(measured), shares


def _weights(
    pool: Pool, uses: Mapping[str, Uses], rule: Rule
) -> tuple[Mapping[str, Decimal], Measure]:
    if rule.method is Method.FIXED:
        return rule.shares, Measure.RULE
    heads = dict.fromkeys(uses, Decimal(1))
    if rule.method is Method.EVEN:
        return heads, Measure.RULE if heads else Measure.NOBODY
    tried = (
        (Measure.RULE, [pool.feed], rule.basis),
        (Measure.COST_OF_SOURCE, [pool.feed], Basis.COST),
        (Measure.COST, list(Feed), Basis.COST),
    )
    for measure, feeds, basis in tried:
        weights = {name: _weight(one, feeds, basis) for name, one in uses.items()}
        if any(weights.values()):
            return weights, measure
    return heads, Measure.EVEN if heads else Measure.NOBODY


def _weight(uses: Uses, feeds: Iterable[Feed], basis: Basis) -> Decimal:
    several = [uses[feed] for feed in feeds if feed in uses]
    match basis:
        case Basis.COST:
            return max(sum((use.direct for use in several), NOTHING), NOTHING)
        case Basis.REQUESTS:
            return Decimal(sum(use.requests for use in several))
        case Basis.GPU_SECONDS:
            return max(sum((use.gpu_seconds for use in several), NOTHING), NOTHING)


def _parts(uses: Uses, pools: Sequence[Pool], shares: Sequence[Decimal]) -> dict[Part, Decimal]:
    found = {
        Part.GPU: uses.get(Feed.GPU, Use()).direct,
        Part.LLM: uses.get(Feed.USAGE, Use()).direct,
        Part.OTHER: uses.get(Feed.FOCUS, Use()).direct,
        Part.IDLE: sum((use.idle for use in uses.values()), NOTHING),
        Part.OVERHEAD: sum((use.overhead for use in uses.values()), NOTHING),
        Part.UNATTRIBUTED: NOTHING,
        Part.SHARED: NOTHING,
    }
    for pool, share in zip(pools, shares, strict=True):
        found[pool.part] += share
    return found


def _teams(
    line: Line,
    own: Sequence[UseLine],
    pools: Sequence[Pool],
    shares: Sequence[Decimal],
    rule: Rule,
) -> list[Line]:
    """An organization's statement by team: its shares of the pools are divided in proportion."""
    by_team: dict[str, list[UseLine]] = {}
    for one in own:
        by_team.setdefault(one.team or NOBODY, []).append(one)
    uses: dict[str, Uses] = {team: used(by_team[team]) for team in sorted(by_team)}
    within = [Pool(pool.part, pool.feed, share) for pool, share in zip(pools, shares, strict=True)]
    _, parts = _shared_out(within, uses, Rule(Method.PROPORTIONAL, rule.basis))
    amounts = {team: _parts(uses.get(team, {}), within, parts[team]) for team in parts}
    totals = rounded({team: _sum(amounts[team]) for team in amounts}, line.total)
    return [
        Line(line.organization, team, rounded(amounts[team], totals[team]), _all(uses[team]))
        for team in amounts
        if team in uses
    ]


def _sum(amounts: Amounts) -> Decimal:
    return sum(amounts.values(), NOTHING)


def _all(uses: Uses) -> Use:
    return sum(uses.values(), Use())
