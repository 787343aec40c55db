"""The audit trail of recommendations and opportunities: who moved what, with before and after."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict

from analysis.recommendations.kept.states import Move
from handlers.budgets.journal import written
from handlers.recommendations.results import Generated
from storage.records.actor import Actor
from storage.records.audit import AuditEntry, StoredAuditEntry, Surface
from storage.records.opportunity import StoredOpportunity
from storage.records.recommendation import Recommendation

RECOMMENDATION, OPPORTUNITY, RUN = "recommendation", "opportunity", "recommendation_run"
CARD = "recommendation_card"
"""The kinds of things that these decisions are of."""

CREATE, ASSIGN = "create", "assign"
"""What is done besides moves."""

ENTRIES = 50
"""Decisions that are shown of one recommendation."""

PAST: Mapping[str, str] = {
    CREATE: "drew",
    ASSIGN: "assigned",
    Move.ACCEPT: "accepted",
    Move.REJECT: "rejected",
    Move.SNOOZE: "snoozed",
    Move.IMPLEMENT: "implemented",
    Move.VERIFY: "verified",
    Move.REOPEN: "reopened",
    Move.UNDO: "took back the decision on",
    Move.WAKE: "woke",
    Move.RETURN: "brought back",
    Move.EXPIRE: "let expire",
    Move.ARCHIVE: "archived",
}
"""What somebody did, by the last word of the action."""

_OPPORTUNITY_FIELDS = ("state", "assigned_to", "resolution", "verified_savings")


def of_recommendation(
    what: str,
    actor: Actor,
    surface: Surface,
    before: Recommendation | None,
    after: Recommendation,
) -> AuditEntry:
    """An entry about a recommendation; of a change, only what differs is kept.

    Args:
        what: a move, or `create` or `assign`.
        actor: who.
        surface: where.
        before: None: it was not there.
        after: as it is now; with what it promises at the moment.
    """
    then = {} if before is None else asdict(before.standing)
    now = asdict(after.standing)
    changed = [name for name in now if before is None or then[name] != now[name]]
    promised: dict[str, object] = {
        "title": after.content.title,
        "current_cost": written(after.content.current_cost),
        "savings_likely": written(after.content.savings.likely),
    }
    return AuditEntry(
        actor=actor,
        surface=surface,
        action=f"{RECOMMENDATION}.{what}",
        object_kind=RECOMMENDATION,
        object_id=str(after.id),
        organization=after.organization,
        before=None if before is None else {name: written(then[name]) for name in changed},
        after={**promised, **{name: written(now[name]) for name in changed if now[name]}},
    )


def of_sharing(row: Recommendation, channel: str, actor: Actor) -> AuditEntry:
    """An entry that somebody has shown a recommendation to everybody in a channel, in Slack."""
    return AuditEntry(
        actor=actor,
        surface="slack",
        action=f"{CARD}.share",
        object_kind=CARD,
        object_id=str(row.id),
        organization=row.organization,
        after={"channel": channel},
    )


def of_opportunity(
    what: str,
    actor: Actor,
    surface: Surface,
    before: StoredOpportunity | None,
    after: StoredOpportunity,
) -> AuditEntry:
    """An entry about an opportunity; of a change, only what differs is kept."""
    changed = [
        name
        for name in _OPPORTUNITY_FIELDS
        if before is None or getattr(before, name) != getattr(after, name)
    ]
    return AuditEntry(
        actor=actor,
        surface=surface,
        action=f"{OPPORTUNITY}.{what}",
        object_kind=OPPORTUNITY,
        object_id=str(after.id),
        organization=after.content.organization,
        before=None
        if before is None
        else {name: written(getattr(before, name)) for name in changed},
        after={
            "kind": after.content.kind.value,
            "potential_savings": written(after.content.potential_savings),
            **{name: written(getattr(after, name)) for name in changed},
        },
    )


def of_generation(
    done: Generated, slot: str, organization: str | None, actor: Actor, surface: Surface
) -> AuditEntry:
    """An entry about recommendations that somebody had drawn, with how many there were of each.

    Args:
        done: what came of it.
        slot: of the run.
        organization: for which they were drawn; None: for all.
        actor: who asked for it.
        surface: where.
    """
    counts = {name: value for name, value in asdict(done).items() if isinstance(value, int)}
    return AuditEntry(
        actor=actor,
        surface=surface,
        action=f"{RECOMMENDATION}.generate",
        object_kind=RUN,
        object_id=slot,
        organization=organization,
        after={
            "first_day": written(done.first_day),
            "last_day": written(done.last_day),
            **counts,
            "failed": sorted({failure.kind for failure in done.failed}),
        },
    )


def names_in(entries: Sequence[StoredAuditEntry]) -> dict[str, str]:
    """How those are called who decided, by `Actor.key`; as they were called last."""
    return {entry.actor.key: entry.actor.name for entry in reversed(entries)}


def did(entry: StoredAuditEntry) -> str:
    """What somebody did, and when, but for the object: "Ann has accepted"."""
    word = entry.action.rpartition(".")[2]
    return f"{entry.actor.name} {PAST.get(word, 'changed')}"
