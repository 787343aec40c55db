"""The alert rules of all organizations, and the deployment's own."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from contextlib import contextmanager
from uuid import UUID, uuid4

from sqlalchemy import ColumnElement, Select, func, or_, select, tuple_, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from analysis.clock import Clock
from analysis.errors import BadInput, NotFound, Outdated
from storage.database import Sessions
from storage.models import AlertRuleRow
from storage.records.alert_rule import AlertRule, AlertRuleDraft
from storage.records.budget import name_key
from storage.repositories.alert_rule_rows import rule_of, values_of
from storage.repositories.inserts import insert_into

PIECE = 100
"""Rules that are read at once: who waits for the event loop waits some milliseconds for them."""

LOOKED_UP = 500
"""Rules that are looked up with one statement."""

_THERE = AlertRuleRow.deleted_at.is_(None)


class AlertRuleRepository:
    """The rules.

    `within` is how far whoever asks reaches: one organization, or None for all of them and the
    deployment's own. What lies outside is not found.
    """

    def __init__(self, sessions: Sessions, clock: Clock) -> None:
        self._sessions = sessions
        self._clock = clock

    async def add(
        self, draft: AlertRuleDraft, created_by: str, *, key: UUID | None = None
    ) -> AlertRule:
        """Adds a rule.

        Args:
            draft: what was decided.
            created_by: see `Actor.key`.
            key: its id; None: a new one. Given twice, the second is refused.

        Raises:
            BadInput: the organization has a rule of that name already.
            Unavailable: the database does not answer.
        """
        now = self._clock()
        values = {
            **values_of(draft),
            "id": key or uuid4(),
            "version": 1,
            "created_by": created_by,
            "created_at": now,
            "updated_at": now,
            "deleted_at": None,
            "fault": None,
        }
        adding = (
            insert_into(self._sessions, AlertRuleRow)
            .values(**values)
            .on_conflict_do_nothing()
            .returning(AlertRuleRow)
        )
        async with self._sessions.writing() as session:
            row = await session.scalar(adding)
            if row is None:
                whose = "The deployment" if draft.organization is None else draft.organization
                sentence = f"{whose} has an alert rule called {draft.name} already."
                raise BadInput(sentence, "Give another name, or change that rule.")
            return rule_of(row)

    async def find(
        self, key: UUID, *, within: str | None = None, deleted: bool = False
    ) -> AlertRule | None:
        """The rule of an id; None: there is none that whoever asks may know of.

        Args:
            key: its id.
            within: see the class.
            deleted: find it though it is deleted.

        Raises:
            Unavailable: the database does not answer.
        """
        query = select(AlertRuleRow).where(AlertRuleRow.id == key, *_within(within))
        found = await self._rules(query if deleted else query.where(_THERE))
        return found[0] if found else None

    async def find_many(self, keys: Sequence[UUID]) -> list[AlertRule]:
        """The rules of some ids, the deleted among them, in no order.

        Raises:
            Unavailable: the database does not answer.
        """
        found: list[AlertRule] = []
        for begin in range(0, len(keys), LOOKED_UP):
            some = AlertRuleRow.id.in_(keys[begin : begin + LOOKED_UP])
            found += await self._rules(select(AlertRuleRow).where(some))
        return found

    async def find_named(
        self, name: str, *, within: str | None = None, limit: int = 100
    ) -> list[AlertRule]:
        """The rules of a name, however it is capitalized; the deployment's own first.

        Raises:
            Unavailable: the database does not answer.
        """
        named = AlertRuleRow.name_key == name_key(name)
        query = select(AlertRuleRow).where(_THERE, named, *_within(within))
        query = query.order_by(AlertRuleRow.organization.nulls_first()).limit(limit)
        return await self._rules(query)

    async def page(
        self,
        *,
        within: str | None = None,
        containing: str = "",
        after: AlertRule | None = None,
        limit: int = 50,
    ) -> list[AlertRule]:
        """Rules by name, a page of them.

        Args:
            within: see the class.
            containing: only those whose name has this in it, however it is capitalized.
            after: the last one of the page before; None: the first page.
            limit: how many at most.

        Raises:
            Unavailable: the database does not answer.
        """
        query = select(AlertRuleRow).where(_THERE, *_within(within))
        if containing:
            part = name_key(containing)
            query = query.where(AlertRuleRow.name_key.contains(part, autoescape=True))
        if after is not None:
            place = tuple_(AlertRuleRow.name_key, AlertRuleRow.id)
            query = query.where(place > tuple_(after.name_key, after.id))
        order = (AlertRuleRow.name_key, AlertRuleRow.id)
        return await self._rules(query.order_by(*order).limit(limit))

    async def count(self, *, within: str | None = None) -> int:
        """How many there are.

        Raises:
            Unavailable: the database does not answer.
        """
        query = select(func.count()).select_from(AlertRuleRow).where(_THERE, *_within(within))
        async with self._sessions.reading() as session:
            return await session.scalar(query) or 0

    async def active(self) -> list[AlertRule]:
        """The rules that are to be looked at now: neither deleted nor paused.

        Raises:
            Unavailable: the database does not answer.
        """
        is_over = AlertRuleRow.paused_until <= self._clock()
        awake = or_(AlertRuleRow.paused.is_(False), is_over)
        query = select(AlertRuleRow).where(_THERE, awake).order_by(AlertRuleRow.id).limit(PIECE)
        found: list[AlertRule] = []
        page = query
        while some := await self._rules(page):
            found += some
            page = query.where(AlertRuleRow.id > some[-1].id)
        return found

    async def change(self, key: UUID, version: int, draft: AlertRuleDraft) -> AlertRule:
        """Replaces what was decided; a fault is forgotten with it.

        Args:
            key: its id.
            version: of the rule that the change is based on.
            draft: what is decided now; the organization stays as it was.

        Raises:
            Outdated: it was changed or deleted meanwhile.
            NotFound: there is no such rule.
            BadInput: the organization has another rule of that name.
            Unavailable: the database does not answer.
        """
        values = values_of(draft)
        del values["organization"]
        return await self._write(key, version, {**values, "fault": None}, _THERE, draft.name)

    async def delete(self, key: UUID, version: int) -> AlertRule:
        """Deletes a rule; it can be restored, and its name be given to another one.

        Raises:
            Outdated: it was changed or deleted meanwhile.
            NotFound: there is no such rule.
            Unavailable: the database does not answer.
        """
        return await self._write(key, version, {"deleted_at": self._clock()}, _THERE, None)

    async def restore(self, key: UUID, version: int) -> AlertRule:
        """Takes back a deletion.

        Raises:
            Outdated: it was restored meanwhile.
            NotFound: there is no such rule.
            BadInput: its name was given to another one.
            Unavailable: the database does not answer.
        """
        deleted = AlertRuleRow.deleted_at.is_not(None)
        return await self._write(key, version, {"deleted_at": None}, deleted, None)

    async def mark(self, key: UUID, fault: str | None) -> bool:
        """Says why a rule cannot be evaluated, or that it can again; no decision of anybody's.

        Returns:
            Whether that was not said already.

        Raises:
            Unavailable: the database does not answer.
        """
        marking = (
            update(AlertRuleRow)
            .where(AlertRuleRow.id == key, AlertRuleRow.fault.is_distinct_from(fault))
            .values(fault=fault)
            .returning(AlertRuleRow.id)
            .execution_options(synchronize_session=False)
        )
        async with self._sessions.writing() as session:
            return await session.scalar(marking) is not None

    async def _write(
        self,
        key: UUID,
        version: int,
        values: dict[str, object],
        condition: ColumnElement[bool],
        name: str | None,
    ) -> AlertRule:
        changing = (
            update(AlertRuleRow)
            .where(AlertRuleRow.id == key, AlertRuleRow.version == version, condition)
            .values(**values, version=version + 1, updated_at=self._clock())
            .returning(AlertRuleRow)
            .execution_options(synchronize_session=False, populate_existing=True)
        )
        async with self._sessions.writing() as session:
            with _naming(name):
                row = await session.scalar(changing)
            if row is None:
                raise await _why_not(session, key)
            return rule_of(row)

    async def _rules(self, query: Select[AlertRuleRow]) -> list[AlertRule]:
        query = query.execution_options(populate_existing=True)
        async with self._sessions.reading() as session:
            return [rule_of(row) for row in await session.scalars(query)]


def _within(within: str | None) -> list[ColumnElement[bool]]:
    return [] if within is None else [AlertRuleRow.organization == within]


@contextmanager
def _naming(name: str | None) -> Generator[None]:
    """Says in words that a name is taken; the transaction is over then."""
    try:
        yield
    except IntegrityError as error:
        if "name_key" not in str(error.orig) and "uq_alert_rules_" not in str(error.orig):
            raise
        which = "of that name" if name is None else f"called {name}"
        sentence = f"The organization has another alert rule {which}."
        raise BadInput(sentence, "Give another name.") from error


async def _why_not(session: AsyncSession, key: UUID) -> NotFound | Outdated:
    if await session.scalar(select(AlertRuleRow.version).where(AlertRuleRow.id == key)) is None:
        return NotFound("There is no such alert rule.")
    sentence = "Somebody else has changed the rule meanwhile."
    return Outdated(sentence, "Look at it again, then decide.")
