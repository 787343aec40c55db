"""Looking at rules: a list, and one with what it says and would have said."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from analysis.errors import NotAllowed
from analysis.incidents.levels import Level
from handlers.alert_rules.finding import Finder, awake
from handlers.alert_rules.hearing import is_told
from handlers.alert_rules.journal import RULE
from handlers.alert_rules.looking import Looking
from handlers.alert_rules.permissions import Act, allow, may, sees, within
from handlers.alert_rules.requests import ListRequest, Which
from handlers.alert_rules.results import Listed, RuleList, ShownRule
from handlers.caller import Caller
from storage.records.incident import Incident
from storage.store import Store

SHOWN_DAYS = 14
"""Days that are told with a rule."""

ENTRIES = 5
"""Decisions that are told with a rule."""

OpenSubjects = Callable[[], Awaitable[dict[str, Incident]]]
"""The open incidents of rules, by subject."""


@dataclass(frozen=True, slots=True)
class ReadHandler:
    """Tells of rules, within what the caller sees.

    Attributes:
        store: with the rules and the audit trail.
        finder: finds the rule that a text means.
        looking: looks at rules.
        open_subjects: of the desk.
    """

    store: Store
    finder: Finder
    looking: Looking
    open_subjects: OpenSubjects

    async def list(self, request: ListRequest, caller: Caller) -> RuleList:
        """A page of the rules that the caller sees, by name, with their open incidents.

        Raises:
            NotAllowed: of an organization that is not the caller's.
            Unavailable: the store cannot be read.
        """
        allow(Act.SEE, caller)
        reach = within(caller)
        if request.organization is not None:
            if reach is not None and request.organization.casefold() != reach.casefold():
                sentence = f"You see the alert rules of {reach}."
                raise NotAllowed(sentence, "Leave the organization away.")
            reach = reach or request.organization
        rules = self.store.alert_rules
        after = None
        if request.after is not None:
            after = await rules.find(request.after, within=reach, deleted=True)
        page = await rules.page(
            within=reach, containing=request.containing, after=after, limit=request.limit + 1
        )
        shown = page[: request.limit]
        now, dimensions = self.looking.clock(), self.looking.dimensions
        opened = await self._opened()
        return RuleList(
            rules=tuple(
                Listed(awake(rule, now), *opened.get(str(rule.id), (0, "")))
                for rule in shown
                if sees(caller, rule, dimensions)
            ),
            total=await rules.count(within=reach),
            after=shown[-1].id if len(page) > len(shown) else None,
            may=allowed(caller),
        )

    async def show(self, which: Which, caller: Caller, days: int = SHOWN_DAYS) -> ShownRule:
        """One rule with what it says now, and would have said in the days before.

        Raises:
            NotFound: there is none that the caller sees.
            NotUnderstood: several organizations have one of that name.
            BadInput: it names a dimension that this deployment does not have.
            Unavailable: the facts or the store cannot be read.
        """
        allow(Act.SEE, caller)
        rule = await self.finder.find(which, caller)
        entries = await self.store.audit.of_object(RULE, str(rule.id), limit=ENTRIES)
        outlook = await self.looking.outlook(rule, days)
        told = await is_told(self.store, rule)
        return ShownRule(rule, outlook, tuple(entries), allowed(caller), told)

    async def _opened(self) -> dict[str, tuple[int, str]]:
        """By rule, how many incidents are open, and the worst of their levels."""
        found: dict[str, tuple[int, str]] = {}
        for incident in (await self.open_subjects()).values():
            key = str(incident.rule_id)
            number, worst = found.get(key, (0, ""))
            is_worse = not worst or Level(incident.level).rank > Level(worst).rank
            found[key] = number + 1, incident.level if is_worse else worst
        return found


def allowed(caller: Caller) -> frozenset[Act]:
    """What the caller's role may do."""
    return frozenset(act for act in Act if may(act, caller))
