"""Claimed recommendations, and which of their measurements are of the present claim."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, date
from uuid import UUID

from storage.records.recommendation import Recommendation, Standing
from storage.records.savings_measurement import SavingsMeasurement
from storage.repositories.recommendations import Wanted
from storage.store import Store

PAGE = 500


def since_of(standing: Standing) -> date | None:
    """The last UTC day that is wholly or partly before it was claimed; None: it is not.

    Only measurements of later days are of this claim: a recommendation can be reopened and
    accepted again, or implemented later.
    """
    instants = [at for at in (standing.accepted_at, standing.implemented_at) if at is not None]
    return max(at.astimezone(UTC).date() for at in instants) if instants else None


def current(
    rows: Iterable[Recommendation], latest: Mapping[UUID, SavingsMeasurement]
) -> dict[UUID, SavingsMeasurement]:
    """The last measurements without those of an earlier claim, by id."""
    found: dict[UUID, SavingsMeasurement] = {}
    for row in rows:
        since, one = since_of(row.standing), latest.get(row.id)
        if one is not None and since is not None and one.as_of > since:
            found[row.id] = one
    return found


async def claimed_by(store: Store, wanted: Wanted) -> list[Recommendation]:
    """All recommendations that are wanted, page by page.

    Raises:
        Unavailable: the store does not answer.
    """
    found: list[Recommendation] = []
    while True:
        after = found[-1] if found else None
        page = await store.recommendations.page(wanted, after=after, limit=PAGE)
        found += page
        if len(page) < PAGE:
            return found
