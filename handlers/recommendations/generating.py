"""Drawing recommendations anew, for one organization or for all: gathered once, kept in batches."""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TypeVar
from uuid import uuid4
from zoneinfo import ZoneInfo

from analysis.clock import Clock
from analysis.errors import BadInput, NotFound, Outdated
from analysis.recommendations.kept.merge import Change, merged
from analysis.recommendations.kept.opportunity_states import OpportunityChange, merged_opportunities
from analysis.recommendations.measured.calibration import Experience
from analysis.recommendations.proposal import Kind
from handlers.budgets.journal import actor_of
from handlers.caller import Caller
from handlers.recommendations.drawing import draw
from handlers.recommendations.evidence import EvidenceSources, Material
from handlers.recommendations.experience import all_experience
from handlers.recommendations.gathering import LEAST_DAYS, gather, periods_of
from handlers.recommendations.journal import of_generation
from handlers.recommendations.keeping import keep, keep_opportunities
from handlers.recommendations.permissions import Act, allow, within
from handlers.recommendations.prepared import Prepared, batches, prepared
from handlers.recommendations.requests import DEFAULT_DAYS, GenerateRequest
from handlers.recommendations.results import Failure, Generated
from handlers.recommendations.types import TYPES, RecommendationType
from queries.dimensions import Dimensions
from queries.mart import Mart
from storage.records.audit import Surface
from storage.records.drawn_again import Content, OpportunityContent
from storage.store import Store

log = logging.getLogger(__name__)

MOST_DAYS = 90

ATTEMPTS = 3
"""How often one organization is kept while people decide on what it has."""

DRAWN_AT_ONCE = 100
"""Organizations that are drawn for before any of it is kept."""

T = TypeVar("T")

Progress = Callable[[str, float], None]
"""Is told what is being done, and how much of the whole is done, from 0 to 1."""


def nobody(what: str, done: float) -> None:
    """Nobody is told."""
    _ = what, done


@dataclass(frozen=True, slots=True)
class GenerateHandler:
    """Draws recommendations and keeps them, those of several organizations in one transaction.

    Attributes:
        store: where they are kept.
        mart: with the facts.
        sources: of the evidence.
        dimensions: of the deployment: they say who may see what.
        clock: the present.
        zone: in which the deployment's days begin.
        types: what is drawn.
        surface: where it is asked for.
    """

    store: Store
    mart: Mart
    sources: EvidenceSources
    dimensions: Dimensions
    clock: Clock
    zone: ZoneInfo
    types: Sequence[RecommendationType] = field(default=TYPES)
    surface: Surface = "system"

    async def generate(
        self, request: GenerateRequest, caller: Caller, tell: Progress = nobody
    ) -> Generated:
        """Draws recommendations anew from the latest complete days.

        Raises:
            NotAllowed: the role does not reach, or it is another organization's.
            BadInput: too few days, or too many.
            NotFound: there is no data, or too little.
            Unavailable: the facts or the store cannot be read.
        """
        allow(Act.GENERATE, caller)
        reach = within(caller, request.organization)
        if not LEAST_DAYS <= request.days <= MOST_DAYS:
            sentence = f"Recommendations cannot be drawn from {request.days} days."
            raise BadInput(sentence, f"Give {LEAST_DAYS} to {MOST_DAYS} days.")
        slot = f"asked|{uuid4()}"
        done = await self._run(slot, request.days, reach, tell)
        if done is None:
            hint = "`/cost about` shows how far the data reaches."
            sentence = f"There are no {LEAST_DAYS} complete days of data yet."
            raise NotFound(sentence, hint)
        entry = of_generation(done, slot, reach, actor_of(caller), self.surface)
        await self.store.audit.add(entry)
        return done

    async def nightly(self) -> Generated | None:
        """Draws recommendations for everybody, once for each new complete day, by one process.

        Returns:
            What came of it; None: that was done, is being done elsewhere, or there is no data.

        Raises:
            Unavailable: the facts or the store cannot be read.
        """
        periods = periods_of(self.mart.snapshot(), DEFAULT_DAYS, self.clock())
        if not periods:
            return None
        days = ", ".join(
            f"{source} {period.last_day}" for source, period in sorted(periods.items())
        )
        slot = f"nightly|{days}"
        if await self.store.recommendation_runs.is_finished(slot):
            return None
        return await self._run(slot, DEFAULT_DAYS, None, nobody)

    async def _run(
        self, slot: str, days: int, organization: str | None, tell: Progress
    ) -> Generated | None:
        now = self.clock()
        periods = periods_of(self.mart.snapshot(), days, now)
        if not periods:
            return None
        first = min(period.first_day for period in periods.values())
        last = max(period.last_day for period in periods.values())
        runs = self.store.recommendation_runs
        run = await runs.begin(slot, organization, first, last)
        if run is None:
            return None
        try:
            tell("gathering evidence", 0.0)
            material = await gather(self.sources, periods, organization, self.zone, now)
            known = await all_experience(self.store, now)
            done = await self._keep_all(material, organization, known, tell)
        except BaseException:
            await runs.give_up(run)
            raise
        result = _generated(first, last, done)
        await runs.finish(run, dict(done.counts), [failure.kind for failure in result.failed])
        return result

    async def _keep_all(
        self,
        material: Material,
        organization: str | None,
        known: Mapping[Kind, Experience],
        tell: Progress,
    ) -> _Done:
        done = _Done()
        there = await self.store.recommendations.organizations()
        there |= await self.store.opportunities.organizations()
        concerned = {organization} if organization is not None else material.organizations | there
        ordered = sorted(concerned, key=lambda name: (name is not None, name or ""))

        def drawn(names: Sequence[str | None]) -> list[Prepared]:
            return [
                prepared(draw(material, name, self.types), known, material.periods, self.dimensions)
                for name in names
            ]

        for begin in range(0, len(ordered), DRAWN_AT_ONCE):
            tell("drawing recommendations", 0.5 + 0.5 * begin / len(ordered))
            news = await asyncio.to_thread(drawn, ordered[begin : begin + DRAWN_AT_ONCE])
            for one in news:
                done.take(one)
            for some in batches([one for one in news if one.organization in there or one.has_any]):
                await self._keep(some, done)
        return done

    async def _keep(self, some: Sequence[Prepared], done: _Done) -> None:
        """Keeps what was drawn for some organizations: together, or else each by itself."""
        try:
            done.counts += await self._keep_together(some)
        except Outdated:
            for one in some:
                await self._keep_one(one, done)

    async def _keep_one(self, one: Prepared, done: _Done) -> None:
        for attempt in range(ATTEMPTS):
            try:
                done.counts += await self._keep_together([one])
            except Outdated as error:
                if attempt == ATTEMPTS - 1:
                    # The next run finds the same again; what people decide goes first.
                    log.warning("recommendations to %s were not kept: %s", one.organization, error)
                    done.lose(one, str(error))
            else:
                return

    async def _keep_together(self, some: Sequence[Prepared]) -> Counter[str]:
        now = self.clock()
        names = [one.organization for one in some]
        changes: list[Change] = []
        contents: dict[str, Content] = {}
        news: list[OpportunityChange] = []
        opportunities: dict[str, OpportunityContent] = {}
        async with self.store.transaction() as together:
            rows = await together.drawn_recommendations.live_of(names)
            known = await together.drawn_opportunities.latest_of(names)
            kept = _by_organization((row.organization, row.kept) for row in rows)
            looked_into = _by_organization((row.organization, row.kept) for row in known)
            for one in some:
                there = kept.get(one.organization, ())
                changes += merged(there, one.proposals, now, one.judged)
                contents.update(one.contents)
                before = looked_into.get(one.organization, ())
                found = [content.opportunity for content in one.opportunities.values()]
                news += merged_opportunities(before, found, now, one.judged_opportunities)
                opportunities.update(one.opportunities)
            counts = await keep(together, rows, changes, contents, now)
            await keep_opportunities(together, known, news, opportunities)
        return counts


def _by_organization(rows: Iterable[tuple[str | None, T]]) -> Mapping[str | None, Sequence[T]]:
    found: dict[str | None, list[T]] = {}
    for organization, row in rows:
        found.setdefault(organization, []).append(row)
    return found


@dataclass(slots=True)
class _Done:
    """What a run has come to so far."""

    organizations: int = 0
    found: int = 0
    opportunities: int = 0
    counts: Counter[str] = field(default_factory=Counter[str])
    failed: dict[tuple[Kind, str], int] = field(default_factory=dict[tuple[Kind, str], int])

    def take(self, drawn: Prepared) -> None:
        """Counts what was drawn."""
        self.organizations += 1
        self.found += len(drawn.contents)
        self.opportunities += len(drawn.opportunities)
        for kind, reason in drawn.failed.items():
            self.failed[kind, reason] = self.failed.get((kind, reason), 0) + 1

    def lose(self, drawn: Prepared, reason: str) -> None:
        """Counts what was drawn and could not be kept."""
        for kind in {proposal.kind for proposal in drawn.proposals}:
            self.failed[kind, reason] = self.failed.get((kind, reason), 0) + 1


def _generated(first: date, last: date, done: _Done) -> Generated:
    counts = done.counts
    return Generated(
        first_day=first,
        last_day=last,
        organizations=done.organizations,
        found=done.found,
        created=counts["created"],
        updated=counts["updated"],
        came_back=counts["came_back"],
        expired=counts["expired"],
        archived=counts["archived"],
        opportunities=done.opportunities,
        failed=tuple(
            Failure(kind.value, reason, number)
            for (kind, reason), number in sorted(done.failed.items())
        ),
    )
