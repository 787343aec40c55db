"""What drives what a rule has found: asked only when it fires, of the same handlers as people."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from analysis.alert_rules.terms import Direction, Kind
from analysis.complete_days import DAY, window_of
from analysis.drivers.finding import Finding
from analysis.errors import NotFound
from analysis.periods import Dates
from analysis.roles import Role
from analysis.series import Measure
from analysis.written import money, percent, plural
from handlers.alert_rules.scope import counts_customers_only
from handlers.caller import Caller
from handlers.days import DaysRequest
from handlers.failures import FailuresHandler
from handlers.why import WhyHandler, WhyRequest
from queries.breakdown import Basis
from queries.dimensions import Dimensions
from queries.engines.base import Engine
from queries.grouped import INTERNAL, Rows, counts, grouped
from queries.utilization import capacity_by
from storage.records.actor import Actor
from storage.records.alert_rule import AlertRuleDraft

MOST_NAMED = 4
"""Contributors in a story."""


@dataclass(frozen=True, slots=True)
class Drivers:
    """Why, what of, and what to do.

    Attributes:
        cause: sentences, the most important first.
        breakdown: the largest contributors, a line each.
        advice: what to do about it, a sentence.
    """

    cause: tuple[str, ...] = ()
    breakdown: tuple[str, ...] = ()
    advice: str = ""


UNKNOWN = Drivers()

FindDrivers = Callable[[AlertRuleDraft, "str | None", date], Awaitable[Drivers]]
"""What drives a series of a rule on a day."""


@dataclass(frozen=True, slots=True)
class HandlerDrivers:
    """Asks the handlers that people ask.

    Attributes:
        engine: of the deployment.
        dimensions: of the deployment.
        why: what moved a cost.
        failures: what failed.
    """

    engine: Engine
    dimensions: Dimensions
    why: WhyHandler
    failures: FailuresHandler

    async def __call__(self, rule: AlertRuleDraft, member: str | None, day: date) -> Drivers:
        """What drives a series on a day; names from the data are not escaped.

        Raises:
            CostbotError: there is nothing to compare, or the facts cannot be read.
        """
        filters = {**rule.filters}
        if rule.each is not None and member is not None:
            filters[rule.each] = (member,)
        try:
            match rule.terms.kind:
                case Kind.ABSOLUTE | Kind.RELATIVE | Kind.REQUEST_COST:
                    return await self._moved(rule, filters, day)
                case Kind.FAILURE_COST:
                    return await self._failed(rule, filters, day)
                case Kind.UNPRICED:
                    return await self._unpriced(rule, filters, day)
                case Kind.UTILIZATION:
                    return await self._waiting(rule, filters, day)
                case Kind.FRESHNESS:
                    return UNKNOWN
        except NotFound:
            return UNKNOWN  # no cost has had one of the values lately, or there is nothing before

    async def _moved(
        self, rule: AlertRuleDraft, filters: Mapping[str, tuple[str, ...]], day: date
    ) -> Drivers:
        basis = Basis.INFRASTRUCTURE if rule.terms.is_infrastructure else Basis.FULLY_LOADED
        request = WhyRequest(
            period=Dates(day, day),
            filters=filters,
            basis=basis,
            customers_only=counts_customers_only(rule),
        )
        # Against one day, as long as the one that is judged; one that was no better explains
        # nothing: what moved the other way since then is no cause of this.
        for earlier in () if rule.terms.is_today else (day - 7 * DAY, day - DAY):
            against = replace(request, versus=Dates(earlier, earlier))
            found = await self._explained(rule, against)
            if found is not None:
                cause = f"Against {earlier:%a %Y-%m-%d}: {found.root_cause}"
                return Drivers((cause,), (found.breakdown,), found.recommendation)
        found = await self._explained(rule, request) if rule.terms.is_today else None
        if found is None:
            return UNKNOWN
        return Drivers((found.root_cause,), (found.breakdown,), found.recommendation)

    async def _explained(self, rule: AlertRuleDraft, request: WhyRequest) -> Finding | None:
        """What moved a cost to the side that the rule watches; None: it moved to the other one."""
        try:
            result = await self.why.why(request, asking_for(rule))
        except NotFound:
            return None  # that day is not among the facts
        split = result.explanation.split
        moved = split.change
        if rule.terms.kind is Kind.REQUEST_COST:
            moved = split.mix + split.rate
        elif rule.terms.measure is Measure.REQUESTS:
            moved = Decimal(split.requests_now - split.requests_before)
        is_above = rule.terms.direction is Direction.ABOVE
        return result.finding if (moved > 0) is is_above and moved else None

    async def _failed(
        self, rule: AlertRuleDraft, filters: Mapping[str, tuple[str, ...]], day: date
    ) -> Drivers:
        request = DaysRequest(
            period=Dates(day, day), filters=filters, customers_only=counts_customers_only(rule)
        )
        found = await self.failures.failures(request, asking_for(rule))
        kinds = [
            f"{one.result or 'not told'}, {one.error_type or 'kind not told'}: "
            f"{money(one.outcome.wasted)} for {plural(one.outcome.failed, 'request')}"
            for one in found.errors[:2]
        ]
        rows = [
            f"{' · '.join(str(value) for value in row.key if value is not None) or 'not told'}: "
            f"{money(row.judged.now.wasted)} for {plural(row.judged.now.failed, 'request')}"
            for row in found.rows[:MOST_NAMED]
        ]
        cause = (f"Most of it ended as {'; '.join(kinds)}.",) if kinds else ()
        infrastructural = found.errors and found.errors[0].error_type == "infrastructure"
        advice = (
            "Look at the machines first: these failures are of the infrastructure."
            if infrastructural
            else "Look at what these callers send, and at retries of requests that cannot succeed."
        )
        return Drivers(cause, tuple(rows), advice)

    async def _unpriced(
        self, rule: AlertRuleDraft, filters: Mapping[str, tuple[str, ...]], day: date
    ) -> Drivers:
        window = window_of(Dates(day, day), rule.zone)
        rows = Rows(window, filters, rule.organization, inference_only=True)
        by = ("provider", "model", INTERNAL)
        cells = await grouped(
            self.engine, self.dimensions, rows, by, (counts("unpriced_requests"),)
        )
        sizes: dict[str, int] = {}
        for (provider, model, is_internal), (unpriced,) in cells:
            if is_internal is not False and counts_customers_only(rule):
                continue
            name = " · ".join(str(one) for one in (provider, model) if one) or "not told"
            sizes[name] = sizes.get(name, 0) + int(str(unpriced))
        ranked = sorted((name for name in sizes if sizes[name]), key=lambda name: -sizes[name])
        lines = tuple(f"{name}: {plural(sizes[name], 'request')}" for name in ranked[:MOST_NAMED])
        cause = (f"There is no price for {ranked[0]}.",) if ranked else ()
        advice = "Set a price: `/cost pricing set` for a negotiated rate; until then the cost is \
not known, and not $0."
        return Drivers(cause, lines, advice)

    async def _waiting(
        self, rule: AlertRuleDraft, filters: Mapping[str, tuple[str, ...]], day: date
    ) -> Drivers:
        window = window_of(Dates(day, day), rule.zone)
        found = (await capacity_by(self.engine, self.dimensions, window, filters, ())).get(())
        if found is None or found.infrastructure.usd <= 0:
            return UNKNOWN
        whole = found.infrastructure.usd
        parts: list[tuple[str, Decimal]] = [
            ("idle", found.idle.spent),
            ("overhead", found.overhead.spent),
            ("unused", found.unused),
            ("other", found.other),
        ]
        parts.sort(key=lambda part: -part[1])
        lines = [f"{name}: {money(usd)}, {percent(usd / whole)}" for name, usd in parts if usd > 0]
        if not lines:
            return UNKNOWN
        cause = f"Of {money(whole)}, {money(found.machines)} went into no request; most of it is \
{parts[0][0]} capacity."
        advice = "Shrink the pools that wait most, or move work into their quiet hours."
        return Drivers((cause,), tuple(lines), advice)


def asking_for(rule: AlertRuleDraft) -> Caller:
    """Costbot itself, asking within the reach of a rule."""
    itself = Actor.itself()
    return Caller(
        team_id=itself.team_id,
        user_id=itself.user_id,
        name=itself.name,
        organization=rule.organization,
        role=Role.ADMIN,
        zone=rule.zone,
    )


async def within(work: Awaitable[Drivers], seconds: float) -> Drivers:
    """What drives it, or nothing where that takes too long: an alert does not wait for it."""
    try:
        return await asyncio.wait_for(work, seconds)
    except TimeoutError:
        return replace(UNKNOWN)
