"""An alert rule as it is decided, and as it is kept."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from analysis.alert_rules.terms import Kind, Terms
from analysis.errors import BadInput
from storage.records.budget import Scope, name_key

LONGEST_NAME = 80

RuleTarget = tuple[str, str]
"""What it is told through (`slack`, `email`, `webhook`, `linear`), and the address there."""

LEAST_REMINDER = timedelta(hours=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertRuleDraft:
    """What people decide about a rule.

    Attributes:
        name: unique among the rules of the organization that are not deleted, however it is
            capitalized or spaced.
        terms: what is watched, and from where on it is told.
        zone: in which its days begin.
        organization: whose it is, and whose costs alone it watches; None: the deployment's own.
        filters: what it watches, besides the organization; empty: everything.
        each: the dimension of which every member is a series of its own; None: one series.
        source: the only source that a rule on freshness watches; None: every one.
        customers_only: leave internal traffic and traffic of unknown origin out.
        targets: where it is told in place of the routes; empty: the routes decide.
        remind_after: an incident that lasts is told again after so long; None: never.
        paused: nothing is looked at for now.
        paused_until: first instant at which it is again, UTC; None: when it is resumed.

    Raises:
        BadInput: a name, a filter or a reminder that cannot be.
    """

    name: str
    terms: Terms
    zone: ZoneInfo
    organization: str | None = None
    filters: Scope = field(default_factory=dict[str, tuple[str, ...]])
    each: str | None = None
    source: str | None = None
    customers_only: bool = False
    targets: tuple[RuleTarget, ...] = ()
    remind_after: timedelta | None = None
    paused: bool = False
    paused_until: datetime | None = None

    def __post_init__(self) -> None:
        _take(self, "name", _named(self.name))
        _take(self, "filters", _canonical(self.filters))
        if self.each is not None and len(self.filters.get(self.each, ())) == 1:
            sentence = f"Of one {self.each} there is one series."
            raise BadInput(sentence, f"Leave `each {self.each}` or `{self.each} …` out.")
        if self.terms.kind is Kind.FRESHNESS and (self.filters or self.each):
            sentence = "A source is fresh or not as a whole."
            raise BadInput(sentence, "Leave the filters out; `source gpu` names a source.")
        if self.terms.kind is not Kind.FRESHNESS and self.source is not None:
            raise BadInput("Only a rule on freshness names a source.", "Leave it out.")
        if self.remind_after is not None and self.remind_after < LEAST_REMINDER:
            raise BadInput("A reminder comes once an hour at most.", "Give `1h` or more.")
        if self.paused_until is not None:
            if not self.paused or self.paused_until.tzinfo is None:
                raise BadInput("A pause's end belongs to a pause, and has an offset.")
            _take(self, "paused_until", self.paused_until.astimezone(UTC))

    @property
    def name_key(self) -> str:
        """What makes the name unique."""
        return name_key(self.name)


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertRule(AlertRuleDraft):
    """A rule as the store gives it.

    Attributes:
        id: its key.
        version: grows by 1 with each change: a change names the version that it is based on.
        created_by: see `Actor.key`.
        created_at, updated_at: UTC.
        deleted_at: UTC; None: it is not deleted.
        fault: why it cannot be evaluated, a sentence; None: it can.
    """

    id: UUID
    version: int
    created_by: str
    created_at: datetime
    updated_at: datetime
    deleted_at: datetime | None = None
    fault: str | None = None


def _take(record: object, name: str, value: object) -> None:
    object.__setattr__(record, name, value)


def _named(name: str) -> str:
    text = " ".join(name.split())
    if not text or not text.isprintable() or len(text) > LONGEST_NAME:
        sentence = "The rule's name is empty, too long or no plain text."
        raise BadInput(sentence, f"Give a line of 1 to {LONGEST_NAME} printable characters.")
    return text


def _canonical(filters: Scope) -> dict[str, tuple[str, ...]]:
    """The dimensions by name, the values sorted and each once."""
    for name, values in filters.items():
        if not values or not all(value and "\0" not in value for value in values):
            raise BadInput(f"The rule names no {name}.", f"Name at least one {name}.")
    return {name: tuple(sorted(set(filters[name]))) for name in sorted(filters)}
