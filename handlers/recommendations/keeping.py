"""Writing down what new evidence, or time, makes of the recommendations that are there."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from uuid import UUID

from analysis.recommendations.kept.merge import (
    Archived,
    CameBack,
    Change,
    Created,
    Expired,
    Updated,
)
from analysis.recommendations.kept.opportunity_states import (
    ExpiredOpportunity,
    NewOpportunity,
    OpportunityChange,
    OpportunityState,
    UpdatedOpportunity,
)
from analysis.recommendations.kept.states import Move, State
from handlers.recommendations.journal import CREATE, of_opportunity, of_recommendation
from handlers.recommendations.moving import Decision, moved
from storage.records.actor import Actor
from storage.records.audit import AuditEntry
from storage.records.drawn_again import (
    Content,
    KeptOpportunityRow,
    KeptRow,
    OpportunityContent,
)
from storage.records.recommendation import Recommendation
from storage.repositories.drawn_opportunities import RewrittenOpportunity
from storage.repositories.drawn_recommendations import Rewritten
from storage.store import Transaction

Contents = Mapping[str, Content]
"""What was drawn, by key."""


async def keep(
    together: Transaction,
    rows: Sequence[KeptRow],
    changes: Sequence[Change],
    contents: Contents,
    now: datetime,
) -> Counter[str]:
    """Writes changes, each move with its entry in the audit trail; how many there were of each.

    What was drawn again just as it is counts as brought up to date; its version stays.

    Args:
        together: in which nobody else changes the rows.
        rows: those that the changes are of.
        changes: see `analysis.recommendations.kept.merge`.
        contents: of the proposals that the changes are of.
        now: UTC.

    Raises:
        Outdated: a row was changed meanwhile.
        Unavailable: the database does not answer.
    """
    by_id = {row.kept.id: row for row in rows}
    counts: Counter[str] = Counter()
    new: list[Content] = []
    newer: list[Rewritten] = []
    moves: list[CameBack | Expired | Archived] = []
    same: list[UUID] = []
    for change in changes:
        match change:
            case Created(proposal):
                new.append(contents[proposal.key])
            case Updated(key, proposal):
                row, content = by_id[key], contents[proposal.key]
                counts["updated"] += 1
                if row.digest == content.digest:
                    same.append(key)
                else:
                    newer.append(Rewritten(key, row.version, content=content))
            case _:
                moves.append(change)
    if new:
        counts["created"] += await _create(together, new)
    if moves:
        counts += await _move(together, moves, contents, now)
    if newer:
        await together.drawn_recommendations.rewrite(newer)
    if same:
        await together.drawn_recommendations.see_again(same)
    return counts


async def _create(together: Transaction, contents: Sequence[Content]) -> int:
    rows = await together.drawn_recommendations.add(contents)
    entries = [of_recommendation(CREATE, Actor.itself(), "system", None, row) for row in rows]
    await together.audit.add_many(entries)
    return len(rows)


async def _move(
    together: Transaction,
    changes: Sequence[CameBack | Expired | Archived],
    contents: Contents,
    now: datetime,
) -> Counter[str]:
    found = await together.recommendations.find_many([change.id for change in changes])
    by_id = {row.id: row for row in found}
    counts: Counter[str] = Counter()
    written: list[Rewritten] = []
    entries: list[AuditEntry] = []
    for change in changes:
        before, content = by_id[change.id], None
        match change:
            case CameBack(_, proposal):
                move = Move.WAKE if before.state is State.SNOOZED else Move.RETURN
                content = None if proposal is None else contents[proposal.key]
                counts["came_back"] += 1
            case Expired():
                move = Move.EXPIRE
                counts["expired"] += 1
            case Archived():
                move = Move.ARCHIVE
                counts["archived"] += 1
        standing = moved(before.standing, Decision(move, now))
        written.append(Rewritten(before.id, before.version, standing, content))
        drawn = before.drawn if content is None else content.drawn
        after: Recommendation = replace(before, standing=standing, drawn=drawn)
        entries.append(of_recommendation(move, Actor.itself(), "system", before, after))
    await together.drawn_recommendations.rewrite(written)
    await together.audit.add_many(entries)
    return counts


async def keep_opportunities(
    together: Transaction,
    rows: Sequence[KeptOpportunityRow],
    changes: Sequence[OpportunityChange],
    contents: Mapping[str, OpportunityContent],
) -> None:
    """Writes what drawing opportunities anew makes of those that are there; see `keep`.

    Raises:
        Outdated: one was changed meanwhile.
        Unavailable: the database does not answer.
    """
    news = _OpportunityNews()
    by_id = {row.kept.id: row for row in rows}
    for change in changes:
        news.take(change, by_id, contents)
    there = together.drawn_opportunities
    if news.new:
        added = await there.add(news.new)
        entries = [of_opportunity(CREATE, Actor.itself(), "system", None, row) for row in added]
        await together.audit.add_many(entries)
    if news.moves:
        await _move_opportunities(together, news.moves)
    if news.newer:
        await there.rewrite(news.newer)
    if news.same:
        await there.see_again(news.same)


@dataclass(slots=True)
class _OpportunityNews:
    """What is written of opportunities: new ones, content, moves, and that some were seen."""

    new: list[OpportunityContent] = field(default_factory=list[OpportunityContent])
    newer: list[RewrittenOpportunity] = field(default_factory=list[RewrittenOpportunity])
    moves: list[RewrittenOpportunity] = field(default_factory=list[RewrittenOpportunity])
    same: list[UUID] = field(default_factory=list[UUID])

    def take(
        self,
        change: OpportunityChange,
        by_id: Mapping[UUID, KeptOpportunityRow],
        contents: Mapping[str, OpportunityContent],
    ) -> None:
        match change:
            case NewOpportunity(opportunity):
                self.new.append(contents[opportunity.key])
            case UpdatedOpportunity(key, opportunity, is_back):
                row, content = by_id[key], contents[opportunity.key]
                if is_back:
                    state = OpportunityState.OPEN
                    self.moves.append(RewrittenOpportunity(key, row.version, state, content))
                elif row.digest == content.digest:
                    self.same.append(key)
                else:
                    self.newer.append(RewrittenOpportunity(key, row.version, content=content))
            case ExpiredOpportunity(key):
                state = OpportunityState.EXPIRED
                self.moves.append(RewrittenOpportunity(key, by_id[key].version, state))


async def _move_opportunities(together: Transaction, moves: Sequence[RewrittenOpportunity]) -> None:
    found = await together.opportunities.find_many([one.id for one in moves])
    by_id = {row.id: row for row in found}
    entries: list[AuditEntry] = []
    for one in moves:
        before = by_id[one.id]
        content = before.content if one.content is None else one.content.opportunity
        after = replace(before, content=content, state=one.state or before.state)
        what = "expire" if after.state is OpportunityState.EXPIRED else "return"
        entries.append(of_opportunity(what, Actor.itself(), "system", before, after))
    await together.drawn_opportunities.rewrite(moves)
    await together.audit.add_many(entries)
