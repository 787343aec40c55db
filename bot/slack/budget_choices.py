"""What the form of a budget offers: organizations, and the values that costs have had."""

from __future__ import annotations

from dataclasses import dataclass

from bot.blocks.budget_form import Choices
from handlers.budgets.scoping import NOT_SCOPED, ORGANIZATION
from handlers.caller import Caller
from queries.breakdown import known_values
from queries.dimensions import Dimensions
from queries.engines.base import Engine


@dataclass(frozen=True, slots=True)
class BudgetChoices:
    """Looks up what can be chosen.

    Attributes:
        engine: knows the values that costs have had.
        dimensions: of the deployment.
    """

    engine: Engine
    dimensions: Dimensions

    async def of(self, caller: Caller, organization: str | None, *, is_new: bool) -> Choices:
        """What `caller` can choose.

        Args:
            caller: sees the values of the own organization alone.
            organization: whose budget is edited, or the caller's.
            is_new: who reaches all organizations chooses one.

        Raises:
            Unavailable: the engine does not answer.
        """
        chooses_owner = is_new and caller.organization is None
        organizations: list[str] = []
        if chooses_owner:
            organizations = await known_values(self.engine, self.dimensions[ORGANIZATION])
        scope: dict[str, list[str]] = {}
        for dimension in self.dimensions.visible_to(caller.role):
            if dimension.name not in NOT_SCOPED and dimension.name != ORGANIZATION:
                reach = caller.organization or organization
                scope[dimension.name] = await known_values(self.engine, dimension, reach)
        return Choices(organizations, {name: values for name, values in scope.items() if values})
