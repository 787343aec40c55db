"""A budget as people fill it in: texts by field, whether typed in a line, a modal or a terminal.

Each field is read by itself, so that everything that is wrong is told at once, field by field.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields

Values = Mapping[str, tuple[str, ...]]
"""Accepted values by name of dimension."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BudgetForm:
    """What is filled in; None: left as it is, or as it is by default.

    The names are those of `storage.records.budget.BudgetDraft`; faults are told by them.

    Attributes:
        name: of the budget.
        limit: USD of a period: `5000`, `5,000.50`, `$5k`, `5000 USD`.
        kind: `monthly`, `quarterly`, `annual` or `custom`.
        organization: whose it is; None: the caller's, and for an admin the deployment's own.
            An edit cannot change it.
        description: free text.
        scope: what it counts; an edit replaces all of it. A single organization in an admin's
            scope makes the budget that organization's own.
        zone: IANA name; by default the caller's.
        start: first day, `2026-01-01`; by default the first day of the calendar's period, so that
            the first period is a whole one, and today for a custom budget.
        end: last day, included; `never`.
        warning, critical: share of the limit: `80%`, `80`, `0.8`.
        forecast: the same, or `off`.
        is_hard: beyond the limit a check denies.
        when_unknown: `allow` or `deny`.
        rollover: USD that are carried at most, or `off`.
        emails, slack_channels, slack_users, webhooks: who is told; an edit replaces each list.
        alerts_enabled: whether anybody is told at all.
        unseen: take values of the scope that no cost has had yet.
        unread: what could not even be read where it was filled in, a whole sentence a field; it is
            told with the rest.
    """

    name: str | None = None
    limit: str | None = None
    kind: str | None = None
    organization: str | None = None
    description: str | None = None
    scope: Values | None = None
    zone: str | None = None
    start: str | None = None
    end: str | None = None
    warning: str | None = None
    critical: str | None = None
    forecast: str | None = None
    is_hard: bool | None = None
    when_unknown: str | None = None
    rollover: str | None = None
    emails: tuple[str, ...] | None = None
    slack_channels: tuple[str, ...] | None = None
    slack_users: tuple[str, ...] | None = None
    webhooks: tuple[str, ...] | None = None
    alerts_enabled: bool | None = None
    unseen: bool = False
    unread: Mapping[str, str] = field(default_factory=dict[str, str])

    @property
    def filled(self) -> tuple[str, ...]:
        """The names of the fields that say something."""
        names = [one.name for one in fields(self) if one.name not in ("unseen", "unread")]
        said = (name for name in names if getattr(self, name) is not None)
        return tuple(dict.fromkeys((*said, *self.unread)))
