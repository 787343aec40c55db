"""Recommendations of many organizations at once, as drawing them anew reads and writes them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol, cast
from uuid import UUID, uuid4

from sqlalchemy import select

from analysis.clock import Clock
from analysis.recommendations.kept.merge import Kept
from analysis.recommendations.kept.states import State
from analysis.recommendations.proposal import BY_HAND, Kind
from storage.database import Sessions
from storage.models import RecommendationRow
from storage.records.drawn_again import Content, KeptRow
from storage.records.recommendation import Drawn, Recommendation, Standing
from storage.repositories.many import Change, insert_new, of_any, see_again, update_many
from storage.repositories.recommendation_rows import content_values, standing_values

CHANGED = "Somebody else has changed the recommendation meanwhile."


@dataclass(frozen=True, slots=True)
class Rewritten:
    """What becomes of a recommendation.

    Attributes:
        id: its key.
        version: that it was read with.
        standing: what is decided now; None: what was.
        content: its new content; None: it stays.
    """

    id: UUID
    version: int
    standing: Standing | None = None
    content: Content | None = None


class DrawnRecommendationRepository:
    """Recommendations in statements for many of them; always in a transaction."""

    def __init__(self, sessions: Sessions, clock: Clock) -> None:
        self._sessions = sessions
        self._clock = clock

    async def live_of(self, organizations: Collection[str | None]) -> list[KeptRow]:
        """All of some organizations that are not archived; None: the deployment's own.

        Nobody else changes them before the transaction ends.

        Raises:
            Unavailable: the database does not answer.
        """
        row = RecommendationRow
        query = (
            select(
                row.id,
                row.key,
                row.organization,
                row.kind,
                row.state,
                row.state_since,
                row.snoozed_until,
                row.dismissed_until,
                row.valid_until,
                row.evidence_first,
                row.evidence_last,
                row.variant,
                row.version,
                row.digest,
            )
            .where(row.state != State.ARCHIVED.value, of_any(row.organization, organizations))
            .order_by(row.id)
            .with_for_update()
        )
        async with self._sessions.writing() as session:
            connection = await session.connection()  # plain rows: objects would take longer
            rows = (await connection.execute(query)).all()
        return [_kept(row) for row in cast("Iterable[_Row]", rows)]

    async def add(self, contents: Sequence[Content]) -> list[Recommendation]:
        """Keeps new ones, pending.

        Returns:
            Those; not the ones of whose key there is one already, which stays as it is.

        Raises:
            Unavailable: the database does not answer.
        """
        now = self._clock()
        # In one order: of two that add the same at once one waits, and neither for the other.
        new = [_new(content, now) for content in sorted(contents, key=lambda one: one.key)]
        values: list[dict[str, object]] = [
            {
                "id": one.id,
                "key": one.key,
                "first_seen": now,
                "last_seen": now,
                "cards": [],
                "version": one.version,
                **content.values,
                **standing_values(one.standing),
            }
            for one, content in new
        ]
        async with self._sessions.writing() as session:
            added = await insert_new(self._sessions, session, RecommendationRow, values)
        return [one for one, _ in new if one.id in added]

    async def rewrite(self, changes: Sequence[Rewritten]) -> None:
        """Changes some that nobody has changed since they were read.

        Raises:
            Outdated: one was changed meanwhile.
            Unavailable: the database does not answer.
        """
        now = self._clock()
        async with self._sessions.writing() as session:
            written = [Change(one.id, one.version, _values(one, now)) for one in changes]
            await update_many(session, RecommendationRow, written, CHANGED)

    async def see_again(self, ids: Sequence[UUID]) -> None:
        """Notes that some were drawn again just as they are.

        Raises:
            Unavailable: the database does not answer.
        """
        async with self._sessions.writing() as session:
            await see_again(session, RecommendationRow, ids, self._clock())


def content_of(drawn: Drawn) -> Content:
    """What was drawn, ready to be kept; the work of it needs no database."""
    return Content(drawn, drawn.proposal.key, content_values(drawn))


def _new(content: Content, now: datetime) -> tuple[Recommendation, Content]:
    one = Recommendation(
        id=uuid4(),
        key=content.key,
        drawn=content.drawn,
        standing=Standing(state=State.PENDING, since=now),
        first_seen=now,
        last_seen=now,
        cards=(),
        version=1,
    )
    return one, content


def _values(change: Rewritten, now: datetime) -> Mapping[str, object]:
    values: dict[str, object] = {}
    if change.standing is not None:
        values |= standing_values(change.standing)
    if change.content is not None:
        values |= {**change.content.values, "last_seen": now}
    return values


class _Row(Protocol):
    """A row of what is read of each."""

    id: UUID
    key: str
    organization: str | None
    kind: str
    state: str
    state_since: datetime
    snoozed_until: datetime | None
    dismissed_until: datetime | None
    valid_until: date
    evidence_first: date
    evidence_last: date
    variant: str
    version: int
    digest: str | None


def _kept(row: _Row) -> KeptRow:
    standing = Standing(
        state=State(row.state),
        since=row.state_since,
        snoozed_until=row.snoozed_until,
        dismissed_until=row.dismissed_until,
    )
    kept = Kept(
        id=row.id,
        key=row.key,
        kind=Kind(row.kind),
        state=standing.state,
        state_since=standing.since,
        valid_until=row.valid_until,
        evidence_days=(row.evidence_last - row.evidence_first).days + 1,
        until=standing.until,
        is_by_hand=row.variant.startswith(BY_HAND),
    )
    return KeptRow(kept, row.organization, row.version, row.digest)
