"""The form of an alert rule in Slack: opened, previewed, saved; a new rule and one that is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import cast
from uuid import UUID, uuid4

from analysis.errors import BadInput, Outdated, Unfit
from bot.blocks.alert_rule import created_lines, edited_lines
from bot.blocks.alert_rule_form import RuleValues, rule_form_view
from bot.blocks.alert_rule_outlook import preview_lines
from bot.blocks.answer import Payload
from bot.blocks.modal import notice_view
from bot.blocks.text import escape
from bot.slack.alert_rule_fields import entered, errors_of, form_of, values_of
from bot.slack.api import Json
from bot.slack.budget_choices import BudgetChoices
from bot.slack.budget_state import metadata_of
from bot.slack.modals import Submitted
from handlers.alert_rules.handlers import AlertRuleHandlers
from handlers.alert_rules.permissions import Act, allow
from handlers.alert_rules.requests import CreateRequest, EditRequest, Which
from handlers.caller import Caller
from storage.records.alert_rule import AlertRule

NEW, EDIT = "New alert rule", "Edit the alert rule"
"""Titles."""


@dataclass(frozen=True, slots=True)
class AlertRuleForms:
    """Makes the form, and takes what was filled in.

    Sent in, it is previewed, above the same form; sent in again unchanged, it is saved.

    Attributes:
        rules: what can be done with them.
        choices: the organizations and values that the form offers.
    """

    rules: AlertRuleHandlers
    choices: BudgetChoices

    async def new(self, caller: Caller, channel: str) -> Payload:
        """The form of a new rule.

        Args:
            caller: who fills it in.
            channel: where it was asked for: the first that is told.

        Raises:
            NotAllowed: the caller's role does not reach.
            Unavailable: the facts cannot be read.
        """
        allow(Act.CREATE, caller)
        told = (channel,) if channel.startswith(("C", "G")) else ()
        values = RuleValues(zone=caller.zone.key, channels=told)
        # The id that the rule will have: however often it is sent in, it is created once.
        return await self._view(values, caller, None, {"key": uuid4(), "seen": ""})

    async def edit(self, which: Which, caller: Caller) -> Payload:
        """The form of a rule that is, filled.

        Raises:
            NotAllowed: the caller's role does not reach.
            NotFound: there is no such rule within the caller's reach.
            Unavailable: the facts or the store cannot be read.
        """
        allow(Act.EDIT, caller)
        rule = await self.rules.finder.find(which, caller)
        return await self._view(values_of(rule), caller, rule, _of_edit(rule))

    async def submitted(self, view: Json, caller: Caller) -> Submitted:
        """What follows from the form as it was sent in: faults, a preview, or a saved rule.

        Raises:
            Refused: nothing can be done with it.
            Unavailable: the facts or the store cannot be read.
        """
        metadata, values = metadata_of(view), entered(view)
        rule: AlertRule | None = None
        if "rule" in metadata:
            allow(Act.EDIT, caller)
            which = Which(str(_uuid(metadata["rule"])))
            rule = await self.rules.finder.find(which, caller)
        else:
            allow(Act.CREATE, caller)
        try:
            if metadata.get("seen") == values.digest:
                return await self._saved(metadata, values, caller, rule)
            lines = await self._previewed(values, caller, rule)
        except Unfit as unfit:
            blocks = cast("Sequence[Json]", view.get("blocks") or [])
            shown = frozenset(str(b.get("block_id")) for b in blocks if b.get("type") == "input")
            errors = errors_of(unfit.faults, shown)
            notes = [f":warning: {escape(sentence)}" for sentence in errors.values()]
            again = {**metadata, "seen": ""}
            return Submitted(await self._view(values, caller, rule, again, notes=notes), errors)
        except Outdated as outdated:
            return await self._overtaken(outdated, values, caller, metadata)
        seen = {**metadata, "seen": values.digest}
        return Submitted(await self._view(values, caller, rule, seen, preview=lines))

    async def _previewed(
        self, values: RuleValues, caller: Caller, rule: AlertRule | None
    ) -> list[str]:
        form = form_of(values, rule)
        drafting = self.rules.create.drafting
        if rule is None:
            drafted = await drafting.new(form, caller)
        else:
            drafted = await drafting.changed(rule, form, caller)
        return preview_lines(await self.rules.create.previewed(drafted))

    async def _saved(
        self,
        metadata: Mapping[str, str],
        values: RuleValues,
        caller: Caller,
        rule: AlertRule | None,
    ) -> Submitted:
        form = form_of(values, rule)
        if rule is None:
            request = CreateRequest(form, _uuid(metadata.get("key", "")))
            created = await self.rules.create.create(request, caller)
            return Submitted(notice_view("Saved", created_lines(created)))
        version = _number(metadata.get("version", ""))
        edit = EditRequest(Which(str(rule.id)), form, version)
        edited = await self.rules.change.edit(edit, caller)
        return Submitted(notice_view("Saved", edited_lines(edited)))

    async def _overtaken(
        self, outdated: Outdated, values: RuleValues, caller: Caller, metadata: Mapping[str, str]
    ) -> Submitted:
        """Somebody was faster: what was filled in stays, and is to be looked at again."""
        rule = await self.rules.finder.find(Which(metadata["rule"]), caller)
        if values_of(rule).digest == values.digest:
            return Submitted(notice_view("Saved", ["*Saved.* It is as you want it."]))
        notes = [
            f":warning: {escape(str(outdated))} What you see here is what you filled in: "
            "sent in again, it takes the place of what is there now."
        ]
        return Submitted(await self._view(values, caller, rule, _of_edit(rule), notes=notes))

    async def _view(
        self,
        values: RuleValues,
        caller: Caller,
        rule: AlertRule | None,
        metadata: Mapping[str, object],
        *,
        preview: Sequence[str] = (),
        notes: Sequence[str] = (),
    ) -> Payload:
        owner = None if rule is None else rule.organization
        choices = await self.choices.of(caller, owner, is_new=rule is None)
        names = [one.name for one in self.choices.dimensions.visible_to(caller.role)]
        title = NEW if rule is None else EDIT
        return rule_form_view(title, values, choices, names, metadata, preview=preview, notes=notes)


def _of_edit(rule: AlertRule) -> dict[str, object]:
    return {"rule": rule.id, "version": rule.version, "seen": ""}


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise _forged() from None


def _number(text: str) -> int:
    if not text.isdecimal() or len(text) > 9:
        raise _forged()
    return int(text)


def _forged() -> BadInput:
    return BadInput("This form is not one of costbot's, or an older one.", "Open it again.")
