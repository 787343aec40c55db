"""What is answered about alert rules."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from analysis.alert_rules.judging import Verdict
from handlers.alert_rules.permissions import Act
from storage.records.alert_rule import AlertRule, AlertRuleDraft
from storage.records.audit import StoredAuditEntry


@dataclass(frozen=True, slots=True)
class SeriesNow:
    """One series of a rule.

    Attributes:
        member: which one; None: the rule has a single one.
        now: what the last look would say.
        past: what would have been said of the days before, the earliest first; empty where the
            past is not known.
    """

    member: str | None
    now: Verdict
    past: tuple[Verdict, ...] = ()

    @property
    def fired(self) -> tuple[Verdict, ...]:
        """The days on which it would have been in trouble."""
        return tuple(one for one in self.past if one.level.is_trouble)


@dataclass(frozen=True, slots=True)
class Outlook:
    """What a rule says, and would have said.

    Attributes:
        rule: what was decided.
        series: the worst first.
        today: the day that is on, in the rule's zone.
        days: how many days were looked back on.
        stale: sources that have gone stale; nothing can be said while they are.
        left_out: members that are not among the largest, and are not watched therefore.
    """

    rule: AlertRuleDraft
    series: tuple[SeriesNow, ...]
    today: date
    days: int
    stale: tuple[str, ...] = ()
    left_out: int = 0

    @property
    def days_fired(self) -> tuple[date, ...]:
        """The days on which any series would have been in trouble, the latest first."""
        found = {one.day for series in self.series for one in series.fired if one.day is not None}
        return tuple(sorted(found, reverse=True))

    @property
    def incidents(self) -> int:
        """How often it would have been told: stretches of trouble, each of one series."""
        return sum(_stretches(series.past) for series in self.series)


@dataclass(frozen=True, slots=True)
class Previewed:
    """A rule that is not kept yet.

    Attributes:
        outlook: what it would have said.
        unseen: filter values that no cost has had lately, as `dimension value`.
        is_told: somebody would hear of what it finds.
    """

    outlook: Outlook
    unseen: tuple[str, ...] = ()
    is_told: bool = True


@dataclass(frozen=True, slots=True)
class Created:
    """A rule that there is now.

    Attributes:
        rule: it.
        is_new: False: an equal request created it before.
        outlook: what it says, and would have said.
        is_told: somebody would hear of what it finds.
    """

    rule: AlertRule
    is_new: bool
    outlook: Outlook
    is_told: bool = True


@dataclass(frozen=True, slots=True)
class Listed:
    """A rule in a list.

    Attributes:
        rule: it.
        open: how many incidents of it are open.
        worst: the worst level of these; empty: none is open.
    """

    rule: AlertRule
    open: int = 0
    worst: str = ""


@dataclass(frozen=True, slots=True)
class RuleList:
    """A page of rules.

    Attributes:
        rules: by name.
        total: how many the caller reaches, whatever was asked for.
        after: where the next page begins; None: this is the last one.
        may: what the caller's role may do.
    """

    rules: tuple[Listed, ...]
    total: int
    after: UUID | None
    may: frozenset[Act]


@dataclass(frozen=True, slots=True)
class ShownRule:
    """Everything about one rule.

    Attributes:
        rule: it.
        outlook: what it says, and would have said.
        entries: who decided what of it, the newest first.
        may: what the caller's role may do.
        is_told: somebody would hear of what it finds.
    """

    rule: AlertRule
    outlook: Outlook
    entries: tuple[StoredAuditEntry, ...]
    may: frozenset[Act]
    is_told: bool = True


@dataclass(frozen=True, slots=True)
class Edited:
    """A rule that was changed.

    Attributes:
        before: what it was.
        after: what it is.
        changed: the names of the fields that differ; empty: nothing was changed.
        is_told: somebody would hear of what it finds.
    """

    before: AlertRule
    after: AlertRule
    changed: tuple[str, ...]
    is_told: bool = True


@dataclass(frozen=True, slots=True)
class Deleted:
    """A rule that was deleted.

    Attributes:
        rule: it.
        undo_until: the last instant at which that can be taken back, UTC.
    """

    rule: AlertRule
    undo_until: datetime


@dataclass(frozen=True, slots=True)
class Tested:
    """A test that is on its way.

    Attributes:
        rule: whose.
        targets: where it was sent; those that are routes' own affair are not among them.
        left_out: targets that take no test.
    """

    rule: AlertRule
    targets: tuple[tuple[str, str], ...]
    left_out: tuple[tuple[str, str], ...] = ()


def _stretches(past: tuple[Verdict, ...]) -> int:
    count, was_trouble = 0, False
    for one in past:
        count += one.level.is_trouble and not was_trouble
        was_trouble = one.level.is_trouble
    return count
