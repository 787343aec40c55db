"""Finding the budget that somebody means, within what they reach."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from analysis.clock import Clock
from analysis.errors import NotFound, NotUnderstood
from handlers.budgets.pausing import awake
from handlers.budgets.permissions import sees, within
from handlers.budgets.requests import Which
from handlers.caller import Caller
from handlers.nearest import did_you_mean, shown
from queries.dimensions import Dimensions
from storage.records.budget import Budget, name_key
from storage.repositories.budgets import BudgetRepository

SUGGESTED_FROM = 500
"""Names that a mistyped one is compared with."""

SAME_NAME = 100
"""Budgets of one name that are looked at; each is of another organization."""


@dataclass(frozen=True, slots=True)
class Finder:
    """Finds budgets.

    Attributes:
        budgets: all there are.
        dimensions: of the deployment.
        clock: the present.
    """

    budgets: BudgetRepository
    dimensions: Dimensions
    clock: Clock

    async def find(self, which: Which, caller: Caller) -> Budget:
        """The budget that is meant.

        Raises:
            NotFound: there is none that the caller sees; said alike of those of others.
            NotUnderstood: several organizations have one of that name.
            Unavailable: the store does not answer.
        """
        reach = within(caller)
        key = id_of(which.name)
        if key is not None:
            budget = await self.budgets.find(key, within=reach)
            if budget is not None and sees(caller, budget, self.dimensions):
                return awake(budget, self.clock())
        named = await self.budgets.find_named(which.name, within=reach, limit=SAME_NAME)
        seen = [budget for budget in named if sees(caller, budget, self.dimensions)]
        found = seen
        if which.organization is not None:
            whose = which.organization.casefold()
            found = [one for one in seen if (one.organization or "").casefold() == whose]
        if not found and seen:
            raise not_found(which.name, _of_others(seen), which.organization)
        if not found:
            raise await self._not_found(which, caller)
        if len(found) > 1:
            raise _ambiguous(which, found)
        return awake(found[0], self.clock())

    async def _not_found(self, which: Which, caller: Caller) -> NotFound:
        wanted = name_key(which.name)
        reach = within(caller)
        near = await self.budgets.page(within=reach, containing=wanted, limit=SUGGESTED_FROM)
        near = near or await self.budgets.page(within=reach, limit=SUGGESTED_FROM)
        names = [one.name for one in near if sees(caller, one, self.dimensions)]
        hint = did_you_mean(which.name, list(dict.fromkeys(names)), otherwise="There is none yet.")
        return not_found(which.name, hint)


def not_found(name: str, hint: str = "", organization: str | None = None) -> NotFound:
    """What is said of a budget that is not there for whoever asks."""
    of = "" if organization is None else f" of {shown(organization)}"
    return NotFound(f"There is no budget {shown(name)}{of}.", hint)


def _of_others(found: list[Budget]) -> str:
    """Whose the budgets of that name are, all of which the caller sees."""
    owners = [one.organization for one in found]
    some = ", ".join("the deployment itself" if one is None else shown(one) for one in owners[:5])
    return f"There is one of that name of {some}{' and others' if len(owners) > 5 else ''}."


def id_of(text: str) -> UUID | None:
    """The id that a text writes; None: it writes none."""
    try:
        return UUID(text) if len(text) == 36 else None
    except ValueError:
        return None


def _ambiguous(which: Which, found: list[Budget]) -> NotUnderstood:
    owners = [one.organization for one in found if one.organization is not None]
    sentence = f"{len(found)} budgets are called {shown(which.name)}"
    some = ", ".join(shown(owner) for owner in owners[:5])
    more = " and others" if len(owners) > 5 else ""
    own = "the deployment itself and " if len(owners) < len(found) else ""
    hint = f"Say whose it is, as in `org {owners[0]}`."
    if own:
        hint += f" The deployment's own is `{found[0].id}`."
    return NotUnderstood(f"{sentence}: of {own}{some}{more}.", hint)
