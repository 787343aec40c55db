"""The form of a budget in Slack: opened, previewed, saved; for a new budget and for one that is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import cast
from uuid import UUID, uuid4

from analysis.errors import BadInput, Outdated, Unfit
from bot.blocks.answer import Payload
from bot.blocks.budget_changes import created_lines, edited_lines
from bot.blocks.budget_form import Choices, FormValues, form_view
from bot.blocks.budget_preview import preview_lines
from bot.blocks.modal import notice_view
from bot.blocks.text import escape
from bot.slack.api import Json
from bot.slack.budget_choices import BudgetChoices
from bot.slack.budget_fields import errors_of, form_of, values_of
from bot.slack.budget_state import entered, metadata_of
from bot.slack.modals import Submitted
from handlers.budgets.handlers import BudgetHandlers
from handlers.budgets.permissions import Act, allow
from handlers.budgets.requests import CreateRequest, EditRequest, Which
from handlers.caller import Caller
from storage.records.budget import Budget

NEW, EDIT = "New budget", "Edit the budget"
"""Titles."""


@dataclass(frozen=True, slots=True)
class BudgetForms:
    """Makes the form, and takes what was filled in.

    What was filled in is in the form alone. Sent in, it is previewed, above the same form; sent in
    again unchanged, it is saved. So nothing has to be kept in between, and who looks at the preview
    can still change everything.

    Attributes:
        budgets: what can be done with them.
        choices: what the form offers.
    """

    budgets: BudgetHandlers
    choices: BudgetChoices

    async def new(self, caller: Caller, channel: str) -> Payload:
        """The form of a new budget.

        Args:
            caller: who fills it in.
            channel: where it was asked for: the first that is told.

        Raises:
            NotAllowed: the caller's role does not reach.
            Unavailable: the facts cannot be read.
        """
        allow(Act.CREATE, caller)
        told = (channel,) if channel.startswith(("C", "G")) else ()
        values = FormValues(zone=caller.zone.key, channels=told)
        choices = await self.choices.of(caller, None, is_new=True)
        # The id that the budget will have: however often it is sent in, it is created once.
        return form_view(NEW, values, choices, {"key": uuid4(), "seen": ""})

    async def edit(self, which: Which, caller: Caller) -> Payload:
        """The form of a budget that is, filled.

        Raises:
            NotAllowed: the caller's role does not reach.
            NotFound: there is no such budget within the caller's reach.
            Unavailable: the facts or the store cannot be read.
        """
        allow(Act.EDIT, caller)
        budget = await self.budgets.finder.find(which, caller)
        choices = await self.choices.of(caller, budget.organization, is_new=False)
        return form_view(EDIT, values_of(budget), choices, _of_edit(budget))

    async def submitted(self, view: Json, caller: Caller) -> Submitted:
        """What follows from the form as it was sent in: faults, a preview, or a saved budget.

        Raises:
            Refused: nothing can be done with it.
            Unavailable: the facts or the store cannot be read.
        """
        metadata, values = metadata_of(view), entered(view)
        is_seen = metadata.get("seen") == values.digest
        if "budget" in metadata:
            return await self._edited(view, metadata, values, caller, is_seen=is_seen)
        return await self._created(view, metadata, values, caller, is_seen=is_seen)

    async def _created(
        self,
        view: Json,
        metadata: Mapping[str, str],
        values: FormValues,
        caller: Caller,
        *,
        is_seen: bool,
    ) -> Submitted:
        allow(Act.CREATE, caller)
        request = CreateRequest(form_of(values, None), _uuid(metadata.get("key")))
        try:
            if is_seen:
                created = await self.budgets.create.create(request, caller)
                return Submitted(notice_view("Saved", created_lines(created)))
            preview = await self.budgets.create.preview(request, caller)
        except Unfit as unfit:
            choices = await self.choices.of(caller, None, is_new=True)
            return _unfit(view, unfit, NEW, values, choices, {**metadata, "seen": ""})
        choices = await self.choices.of(caller, None, is_new=True)
        seen = {**metadata, "seen": values.digest}
        return Submitted(form_view(NEW, values, choices, seen, preview=preview_lines(preview)))

    async def _edited(
        self,
        view: Json,
        metadata: Mapping[str, str],
        values: FormValues,
        caller: Caller,
        *,
        is_seen: bool,
    ) -> Submitted:
        allow(Act.EDIT, caller)
        budget = await self._budget(str(_uuid(metadata.get("budget"))), caller)
        choices = await self.choices.of(caller, budget.organization, is_new=False)
        version = _number(metadata.get("version"))
        form = form_of(values, budget)
        try:
            if is_seen:
                request = EditRequest(Which(str(budget.id)), form, version)
                edited = await self.budgets.change.edit(request, caller)
                return Submitted(notice_view("Saved", edited_lines(edited)))
            drafted = await self.budgets.change.drafting.changed(budget, form, caller)
            preview = await self.budgets.create.previewed(drafted, caller)
        except Unfit as unfit:
            return _unfit(view, unfit, EDIT, values, choices, {**metadata, "seen": ""})
        except Outdated as outdated:
            return await self._overtaken(outdated, values, choices, str(budget.id), caller)
        others = tuple(other for other in preview.overlaps if other.key != budget.id)
        preview = replace(preview, overlaps=others)
        seen = {**metadata, "seen": values.digest}
        return Submitted(form_view(EDIT, values, choices, seen, preview=preview_lines(preview)))

    async def _overtaken(
        self, outdated: Outdated, values: FormValues, choices: Choices, key: str, caller: Caller
    ) -> Submitted:
        """Somebody was faster: what was filled in stays, and is to be looked at again."""
        budget = await self._budget(key, caller)
        if values_of(budget).digest == values.digest:
            # Sent in twice, or the same was decided by somebody else.
            return Submitted(notice_view("Saved", ["*Saved.* It is as you want it."]))
        notes = [
            f":warning: {escape(str(outdated))} What you see here is what you filled in: "
            "sent in again, it takes the place of what is there now."
        ]
        return Submitted(form_view(EDIT, values, choices, _of_edit(budget), notes=notes))

    async def _budget(self, key: str, caller: Caller) -> Budget:
        return await self.budgets.finder.find(Which(key), caller)


def _unfit(
    view: Json,
    unfit: Unfit,
    title: str,
    values: FormValues,
    choices: Choices,
    metadata: Mapping[str, object],
) -> Submitted:
    blocks = cast("Sequence[Json]", view.get("blocks") or [])
    shown = frozenset(str(b.get("block_id")) for b in blocks if b.get("type") == "input")
    errors = errors_of(unfit.faults, shown)
    notes = [f":warning: {escape(sentence)}" for sentence in errors.values()]
    return Submitted(form_view(title, values, choices, metadata, notes=notes), errors)


def _of_edit(budget: Budget) -> dict[str, object]:
    return {"budget": budget.id, "version": budget.version, "seen": ""}


def _uuid(text: str | None) -> UUID:
    try:
        return UUID(text or "")
    except ValueError:
        raise _forged() from None


def _number(text: str | None) -> int:
    if text is None or not text.isdecimal() or len(text) > 9:
        raise _forged()
    return int(text)


def _forged() -> BadInput:
    return BadInput("This form is not one of costbot's, or an older one.", "Open it again.")
