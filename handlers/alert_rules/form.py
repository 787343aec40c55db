"""A rule as people fill it in: texts by field, whether typed in a line, a modal or a terminal."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields

Values = Mapping[str, tuple[str, ...]]
"""Accepted values by name of dimension."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleForm:
    """What is filled in; None: left as it is, or as it is by default.

    Faults are told by these names.

    Attributes:
        name: of the rule; a new one without a name is called what it watches.
        what: what is looked at: `cost`, `requests`, `request cost`, `failure cost`, `unpriced`,
            `freshness`, `utilization`.
        direction: `above` or `below`; by default the one that makes sense.
        warning: the threshold: `500`, `$500`, `30%`, `6h`.
        critical, notice: further ones, or `off`.
        baseline: of a threshold in per cent: `7d`, `weekday`, `week`, `month`, `28d`.
        today: the day that is on is judged, too.
        organization: whose it is; None: the caller's, and for an admin the deployment's own. An
            edit cannot change it.
        filters: what it watches; an edit replaces all of it.
        each: the dimension of which every member is a series of its own, or `off`.
        source: the only source of a rule on freshness, or `off`.
        customers: leave internal traffic out.
        infrastructure: what machines cost in place of what requests cost.
        zone: IANA name; by default the caller's.
        least: USD a day that have to be at stake, or `off`.
        margin: share of a threshold by which a figure has to come back: `10%`.
        remind: after how long a lasting incident is told again: `1d`, `12h`, or `off`.
        slack_channels, slack_users, emails, webhooks, linear: where it is told in place of the
            routes; an edit that names any replaces all of them.
        unseen: take filter values that no cost has had yet.
        unread: what could not even be read where it was filled in, a whole sentence a field.
    """

    name: str | None = None
    what: str | None = None
    direction: str | None = None
    warning: str | None = None
    critical: str | None = None
    notice: str | None = None
    baseline: str | None = None
    today: bool | None = None
    organization: str | None = None
    filters: Values | None = None
    each: str | None = None
    source: str | None = None
    customers: bool | None = None
    infrastructure: bool | None = None
    zone: str | None = None
    least: str | None = None
    margin: str | None = None
    remind: str | None = None
    slack_channels: tuple[str, ...] | None = None
    slack_users: tuple[str, ...] | None = None
    emails: tuple[str, ...] | None = None
    webhooks: tuple[str, ...] | None = None
    linear: tuple[str, ...] | None = None
    unseen: bool = False
    unread: Mapping[str, str] = field(default_factory=dict[str, str])

    @property
    def filled(self) -> tuple[str, ...]:
        """The names of the fields that say something."""
        names = [one.name for one in fields(self) if one.name not in ("unseen", "unread")]
        said = (name for name in names if getattr(self, name) is not None)
        return tuple(dict.fromkeys((*said, *self.unread)))
