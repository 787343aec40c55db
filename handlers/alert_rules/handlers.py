"""All that can be done with alert rules, put together for one surface."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from handlers.alert_rules.changing import ChangeHandler
from handlers.alert_rules.creating import CreateHandler
from handlers.alert_rules.drafting import Drafting
from handlers.alert_rules.finding import Finder
from handlers.alert_rules.looking import Looking
from handlers.alert_rules.reading import OpenSubjects, ReadHandler
from handlers.alert_rules.testing import ComposeTest, TestHandler
from storage.records.audit import Surface
from storage.store import Store


@dataclass(frozen=True, slots=True)
class AlertRuleHandlers:
    """What can be done with rules.

    Attributes:
        create: and preview.
        read: list, show.
        change: edit, pause, resume, delete, undo.
        test: sends a test to the targets.
        finder: finds the rule that a text means.
    """

    create: CreateHandler
    read: ReadHandler
    change: ChangeHandler
    test: TestHandler
    finder: Finder


def alert_rule_handlers(
    store: Store,
    looking: Looking,
    surface: Surface,
    open_subjects: OpenSubjects,
    compose_test: ComposeTest,
    wake: Callable[[], None] | None = None,
) -> AlertRuleHandlers:
    """The handlers of one surface, which the audit trail names.

    Args:
        store: where rules are kept.
        looking: looks at rules; its engine, dimensions and clock are used throughout.
        surface: whose handlers these are.
        open_subjects: the open incidents of rules.
        compose_test: writes the message of a test.
        wake: tells the outbox of this process that there is something to send.
    """
    finder = Finder(store.alert_rules, looking.dimensions, looking.clock)
    drafting = Drafting(looking.engine, looking.dimensions)
    return AlertRuleHandlers(
        create=CreateHandler(store, drafting, looking, surface),
        read=ReadHandler(store, finder, looking, open_subjects),
        change=ChangeHandler(store, finder, drafting, looking.clock, surface),
        test=TestHandler(store, finder, looking, surface, compose_test, wake),
        finder=finder,
    )
