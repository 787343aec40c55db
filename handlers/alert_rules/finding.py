"""Finding the rule that somebody means, within what they reach."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from analysis.clock import Clock
from analysis.errors import NotFound, NotUnderstood
from handlers.alert_rules.permissions import sees, within
from handlers.alert_rules.requests import Which
from handlers.budgets.finding import id_of
from handlers.caller import Caller
from handlers.nearest import did_you_mean, shown
from queries.dimensions import Dimensions
from storage.records.alert_rule import AlertRule
from storage.repositories.alert_rules import AlertRuleRepository

SUGGESTED_FROM = 500
"""Names that a mistyped one is compared with."""


@dataclass(frozen=True, slots=True)
class Finder:
    """Finds rules.

    Attributes:
        rules: all there are.
        dimensions: of the deployment.
        clock: the present.
    """

    rules: AlertRuleRepository
    dimensions: Dimensions
    clock: Clock

    async def find(self, which: Which, caller: Caller) -> AlertRule:
        """The rule that is meant.

        Raises:
            NotFound: there is none that the caller sees; said alike of those of others.
            NotUnderstood: several organizations have one of that name.
            Unavailable: the store does not answer.
        """
        reach = within(caller)
        key = id_of(which.name)
        if key is not None:
            rule = await self.rules.find(key, within=reach)
            if rule is not None and sees(caller, rule, self.dimensions):
                return awake(rule, self.clock())
        named = await self.rules.find_named(which.name, within=reach)
        found = [rule for rule in named if sees(caller, rule, self.dimensions)]
        if which.organization is not None:
            whose = which.organization.casefold()
            found = [one for one in found if (one.organization or "").casefold() == whose]
        if not found:
            raise await self._not_found(which, caller)
        if len(found) > 1:
            owners = [shown(one.organization) for one in found if one.organization is not None]
            sentence = f"{len(found)} alert rules are called {shown(which.name)}."
            hint = (
                f"Say whose it is, as in `org {found[-1].organization}`: {', '.join(owners[:5])}."
            )
            if len(owners) < len(found):
                hint += f" The deployment's own is `{found[0].id}`."
            raise NotUnderstood(sentence, hint)
        return awake(found[0], self.clock())

    async def _not_found(self, which: Which, caller: Caller) -> NotFound:
        near = await self.rules.page(within=within(caller), limit=SUGGESTED_FROM)
        names = [one.name for one in near if sees(caller, one, self.dimensions)]
        otherwise = "There is none yet: `/cost alert create`."
        hint = did_you_mean(which.name, list(dict.fromkeys(names)), otherwise=otherwise)
        return not_found(which.name, hint)


def not_found(name: str, hint: str = "") -> NotFound:
    """What is said of a rule that is not there for whoever asks."""
    return NotFound(f"There is no alert rule {shown(name)}.", hint)


def awake(rule: AlertRule, now: datetime) -> AlertRule:
    """A rule as it is at an instant: one whose pause is over is not paused."""
    if rule.paused and rule.paused_until is not None and rule.paused_until <= now:
        return replace(rule, paused=False, paused_until=None)
    return rule
