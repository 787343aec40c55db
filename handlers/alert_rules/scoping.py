"""Whose a rule is, and what it watches: within the caller's reach, whatever is filled in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from analysis.errors import BadInput, NotAllowed, NotFound, Refused, Unfit
from analysis.roles import Role
from handlers.alert_rules.form import RuleForm, Values
from handlers.alert_rules.scope import ORGANIZATION
from handlers.asking import Names
from handlers.caller import Caller
from queries.breakdown import known_values
from queries.dimensions import Dimensions
from queries.engines.base import Engine
from storage.records.alert_rule import AlertRuleDraft

MOST_VALUES = 100
"""Values that the filters of a rule name at most."""

ANYWAY = "For one that no cost has had yet, add `anyway`."


@dataclass(frozen=True, slots=True)
class Scoped:
    """What a form says of whose a rule is and what it watches.

    Attributes:
        organization: whose it is; None: the deployment's own.
        filters: with the values as the data writes them.
        unseen: values that no cost has had lately, as `dimension value`.
    """

    organization: str | None
    filters: Values = field(default_factory=dict[str, tuple[str, ...]])
    unseen: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Scoping:
    """Reads what a rule watches.

    Attributes:
        engine: knows the values that costs have had.
        dimensions: of the deployment.
    """

    engine: Engine
    dimensions: Dimensions

    async def new(self, form: RuleForm, caller: Caller) -> Scoped:
        """Of a rule to be created.

        Raises:
            Unfit: with a sentence for the organization, or for the filters.
            Unavailable: the engine cannot answer.
        """
        try:
            owner = await self._owner(form.organization or None, caller)
        except Refused as refusal:
            raise Unfit({ORGANIZATION: str(refusal)}) from refusal
        return await self._within(owner, form, caller, {})

    async def changed(self, before: AlertRuleDraft, form: RuleForm, caller: Caller) -> Scoped:
        """Of a rule to be changed: it stays whose it is.

        Raises:
            Unfit: with a sentence for the organization, or for the filters.
            Unavailable: the engine cannot answer.
        """
        if form.organization is not None and not _is_same(form.organization, before.organization):
            sentence = "A rule stays with the organization that it was created for."
            raise Unfit({ORGANIZATION: f"{sentence} Create another one for that organization."})
        if form.filters is None:
            return Scoped(before.organization, before.filters)
        return await self._within(before.organization, form, caller, before.filters)

    async def _within(
        self, owner: str | None, form: RuleForm, caller: Caller, kept: Values
    ) -> Scoped:
        given = {name: values for name, values in (form.filters or {}).items() if values}
        if owner is not None and ORGANIZATION in given:
            if not all(_is_same(value, owner) for value in given[ORGANIZATION]):
                raise Unfit({"filters": f"This rule watches the costs of {owner} alone."})
            del given[ORGANIZATION]
        try:
            filters, unseen = await self._known(
                given, replace(caller, organization=owner), kept, unseen=form.unseen
            )
        except Refused as refusal:
            raise Unfit({"filters": str(refusal)}) from refusal
        return Scoped(owner, filters, unseen)

    async def _owner(self, owner: str | None, caller: Caller) -> str | None:
        """Whose the rule is.

        Raises:
            NotAllowed: of another organization than the caller's.
            NotFound: there is no such organization.
        """
        if caller.organization is not None:
            if owner is not None and not _is_same(owner, caller.organization):
                sentence = f"Your alert rules are those of {caller.organization}."
                raise NotAllowed(sentence, "Leave the organization away.")
            return caller.organization
        if caller.role is not Role.ADMIN:
            raise NotAllowed("You are of no organization, so there are no alert rules of yours.")
        if owner is None or not await known_values(self.engine, self.dimensions[ORGANIZATION]):
            return owner
        names = Names(self.engine, self.dimensions)
        return (await names.known({ORGANIZATION: (owner,)}, caller))[ORGANIZATION][0]

    async def _known(
        self, given: Mapping[str, tuple[str, ...]], caller: Caller, kept: Values, *, unseen: bool
    ) -> tuple[Values, tuple[str, ...]]:
        """The filters as the data writes them, and what of them no cost has had.

        Raises:
            NotUnderstood: there is no such dimension.
            NotAllowed: it lies beyond the caller's role.
            NotFound: no cost has had the value.
            BadInput: there are too many values.
        """
        if sum(len(values) for values in given.values()) > MOST_VALUES:
            sentence = f"A rule names {MOST_VALUES} values at most."
            raise BadInput(sentence, "Make it two rules, or `each` of a dimension.")
        names = Names(self.engine, self.dimensions)
        names.allow(given, caller)
        filters: dict[str, tuple[str, ...]] = {}
        fresh: list[str] = []
        for name, values in given.items():
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
            filters[name] = tuple(dict.fromkeys(found))
        return filters, tuple(fresh)


def _is_same(one: str, other: str | None) -> bool:
    return other is not None and one.strip().casefold() == other.casefold()
