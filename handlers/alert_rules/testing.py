"""A test of a rule: a message to its targets that says that it is one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from uuid import uuid4

from analysis.errors import BadInput
from handlers.alert_rules.finding import Finder
from handlers.alert_rules.journal import RULE
from handlers.alert_rules.looking import Looking
from handlers.alert_rules.permissions import Act, allow
from handlers.alert_rules.requests import Which
from handlers.alert_rules.results import Outlook, Tested
from handlers.budgets.journal import actor_of
from handlers.caller import Caller
from storage.records.alert_rule import AlertRule, RuleTarget
from storage.records.audit import AuditEntry, Surface
from storage.records.delivery import NewDelivery
from storage.store import Store

ComposeTest = Callable[[AlertRule, RuleTarget, str, Outlook, str], "NewDelivery | None"]
"""The message of a test to one target, by (rule, target, who asked, what it says now, key); None:
the target takes no test."""

TESTED_DAYS = 14


@dataclass(frozen=True, slots=True)
class TestHandler:
    """Sends tests."""

    __test__ = False

    store: Store
    finder: Finder
    looking: Looking
    surface: Surface
    compose: ComposeTest
    wake: Callable[[], None] | None = None

    async def test(self, which: Which, caller: Caller) -> Tested:
        """Sends a message to every target of a rule; it says that it is a test.

        Raises:
            NotAllowed: the caller's role does not reach.
            NotFound, NotUnderstood: see `Finder.find`.
            BadInput: it has no targets of its own: the routes decide.
            Unavailable: the facts or the store cannot be read.
        """
        allow(Act.TEST, caller)
        rule = await self.finder.find(which, caller)
        if not rule.targets:
            sentence = f"The rule {rule.name} has no targets of its own: the routes decide."
            hint = (
                "`/cost route test` tries a route; `/cost alert edit … to #channel` sets a target."
            )
            raise BadInput(sentence, hint)
        outlook = await self.looking.outlook(rule, TESTED_DAYS)
        number = uuid4()
        messages: dict[RuleTarget, NewDelivery | None] = {}
        for target in rule.targets:
            key = f"alert_rule.test|{rule.id}|{number}|{':'.join(target)}"
            messages[target] = self.compose(rule, target, caller.name, outlook, key)
        sent: Sequence[NewDelivery] = [one for one in messages.values() if one is not None]
        async with self.store.transaction() as together:
            await together.deliveries.add_many(sent)
            await together.audit.add(
                AuditEntry(
                    actor=actor_of(caller),
                    surface=self.surface,
                    action="alert_rule.test",
                    object_kind=RULE,
                    object_id=str(rule.id),
                    organization=rule.organization,
                )
            )
        if sent and self.wake is not None:
            self.wake()
        return Tested(
            rule,
            targets=tuple(target for target, one in messages.items() if one is not None),
            left_out=tuple(target for target, one in messages.items() if one is None),
        )
