"""What drives the spend of a budget: the answer to `/cost why` on its scope, in two sentences."""

from __future__ import annotations

from dataclasses import dataclass

from analysis.budgets.status import Status
from analysis.periods import Last
from analysis.roles import Role
from handlers.budgets.spend import counts_customers_only
from handlers.caller import Caller
from handlers.why import WhyHandler, WhyRequest
from storage.records.actor import Actor
from storage.records.budget import Budget

LOOKED_BACK_ON = Last(7, "d")
"""Held against the seven days before: a week has every weekday."""


@dataclass(frozen=True, slots=True)
class WhyDrivers:
    """Asks why the spend of a budget's scope moved.

    Attributes:
        why: answers it.
    """

    why: WhyHandler

    async def __call__(self, budget: Budget, status: Status) -> tuple[str, ...]:
        """What moved it lately, in sentences; names from the data are not escaped.

        Raises:
            CostbotError: there is nothing to compare, or the facts cannot be read.
        """
        del status
        itself = Actor.itself()
        caller = Caller(
            team_id=itself.team_id,
            user_id=itself.user_id,
            name=itself.name,
            organization=budget.organization,
            role=Role.ADMIN,
            zone=budget.zone,
        )
        request = WhyRequest(
            period=LOOKED_BACK_ON,
            filters=budget.scope,
            customers_only=counts_customers_only(budget),
        )
        found = (await self.why.why(request, caller)).finding
        return found.summary, found.root_cause
