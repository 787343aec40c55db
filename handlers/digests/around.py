"""What stands beside the cost in a digest: budgets at risk, open incidents, recommendations."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Protocol

from analysis.budgets.levels import Level
from analysis.budgets.status import State
from analysis.incidents.levels import Level as IncidentLevel
from analysis.recommendations.kept.states import State as RecommendationState
from analysis.series import series_key
from handlers.asking import Filters
from handlers.budgets.reading import ReadHandler as BudgetReader
from handlers.budgets.requests import ListRequest as BudgetListRequest
from handlers.budgets.results import Standing
from handlers.caller import Caller
from handlers.complete import Asked
from handlers.digests.results import Around
from handlers.recommendations.reading import ReadHandler as RecommendationReader
from handlers.recommendations.requests import ListRequest as RecommendationListRequest
from storage.records.incident import Incident
from storage.records.recommendation import Recommendation

PAGE = 100
"""Budgets that are looked at with one question."""

MOST_BUDGETS = 300
"""Budgets that are looked at for a digest; beyond that, the list says how many there are."""

FIRST = 3
"""Recommendations that a digest names."""

LOOKED_THROUGH = 100
"""Recommendations among which those about a digest's filters are looked for."""

_URGENT = {Level.EXCEEDED: 0, Level.CRITICAL: 1, Level.WARNING: 2, Level.OK: 3, Level.UNKNOWN: 4}
_WORST = {
    IncidentLevel.CRITICAL.value: 0,
    IncidentLevel.WARNING.value: 1,
    IncidentLevel.NO_DATA.value: 2,
    IncidentLevel.NOTICE.value: 3,
    IncidentLevel.OK.value: 4,
}


class OpenIncidents(Protocol):
    """What knows the open incidents."""

    async def open_incidents(self, caller: Caller) -> list[Incident]:
        """Those that the caller sees."""
        ...


@dataclass(frozen=True, slots=True)
class AroundHandler:
    """Gathers what stands beside the cost.

    Attributes:
        budgets: reads budgets.
        recommendations: reads recommendations.
        incidents: knows the open incidents; None: nothing does.
    """

    budgets: BudgetReader
    recommendations: RecommendationReader
    incidents: OpenIncidents | None = None

    async def around(self, asked: Asked, caller: Caller) -> Around:
        """What stands beside a cost; with filters, what is about the same things alone.

        Raises:
            Unavailable: the facts or the store cannot be read.
        """
        filters = asked.filters
        budgets, in_all = await self._budgets(filters, caller)
        rows, pending, saves = await self._recommendations(filters, caller)
        return Around(
            at_risk=tuple(sorted(filter(is_at_risk, budgets), key=_urgency)),
            budgets=tuple(sorted(budgets, key=_urgency)),
            budgets_in_all=in_all,
            incidents=await self._incidents(filters, caller),
            recommendations=rows,
            pending=pending,
            saves=saves,
        )

    async def _budgets(self, filters: Filters, caller: Caller) -> tuple[list[Standing], int]:
        found: list[Standing] = []
        request = BudgetListRequest(limit=PAGE)
        looked_at = 0
        while True:
            page = await self.budgets.list(request, caller)
            looked_at += len(page.standings)
            found += [
                one
                for one in page.standings
                if not one.budget.paused
                and one.status.state is State.RUNNING
                and concerns(one.budget.scope, filters)
            ]
            if page.after is None or looked_at >= MOST_BUDGETS:
                return found, page.total if not filters else len(found)
            request = BudgetListRequest(limit=PAGE, after=page.after)

    async def _recommendations(
        self, filters: Filters, caller: Caller
    ) -> tuple[tuple[Recommendation, ...], int, Decimal]:
        limit = LOOKED_THROUGH if filters else FIRST
        page = await self.recommendations.list(RecommendationListRequest(limit=limit), caller)
        if not filters:
            together = page.totals.of(RecommendationState.PENDING).savings.together
            return page.rows[:FIRST], page.total, together
        rows = [row for row in page.rows if concerns(row.content.scope, filters)]
        # Alone they may take the same dollars: the largest is what they save at least.
        least = max((row.content.savings.likely for row in rows), default=Decimal(0))
        return tuple(rows[:FIRST]), len(rows), least

    async def _incidents(self, filters: Filters, caller: Caller) -> tuple[Incident, ...]:
        if self.incidents is None:
            return ()
        found = [
            one
            for one in await self.incidents.open_incidents(caller)
            if concerns(_about(one), filters)
        ]
        return tuple(sorted(found, key=lambda one: (_WORST[one.level], -one.usd, str(one.id))))


def is_at_risk(standing: Standing) -> bool:
    """Whether a budget is worth a look: near its limit, foreseen beyond it, or not known."""
    status = standing.status
    if status.level is not Level.OK:
        return True
    return status.forecast is not None and status.forecast.expected > status.limit


def concerns(scope: Mapping[str, Sequence[str]], filters: Filters) -> bool:
    """Whether what has a scope is about what is filtered by, and not about more than that."""
    return all(set(scope.get(name, ())) & set(values) for name, values in filters.items())


def _urgency(standing: Standing) -> tuple[int, bool, Decimal, str]:
    status = standing.status
    return (
        _URGENT[status.level],
        not is_at_risk(standing),
        -status.utilization,
        standing.budget.name_key,
    )


def _about(incident: Incident) -> dict[str, tuple[str, ...]]:
    """What an incident is about, by dimension."""
    about: dict[str, tuple[str, ...]] = {}
    if incident.about_organization is not None:
        about["organization"] = (incident.about_organization,)
    if incident.product is not None:
        about["product"] = (incident.product,)
    if incident.kind == "anomaly":
        key = series_key(incident.subject.partition("|")[2])
        if key.dimension is not None and key.member is not None:
            about[key.dimension] = (key.member,)
    return about
