"""Whose a budget is, and what it counts: within the caller's reach, whatever is filled in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from analysis.errors import BadInput, NotAllowed, NotFound, NotUnderstood, Refused, Unfit
from analysis.roles import Role
from handlers.asking import Names
from handlers.budgets.form import BudgetForm, Values
from handlers.caller import Caller
from queries.breakdown import known_values
from queries.dimensions import Dimensions
from queries.engines.base import Engine
from storage.records.budget import BudgetDraft

ORGANIZATION = "organization"

MOST_VALUES = 100
"""Values that a scope names at most."""

NOT_SCOPED = {
    "category": "a budget counts what requests cost, which is inference alone",
}
"""Dimensions that no scope can name, and why."""

ANYWAY = "For one that no cost has had yet, add `anyway`."


@dataclass(frozen=True, slots=True)
class Scoped:
    """What a form says of whose a budget is and what it counts.

    Attributes:
        organization: whose it is; None: the deployment's own.
        scope: with the values as the data writes them.
        unseen: values that no cost has had lately, as `dimension value`.
    """

    organization: str | None
    scope: Values = field(default_factory=dict[str, tuple[str, ...]])
    unseen: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Scoping:
    """Reads scopes.

    Attributes:
        engine: knows the values that costs have had.
        dimensions: of the deployment.
    """

    engine: Engine
    dimensions: Dimensions

    async def new(self, form: BudgetForm, caller: Caller) -> Scoped:
        """Of a budget to be created.

        Raises:
            Unfit: with a sentence for the organization, or for the scope.
            Unavailable: the engine cannot answer.
        """
        owner, given = form.organization or None, _given(form)
        named = given.get(ORGANIZATION, ())
        if owner is None and len(named) == 1:
            owner, given = named[0], _without(given, ORGANIZATION)
        try:
            owner = await self._owner(owner, caller)
        except Refused as refusal:
            raise Unfit({ORGANIZATION: str(refusal)}) from refusal
        return await self._within(owner, given, form, caller, {})

    async def changed(self, before: BudgetDraft, form: BudgetForm, caller: Caller) -> Scoped:
        """Of a budget to be changed: it stays whose it is.

        Raises:
            Unfit: with a sentence for the organization, or for the scope.
            Unavailable: the engine cannot answer.
        """
        if form.organization is not None and not is_same(form.organization, before.organization):
            sentence = "A budget stays with the organization that it was created for."
            hint = "Create another one for that organization."
            raise Unfit({ORGANIZATION: f"{sentence} {hint}"})
        if form.scope is None:
            return Scoped(before.organization, before.scope)
        return await self._within(before.organization, _given(form), form, caller, before.scope)

    async def _within(
        self,
        owner: str | None,
        given: Values,
        form: BudgetForm,
        caller: Caller,
        kept: Values,
    ) -> Scoped:
        """The scope of an owner's budget; values that it had already are kept unasked."""
        if owner is not None and ORGANIZATION in given:
            if not all(is_same(value, owner) for value in given[ORGANIZATION]):
                raise Unfit({"scope": f"This budget counts the costs of {owner} alone."})
            given = _without(given, ORGANIZATION)
        own = replace(caller, organization=owner)
        try:
            scope, unseen = await self._known(given, own, kept, unseen=form.unseen)
        except Refused as refusal:
            raise Unfit({"scope": str(refusal)}) from refusal
        return Scoped(owner, scope, unseen)

    async def _owner(self, owner: str | None, caller: Caller) -> str | None:
        """Whose the budget is.

        Raises:
            NotAllowed: of another organization than the caller's.
            NotFound: there is no such organization.
        """
        if caller.organization is not None:
            if owner is not None and not is_same(owner, caller.organization):
                sentence = f"Your budgets are those of {caller.organization}."
                raise NotAllowed(sentence, "Leave the organization away.")
            return caller.organization
        if caller.role is not Role.ADMIN:
            raise NotAllowed("You are of no organization, so there are no budgets of yours.")
        if owner is None or not await known_values(self.engine, self.dimensions[ORGANIZATION]):
            return owner
        names = Names(self.engine, self.dimensions)
        return (await names.known({ORGANIZATION: (owner,)}, caller))[ORGANIZATION][0]

    async def _known(
        self, given: Values, caller: Caller, kept: Values, *, unseen: bool
    ) -> tuple[Values, tuple[str, ...]]:
        """A scope as the data writes it, and what of it no cost has had.

        Where costs have no value of a dimension at all yet, there is nothing to compare with, and
        whatever is given is taken.

        Raises:
            NotUnderstood: there is no such dimension, or no scope can name it.
            NotAllowed: it lies beyond the caller's role.
            NotFound: no cost has had the value.
            BadInput: there are too many values.
        """
        if sum(len(values) for values in given.values()) > MOST_VALUES:
            raise BadInput(f"A scope names {MOST_VALUES} values at most.", "Make it two budgets.")
        names = Names(self.engine, self.dimensions)
        names.allow(given, caller)
        scope: dict[str, tuple[str, ...]] = {}
        fresh: list[str] = []
        for name, values in given.items():
            if name in NOT_SCOPED or name not in self.dimensions:
                why = NOT_SCOPED.get(name, "it is no dimension of costs")
                raise NotUnderstood(f"No budget is held by {name}: {why}.")
            there = await known_values(self.engine, self.dimensions[name], caller.organization)
            found: list[str] = []
            for value in values:
                try:
                    found += (await names.known({name: (value,)}, caller))[name]
                except NotFound as refusal:
                    if there and not unseen and value not in kept.get(name, ()):
                        raise NotFound(refusal.sentence, f"{refusal.hint} {ANYWAY}") from refusal
                    found.append(value)
                    fresh.append(f"{name} {value}")
            scope[name] = tuple(dict.fromkeys(found))
        return scope, tuple(fresh)


def is_same(one: str, other: str | None) -> bool:
    """Whether two names are of one organization, however they are capitalized."""
    return other is not None and one.strip().casefold() == other.casefold()


def _given(form: BudgetForm) -> Values:
    return {name: values for name, values in (form.scope or {}).items() if values}


def _without(values: Mapping[str, tuple[str, ...]], name: str) -> Values:
    return {one: some for one, some in values.items() if one != name}
