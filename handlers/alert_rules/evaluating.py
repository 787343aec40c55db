"""The evaluation of all rules: one look at the facts, and what follows is handed to the desk.

Rules that are divided alike share one query, so thousands of rules do not mean thousands of
questions. What a rule says of a series that is in no trouble, and in no open incident, is said to
nobody. A rule that cannot be evaluated is marked, its owner is told once, and the others go on.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Protocol
from urllib.parse import unquote
from uuid import UUID

from analysis.alert_rules.judging import Verdict
from analysis.errors import CostbotError, Unavailable
from analysis.incidents.levels import Level
from handlers.alert_rules.drivers import UNKNOWN, Drivers, FindDrivers, within
from handlers.alert_rules.looking import Before, Looking, Question, RuleView
from handlers.alert_rules.scope import WHOLE, missing
from handlers.alert_rules.stories import Found, signal_of
from handlers.alert_rules.wording import title_of
from handlers.incidents.signal import IncidentKind, Signal, Story
from handlers.turns import Turns
from storage.records.alert_rule import AlertRule
from storage.records.delivery import NewDelivery
from storage.records.incident import Incident
from storage.store import Store

log = logging.getLogger(__name__)

GONE = "The rule was deleted: nobody looks at this any more."


class Desk(Protocol):
    """What takes signals, see `handlers.incidents.desk.IncidentDesk`."""

    async def report(self, signals: Sequence[Signal]) -> object:
        """Opens, changes and closes incidents, and has them told."""
        ...

    async def open_subjects(self, kind: IncidentKind) -> dict[str, Incident]:
        """All open incidents of a kind, by subject."""
        ...

    async def close_of_rule(self, rule_id: UUID, note: str) -> int:
        """Closes what a rule has found, since the rule is gone."""
        ...


TellFault = Callable[[AlertRule], Sequence[NewDelivery]]
"""The messages that tell the owner of a rule of its fault; none where nobody can be told."""


@dataclass(frozen=True, slots=True)
class RuleLimits:
    """What an evaluation may take.

    Attributes:
        drivers_seconds: for the drivers of one series; what takes longer is left out.
        drivers_in_all: seconds for those of one look together.
        drivers_at_once: questions to the engine at the same time.
    """

    drivers_seconds: float = 3
    drivers_in_all: float = 20
    drivers_at_once: int = 2


@dataclass(frozen=True, slots=True)
class RulesReport:
    """What a look has done.

    Attributes:
        at: instant, UTC.
        rules: that were looked at.
        series: of these.
        in_trouble: series that are.
        no_data: series of which nothing can be said.
        signals: that were handed to the desk.
        faults: rules that cannot be evaluated.
    """

    at: datetime
    rules: int
    series: int
    in_trouble: int
    no_data: int
    signals: int
    faults: int


_Known = tuple[date | None, Level]


@dataclass(slots=True)
class AlertRuleEvaluator:
    """Evaluates all rules, again and again.

    Attributes:
        store: with the rules and the outbox.
        looking: looks at them.
        desk: takes what was found.
        drivers: finds what drives a series that fires.
        tell_fault: writes the message to the owner of a rule that cannot be evaluated.
        wake: tells the outbox of this process that there is something to send.
        limits: what a look may take.
        last: what the last look has done; None: there was none yet.
    """

    store: Store
    looking: Looking
    desk: Desk
    drivers: FindDrivers
    tell_fault: TellFault
    wake: Callable[[], None] | None = None
    limits: RuleLimits = field(default_factory=RuleLimits)
    last: RulesReport | None = None
    _driven: dict[str, tuple[_Known, Drivers]] = field(
        default_factory=dict[str, "tuple[_Known, Drivers]"]
    )

    async def look(self) -> RulesReport:
        """Looks at all rules that are neither deleted nor paused.

        Raises:
            Unavailable: the store or the facts cannot be read; the next look does it again.
        """
        rules = await self.store.alert_rules.active()
        opened = await self.desk.open_subjects("rule")
        await self._close_deleted(opened)
        rules, faults = await self._answerable(rules)
        before = _before(opened)
        views = await self.looking.at([Question(rule, before.get(rule.id, {})) for rule in rules])
        found: list[Found] = []
        turns = Turns()
        for rule, view in zip(rules, views, strict=True):
            found += _found(rule, view)
            await turns.take()
        signals = await self._signals(found, opened)
        signals += _left(rules, found, opened)
        if signals:
            await self.desk.report(signals)
        self.last = RulesReport(
            at=self.looking.clock(),
            rules=len(rules),
            series=len(found),
            in_trouble=sum(one.verdict.level.is_trouble for one in found),
            no_data=sum(one.verdict.level is Level.NO_DATA for one in found),
            signals=len(signals),
            faults=faults,
        )
        return self.last

    async def _answerable(self, rules: Sequence[AlertRule]) -> tuple[list[AlertRule], int]:
        """The rules that can be evaluated; the owners of the others are told."""
        able: list[AlertRule] = []
        for rule in rules:
            lacking = missing(rule, self.looking.dimensions)
            fault = None
            if lacking:
                names = ", ".join(lacking)
                fault = f"This deployment has no dimension {names} any more."
            if fault != rule.fault:
                await self._mark(rule, fault)
            if fault is None:
                able.append(rule)
        return able, len(rules) - len(able)

    async def _mark(self, rule: AlertRule, fault: str | None) -> None:
        """Keeps why a rule cannot be evaluated, and tells its owner in the same transaction."""
        async with self.store.transaction() as together:
            is_new = await together.alert_rules.mark(rule.id, fault)
            if not is_new or fault is None:
                return
            messages = self.tell_fault(replace(rule, fault=fault))
            await together.deliveries.add_many(messages)
        log.warning("the alert rule %s cannot be evaluated: %s", rule.id, fault)
        if messages and self.wake is not None:
            self.wake()

    async def _close_deleted(self, opened: Mapping[str, Incident]) -> None:
        """Closes what rules have found that are not there any more."""
        ids = list({one.rule_id for one in opened.values() if one.rule_id is not None})
        kept = {rule.id: rule for rule in await self.store.alert_rules.find_many(ids)}
        for key in ids:
            if key not in kept or kept[key].deleted_at is not None:
                await self.desk.close_of_rule(key, GONE)

    async def _signals(
        self, found: Sequence[Found], opened: Mapping[str, Incident]
    ) -> list[Signal]:
        """What the desk is told: of trouble always, of the rest only where an incident is open."""
        trouble = await self._drawn([one for one in found if one.verdict.level.is_trouble])
        drawn = {one.subject: one for one in trouble}
        drivers = await self._drivers_of(trouble)
        signals: list[Signal] = []
        turns = Turns()
        for one in found:
            if one.verdict.level.is_trouble:
                signals.append(signal_of(drawn[one.subject], drivers.get(one.subject, UNKNOWN)))
            elif one.subject in opened and one.verdict.level is not Level.UNKNOWN:
                signals.append(signal_of(one))
            await turns.take()
        return signals

    async def _drawn(self, trouble: Sequence[Found]) -> list[Found]:
        """What is in trouble, with the days that a story draws; these alone are read for it."""
        members: dict[UUID, set[str]] = {}
        rules: dict[UUID, AlertRule] = {}
        for one in trouble:
            if one.series is not None:
                rules[one.rule.id] = one.rule
                members.setdefault(one.rule.id, set())
                if one.member is not None:
                    members[one.rule.id].add(one.member)
        asked = [(rule, frozenset(members[key])) for key, rule in rules.items()]
        found = dict(zip(rules, await self.looking.drawn(asked), strict=True))
        return [
            one
            if one.series is None
            else replace(one, series=found[one.rule.id].get(one.member, one.series))
            for one in trouble
        ]

    async def _drivers_of(self, trouble: Sequence[Found]) -> dict[str, Drivers]:
        """What drives each; what was found for the same day and level is not asked again."""
        known: dict[str, Drivers] = {}
        asked: list[Found] = []
        for one in trouble:
            kept = self._driven.get(one.subject)
            if kept is not None and kept[0] == _state(one.verdict):
                known[one.subject] = kept[1]
            elif one.verdict.day is not None:
                asked.append(one)
        gate = asyncio.Semaphore(self.limits.drivers_at_once)

        async def ask(one: Found) -> None:
            async with gate:
                known[one.subject] = await self._driver(one)

        # The dearest first: where the time is not enough, it is enough for them.
        asked.sort(key=lambda one: -one.verdict.reading.stake if one.verdict.reading else 0)
        tasks = [asyncio.create_task(ask(one)) for one in asked]
        if tasks:
            _, late = await asyncio.wait(tasks, timeout=self.limits.drivers_in_all)
            for task in late:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            for task in tasks:
                if not task.cancelled() and (error := task.exception()) is not None:
                    raise error
        self._driven = {
            one.subject: (_state(one.verdict), known[one.subject])
            for one in trouble
            if one.subject in known
        }
        return known

    async def _driver(self, one: Found) -> Drivers:
        day = one.verdict.day
        if day is None:
            return UNKNOWN
        try:
            work = self.drivers(one.rule, one.member, day)
            return await within(work, self.limits.drivers_seconds)
        except Unavailable:
            raise
        except CostbotError as error:
            log.info("no drivers for the alert rule %s: %s", one.rule.id, error)
            return UNKNOWN


def _state(verdict: Verdict) -> _Known:
    return verdict.day, verdict.level


def _found(rule: AlertRule, view: RuleView) -> list[Found]:
    return [
        Found(rule, one.member, one.verdict, one.series, view.today, one.why_not)
        for one in view.series
    ]


def _before(opened: Mapping[str, Incident]) -> dict[UUID, dict[str | None, Before]]:
    """Where the series of each rule stood, those of which an incident is open."""
    found: dict[UUID, dict[str | None, Before]] = {}
    for subject, incident in opened.items():
        parts = subject.split("|")
        if incident.rule_id is None or len(parts) != 3:
            continue
        level = Level(incident.level)
        if not level.is_trouble:
            # While nothing could be said, it stood where people were told that it stood.
            level = Level(incident.level_told)
        member = None if parts[2] == WHOLE else unquote(parts[2])
        found.setdefault(incident.rule_id, {})[member] = Before(level, incident.day)
    return found


def _left(
    rules: Sequence[AlertRule], found: Sequence[Found], opened: Mapping[str, Incident]
) -> list[Signal]:
    """Open subjects that a rule does not have any more, since it was changed: they are over."""
    there = {one.subject for one in found}
    by_id = {rule.id: rule for rule in rules}
    signals: list[Signal] = []
    for subject, incident in opened.items():
        rule = by_id.get(incident.rule_id) if incident.rule_id is not None else None
        if rule is None or subject in there:
            continue
        title = title_of(rule)
        summary = f"The rule {rule.name} was changed: it does not watch this any more."
        signals.append(
            Signal(
                subject=subject,
                kind="rule",
                organization=incident.organization,
                about_organization=incident.about_organization,
                product=incident.product,
                level=Level.OK,
                day=None,
                story=Story(title=title, summary=summary),
                rule_id=rule.id,
            )
        )
    return signals
