"""Writing down what new evidence, or time, makes of the recommendations that are there."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from analysis.recommendations.merge import (
    Archived,
    CameBack,
    Change,
    Created,
    Expired,
    Updated,
)
from analysis.recommendations.opportunity_states import (
    ExpiredOpportunity,
    NewOpportunity,
    OpportunityChange,
    OpportunityState,
    UpdatedOpportunity,
)
from analysis.recommendations.proposal import Proposal
from analysis.recommendations.states import Move, State
from handlers.recommendations.journal import CREATE, of_opportunity, of_recommendation
from handlers.recommendations.moving import Decision, moved
from storage.records.actor import Actor
from storage.records.opportunity import StoredOpportunity
from storage.records.recommendation import Drawn, Recommendation
from storage.store import Transaction

DrawnOf = Callable[[Proposal], Drawn]
"""A proposal in the form in which it is kept."""


async def keep(
    together: Transaction,
    rows: Sequence[Recommendation],
    changes: Sequence[Change],
    drawn_of: DrawnOf,
    now: datetime,
) -> Counter[str]:
    """Writes changes, each move with its entry in the audit trail; how many there were of each.

    Args:
        together: in which nobody else changes the rows.
        rows: those that the changes are of.
        changes: see `analysis.recommendations.merge`.
        drawn_of: makes content of a proposal.
        now: UTC.

    Raises:
        Outdated: a row was changed meanwhile.
        Unavailable: the database does not answer.
    """
    by_id = {row.id: row for row in rows}
    counts: Counter[str] = Counter()
    for change in changes:
        if isinstance(change, Created):
            counts["created"] += await _created(together, drawn_of(change.proposal))
        elif isinstance(change, Updated):
            drawn = drawn_of(change.proposal)
            await together.recommendations.write(by_id[change.id], drawn=drawn)
            counts["updated"] += 1
        else:
            counts[await _moved(together, by_id, change, drawn_of, now)] += 1
    return counts


async def _created(together: Transaction, drawn: Drawn) -> int:
    row = await together.recommendations.add(drawn)
    if row is None:
        return 0
    entry = of_recommendation(CREATE, Actor.itself(), "system", None, row)
    await together.audit.add(entry)
    return 1


async def _moved(
    together: Transaction,
    by_id: Mapping[UUID, Recommendation],
    change: CameBack | Expired | Archived,
    drawn_of: DrawnOf,
    now: datetime,
) -> str:
    before = by_id[change.id]
    drawn = None
    match change:
        case CameBack(_, proposal):
            move = Move.WAKE if before.state is State.SNOOZED else Move.RETURN
            drawn = None if proposal is None else drawn_of(proposal)
            name = "came_back"
        case Expired():
            move, name = Move.EXPIRE, "expired"
        case Archived():
            move, name = Move.ARCHIVE, "archived"
    standing = moved(before.standing, Decision(move, now))
    after = await together.recommendations.write(before, standing=standing, drawn=drawn)
    entry = of_recommendation(move, Actor.itself(), "system", before, after)
    await together.audit.add(entry)
    return name


async def keep_opportunities(
    together: Transaction,
    rows: Sequence[StoredOpportunity],
    changes: Sequence[OpportunityChange],
    now: datetime,
) -> None:
    """Writes what drawing opportunities anew makes of those that are there.

    Raises:
        Outdated: one was changed meanwhile.
        Unavailable: the database does not answer.
    """
    by_id = {row.id: row for row in rows}
    for change in changes:
        match change:
            case NewOpportunity(opportunity):
                row = await together.opportunities.add(opportunity)
                if row is not None:
                    entry = of_opportunity(CREATE, Actor.itself(), "system", None, row)
                    await together.audit.add(entry)
            case UpdatedOpportunity(key, opportunity, is_back):
                before = by_id[key]
                after = replace(before, content=opportunity)
                if is_back:
                    after = replace(after, state=OpportunityState.OPEN, state_since=now)
                await _put(together, before, after, "return" if is_back else None, is_seen=True)
            case ExpiredOpportunity(key):
                before = by_id[key]
                after = replace(before, state=OpportunityState.EXPIRED, state_since=now)
                await _put(together, before, after, "expire", is_seen=False)


async def _put(
    together: Transaction,
    before: StoredOpportunity,
    after: StoredOpportunity,
    what: str | None,
    *,
    is_seen: bool,
) -> None:
    kept = await together.opportunities.write(after, is_seen=is_seen)
    if what is not None:
        entry = of_opportunity(what, Actor.itself(), "system", before, kept)
        await together.audit.add(entry)
