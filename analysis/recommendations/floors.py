"""What is too little to be recommended: one place for all kinds."""

from __future__ import annotations

from decimal import Decimal

LEAST_DOLLARS = Decimal(5)
"""USD a month. Reading and deciding takes minutes of somebody's time; less never pays for them."""

LEAST_SHARE = Decimal("0.01")
"""Of the organization's whole monthly cost. A list of crumbs hides the pieces worth having, and
what moves the total by less than this cannot be told from its own noise afterwards."""


def floor_of(monthly_cost: Decimal) -> Decimal:
    """The least savings that are worth a recommendation, USD a month.

    Args:
        monthly_cost: of everything that the organization spends, USD a month.
    """
    return max(LEAST_DOLLARS, LEAST_SHARE * monthly_cost)


def is_worth_it(saved: Decimal, monthly_cost: Decimal) -> bool:
    """Whether savings are worth a recommendation.

    Args:
        saved: the likely savings, USD a month.
        monthly_cost: of everything that the organization spends, USD a month.
    """
    return saved >= floor_of(monthly_cost)
