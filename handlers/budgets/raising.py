"""Raises: asked for with a reason, decided on by somebody else, over by themselves."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Protocol
from uuid import UUID

from analysis.budgets.rollover import Raise
from analysis.budgets.terms import current_period
from analysis.clock import Clock
from analysis.errors import BadInput, NotAllowed, NotFound, Outdated
from handlers.budgets import fields
from handlers.budgets.finding import Finder
from handlers.budgets.journal import BUDGET, actor_of, of_raise
from handlers.budgets.outcomes import terms_of
from handlers.budgets.permissions import Act, allow, sees, within
from handlers.budgets.raise_names import named_raises
from handlers.budgets.requests import DecideRaiseRequest, RaiseRequest
from handlers.budgets.results import NamedRaise, RaiseAnswer, Standing
from handlers.budgets.standing import Standings
from handlers.caller import Caller
from handlers.workspaces.addresses import kept
from storage import Store
from storage.records.actor import Actor
from storage.records.audit import Surface
from storage.records.budget import Budget
from storage.records.delivery import Delivery, NewDelivery
from storage.records.raise_ import BudgetRaise, RaiseDraft
from storage.store import Transaction

WESTERNMOST = timedelta(hours=12)
"""How far behind UTC it can be anywhere."""

ENTRIES = 200


class RaiseMessages(Protocol):
    """The messages by which a raise is decided on: how they look is a surface's affair."""

    def asked(self, answer: RaiseAnswer, asked_in: str) -> Sequence[NewDelivery]:
        """Those that ask for a decision.

        Args:
            answer: the raise.
            asked_in: id of the channel in which it was asked for; empty: in none.
        """
        ...

    def keys(self, raise_id: UUID) -> Sequence[str]:
        """The keys of all that may ask for a decision on a raise."""
        ...

    def ended(
        self,
        budget: Budget,
        named: NamedRaise,
        standing: Standing | None,
        there: Sequence[Delivery],
    ) -> Sequence[NewDelivery]:
        """Those that put what became of it in the place of the question.

        Args:
            budget: whose limit.
            named: the raise, not pending any more.
            standing: of the budget with it; None: it has changed nothing of that.
            there: the messages that asked.
        """
        ...


@dataclass(frozen=True, slots=True)
class RaiseHandler:
    """Keeps raises.

    A decision, its messages and its entry in the audit trail are one transaction.

    Attributes:
        store: where they are kept.
        finder: of budgets.
        standings: looks at budgets.
        clock: the present.
        surface: where it is decided.
        messages: by which it is decided; None: nobody is asked.
        wake: tells the outbox of this process that there is something to send.
    """

    store: Store
    finder: Finder
    standings: Standings
    clock: Clock
    surface: Surface
    messages: RaiseMessages | None = None
    wake: Callable[[], None] | None = None

    async def ask(
        self, request: RaiseRequest, caller: Caller, *, asked_in: str = ""
    ) -> RaiseAnswer:
        """Asks for a raise; the same one asked for again while it is pending is asked for once.

        Args:
            request: what is asked for.
            caller: who asks.
            asked_in: id of the channel in which it is asked for; empty: in none.

        Raises:
            NotAllowed: the caller's role does not reach.
            NotFound: there is no budget that the caller sees.
            NotUnderstood: several organizations have one of that name.
            BadInput: no reason, or an amount or days that cannot be.
            Unavailable: the facts or the store cannot be read.
        """
        allow(Act.ASK_RAISE, caller)
        budget = await self.finder.find(request.which, caller)
        draft = self._draft(request, budget, caller)
        standing = await self.standings.one(budget)
        async with self.store.transaction() as together:
            pending = await together.raises.of_budget(budget.id)
            raise_ = next((one for one in pending if _is_same(one, draft)), None)
            if raise_ is None:
                raise_ = await together.raises.ask(draft)
                actor = actor_of(caller)
                entry = of_raise("raise.ask", actor, self.surface, budget, raise_, before=None)
                await together.audit.add(entry)
            answer = RaiseAnswer(budget, await _named(together, raise_), standing)
            if self.messages is not None:
                deliveries = self.messages.asked(answer, kept(asked_in, caller))
                await together.deliveries.add_many(deliveries)
                answer = replace(answer, told=tuple(one.address for one in deliveries))
        self._wake()
        return answer

    async def decide(self, request: DecideRaiseRequest, caller: Caller) -> RaiseAnswer:
        """Approves, rejects or withdraws a raise: of all who do so at once, one does.

        Raises:
            NotAllowed: the caller's role does not reach, or it is the caller's own, or to be
                withdrawn and another's.
            NotFound: there is none that the caller sees.
            BadInput: a rejection without a reason.
            Outdated: it was decided on already, or has expired.
            Unavailable: the facts or the store cannot be read.
        """
        allow(Act.ASK_RAISE if request.decision == "withdrawn" else Act.DECIDE_RAISE, caller)
        raise_, budget = await self._found(request.key, caller)
        _check_own(request, raise_, caller)
        if request.decision == "rejected" and not request.reason.strip():
            raise BadInput("A rejection needs a reason.", "Say in a line why.")
        if raise_.state != "pending":
            raise await self._decided(budget, raise_)
        if raise_.last_day < self._today(budget):
            await self.expire()
            sentence = f"The raise was for days up to {raise_.last_day}, which are over."
            raise Outdated(sentence, "Ask for another one.")
        actor = actor_of(caller)
        approved = [replace(raise_, state="approved")] if request.decision == "approved" else []
        standing = await self.standings.one(budget, with_raises=approved)
        answer: RaiseAnswer | None = None
        async with self.store.transaction() as together:
            after = await together.raises.decide(raise_.id, request.decision, actor.key)
            if after is not None:
                entry = of_raise(
                    f"raise.{request.decision}",
                    actor,
                    self.surface,
                    budget,
                    after,
                    before="pending",
                    reason=request.reason.strip(),
                )
                await together.audit.add(entry)
                named = await _named(together, after)
                await self._tell_of_end(together, budget, named, standing)
                answer = RaiseAnswer(budget, named, standing)
        if answer is None:
            raise await self._decided(budget, await self._again(raise_))
        self._wake()
        return answer

    async def find(self, key: UUID, caller: Caller) -> RaiseAnswer:
        """A raise, as it stands.

        Raises:
            NotFound: there is none that the caller sees.
            Unavailable: the facts or the store cannot be read.
        """
        raise_, budget = await self._found(key, caller)
        entries = await self.store.audit.of_object(BUDGET, str(budget.id), limit=ENTRIES)
        named = named_raises([raise_], entries)[0]
        return RaiseAnswer(budget, named, await self.standings.one(budget))

    async def expire(self) -> int:
        """Gives up the pending raises whose days are over everywhere; how many these were.

        Raises:
            Unavailable: the store does not answer.
        """
        earliest = (self.clock() - WESTERNMOST).date()
        async with self.store.transaction() as together:
            expired = await together.raises.expire_before(earliest)
            for raise_ in expired:
                budget = await together.budgets.find(raise_.budget_id, deleted=True)
                if budget is None:
                    continue
                itself = Actor.itself()
                entry = of_raise(
                    "raise.expired", itself, "system", budget, raise_, before="pending"
                )
                await together.audit.add(entry)
                await self._tell_of_end(together, budget, await _named(together, raise_), None)
        self._wake()
        return len(expired)

    def _draft(self, request: RaiseRequest, budget: Budget, caller: Caller) -> RaiseDraft:
        today = self._today(budget)
        amount = fields.amount(request.amount)
        first = request.first_day or today
        last = request.last_day or current_period(terms_of(budget), max(first, today)).last
        if last < today:
            sentence = f"A raise until {last} would be over: in {budget.zone.key} it is {today}."
            raise BadInput(sentence, "Give a last day that is ahead, or leave it away.")
        Raise(amount, first, last)  # checks what arithmetic needs
        return RaiseDraft(
            budget_id=budget.id,
            amount=amount,
            reason=request.reason,
            asked_by=actor_of(caller).key,
            first_day=first,
            last_day=last,
        )

    async def _found(self, key: UUID, caller: Caller) -> tuple[BudgetRaise, Budget]:
        raise_ = await self.store.raises.find(key)
        reach = within(caller)
        budget = None
        if raise_ is not None:
            budget = await self.store.budgets.find(raise_.budget_id, within=reach)
        visible = budget is not None and sees(caller, budget, self.standings.dimensions)
        if raise_ is None or budget is None or not visible:
            raise NotFound("There is no such raise.", "`/budget show` lists those of a budget.")
        return raise_, budget

    async def _again(self, raise_: BudgetRaise) -> BudgetRaise:
        return await self.store.raises.find(raise_.id) or raise_

    async def _tell_of_end(
        self, together: Transaction, budget: Budget, named: NamedRaise, standing: Standing | None
    ) -> None:
        if self.messages is None:
            return
        keys = self.messages.keys(named.raise_.id)
        there = await together.deliveries.find_keys(keys)
        deliveries = self.messages.ended(budget, named, standing, there)
        await together.deliveries.add_many(deliveries)

    def _wake(self) -> None:
        if self.wake is not None:
            self.wake()

    async def _decided(self, budget: Budget, raise_: BudgetRaise) -> Outdated:
        entries = await self.store.audit.of_object(BUDGET, str(budget.id), limit=ENTRIES)
        named = named_raises([raise_], entries)[0]
        by = f" by {named.decided_by}" if named.decided_by else ""
        at = "" if raise_.decided_at is None else f" at {raise_.decided_at:%Y-%m-%d %H:%M} UTC"
        return Outdated(f"This raise was {raise_.state}{by}{at}.", "Nothing is left to decide.")

    def _today(self, budget: Budget) -> date:
        return self.clock().astimezone(budget.zone).date()


async def _named(together: Transaction, raise_: BudgetRaise) -> NamedRaise:
    entries = await together.audit.of_object(BUDGET, str(raise_.budget_id), limit=ENTRIES)
    return named_raises([raise_], entries)[0]


def _check_own(request: DecideRaiseRequest, raise_: BudgetRaise, caller: Caller) -> None:
    is_own = raise_.asked_by == actor_of(caller).key
    if request.decision == "withdrawn":
        if not is_own:
            sentence = "Only who asked for a raise withdraws it."
            raise NotAllowed(sentence, "Who may decide on it rejects it, with a reason.")
        return
    if is_own:
        sentence = "Nobody decides on a raise of their own."
        raise NotAllowed(sentence, "Somebody else with the right has to, or withdraw it.")


def _is_same(raise_: BudgetRaise, draft: RaiseDraft) -> bool:
    """Whether a pending raise is what is asked for: a modal or a line that was sent twice."""
    names = ("amount", "reason", "asked_by", "first_day", "last_day")
    alike = all(getattr(raise_, name) == getattr(draft, name) for name in names)
    return raise_.state == "pending" and alike
