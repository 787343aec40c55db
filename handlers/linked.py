"""What a link leads to, as far as everybody in the channel may see it in which it stands.

A preview is seen by the whole channel. So only things of the poster's own organization have one,
and only what that organization's people see with the least role; who is of no organization, but
sees all, gets none. What is not there, not theirs, or not for everybody is one and the same: None.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from uuid import UUID

from analysis.errors import Refused
from analysis.roles import Role
from handlers.budgets.reading import ReadHandler as BudgetReader
from handlers.budgets.requests import ShowRequest as BudgetShow
from handlers.budgets.requests import Which
from handlers.budgets.results import Standing
from handlers.caller import Caller
from handlers.incidents.desk import IncidentDesk
from handlers.recommendations.reading import ReadHandler as RecommendationReader
from handlers.recommendations.requests import ShowRequest as RecommendationShow
from handlers.showback.results import MonthStatement, StatementRequest
from handlers.showback.statements import StatementHandler
from storage.records.incident import Incident
from storage.records.recommendation import Recommendation


class Kind(StrEnum):
    """What a link leads to; the value is part of its address."""

    BUDGET = "budget"
    INCIDENT = "incident"
    RECOMMENDATION = "recommendation"
    STATEMENT = "statement"


@dataclass(frozen=True, slots=True)
class Link:
    """A link, read.

    Attributes:
        kind: of the thing.
        key: its id; of a statement the month, such as "2026-10".
    """

    kind: Kind
    key: str


Thing = Standing | Incident | Recommendation | MonthStatement


@dataclass(frozen=True, slots=True)
class LinkHandler:
    """Finds what links lead to.

    Attributes:
        budgets: reads budgets.
        incidents: keeps incidents.
        recommendations: reads recommendations.
        statements: makes statements.
    """

    budgets: BudgetReader
    incidents: IncidentDesk
    recommendations: RecommendationReader
    statements: StatementHandler

    async def linked(self, link: Link, caller: Caller) -> Thing | None:
        """What stands behind a link that `caller` shows to others; None: nothing for them all.

        Raises:
            Unavailable: the facts or the store cannot be read.
        """
        if caller.organization is None:
            return None
        everybody = replace(caller, role=Role.USER)
        try:
            thing, organization = await self._found(link, everybody)
        except Refused:
            return None
        return thing if organization == caller.organization else None

    async def _found(self, link: Link, caller: Caller) -> tuple[Thing, str | None]:
        match link.kind:
            case Kind.BUDGET:
                shown = await self.budgets.show(BudgetShow(Which(link.key)), caller)
                return shown.standing, shown.standing.budget.organization
            case Kind.INCIDENT:
                incident = await self.incidents.find(UUID(link.key), caller)
                return incident, incident.organization
            case Kind.RECOMMENDATION:
                found = await self.recommendations.show(RecommendationShow(link.key), caller)
                return found.recommendation, found.recommendation.organization
            case Kind.STATEMENT:
                month = date.fromisoformat(f"{link.key}-01")
                request = StatementRequest(month=month, organization=caller.organization)
                result = await self.statements.statement(request, caller)
                return result, caller.organization
