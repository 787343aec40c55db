"""A budget as it is decided, and as it is kept."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from math import prod
from typing import Literal, cast
from uuid import UUID
from zoneinfo import ZoneInfo

from analysis.errors import BadInput
from storage.types import MONEY_DIGITS, MONEY_DIGITS_AFTER_POINT, fits, plain

BudgetKind = Literal["monthly", "quarterly", "annual", "custom"]
"""How long a period is; all but `custom` renew by themselves."""

WhenUnknown = Literal["allow", "deny"]
"""What a check answers while the spend is not known: fail open, or fail closed."""

Scope = Mapping[str, tuple[str, ...]]
"""Accepted values by name of dimension; a row of costs has to have one of each."""

LONGEST_NAME = 80
LONGEST_DESCRIPTION = 2_000

MOST_COMBINATIONS = 10_000
"""Of accepted values that a scope may have: 20 models at 50 endpoints are 1,000."""

SHARE_DIGITS = 9
"""After the point of a threshold."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BudgetDraft:
    """What people decide about a budget.

    Attributes:
        name: unique among the budgets of the organization that are not deleted, however it is
            capitalized or spaced.
        limit: USD per period, above 0.
        kind: how long a period is.
        zone: in which its days begin.
        start: first day of the first period, in the zone.
        organization: whose it is, and whose spend alone it counts; None: the deployment's own.
        description: free text.
        currency: of the limit.
        scope: what it counts, besides the organization; empty: everything.
        end: last day, included; None: it goes on. A custom budget has one.
        warning, critical: shares of the limit, at most 1.
        forecast: share of the limit that the projection has to reach; None: no such alert.
        is_hard: beyond the limit a check denies.
        when_unknown: what a check answers while the spend is not known.
        rollover: USD, the most that is carried from a period into the next; None: nothing is.
        emails: addresses of e-mail that are told.
        slack_channels, slack_users: ids in Slack that are told.
        webhooks: ids of webhooks that are told.
        alerts_enabled: whether anybody is told at all.
        paused: neither alerts nor denies for now.
        paused_until: first instant at which it does again, UTC; None: when it is resumed.

    Raises:
        BadInput: an amount, a threshold, a name, a date or a scope that cannot be.
    """

    name: str
    limit: Decimal
    kind: BudgetKind
    zone: ZoneInfo
    start: date
    organization: str | None = None
    description: str = ""
    currency: Literal["USD"] = "USD"
    scope: Scope = field(default_factory=dict[str, tuple[str, ...]])
    end: date | None = None
    warning: Decimal = Decimal("0.80")
    critical: Decimal = Decimal("0.95")
    forecast: Decimal | None = Decimal("1.10")
    is_hard: bool = False
    when_unknown: WhenUnknown = "allow"
    rollover: Decimal | None = None
    emails: tuple[str, ...] = ()
    slack_channels: tuple[str, ...] = ()
    slack_users: tuple[str, ...] = ()
    webhooks: tuple[str, ...] = ()
    alerts_enabled: bool = True
    paused: bool = False
    paused_until: datetime | None = None

    def __post_init__(self) -> None:
        _take(self, "name", _named(self.name))
        _take(self, "limit", money("limit", self.limit))
        if self.rollover is not None:
            _take(self, "rollover", money("rollover", self.rollover, zero=True))
        _take(self, "scope", _canonical(self.scope))
        if self.organization is not None and not self.organization.strip():
            raise BadInput("The budget's organization is empty.", "Leave it out, or name one.")
        if len(self.description) > LONGEST_DESCRIPTION or "\0" in self.description:
            hint = f"Give at most {LONGEST_DESCRIPTION:,} characters."
            raise BadInput("The budget's description cannot be kept.", hint)
        self._check_thresholds()
        self._check_time()

    def _check_thresholds(self) -> None:
        shares = [self.warning, self.critical, *([] if self.forecast is None else [self.forecast])]
        if not all(fits(share, 18, SHARE_DIGITS) and share > 0 for share in shares):
            raise BadInput("A threshold is not above 0 %.", "Give it as a share: 0.8 for 80 %.")
        if not self.warning <= self.critical <= 1:
            sentence = f"Warning at {self.warning:%} and critical at {self.critical:%} do not rise."
            raise BadInput(sentence, "Give warning below critical, and critical at most 100 %.")
        for name in ("warning", "critical", "forecast"):
            value = getattr(self, name)
            _take(self, name, None if value is None else plain(value))

    def _check_time(self) -> None:
        if self.kind == "custom" and self.end is None:
            raise BadInput("A custom budget has no last day.", "Give its first and its last day.")
        if self.end is not None and self.end < self.start:
            sentence = f"The budget would end on {self.end}, before it begins on {self.start}."
            raise BadInput(sentence, "Give the earlier day first.")
        if self.paused_until is not None:
            if not self.paused or self.paused_until.tzinfo is None:
                raise BadInput("A pause's end belongs to a pause, and has an offset.")
            _take(self, "paused_until", self.paused_until.astimezone(UTC))

    @property
    def name_key(self) -> str:
        """What makes the name unique."""
        return name_key(self.name)


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget(BudgetDraft):
    """A budget as the store gives it.

    Attributes:
        id: its key.
        version: grows by 1 with each change: a change names the version that it is based on.
        created_by: see `Actor.key`.
        created_at, updated_at: UTC.
        deleted_at: UTC; None: it is not deleted.
    """

    id: UUID
    version: int
    created_by: str
    created_at: datetime
    updated_at: datetime
    deleted_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class BudgetColumns:
    """Many budgets as columns of one length: what an evaluation of all of them needs.

    Attributes:
        ids: their keys.
        versions: see `Budget.version`.
        organizations, scopes: see `BudgetDraft`; a scope as `scope_text` writes it, so that like
            scopes are like texts.
        kinds, zones, starts, ends, limits, rollovers, warnings, criticals, forecasts, is_hard,
            when_unknown, alerts_enabled, paused, paused_until: see `BudgetDraft`; zones by name.
        deleted: whether it is.
        updated_at: UTC.
        names: see `BudgetDraft`.
    """

    ids: tuple[UUID, ...]
    versions: tuple[int, ...]
    organizations: tuple[str | None, ...]
    scopes: tuple[str, ...]
    kinds: tuple[BudgetKind, ...]
    zones: tuple[str, ...]
    starts: tuple[date, ...]
    ends: tuple[date | None, ...]
    limits: tuple[Decimal, ...]
    rollovers: tuple[Decimal | None, ...]
    warnings: tuple[Decimal, ...]
    criticals: tuple[Decimal, ...]
    forecasts: tuple[Decimal | None, ...]
    is_hard: tuple[bool, ...]
    when_unknown: tuple[WhenUnknown, ...]
    alerts_enabled: tuple[bool, ...]
    paused: tuple[bool, ...]
    paused_until: tuple[datetime | None, ...]
    deleted: tuple[bool, ...]
    updated_at: tuple[datetime, ...]
    names: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.ids)


def name_key(name: str) -> str:
    """A name without what does not tell names apart: capitals and spaces too many."""
    return " ".join(name.casefold().split())


def scope_text(scope: Scope) -> str:
    """A scope as JSON, alike for like scopes."""
    return json.dumps(_canonical(scope), ensure_ascii=False, separators=(",", ":"))


def scope_of(text: str) -> dict[str, tuple[str, ...]]:
    """The scope that `scope_text` has written."""
    read = cast("dict[str, list[str]]", json.loads(text))
    return {name: tuple(values) for name, values in read.items()}


def money(what: str, amount: Decimal, *, zero: bool = False) -> Decimal:
    """An amount in the form in which it is kept.

    Raises:
        BadInput: it is below 0, or 0 where that is not meant, or has too many digits.
    """
    if not amount.is_finite() or amount < 0 or (amount == 0 and not zero):
        least = "0 or more" if zero else "more than 0"
        raise BadInput(f"A {what} of {amount} USD cannot be.", f"Give {least}.")
    if not fits(amount, MONEY_DIGITS, MONEY_DIGITS_AFTER_POINT):
        raise BadInput(f"A {what} of {amount} USD has too many digits.", "Round it to cents.")
    return plain(amount)


def _take(record: object, name: str, value: object) -> None:
    object.__setattr__(record, name, value)


def _named(name: str) -> str:
    text = " ".join(name.split())
    if not text or not text.isprintable() or len(text) > LONGEST_NAME:
        sentence = "The budget's name is empty, too long or no plain text."
        raise BadInput(sentence, f"Give a line of 1 to {LONGEST_NAME} printable characters.")
    return text


def _canonical(scope: Scope) -> dict[str, tuple[str, ...]]:
    """The dimensions by name, the values sorted and each once."""
    for name, values in scope.items():
        if not values or not all(value and "\0" not in value for value in values):
            sentence = f"The budget's scope names no {name}."
            raise BadInput(sentence, f"Name at least one {name}, or leave it out.")
    combinations = prod(len(set(values)) for values in scope.values())
    if combinations > MOST_COMBINATIONS:
        sentence = f"The budget's scope has {combinations:,} combinations of values."
        raise BadInput(sentence, f"Name fewer values: {MOST_COMBINATIONS:,} are the most.")
    return {name: tuple(sorted(set(scope[name]))) for name in sorted(scope)}
