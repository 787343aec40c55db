"""How the people are called who have to do with recommendations."""

from __future__ import annotations

from collections.abc import Sequence

from handlers.caller import Caller
from handlers.recommendations.journal import RECOMMENDATION, names_in
from storage.records.recommendation import Recommendation
from storage.store import Store

LOOKED_AT = 10
"""Decisions that are looked through for a name: who decided last is among them."""


async def names_of(store: Store, rows: Sequence[Recommendation], caller: Caller) -> dict[str, str]:
    """The names of who decided on some recommendations, and of who sees to them.

    Args:
        store: with the audit trail and the list of people.
        rows: a few: each is looked up by itself.
        caller: who looks at them: people are those of the same workspace.

    Returns:
        By `Actor.key` for who decided, by the id of Slack for who is assigned; nobody is in it of
        whom no name is known.

    Raises:
        Unavailable: the store does not answer.
    """
    names: dict[str, str] = {}
    for row in rows:
        if row.standing.decided_by is not None:
            names |= names_in(
                await store.audit.of_object(RECOMMENDATION, str(row.id), limit=LOOKED_AT)
            )
        assigned = row.standing.assigned_to
        if assigned is not None and assigned not in names:
            person = await store.people.find(caller.team_id, assigned)
            if person is not None:
                names[assigned] = person.name
    return names
