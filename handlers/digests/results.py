"""What a digest is made of, and what is answered about digests."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from analysis.digest_days import DigestDays
from analysis.drivers.explain import Explanation
from analysis.drivers.split import Split
from analysis.errors import Refused
from analysis.schedules import Slot
from analysis.shifts import Shift
from handlers.budgets.results import Standing
from handlers.caller import Caller
from handlers.complete import Asked, Reach
from handlers.forecasts.results import PeriodOutlook
from handlers.freshness import Freshness
from queries.measures import Measures
from storage.records.audit import StoredAuditEntry
from storage.records.digest import Digest, DigestSlot
from storage.records.incident import Incident
from storage.records.recommendation import Recommendation


@dataclass(frozen=True, slots=True)
class Mover:
    """A member, now and before.

    Attributes:
        member: its value of the dimension; None: the facts have none there.
        shift: its cost against the days before.
        split: of that change, by volume, mix and rate.
        usual: USD of its average day among the seven before; None: not asked, or not known.
        inside: dimension and member inside of it that made most of the change; None: nobody did.
        unpriced_requests: of the days told of, without a price: their cost is in no figure.
    """

    member: str | None
    shift: Shift
    split: Split
    usual: Decimal | None = None
    inside: tuple[str, str] | None = None
    unpriced_requests: int = 0

    @property
    def is_unpriced(self) -> bool:
        """Whether none of its requests has a price: its cost is not known, which is not 0."""
        return bool(self.unpriced_requests) and not self.split.requests_now

    @property
    def is_beyond(self) -> bool:
        """Whether it moved enough to be news, against the average day alike where that is known."""
        if self.is_unpriced or not self.shift.is_beyond:
            return False
        if self.usual is None:
            return True
        usual = Shift(self.shift.now, self.usual, self.shift.whole)
        return usual.is_beyond and (usual.change > 0) == (self.shift.change > 0)


@dataclass(frozen=True, slots=True)
class Costs:
    """What was spent, and what moved it.

    Attributes:
        days: which days stand against which.
        wanted: the last day that the digest would tell of if all data were there.
        total, before: of everything that it covers.
        usual: USD of the average day among the seven before; None: not asked, or not known.
        is_compared: the data reaches back to the days before.
        by: the dimension of the movers.
        movers: all members, the largest change in dollars first; where nothing is compared, the
            dearest first.
        explanation: what drove the change; None: nothing is compared.
        curve: USD of each day of `days.curve` from the first known on.
        curve_first: the day of its first value.
        unattributed: USD of the machines that no request carries; None: not asked: only who sees
            everything is told.
        difference: USD that the parts of the machines' cost do not add up to; None: not asked.
        reach: how far the data goes, and what holds it back.
    """

    days: DigestDays
    wanted: date
    total: Measures
    before: Measures
    usual: Decimal | None
    is_compared: bool
    by: str
    movers: tuple[Mover, ...]
    explanation: Explanation | None
    curve: tuple[Decimal, ...]
    curve_first: date
    unattributed: Decimal | None
    difference: Decimal | None
    reach: Reach

    @property
    def is_behind(self) -> bool:
        """Whether days that it should tell of are not complete: what it shows is older."""
        return self.days.now.last < self.wanted

    @property
    def is_unpriced(self) -> bool:
        """Whether none of its requests has a price: the cost is not known then."""
        return bool(self.total.requests) and self.total.unpriced_requests == self.total.requests


@dataclass(frozen=True, slots=True)
class Around:
    """What stands beside the cost.

    Attributes:
        at_risk: budgets near their limits or beyond, foreseen to be, or of which nothing is known.
        budgets: all that were looked at.
        budgets_in_all: how many there are.
        incidents: open ones, the worst first.
        recommendations: the first pending ones.
        pending: how many are pending.
        saves: USD a month that all of these together would save.
    """

    at_risk: tuple[Standing, ...] = ()
    budgets: tuple[Standing, ...] = ()
    budgets_in_all: int = 0
    incidents: tuple[Incident, ...] = ()
    recommendations: tuple[Recommendation, ...] = ()
    pending: int = 0
    saves: Decimal = Decimal(0)


@dataclass(frozen=True, slots=True)
class DigestFigures:
    """All that a digest tells.

    Attributes:
        asked: what it is about.
        caller: in whose name it was made; the same for all who see the same.
        costs: what was spent; None: there is nothing to tell of, see `nothing`.
        nothing: why, with the next step; None: there is.
        around: what stands beside it.
        outlook: how the month will end; None: too little history.
        freshness: how old each source is.
    """

    asked: Asked
    caller: Caller
    costs: Costs | None
    nothing: Refused | None
    around: Around
    outlook: PeriodOutlook | None
    freshness: Freshness

    @property
    def is_stale(self) -> bool:
        """Whether what it shows is older than it should be: that is not the same as calm."""
        if any(source.is_stale for source in self.freshness.sources):
            return True
        return self.costs is not None and self.costs.is_behind

    @property
    def is_quiet(self) -> bool:
        """Whether nothing moved, nothing is wrong, and that is known."""
        if self.costs is None or self.is_stale:
            return False
        moved = not self.costs.is_compared or any(one.is_beyond for one in self.costs.movers)
        return not (moved or self.around.at_risk or self.around.incidents)


@dataclass(frozen=True, slots=True)
class ListedDigest:
    """A digest in a list.

    Attributes:
        digest: it.
        following: when it is due next; None: it is paused or stopped.
    """

    digest: Digest
    following: Slot | None


@dataclass(frozen=True, slots=True)
class ShownDigest:
    """Everything about one digest.

    Attributes:
        digest: it.
        following: when it is due next; None: it is paused or stopped.
        skipped: somebody has left that one out.
        slots: what became of the latest, newest first.
        entries: who decided what, newest first.
        may_edit: whether who asks may change it.
    """

    digest: Digest
    following: Slot | None
    skipped: bool
    slots: tuple[DigestSlot, ...]
    entries: tuple[StoredAuditEntry, ...]
    may_edit: bool


@dataclass(frozen=True, slots=True)
class Decided:
    """What came of a decision.

    Attributes:
        digest: as it is now.
        following: when it is due next; None: it is paused, stopped or ended.
        is_new: False: an equal request did it before.
        skipped: the local date that was left out, or is not any more; None: none was.
        undo_until: until when an ending can be undone, UTC; None: nothing has ended.
    """

    digest: Digest
    following: Slot | None
    is_new: bool = True
    skipped: date | None = None
    undo_until: datetime | None = None
