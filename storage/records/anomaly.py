"""What is kept of anomalies: what was found, and what people said about it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Literal
from uuid import UUID, uuid5

LabelKind = Literal["real", "expected", "planned", "too_small", "mute"]
"""What people say an anomaly is, or that they want to hear nothing of its series for a while."""

Outcome = Literal["told", "together", "part", "silent", "before"]
"""What became of a finding: told by itself, told in one message with many others, a part of one
that was, not told because of what people had said, or of a day before anybody looked: found when
the first look looked back, and listed without having been told."""

_FINDINGS = UUID("6f1b3a5e-7c0d-4c39-9a55-0f8f2a1d7c11")
"""Where the ids of findings come from: each process makes the same."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelDraft:
    """What somebody says about an anomaly, and what it changes.

    Attributes:
        kind: what it is.
        series: keys of the series that it holds for, as `str(SeriesKey)` writes them, the one that
            it was said of first; `=acme/**` stands for all of an organization, `*/**` for all.
        organization: whose people may see it; None: those who see all organizations.
        subject: what it was said of: of one subject and day one word counts.
        day: of the finding.
        left_out_first, left_out_last: the days that leave the baseline; first None: from the
            beginning on; last None: none does.
        silent_first, silent_last: days whose findings are not told; None: none.
        most_usd: of these, only findings that move at most so much a day; None: any.
        rises: of these, only those that point this way; None: either.
        floor_usd: USD a day that a finding has to move from now on; None: nothing is said of it.
        muted_until: nothing is told before this instant, UTC; None: nothing is muted.
        note: why, in the words of whoever says it.
        incident_id: of the message in which it was said; None: elsewhere.
    """

    kind: LabelKind
    series: tuple[str, ...]
    organization: str | None
    subject: str
    day: date
    left_out_first: date | None = None
    left_out_last: date | None = None
    silent_first: date | None = None
    silent_last: date | None = None
    most_usd: Decimal | None = None
    rises: bool | None = None
    floor_usd: Decimal | None = None
    muted_until: datetime | None = None
    note: str = ""
    incident_id: UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AnomalyLabel(LabelDraft):
    """The same as the store gives it.

    Attributes:
        id: its id.
        made_by: who said it, see `Actor.key`.
        made_by_name: how that person is called.
        made_at: UTC.
        undone_by, undone_at: who took it back, and when, UTC; None: it counts.
    """

    id: UUID
    made_by: str
    made_by_name: str
    made_at: datetime
    undone_by: str | None = None
    undone_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptFinding:
    """What was found of a series on a day.

    Attributes:
        series: its key, as `str(SeriesKey)` writes it.
        organization, dimension, member, measure: the same, taken apart.
        day: that was looked at.
        since: the first day of it.
        shape: spike or shift.
        level: how severe.
        actual, expected, lower, upper: in what the series counts.
        score: in robust standard deviations, signed.
        usd: USD a day that it moved, signed.
        history_days: known days that the baseline rests on.
        outcome: what became of it.
        part_of: the key of the series that it is a part of; None: of none. One that is told to its
            organization alone, since all others are told of the larger one, names that.
        description: what happened and why, sentences; names are not escaped.
        found_at: when it was found first, UTC.
        gone_at: when a later look at the same day did not find it any more; None: it holds.
    """

    series: str
    organization: str | None
    dimension: str | None
    member: str | None
    measure: str
    day: date
    since: date
    shape: str
    level: str
    actual: float
    expected: float
    lower: float
    upper: float
    score: float
    usd: Decimal
    history_days: int
    outcome: Outcome
    part_of: str | None = None
    description: str = ""
    found_at: datetime
    gone_at: datetime | None = None

    @property
    def id(self) -> UUID:
        """Its id, the same wherever it is made."""
        return finding_id(self.series, self.day)

    @property
    def deviation(self) -> float | None:
        """How far it is from what was expected, a share of that; None: nothing was expected."""
        return (self.actual - self.expected) / self.expected if self.expected > 0 else None


def finding_id(series: str, day: date) -> UUID:
    """The id of what was found of a series on a day."""
    return uuid5(_FINDINGS, f"{series}|{day}")
