"""Changing a budget: its terms, whether it is paused, whether it is there at all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, timedelta

from analysis.clock import Clock
from analysis.errors import BadInput, NotUnderstood, Outdated, Unfit
from analysis.periods import midnight
from handlers.budgets.drafting import Drafting
from handlers.budgets.finding import Finder, not_found
from handlers.budgets.journal import BUDGET, changed, of_budget
from handlers.budgets.permissions import Act, allow, sees, within
from handlers.budgets.requests import (
    DeleteRequest,
    EditRequest,
    PauseRequest,
    ResumeRequest,
    UndoRequest,
)
from handlers.budgets.results import Deleted, Edited, Standing
from handlers.budgets.standing import Standings
from handlers.caller import Caller
from storage import Store
from storage.records.audit import Surface
from storage.records.budget import Budget, BudgetDraft

UNDO = timedelta(days=1)
"""For how long a deletion can be taken back."""


@dataclass(frozen=True, slots=True)
class ChangeHandler:
    """Changes budgets; each change and its entry in the audit trail are one transaction."""

    store: Store
    finder: Finder
    drafting: Drafting
    standings: Standings
    clock: Clock
    surface: Surface

    async def edit(self, request: EditRequest, caller: Caller) -> Edited:
        """Changes what was decided of a budget.

        Raises:
            NotAllowed: the caller's role does not reach.
            NotFound: there is none that the caller sees.
            NotUnderstood: nothing to be changed is named, or several have that name.
            Unfit: with a sentence for every field that cannot be used.
            Outdated: somebody has changed it meanwhile; it is said who.
            Unavailable: the facts or the store cannot be read.
        """
        allow(Act.EDIT, caller)
        before = await self.finder.find(request.which, caller)
        if not request.form.filled:
            sentence = "Nothing is named that would be changed."
            raise NotUnderstood(sentence, f'Try `/budget edit "{before.name}" limit 6000`.')
        if request.version is not None and request.version != before.version:
            raise await self._outdated(before)
        drafted = await self.drafting.changed(before, request.form, caller)
        if not changed(before, drafted.draft):
            return Edited(before, before, ())
        try:
            after = await self._change("budget.edit", before, drafted.draft, caller)
        except BadInput as refusal:
            raise Unfit({"name": str(refusal)}) from refusal
        return Edited(before, after, changed(before, after))

    async def pause(self, request: PauseRequest, caller: Caller) -> Edited:
        """Lets a budget neither alert nor deny, for good or until a day begins.

        Raises:
            NotAllowed, NotFound, NotUnderstood, Outdated, Unavailable: see `edit`.
            BadInput: that day has begun.
        """
        allow(Act.PAUSE, caller)
        before = await self.finder.find(request.which, caller)
        until = None
        if request.until is not None:
            self._check_ahead(request.until, before)
            until = midnight(request.until, before.zone).astimezone(UTC)
        draft = replace(before, paused=True, paused_until=until)
        return await self._paused("budget.pause", before, draft, caller)

    async def resume(self, request: ResumeRequest, caller: Caller) -> Edited:
        """Lets a paused budget alert and deny again.

        Raises:
            NotAllowed, NotFound, NotUnderstood, Outdated, Unavailable: see `edit`.
        """
        allow(Act.PAUSE, caller)
        before = await self.finder.find(request.which, caller)
        draft = replace(before, paused=False, paused_until=None)
        return await self._paused("budget.resume", before, draft, caller)

    async def preview_deletion(self, request: DeleteRequest, caller: Caller) -> Standing:
        """What would be deleted; nothing is.

        Raises:
            NotAllowed, NotFound, NotUnderstood, Unavailable: see `edit`.
        """
        allow(Act.DELETE, caller)
        return await self.standings.one(await self.finder.find(request.which, caller))

    async def delete(self, request: DeleteRequest, caller: Caller) -> Deleted:
        """Deletes a budget; within a day that can be taken back.

        Raises:
            NotAllowed, NotFound, NotUnderstood, Outdated, Unavailable: see `edit`.
        """
        allow(Act.DELETE, caller)
        before = await self.finder.find(request.which, caller)
        if request.version is not None and request.version != before.version:
            raise await self._outdated(before)
        try:
            async with self.store.transaction() as together:
                after = await together.budgets.delete(before.id, before.version)
                entry = of_budget("budget.delete", caller, self.surface, before=before, after=None)
                await together.audit.add(entry)
        except Outdated as stale:
            raise await self._outdated(before) from stale
        return Deleted(after, (after.deleted_at or self.clock()) + UNDO)

    async def undo(self, request: UndoRequest, caller: Caller) -> Budget:
        """Takes back a deletion.

        Raises:
            NotAllowed: the caller's role does not reach.
            NotFound: there is no such budget that the caller sees.
            Outdated: it was taken back already, or more than a day has gone by.
            BadInput: its name was given to another budget.
            Unavailable: the store does not answer.
        """
        allow(Act.DELETE, caller)
        reach = within(caller)
        before = await self.store.budgets.find(request.key, within=reach, deleted=True)
        if before is None or not sees(caller, before, self.standings.dimensions):
            raise not_found(str(request.key))
        if before.deleted_at is None:
            raise Outdated(f"The budget {before.name} is there already.")
        if self.clock() > before.deleted_at + UNDO:
            sentence = f"The budget {before.name} was deleted more than a day ago."
            raise Outdated(sentence, "Create it again: `/budget create`.")
        async with self.store.transaction() as together:
            after = await together.budgets.restore(before.id, before.version)
            entry = of_budget("budget.undo", caller, self.surface, before=None, after=after)
            await together.audit.add(entry)
        return after

    async def _paused(
        self, action: str, before: Budget, draft: BudgetDraft, caller: Caller
    ) -> Edited:
        if not changed(before, draft):
            return Edited(before, before, ())
        after = await self._change(action, before, draft, caller)
        return Edited(before, after, changed(before, after))

    async def _change(
        self, action: str, before: Budget, draft: BudgetDraft, caller: Caller
    ) -> Budget:
        try:
            async with self.store.transaction() as together:
                after = await together.budgets.change(before.id, before.version, draft)
                entry = of_budget(action, caller, self.surface, before=before, after=after)
                await together.audit.add(entry)
                return after
        except Outdated as stale:
            raise await self._outdated(before) from stale

    async def _outdated(self, budget: Budget) -> Outdated:
        """Says who has changed it meanwhile, and what of it."""
        entries = await self.store.audit.of_object(BUDGET, str(budget.id), limit=10)
        last = next((one for one in entries if one.action.startswith("budget.")), None)
        hint = "Look at it again, then decide."
        if last is None:
            return Outdated(f"Somebody else has changed the budget {budget.name} meanwhile.", hint)
        what = "deleted" if last.action == "budget.delete" else "changed"
        fields = _listed(tuple(last.after or ())) if last.action == "budget.edit" else ""
        sentence = (
            f"{last.actor.name} has {what} the budget {budget.name}{fields} meanwhile,"
            f" at {last.at:%Y-%m-%d %H:%M} UTC."
        )
        return Outdated(sentence, hint)

    def _check_ahead(self, day: date, budget: Budget) -> None:
        today = self.clock().astimezone(budget.zone).date()
        if day <= today:
            sentence = f"A pause until {day} would be over: in {budget.zone.key} it is {today}."
            raise BadInput(sentence, "Give the day on which it should alert again.")


def _listed(names: Sequence[str]) -> str:
    return f" ({', '.join(names)})" if names else ""
