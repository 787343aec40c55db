"""What is asked of statements, and what comes of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from zoneinfo import ZoneInfo

from analysis.costs import Reconciliation
from analysis.showback.corrections import Correction
from analysis.showback.dividing import Line, Pool
from analysis.showback.facts import NOTHING
from analysis.showback.rules import Rule
from handlers.freshness import Freshness
from handlers.showback.months import MonthState
from storage.records.statement import ClosedMonth, RuleDecision


@dataclass(frozen=True, slots=True)
class StatementRequest:
    """Whose statement of which month.

    Attributes:
        month: its first day; None: the last one that is over.
        organization: None: all that the caller sees.
        team: a team's part; None: whole statements.
    """

    month: date | None = None
    organization: str | None = None
    team: str | None = None


@dataclass(frozen=True, slots=True)
class Statement:
    """What an organization, a team or nobody is charged.

    Attributes:
        line: the month's own cost.
        corrections: of closed months, billed with it; the oldest month first.
        teams: the same by team; empty where it has none, or is one.
    """

    line: Line
    corrections: tuple[Correction, ...] = ()
    teams: tuple[Line, ...] = ()

    @property
    def corrected(self) -> Decimal:
        """USD in cents: all corrections."""
        return sum((one.amount for one in self.corrections), NOTHING)

    @property
    def total(self) -> Decimal:
        """USD in cents: the month's cost and the corrections."""
        return self.line.total + self.corrected


@dataclass(frozen=True, slots=True)
class Books:
    """What only who sees all organizations is shown.

    Attributes:
        infrastructure: USD in cents: what the month's statements and `not_charged` add up to.
        not_charged: what the rule leaves to nobody, and what is corrected of that.
        reconciliation: infrastructure cost beside its parts.
        pools: what was divided by the rule.
        statements: of how many organizations.
        charged: USD in cents: all statements without corrections.
        corrected: USD in cents: all corrections, nobody's too.
        shared_unpriced: requests without a price that are no organization's own.
    """

    infrastructure: Decimal
    not_charged: Statement
    reconciliation: Reconciliation
    pools: tuple[Pool, ...]
    statements: int
    charged: Decimal
    corrected: Decimal
    shared_unpriced: int

    @property
    def difference(self) -> Decimal:
        """USD in cents of infrastructure that is in no statement: 0, or something is wrong."""
        return self.infrastructure - self.charged - self.not_charged.line.total


@dataclass(frozen=True, slots=True)
class MonthStatement:
    """The statements of a month that somebody sees.

    Attributes:
        request: as asked, the month filled in.
        month: its first day.
        zone: in which it begins and ends.
        state: closed, over, or not over yet.
        rule: by which it is divided, without the shares of others for who does not see them; None:
            fixed shares, and none of them is the caller's.
        statements: dearest first.
        books: None where one organization or team was asked for, or no more is seen.
        closed: who closed it, and when; None: nobody yet.
        uncorrected: closed months whose facts are not all there any more.
        freshness: how old each source is.
    """

    request: StatementRequest
    month: date
    zone: ZoneInfo
    state: MonthState
    rule: Rule | None
    statements: tuple[Statement, ...]
    books: Books | None
    closed: ClosedMonth | None
    uncorrected: tuple[date, ...]
    freshness: Freshness

    @property
    def requests(self) -> int:
        """Behind the statements."""
        return sum(one.line.use.requests for one in self.statements)

    @property
    def unpriced(self) -> int:
        """Of these, without a price."""
        return sum(one.line.use.unpriced for one in self.statements)


@dataclass(frozen=True, slots=True)
class ClosePreview:
    """A month as it would be frozen.

    Attributes:
        statement: all statements.
        digest: of the figures: closing asks whether they are still the same.
    """

    statement: MonthStatement
    digest: str


@dataclass(frozen=True, slots=True)
class ListedMonth:
    """A closed month in a list.

    Attributes:
        closed: it.
        total: USD in cents: what the caller's organization was charged, corrections in it; for who
            sees all, of all.
    """

    closed: ClosedMonth
    total: Decimal


@dataclass(frozen=True, slots=True)
class RuleResult:
    """The rule.

    Attributes:
        rule: that is in force for `month`.
        month: first day of the oldest month that is not closed.
        decision: behind it; None: nobody has decided, so it is the one to begin with.
        upcoming: decisions that hold from later months on.
        doubts: what may be a mistake in what was set, sentences.
        is_set: it was set just now.
    """

    rule: Rule
    month: date
    decision: RuleDecision | None
    upcoming: tuple[RuleDecision, ...] = ()
    doubts: tuple[str, ...] = ()
    is_set: bool = False
