"""Statements of a month: the rule that is in force, months that were closed, and corrections."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from analysis.showback.corrections import Correction
from analysis.showback.dividing import Line
from analysis.showback.rules import Rule
from storage.records.actor import Actor


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleDecision:
    """A rule that somebody decided on.

    Attributes:
        id: its number; of two from the same month on, the later one holds.
        from_month: first day of the month from which on it is in force.
        rule: how cost is divided.
        actor: who decided.
        at: UTC.
    """

    id: int
    from_month: date
    rule: Rule
    actor: Actor
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ClosedMonth:
    """A month that was closed; nothing changes it any more.

    Attributes:
        month: its first day.
        number: months are closed in order, numbered without a gap from 1.
        zone: IANA zone in which it began and ended.
        rule: by which it was divided, and is corrected.
        infrastructure: USD in cents: what its statements and what is not charged add up to.
        not_charged: USD in cents: of that, charged to nobody.
        corrected: USD in cents: corrections of months before, billed with it.
        figures: the reconciliation and the pools, as JSON; decimals as text.
        requests, unpriced: of all, and of these without a price when it was closed.
        data_from: instant of the oldest fact that the mart had then, UTC.
        digest: of all lines, as they were looked at before.
        actor: who closed it.
        at: UTC.
    """

    month: date
    number: int
    zone: str
    rule: Rule
    infrastructure: Decimal
    not_charged: Decimal
    corrected: Decimal
    figures: Mapping[str, object]
    requests: int
    unpriced: int
    data_from: datetime
    digest: str
    actor: Actor
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptLine:
    """A statement of a closed month, or a team's part of one.

    Attributes:
        line: as it was frozen.
        reference: USD in cents: its total with the month cut at UTC midnight, as days that are
            kept without their hours are; corrections are the difference to that.
    """

    line: Line
    reference: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class BilledCorrection:
    """A correction that was billed.

    Attributes:
        billed_in: first day of the month with which it was.
        correction: what of which month, and whose.
    """

    billed_in: date
    correction: Correction
