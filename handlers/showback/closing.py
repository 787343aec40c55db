"""Closing a month: looked at first, then frozen as it was looked at."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from analysis.clock import Clock
from analysis.complete_days import last_complete_day
from analysis.errors import BadInput, Outdated, Refused
from analysis.showback.dividing import NOBODY, Line
from analysis.showback.facts import NOTHING
from handlers.budgets.journal import actor_of
from handlers.caller import Caller
from handlers.showback.figures import kept_figures
from handlers.showback.journal import of_closing
from handlers.showback.months import after, before, is_over, last_day, window, written
from handlers.showback.permissions import Act, allow
from handlers.showback.reading import MonthFigures, MonthReader, decision_for
from handlers.showback.results import ClosePreview, StatementRequest
from handlers.showback.statements import StatementHandler
from queries.dimensions import Source
from storage.records.audit import Surface
from storage.records.statement import ClosedMonth, KeptLine

NAMES = {Source.GPU: "GPU", Source.USAGE: "LLM", Source.FOCUS: "FOCUS"}


@dataclass(frozen=True, slots=True)
class MonthCloser:
    """Closes months, in order; what it writes and its audit entry are one transaction.

    Attributes:
        statements: shows what would be frozen.
        clock: the present.
    """

    statements: StatementHandler
    clock: Clock

    async def preview(self, month: date, caller: Caller) -> ClosePreview:
        """A month as it would be frozen; nothing is.

        Raises:
            NotAllowed: the caller does not see all organizations.
            BadInput: the month is not over, its data has not all arrived, there is none, or
                another one comes first.
            Outdated: it is closed.
            Unavailable: the mart or the store cannot be read.
        """
        allow(Act.CLOSE, caller)
        closed = await self._reader.store.statements.closed()
        self._check(month, closed)
        figures = await self._figures(month, closed)
        shown = self.statements.shown(figures, StatementRequest(month), caller)
        return ClosePreview(shown, digest_of(figures))

    async def close(
        self, month: date, digest: str, caller: Caller, surface: Surface
    ) -> ClosedMonth:
        """Freezes a month.

        Args:
            month: its first day.
            digest: of what was looked at before.
            caller: who closes it.
            surface: the audit trail names it.

        Raises:
            NotAllowed, BadInput, Unavailable: see `preview`.
            Outdated: it is closed, or its figures have changed since they were looked at.
        """
        allow(Act.CLOSE, caller)
        store = self._reader.store
        closed = await store.statements.closed()
        self._check(month, closed)
        version = self._reader.engine.snapshot().version
        figures = await self._figures(month, closed)
        reference = await self._reader.reference(month, figures.rule)
        if digest_of(figures) != digest or self._reader.engine.snapshot().version != version:
            sentence = f"The figures of {written(month)} have changed since you looked at them."
            raise Outdated(sentence, f"Look again: `/cost statement close {written(month)}`.")
        totals = {line.key: line.total for line in reference.lines}
        keys = {line.key for line in figures.lines}
        # Who has cost in the reference alone is kept, too, so that it is no correction.
        others = [line for line in reference.lines if line.key not in keys]
        nothing = dict.fromkeys(reference.not_charged.amounts, NOTHING)
        lines = [
            *(
                KeptLine(line=line, reference=totals.get(line.key, NOTHING))
                for line in figures.lines
            ),
            *(KeptLine(line=Line(*line.key, nothing), reference=line.total) for line in others),
        ]
        frozen = self._frozen(month, len(closed) + 1, figures, digest, caller)
        async with store.transaction() as together:
            # On PostgreSQL another month or rule may have come between.
            now = await together.statements.closed()
            rule = decision_for(await together.statements.rules(), month)
            if [one.month for one in now] != [one.month for one in closed] or (
                rule is not None and rule.rule != figures.rule
            ):
                raise _taken(month)
            await together.statements.close(frozen, lines, figures.corrections)
            await together.audit.add(of_closing(frozen, caller, surface))
        return frozen

    @property
    def _reader(self) -> MonthReader:
        return self.statements.reader

    async def _figures(self, month: date, closed: Sequence[ClosedMonth]) -> MonthFigures:
        figures = await self._reader.month(month, closed)
        if not any(line.total or line.use.requests for line in figures.lines):
            sentence = f"There is no cost in {written(month)}: there is nothing to close."
            raise BadInput(sentence, "`/cost about` shows which days have data.")
        return figures

    def _check(self, month: date, closed: Sequence[ClosedMonth]) -> None:
        """Passes where the month is the one to close next, and all of it has arrived."""
        zone = self._reader.zone
        found = next((one for one in closed if one.month == month), None)
        if found is not None:
            who = f"by {found.actor.name} on {found.at:%Y-%m-%d}"
            sentence = f"{written(month)} was closed already, {who}."
            raise Outdated(sentence, f"`/cost statement {written(month)}` shows it.")
        if closed and month != after(closed[0].month):
            raise _out_of_order(month, closed[0].month)
        if not is_over(month, self.clock(), zone):
            sentence = f"{written(month)} is not over: its last day ends at midnight in {zone.key}."
            raise BadInput(sentence, f"Try `/cost statement {written(month)}`; it is provisional.")
        late = "; ".join(self._late(month))
        if late:
            sentence = f"The data of {written(month)} has not all arrived: {late}."
            hint = "Import or sync the rest first, see `/cost about`; then close it."
            raise BadInput(sentence, hint)

    def _late(self, month: date) -> Iterable[str]:
        """The sources whose last complete day lies before the month's end.

        One that was silent all the month before, too, has ended: nobody waits for it.
        """
        zone = self._reader.zone
        lately = window(before(month), zone).start - timedelta(microseconds=1)
        for source, state in sorted(self._reader.engine.snapshot().sources.items()):
            whole = last_complete_day(state.last_time, zone)
            if whole < last_day(month) and state.last_time > lately:
                yield f"the last complete day of {NAMES[source]} data is {whole}"

    def _frozen(
        self, month: date, number: int, figures: MonthFigures, digest: str, caller: Caller
    ) -> ClosedMonth:
        whole = [line for line in figures.lines if line.team is None]
        corrected = [one.amount for one in figures.corrections if one.team is None]
        not_charged = [line.total for line in whole if line.organization == NOBODY]
        sources = self._reader.engine.snapshot().sources.values()
        return ClosedMonth(
            month=month,
            number=number,
            zone=self._reader.zone.key,
            rule=figures.rule,
            infrastructure=sum((line.total for line in whole), NOTHING),
            not_charged=sum(not_charged, NOTHING),
            corrected=sum(corrected, NOTHING),
            figures=kept_figures(figures.reconciliation, figures.pools),
            requests=sum(line.use.requests for line in whole),
            unpriced=sum(line.use.unpriced for line in whole),
            data_from=min(one.first_time for one in sources),
            digest=digest,
            actor=actor_of(caller),
            at=self.clock(),
        )


def digest_of(figures: MonthFigures) -> str:
    """Of everything that would be frozen: twelve characters that a button carries."""
    digest = hashlib.sha256(repr(figures.rule).encode())
    for line in figures.lines:
        amounts = [f"{amount:f}" for _, amount in sorted(line.amounts.items())]
        digest.update(repr((line.key, amounts)).encode())
    for one in figures.corrections:
        digest.update(repr((one.of_month, one.key, f"{one.amount:f}")).encode())
    return digest.hexdigest()[:12]


def _taken(month: date) -> Refused:
    sentence = "Somebody else has closed a month or changed the rule at this moment."
    return Outdated(sentence, f"Look again: `/cost statement close {written(month)}`.")


def _out_of_order(month: date, newest: date) -> Refused:
    following = written(after(newest))
    if month < newest:
        sentence = f"{written(newest)} is closed, so {written(month)} cannot be closed any more."
    else:
        sentence = f"Months are closed in order, and {following} is next."
    return BadInput(sentence, f"Try `/cost statement close {following}`.")
