"""Which other budgets count the same spend, among those that the caller sees."""

from __future__ import annotations

from uuid import UUID

from analysis.budgets.overlaps import Overlap, Scope, overlaps
from handlers.budgets.permissions import sees
from handlers.budgets.results import OverlappingBudget
from handlers.caller import Caller
from queries.dimensions import Dimensions
from storage.records.budget import BudgetDraft
from storage.repositories.budgets import BudgetRepository

MOST_LOOKED_AT = 2_000
"""Other budgets that one is compared with: more than an organization is meant to have."""

_CLOSEST_FIRST = (Overlap.EQUAL, Overlap.INSIDE, Overlap.AROUND, Overlap.PARTLY)


async def overlapping(
    budgets: BudgetRepository,
    dimensions: Dimensions,
    draft: BudgetDraft,
    caller: Caller,
    *,
    key: UUID | None = None,
) -> tuple[OverlappingBudget, ...]:
    """The budgets that share spend with one, the closest first.

    Args:
        budgets: all there are.
        dimensions: of the deployment.
        draft: the one.
        caller: who asks.
        key: its own id; None: it is not kept yet.

    Raises:
        Unavailable: the store does not answer.
    """
    others = await budgets.beside(draft.organization, limit=MOST_LOOKED_AT)
    seen = {
        other.id: other
        for other in others
        if sees(caller, other, dimensions) and _meet(draft, other)
    }
    scopes = [
        (other.id, Scope(other.organization, other.scope))
        for other in seen.values()
        if other.id != key
    ]
    found = overlaps(Scope(draft.organization, draft.scope), scopes)
    listed = [
        OverlappingBudget(seen[other].name, seen[other].organization, other, kind)
        for other, kind in found.items()
    ]
    return tuple(sorted(listed, key=lambda one: (_CLOSEST_FIRST.index(one.overlap), one.name)))


def _meet(one: BudgetDraft, other: BudgetDraft) -> bool:
    """Whether there are days that both count; days of different zones are taken for the same."""
    begins, ends = max(one.start, other.start), (one.end, other.end)
    return all(end is None or begins <= end for end in ends)
