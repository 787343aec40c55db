"""Deciding on a recommendation: of all who do so at once one is first, and the others hear who."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from analysis.clock import Clock
from analysis.errors import BadInput, NotUnderstood, Outdated
from analysis.periods import midnight
from analysis.recommendations.kept.merge import DISMISSED
from analysis.recommendations.kept.states import Move, State, is_possible
from handlers.budgets.fields import amount
from handlers.budgets.journal import actor_of
from handlers.caller import Caller
from handlers.listing import member
from handlers.recommendations.finding import Finder, short_id
from handlers.recommendations.journal import ASSIGN, RECOMMENDATION, did, of_recommendation
from handlers.recommendations.moving import Decision, moved, undo_until
from handlers.recommendations.permissions import MOVES, Act, allow, moves_of
from handlers.recommendations.requests import AssignRequest, DecideRequest
from handlers.recommendations.results import Decided
from handlers.recommendations.sharing import CardMessages
from storage.records.audit import Surface
from storage.records.budget import money
from storage.records.recommendation import Recommendation, Standing, checked_reason
from storage.store import Store

SNOOZED = timedelta(days=30)
"""How long a snooze lasts where no day is given."""

LONGEST = timedelta(days=2 * 366)
"""How far ahead a recommendation can be snoozed or dismissed."""

ATTEMPTS = 5
"""How often a decision is tried while new evidence changes what is decided upon."""

ASSIGNABLE = frozenset({State.PENDING, State.SNOOZED, State.ACCEPTED, State.IMPLEMENTED})


@dataclass(frozen=True, slots=True)
class DecideHandler:
    """Decides; each decision and its entry in the audit trail are one transaction.

    Attributes:
        store: where recommendations are kept.
        finder: of what is meant.
        clock: the present.
        surface: where it is decided.
        messages: bring the cards up to date that show it; None: nothing does.
        wake: tells the outbox of this process that there is something to send.
    """

    store: Store
    finder: Finder
    clock: Clock
    surface: Surface
    messages: CardMessages | None = None
    wake: Callable[[], None] | None = None

    async def decide(self, request: DecideRequest, caller: Caller) -> Decided:
        """Accepts, rejects, snoozes, implements, verifies, reopens, or takes a decision back.

        Raises:
            NotAllowed: the caller's role does not reach.
            NotFound: there is none that the caller sees.
            NotUnderstood: several are meant, or no move of people's.
            BadInput: a rejection without a reason, a day that is over, no amount.
            Outdated: somebody else was quicker, it is said who; or the move is not possible.
            Unavailable: the store does not answer.
        """
        if request.move not in MOVES:
            raise NotUnderstood(f"Nobody can {request.move} a recommendation.")
        allow(MOVES[request.move], caller)
        decision = self._decision(request, caller)
        for _ in range(ATTEMPTS):
            before = await self.finder.recommendation(request.which, caller)
            await self._check(request, before, decision)
            try:
                after = await self._write(
                    request.move, before, moved(before.standing, decision), caller
                )
            except Outdated:
                # New evidence may only have changed its figures: looked at again, it is known.
                continue
            return Decided(
                before=before,
                after=after,
                by=caller.name,
                undo_until=undo_until(after.standing),
                moves=moves_of(caller, after.state),
            )
        raise Outdated("The recommendation keeps changing at the moment.", "Try again.")

    async def assign(self, request: AssignRequest, caller: Caller) -> Decided:
        """Says who sees to a recommendation.

        Raises:
            NotAllowed, NotFound, NotUnderstood, Outdated, Unavailable: see `decide`.
            BadInput: that is nobody's id in Slack.
        """
        allow(Act.ASSIGN, caller)
        user = None if request.user is None else member(request.user)
        before = await self.finder.recommendation(request.which, caller)
        if before.state not in ASSIGNABLE:
            raise await self._not_possible(before, "be assigned")
        after = before
        if before.standing.assigned_to != user:
            standing = replace(before.standing, assigned_to=user)
            after = await self._write(ASSIGN, before, standing, caller)
        return Decided(
            before, after, caller.name, undo_until(after.standing), moves_of(caller, after.state)
        )

    async def _write(
        self, what: str, before: Recommendation, standing: Standing, caller: Caller
    ) -> Recommendation:
        async with self.store.transaction() as together:
            after = await together.recommendations.write(before, standing=standing)
            entry = of_recommendation(what, actor_of(caller), self.surface, before, after)
            await together.audit.add(entry)
            if self.messages is not None and after.cards:
                names = {actor_of(caller).key: caller.name}
                news = self.messages.changed(after, names, caller.zone)
                await together.deliveries.add_many(news)
        if self.wake is not None and after.cards:
            self.wake()
        return after

    def _decision(self, request: DecideRequest, caller: Caller) -> Decision:
        now = self.clock()
        reason = checked_reason(request.reason)
        if request.move is Move.REJECT and not reason:
            hint = "Say why in a few words: it is shown to whoever looks at it again."
            raise BadInput("A rejection needs a reason.", hint)
        return Decision(
            move=request.move,
            at=now,
            by=actor_of(caller).key,
            reason=reason,
            until=self._until(request, caller, now),
            savings=_savings(request),
        )

    def _until(self, request: DecideRequest, caller: Caller, now: datetime) -> datetime | None:
        usual = {Move.SNOOZE: SNOOZED, Move.REJECT: DISMISSED}.get(request.move)
        if usual is None:
            if request.until is not None:
                raise NotUnderstood(f"There is no day to {request.move} until.")
            return None
        today = now.astimezone(caller.zone).date()
        day = today + usual if request.until is None else request.until
        _check_ahead(day, today, caller)
        return midnight(day, caller.zone).astimezone(UTC)

    async def _check(
        self, request: DecideRequest, before: Recommendation, decision: Decision
    ) -> None:
        if request.seen is not None and before.state is not request.seen:
            raise await self._not_possible(before, f"be decided upon as {request.seen}")
        if not is_possible(request.move, before.state):
            raise await self._not_possible(before, _PASSIVE[request.move])
        if request.move is not Move.UNDO:
            return
        until = undo_until(before.standing)
        if until is None:
            hint = "`reopen` makes it pending again."
            raise Outdated("There is no decision that could be taken back.", hint)
        if decision.at > until:
            sentence = f"It was {before.state} more than a day ago."
            raise Outdated(sentence, "`reopen` makes it pending again.")

    async def _not_possible(self, row: Recommendation, what: str) -> Outdated:
        """Says who has moved it to where it is, and that this cannot be done from there."""
        entries = await self.store.audit.of_object(RECOMMENDATION, str(row.id), limit=10)
        last = next((one for one in entries if not one.action.endswith(f".{ASSIGN}")), None)
        hint = f"`/recs show {short_id(row.id)}` shows what can be done."
        if last is None or last.action.endswith(".create"):
            return Outdated(f"It is {row.state}, so it cannot {what}.", hint)
        when = f"{last.at:%Y-%m-%d %H:%M} UTC"
        sentence = f"{did(last)} this recommendation at {when}: it is {row.state}"
        return Outdated(f"{sentence}, and cannot {what}.", hint)


_PASSIVE = {
    Move.ACCEPT: "be accepted",
    Move.REJECT: "be rejected",
    Move.SNOOZE: "be snoozed",
    Move.IMPLEMENT: "be implemented",
    Move.VERIFY: "be verified",
    Move.REOPEN: "be reopened",
    Move.UNDO: "be undone",
}


def _check_ahead(day: date, today: date, caller: Caller) -> None:
    if day <= today:
        sentence = f"Until {day} is over: in {caller.zone.key} it is {today}."
        raise BadInput(sentence, "Give a day that is ahead.")
    if day - today > LONGEST:
        raise BadInput(f"{day} is too far ahead.", "Give a day within two years.")


def _savings(request: DecideRequest) -> Decimal | None:
    if request.move is not Move.VERIFY:
        return None
    if request.savings is None:
        hint = "Write US dollars a month, such as `450`; 0 where it saved nothing."
        raise BadInput("A verification needs what is saved.", hint)
    return money("saving", amount(request.savings), zero=True)
