"""Changing a rule: what it watches, whether it is paused, whether it is there at all."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, timedelta
from uuid import UUID

from analysis.clock import Clock
from analysis.errors import BadInput, NotUnderstood, Outdated, Unfit
from analysis.periods import midnight
from handlers.alert_rules.drafting import Drafting
from handlers.alert_rules.finding import Finder, not_found
from handlers.alert_rules.hearing import is_told
from handlers.alert_rules.journal import RULE, changed, of_rule
from handlers.alert_rules.permissions import Act, allow, sees, within
from handlers.alert_rules.requests import DeleteRequest, EditRequest, PauseRequest, Which
from handlers.alert_rules.results import Deleted, Edited
from handlers.caller import Caller
from storage.records.alert_rule import AlertRule, AlertRuleDraft
from storage.records.audit import Surface
from storage.store import Store

UNDO = timedelta(days=1)
"""For how long a deletion can be taken back."""


@dataclass(frozen=True, slots=True)
class ChangeHandler:
    """Changes rules; each change and its entry in the audit trail are one transaction."""

    store: Store
    finder: Finder
    drafting: Drafting
    clock: Clock
    surface: Surface

    async def edit(self, request: EditRequest, caller: Caller) -> Edited:
        """Changes what was decided of a rule.

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
            raise NotUnderstood(sentence, f'Try `/cost alert edit "{before.name}" critical 60%`.')
        if request.version is not None and request.version != before.version:
            raise await self._outdated(before)
        drafted = await self.drafting.changed(before, request.form, caller)
        if not changed(before, drafted.draft):
            return Edited(before, before, ())
        try:
            after = await self._change("alert_rule.edit", before, drafted.draft, caller)
        except BadInput as refusal:
            raise Unfit({"name": str(refusal)}) from refusal
        return Edited(before, after, changed(before, after), await is_told(self.store, after))

    async def pause(self, request: PauseRequest, caller: Caller) -> Edited:
        """Has a rule looked at no more, for good or until a day begins.

        Raises:
            NotAllowed, NotFound, NotUnderstood, Outdated, Unavailable: see `edit`.
            BadInput: that day has begun.
        """
        allow(Act.PAUSE, caller)
        before = await self.finder.find(request.which, caller)
        until = None
        if request.until is not None:
            today = self.clock().astimezone(before.zone).date()
            if request.until <= today:
                sentence = f"A pause until {request.until} would be over: it is {today} there."
                raise BadInput(sentence, "Give the day on which it should be looked at again.")
            until = midnight(request.until, before.zone).astimezone(UTC)
        draft = replace(before, paused=True, paused_until=until)
        return await self._set("alert_rule.pause", before, draft, caller)

    async def resume(self, which: Which, caller: Caller) -> Edited:
        """Has a paused rule looked at again.

        Raises:
            NotAllowed, NotFound, NotUnderstood, Outdated, Unavailable: see `edit`.
        """
        allow(Act.PAUSE, caller)
        before = await self.finder.find(which, caller)
        draft = replace(before, paused=False, paused_until=None)
        return await self._set("alert_rule.resume", before, draft, caller)

    async def delete(self, request: DeleteRequest, caller: Caller) -> Deleted:
        """Deletes a rule; within a day that can be taken back.

        Raises:
            NotAllowed, NotFound, NotUnderstood, Outdated, Unavailable: see `edit`.
        """
        allow(Act.DELETE, caller)
        before = await self.finder.find(request.which, caller)
        if request.version is not None and request.version != before.version:
            raise await self._outdated(before)
        try:
            async with self.store.transaction() as together:
                after = await together.alert_rules.delete(before.id, before.version)
                entry = of_rule(
                    "alert_rule.delete", caller, self.surface, before=before, after=None
                )
                await together.audit.add(entry)
        except Outdated as stale:
            raise await self._outdated(before) from stale
        return Deleted(after, (after.deleted_at or self.clock()) + UNDO)

    async def undo(self, key: UUID, caller: Caller) -> AlertRule:
        """Takes back a deletion.

        Raises:
            NotAllowed: the caller's role does not reach.
            NotFound: there is no such rule that the caller sees.
            Outdated: it was taken back already, or more than a day has gone by.
            BadInput: its name was given to another rule.
            Unavailable: the store does not answer.
        """
        allow(Act.DELETE, caller)
        before = await self.store.alert_rules.find(key, within=within(caller), deleted=True)
        if before is None or not sees(caller, before, self.finder.dimensions):
            raise not_found(str(key))
        if before.deleted_at is None:
            raise Outdated(f"The alert rule {before.name} is there already.")
        if self.clock() > before.deleted_at + UNDO:
            sentence = f"The alert rule {before.name} was deleted more than a day ago."
            raise Outdated(sentence, "Create it again: `/cost alert create`.")
        async with self.store.transaction() as together:
            after = await together.alert_rules.restore(before.id, before.version)
            entry = of_rule("alert_rule.undo", caller, self.surface, before=None, after=after)
            await together.audit.add(entry)
        return after

    async def _set(
        self, action: str, before: AlertRule, draft: AlertRuleDraft, caller: Caller
    ) -> Edited:
        if not changed(before, draft):
            return Edited(before, before, ())
        after = await self._change(action, before, draft, caller)
        return Edited(before, after, changed(before, after))

    async def _change(
        self, action: str, before: AlertRule, draft: AlertRuleDraft, caller: Caller
    ) -> AlertRule:
        try:
            async with self.store.transaction() as together:
                after = await together.alert_rules.change(before.id, before.version, draft)
                entry = of_rule(action, caller, self.surface, before=before, after=after)
                await together.audit.add(entry)
                return after
        except Outdated as stale:
            raise await self._outdated(before) from stale

    async def _outdated(self, rule: AlertRule) -> Outdated:
        """Says who has changed it meanwhile."""
        entries = await self.store.audit.of_object(RULE, str(rule.id), limit=1)
        hint = "Look at it again, then decide."
        if not entries:
            return Outdated(f"Somebody else has changed {rule.name} meanwhile.", hint)
        last = entries[0]
        what = "deleted" if last.action == "alert_rule.delete" else "changed"
        sentence = (
            f"{last.actor.name} has {what} the alert rule {rule.name} meanwhile,"
            f" at {last.at:%Y-%m-%d %H:%M} UTC."
        )
        return Outdated(sentence, hint)
