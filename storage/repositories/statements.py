"""Statements: rules are added, months are closed; nothing of it is changed afterwards."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from typing import Literal

from sqlalchemy import ColumnElement, false, insert, or_, select

from analysis.clock import Clock
from analysis.errors import Outdated
from analysis.showback.corrections import Correction
from analysis.showback.dividing import NOBODY, Line, Part
from analysis.showback.facts import Use
from analysis.showback.rules import Basis, Method, Rule
from storage.database import Sessions
from storage.models import (
    ClosedMonthRow,
    StatementCorrectionRow,
    StatementLineRow,
    StatementRuleRow,
)
from storage.records.actor import Actor
from storage.records.statement import BilledCorrection, ClosedMonth, KeptLine, RuleDecision
from storage.repositories.inserts import insert_into
from storage.repositories.many import insert_all

TAKEN = "That month is closed already, or the one before it was closed this moment."


class StatementRepository:
    """Rules and closed months of the deployment; lines and corrections are organizations'."""

    def __init__(self, sessions: Sessions, clock: Clock) -> None:
        self._sessions = sessions
        self._clock = clock

    async def rules(self) -> list[RuleDecision]:
        """All decisions on the rule, the oldest first.

        Raises:
            Unavailable: the database does not answer.
        """
        async with self._sessions.reading() as session:
            rows = await session.scalars(select(StatementRuleRow).order_by(StatementRuleRow.id))
            return [_decision(row) for row in rows]

    async def add_rule(self, from_month: date, rule: Rule, actor: Actor) -> RuleDecision:
        """Keeps a decision.

        Raises:
            Unavailable: the database does not answer.
        """
        adding = (
            insert(StatementRuleRow)
            .values(
                from_month=from_month,
                **_rule_values(rule),
                set_by=actor.key,
                set_by_name=actor.name,
                set_at=self._clock(),
            )
            .returning(StatementRuleRow)
        )
        async with self._sessions.writing() as session:
            return _decision((await session.scalars(adding)).one())

    async def closed(self) -> list[ClosedMonth]:
        """The closed months, the newest first.

        Raises:
            Unavailable: the database does not answer.
        """
        query = select(ClosedMonthRow).order_by(ClosedMonthRow.month.desc())
        async with self._sessions.reading() as session:
            return [_closed(row) for row in await session.scalars(query)]

    async def lines(self, month: date, within: str | None = None) -> list[KeptLine]:
        """The lines of a closed month, by whose they are; the whole before its teams.

        Args:
            month: its first day.
            within: of one organization only; None: of all, and what is charged to none.

        Raises:
            Unavailable: the database does not answer.
        """
        row = StatementLineRow
        query = select(row).where(row.month == month)
        if within is not None:
            query = query.where(row.organization == within)
        query = query.order_by(row.organization, row.is_team, row.team)
        async with self._sessions.reading() as session:
            return [_line(one) for one in await session.scalars(query)]

    async def corrections(
        self,
        *,
        billed_in: Iterable[date] = (),
        of_month: Iterable[date] = (),
        within: str | None = None,
    ) -> list[BilledCorrection]:
        """Corrections that were billed, the oldest month first.

        Args:
            billed_in: with any of these months,
            of_month: or of any of these.
            within: of one organization only; None: of all.

        Raises:
            Unavailable: the database does not answer.
        """
        row = StatementCorrectionRow
        asked: list[ColumnElement[bool]] = [
            row.billed_in.in_(list(billed_in)),
            row.of_month.in_(list(of_month)),
        ]
        query = select(row).where(or_(false(), *asked))
        if within is not None:
            query = query.where(row.organization == within)
        query = query.order_by(row.of_month, row.billed_in, row.organization, row.is_team, row.team)
        async with self._sessions.reading() as session:
            return [_billed(one) for one in await session.scalars(query)]

    async def close(
        self, closed: ClosedMonth, lines: Sequence[KeptLine], corrections: Sequence[Correction]
    ) -> None:
        """Freezes a month with its lines and the corrections billed with it; in a transaction.

        Raises:
            Outdated: it is closed already, or another one has taken its number.
            Unavailable: the database does not answer.
        """
        adding = (
            insert_into(self._sessions, ClosedMonthRow)
            .values(
                month=closed.month,
                number=closed.number,
                zone=closed.zone,
                **_rule_values(closed.rule),
                infrastructure=closed.infrastructure,
                not_charged=closed.not_charged,
                corrected=closed.corrected,
                figures=dict(closed.figures),
                requests=closed.requests,
                unpriced=closed.unpriced,
                data_from=closed.data_from,
                digest=closed.digest,
                closed_by=closed.actor.key,
                closed_by_name=closed.actor.name,
                closed_at=closed.at,
            )
            .on_conflict_do_nothing()
            .returning(ClosedMonthRow.month)
        )
        async with self._sessions.writing() as session:
            if await session.scalar(adding) is None:
                raise Outdated(TAKEN, "`/cost statement list` shows which months are closed.")
            kept = [_line_values(closed.month, line) for line in lines]
            await insert_all(session, StatementLineRow, kept)
            billed = [
                {
                    "billed_in": closed.month,
                    "of_month": one.of_month,
                    **_whose(one.organization, one.team),
                    "before": one.before,
                    "after": one.after,
                }
                for one in corrections
            ]
            await insert_all(session, StatementCorrectionRow, billed)


RuleField = Literal["method", "basis", "shares"]


def _rule_values(rule: Rule) -> dict[RuleField, object]:
    shares = {name: f"{share:f}" for name, share in rule.shares.items()}
    return {"method": rule.method.value, "basis": rule.basis.value, "shares": shares}


def _rule(row: StatementRuleRow | ClosedMonthRow) -> Rule:
    shares = {name: Decimal(share) for name, share in row.shares.items()}
    return Rule(Method(row.method), Basis(row.basis), shares)


def _actor(key: str, name: str) -> Actor:
    team_id, _, user_id = key.partition("/")
    return Actor(team_id=team_id, user_id=user_id, name=name)


def _decision(row: StatementRuleRow) -> RuleDecision:
    return RuleDecision(
        id=row.id,
        from_month=row.from_month,
        rule=_rule(row),
        actor=_actor(row.set_by, row.set_by_name),
        at=row.set_at,
    )


def _closed(row: ClosedMonthRow) -> ClosedMonth:
    return ClosedMonth(
        month=row.month,
        number=row.number,
        zone=row.zone,
        rule=_rule(row),
        infrastructure=row.infrastructure,
        not_charged=row.not_charged,
        corrected=row.corrected,
        figures=row.figures,
        requests=row.requests,
        unpriced=row.unpriced,
        data_from=row.data_from,
        digest=row.digest,
        actor=_actor(row.closed_by, row.closed_by_name),
        at=row.closed_at,
    )


def _whose(organization: str, team: str | None) -> dict[str, object]:
    return {
        "organization": organization,
        "is_team": team is not None,
        "team": NOBODY if team is None else team,
    }


def _line_values(month: date, kept: KeptLine) -> dict[str, object]:
    line = kept.line
    return {
        "month": month,
        **_whose(line.organization, line.team),
        **{part.value: line.amounts[part] for part in Part},
        "reference": kept.reference,
        "credits": line.use.credits,
        "requests": line.use.requests,
        "unpriced": line.use.unpriced,
        "gpu_seconds": line.use.gpu_seconds,
    }


def _line(row: StatementLineRow) -> KeptLine:
    amounts: dict[Part, Decimal] = {part: getattr(row, part.value) for part in Part}
    use = Use(
        direct=row.gpu + row.llm + row.other,
        idle=row.idle,
        overhead=row.overhead,
        credits=row.credits,
        requests=row.requests,
        unpriced=row.unpriced,
        gpu_seconds=row.gpu_seconds,
    )
    team = row.team if row.is_team else None
    return KeptLine(line=Line(row.organization, team, amounts, use), reference=row.reference)


def _billed(row: StatementCorrectionRow) -> BilledCorrection:
    team = row.team if row.is_team else None
    correction = Correction(row.of_month, row.organization, team, row.before, row.after)
    return BilledCorrection(billed_in=row.billed_in, correction=correction)
