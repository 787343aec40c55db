"""Creating a rule, and seeing before what it would have said."""

from __future__ import annotations

from dataclasses import dataclass

from analysis.errors import BadInput, Unfit
from handlers.alert_rules.drafting import Drafted, Drafting
from handlers.alert_rules.hearing import is_told
from handlers.alert_rules.journal import of_rule
from handlers.alert_rules.looking import Looking
from handlers.alert_rules.permissions import Act, allow
from handlers.alert_rules.requests import CreateRequest
from handlers.alert_rules.results import Created, Previewed
from handlers.budgets.journal import actor_of
from handlers.caller import Caller
from storage.records.alert_rule import AlertRule
from storage.records.audit import Surface
from storage.store import Store

PREVIEWED_DAYS = 30
"""Days that a preview looks back on."""


@dataclass(frozen=True, slots=True)
class CreateHandler:
    """Creates rules; each rule and its entry in the audit trail are one transaction."""

    store: Store
    drafting: Drafting
    looking: Looking
    surface: Surface

    async def preview(self, request: CreateRequest, caller: Caller) -> Previewed:
        """What a rule would have said in the last 30 days; nothing is kept.

        Raises:
            NotAllowed: the caller's role does not reach.
            Unfit: with a sentence for every field that cannot be used.
            Unavailable: the facts or the store cannot be read.
        """
        allow(Act.CREATE, caller)
        return await self.previewed(await self.drafting.new(request.form, caller))

    async def previewed(self, drafted: Drafted) -> Previewed:
        """The preview of a form that is read already; see `preview`."""
        outlook = await self.looking.outlook(drafted.draft, PREVIEWED_DAYS)
        return Previewed(outlook, drafted.unseen, await is_told(self.store, drafted.draft))

    async def create(self, request: CreateRequest, caller: Caller) -> Created:
        """Creates a rule; a request that arrives twice with one key creates it once.

        Raises:
            NotAllowed: the caller's role does not reach.
            Unfit: with a sentence for every field that cannot be used, a taken name among them.
            Unavailable: the facts or the store cannot be read.
        """
        allow(Act.CREATE, caller)
        there = await self._there(request, caller)
        if there is not None:
            return await self._created(there, is_new=False)
        drafted = await self.drafting.new(request.form, caller)
        author = actor_of(caller).key
        try:
            async with self.store.transaction() as together:
                rule = await together.alert_rules.add(drafted.draft, author, key=request.key)
                entry = of_rule("alert_rule.create", caller, self.surface, before=None, after=rule)
                await together.audit.add(entry)
        except BadInput as refusal:
            there = await self._there(request, caller)
            if there is None:
                raise Unfit({"name": str(refusal)}) from refusal
            return await self._created(there, is_new=False)
        return await self._created(rule, is_new=True)

    async def _there(self, request: CreateRequest, caller: Caller) -> AlertRule | None:
        """The rule that the same request has created before, if it is the caller's."""
        if request.key is None:
            return None
        rule = await self.store.alert_rules.find(request.key, deleted=True)
        is_own = rule is not None and rule.created_by == actor_of(caller).key
        return rule if is_own else None

    async def _created(self, rule: AlertRule, *, is_new: bool) -> Created:
        outlook = await self.looking.outlook(rule, PREVIEWED_DAYS)
        return Created(rule, is_new, outlook, await is_told(self.store, rule))
