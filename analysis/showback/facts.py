"""What a month cost, as far as dividing it needs to know: use by organization, and capacity."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Context, Decimal, localcontext
from enum import StrEnum

from analysis.costs import FullyLoaded, Infrastructure, Pushed, Reconciliation

EXACT = Context(prec=100)
"""Wide enough for every sum of the mart's money, and for shares of it."""

NOTHING = Decimal(0)


class Feed(StrEnum):
    """Where a cost comes from."""

    GPU = "gpu"
    USAGE = "usage"
    FOCUS = "focus"


@dataclass(frozen=True, slots=True)
class Use:
    """What requests cost and were.

    Attributes:
        direct: USD: their direct cost (`row_cost`, or what was billed), credits in it.
        idle: USD: idle cost that was pushed onto them.
        overhead: USD: overhead that was pushed onto them.
        credits: USD, never above 0: of `direct`, what was credited.
        requests: all of them.
        unpriced: of these, without a price: their cost is in no figure.
        gpu_seconds: GPU seconds that they took.
    """

    direct: Decimal = NOTHING
    idle: Decimal = NOTHING
    overhead: Decimal = NOTHING
    credits: Decimal = NOTHING
    requests: int = 0
    unpriced: int = 0
    gpu_seconds: Decimal = NOTHING

    def __add__(self, other: Use) -> Use:
        with localcontext(EXACT):
            return Use(
                self.direct + other.direct,
                self.idle + other.idle,
                self.overhead + other.overhead,
                self.credits + other.credits,
                self.requests + other.requests,
                self.unpriced + other.unpriced,
                self.gpu_seconds + other.gpu_seconds,
            )

    @property
    def is_unpriced(self) -> bool:
        """Whether no request has a price, so that the direct cost is not known."""
        return bool(self.requests) and self.unpriced == self.requests and not self.direct

    @property
    def fully_loaded(self) -> Decimal:
        """USD: direct cost with the idle and overhead pushed onto it."""
        with localcontext(EXACT):
            return self.direct + self.idle + self.overhead


@dataclass(frozen=True, slots=True)
class UseLine:
    """The requests of one organization, team and source.

    Attributes:
        organization: None: the rows name none.
        team: None: the rows name none.
        feed: where the cost comes from.
        is_internal: the owner's own traffic; None: it is not known.
        use: what they cost.
    """

    organization: str | None
    team: str | None
    feed: Feed
    is_internal: bool | None
    use: Use


@dataclass(frozen=True, slots=True)
class Capacity:
    """What capacity cost besides requests; of all organizations.

    Attributes:
        category: `idle`, `overhead`, `unused`, or whatever the rows say.
        feed: where the cost comes from.
        spent: USD: direct cost.
        idle, overhead: USD: what was pushed onto these rows, which are no requests: nothing where
            the rules of the table hold.
    """

    category: str
    feed: Feed
    spent: Decimal
    idle: Decimal = NOTHING
    overhead: Decimal = NOTHING


@dataclass(frozen=True, slots=True)
class MonthFacts:
    """All costs of a month.

    Attributes:
        uses: of requests.
        capacity: of everything else.
    """

    uses: tuple[UseLine, ...]
    capacity: tuple[Capacity, ...]

    @property
    def infrastructure(self) -> Decimal:
        """USD: direct cost of all categories, LLM usage in it."""
        return total(
            [*(line.use.direct for line in self.uses), *(one.spent for one in self.capacity)]
        )

    @property
    def charged(self) -> dict[str, list[UseLine]]:
        """The uses that an organization is charged for itself, by its name."""
        found: dict[str, list[UseLine]] = {}
        for line, is_shared in self._parted:
            if line.organization is not None and not is_shared:
                found.setdefault(line.organization, []).append(line)
        return {name: found[name] for name in sorted(found)}

    @property
    def shared(self) -> list[UseLine]:
        """The others: of no organization, and internal traffic."""
        return [line for line, is_shared in self._parted if is_shared]

    @property
    def _parted(self) -> list[tuple[UseLine, bool]]:
        """Each use, and whether it is shared.

        What is not known of whose most traffic is internal is internal, too.
        """
        balance: dict[str | None, int] = {}
        for line in self.uses:
            requests = line.use.requests if line.is_internal else -line.use.requests
            balance[line.organization] = balance.get(line.organization, 0) + requests
        return [
            (
                line,
                line.organization is None
                or line.is_internal is True
                or (line.is_internal is None and balance[line.organization] > 0),
            )
            for line in self.uses
        ]

    def unattributed(self, feed: Feed) -> Decimal:
        """USD of a source that no request carries: what is left of its infrastructure cost."""
        pushed = (line.use.idle + line.use.overhead for line in self.uses if line.feed is feed)
        spent = (one.spent for one in self.capacity if one.feed is feed)
        return total([*spent, -total(pushed)])

    @property
    def reconciliation(self) -> Reconciliation:
        """Infrastructure cost beside its parts, each added up by itself."""
        idle = [*(line.use.idle for line in self.uses), *(one.idle for one in self.capacity)]
        overhead = [
            *(line.use.overhead for line in self.uses),
            *(one.overhead for one in self.capacity),
        ]
        return Reconciliation(
            infrastructure=Infrastructure(self.infrastructure),
            fully_loaded=FullyLoaded(total(line.use.fully_loaded for line in self.uses)),
            unused=self._spent("unused"),
            idle=Pushed(self._spent("idle"), total(idle)),
            overhead=Pushed(self._spent("overhead"), total(overhead)),
        )

    def _spent(self, category: str) -> Decimal:
        return total(one.spent for one in self.capacity if one.category == category)


Uses = Mapping[Feed, Use]
"""What somebody used of each source."""


def used(lines: Iterable[UseLine]) -> dict[Feed, Use]:
    """The lines' use by source."""
    found: dict[Feed, Use] = {}
    for line in lines:
        known = found.get(line.feed)
        found[line.feed] = line.use if known is None else known + line.use
    return found


def total(amounts: Iterable[Decimal]) -> Decimal:
    """An exact sum."""
    with localcontext(EXACT):
        return sum(amounts, NOTHING)
