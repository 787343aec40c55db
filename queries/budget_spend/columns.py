"""Budgets and what they have spent, as columns: a million of them are no million objects."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

CREDITED_DAYS = 62
"""How far back credits and corrections are looked for, before the newest day of the facts."""


@dataclass(frozen=True, slots=True)
class BudgetPeriods:
    """What the spend of some budgets is added up by; columns of one length.

    Attributes:
        places: a number of one's own for each budget, each once, from 0 on.
        organizations: whose spend alone counts; None: of all, and of none.
        scopes: JSON objects of accepted values by name of dimension, `{}` for everything:
            `{"model":["gpt-4"]}`. A row counts that has one of them in each.
        zones: IANA names; in which the days begin.
        firsts: first day of the period.
        lasts: last day of the period, included.
        customers_only: neither internal traffic nor traffic of unknown origin counts.

    Raises:
        ValueError: the columns are not of one length.
    """

    places: Sequence[int]
    organizations: Sequence[str | None]
    scopes: Sequence[str]
    zones: Sequence[str]
    firsts: Sequence[date]
    lasts: Sequence[date]
    customers_only: Sequence[bool]

    def __post_init__(self) -> None:
        columns = (
            self.places,
            self.organizations,
            self.scopes,
            self.zones,
            self.firsts,
            self.lasts,
            self.customers_only,
        )
        if len({len(column) for column in columns}) > 1:
            message = "the columns of the budgets are not of one length"
            raise ValueError(message)

    def __len__(self) -> int:
        return len(self.places)


@dataclass(frozen=True, slots=True)
class Spent:
    """What some budgets have spent in their periods; columns of one length.

    Attributes:
        places: of the budgets, ascending.
        costs: USD, fully loaded; what is unpriced is not in it.
        requests: that the costs stand for.
        unpriced_requests: of these, without a price.
    """

    places: tuple[int, ...] = ()
    costs: tuple[Decimal, ...] = ()
    requests: tuple[int, ...] = ()
    unpriced_requests: tuple[int, ...] = ()

    def __len__(self) -> int:
        return len(self.places)


@dataclass(frozen=True, slots=True)
class DailySpend:
    """What a budget has spent on a day of its zone that has any costs.

    Attributes:
        place: of the budget.
        day: in its zone.
        cost: USD, fully loaded; what is unpriced is not in it.
        requests: that the cost stands for.
        unpriced_requests: of these, without a price.
    """

    place: int
    day: date
    cost: Decimal
    requests: int
    unpriced_requests: int


@dataclass(frozen=True, slots=True)
class Difference:
    """A budget whose kept figures were not those of its facts.

    Attributes:
        place: of the budget.
        kept_cost, kept_requests: USD and requests that were kept; None: no figures were.
        cost, requests: USD and requests by the facts; None: none are to be kept.
    """

    place: int
    kept_cost: Decimal | None
    kept_requests: int | None
    cost: Decimal | None
    requests: int | None


@dataclass(frozen=True, slots=True)
class Refreshed:
    """What a refresh has found.

    Attributes:
        version: of the mart that all figures are of now.
        changed: the budgets that are new or were put anew, and those whose figures are others
            than before; those that spent nothing among them, with 0.
        unanswerable: places of all budgets whose scope or zone is not known here, so that nothing
            can be said of their spend; it is not 0.
        days_read: rollups of a source's UTC day that were read.
        complete: everything was added up anew.
        differing: budgets whose figures then were others than those that were kept until now; there
            are none unless there is a fault.
        differences: some of these.
        credited: organizations with costs below zero in the last `CREDITED_DAYS`: what their
            budgets will spend cannot be bounded by what they have spent. None among them: costs
            of no organization.
    """

    version: int
    changed: Spent
    unanswerable: tuple[int, ...]
    days_read: int
    complete: bool
    differing: int = 0
    differences: tuple[Difference, ...] = ()
    credited: frozenset[str | None] = frozenset()
