"""Drawing recommendations anew, for one organization or for all: gathered once, kept one by one."""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from uuid import uuid4
from zoneinfo import ZoneInfo

from analysis.clock import Clock
from analysis.errors import BadInput, NotFound, Outdated
from analysis.recommendations.calibration import Experience
from analysis.recommendations.cells import EvidencePeriod
from analysis.recommendations.merge import merged
from analysis.recommendations.opportunity_states import merged_opportunities
from analysis.recommendations.proposal import Kind, Proposal
from handlers.caller import Caller
from handlers.recommendations.drawing import Draw, draw
from handlers.recommendations.evidence import EvidenceSources, Material
from handlers.recommendations.experience import all_experience, experienced
from handlers.recommendations.gathering import LEAST_DAYS, gather, periods_of
from handlers.recommendations.keeping import keep, keep_opportunities
from handlers.recommendations.permissions import Act, allow, audience_of, within
from handlers.recommendations.requests import DEFAULT_DAYS, GenerateRequest
from handlers.recommendations.results import Failure, Generated
from handlers.recommendations.types import TYPES, RecommendationType
from queries.dimensions import Dimensions
from queries.mart import Mart
from storage.records.recommendation import Drawn
from storage.store import Store

log = logging.getLogger(__name__)

MOST_DAYS = 90

ATTEMPTS = 3
"""How often one organization is kept while people decide on what it has."""

Progress = Callable[[str, float], None]
"""Is told what is being done, and how much of the whole is done, from 0 to 1."""


def nobody(what: str, done: float) -> None:
    """Nobody is told."""
    _ = what, done


@dataclass(frozen=True, slots=True)
class GenerateHandler:
    """Draws recommendations and keeps them; one transaction for each organization.

    Attributes:
        store: where they are kept.
        mart: with the facts.
        sources: of the evidence.
        dimensions: of the deployment: they say who may see what.
        clock: the present.
        zone: in which the deployment's days begin.
        types: what is drawn.
    """

    store: Store
    mart: Mart
    sources: EvidenceSources
    dimensions: Dimensions
    clock: Clock
    zone: ZoneInfo
    types: Sequence[RecommendationType] = field(default=TYPES)

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
        for place, one in enumerate(ordered):
            tell("drawing recommendations", 0.5 + 0.5 * place / len(ordered))
            drawn = await asyncio.to_thread(draw, material, one, self.types)
            proposals = tuple(experienced(proposal, known) for proposal in drawn.proposals)
            drawn = replace(drawn, proposals=proposals)
            done.take(drawn)
            if not drawn.proposals and not drawn.opportunities and one not in there:
                continue
            try:
                done.counts += await self._keep(drawn, material)
            except Outdated as error:
                # The next run finds the same again; what people decide goes first.
                log.warning("recommendations to %s were not kept: %s", one, error)
                done.lose(drawn, str(error))
        return done

    async def _keep(self, drawn: Draw, material: Material) -> Counter[str]:
        for attempt in range(ATTEMPTS):
            try:
                return await self._keep_once(drawn, material)
            except Outdated:
                if attempt == ATTEMPTS - 1:
                    raise
        return Counter()

    async def _keep_once(self, drawn: Draw, material: Material) -> Counter[str]:
        now = self.clock()

        def drawn_of(proposal: Proposal) -> Drawn:
            return self._drawn(proposal, material.periods[drawn.sources[proposal.key]])

        async with self.store.transaction() as together:
            rows = await together.recommendations.live_of(drawn.organization)
            changes = merged([row.kept() for row in rows], drawn.proposals, now, drawn.judged)
            counts = await keep(together, rows, changes, drawn_of, now)
            known = await together.opportunities.latest_of(drawn.organization)
            news = merged_opportunities(
                [one.kept() for one in known],
                drawn.opportunities,
                now,
                drawn.judged_opportunities,
            )
            await keep_opportunities(together, known, news, now)
        return counts

    def _drawn(self, proposal: Proposal, period: EvidencePeriod) -> Drawn:
        audience = audience_of(proposal, self.dimensions)
        return Drawn.of(proposal, period.first_day, period.last_day, audience)


@dataclass(slots=True)
class _Done:
    """What a run has come to so far."""

    organizations: int = 0
    found: int = 0
    opportunities: int = 0
    counts: Counter[str] = field(default_factory=Counter[str])
    failed: dict[tuple[Kind, str], int] = field(default_factory=dict[tuple[Kind, str], int])

    def take(self, drawn: Draw) -> None:
        """Counts what was drawn."""
        self.organizations += 1
        self.found += len({proposal.key for proposal in drawn.proposals})
        self.opportunities += len(drawn.opportunities)
        for kind, reason in drawn.failed.items():
            self.failed[kind, reason] = self.failed.get((kind, reason), 0) + 1

    def lose(self, drawn: Draw, reason: str) -> None:
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
