"""Where rules stand now, and what they would have said of the days before."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from analysis.alert_rules.figures import DailySeries
from analysis.alert_rules.judging import Verdict, judge, latest, replay
from analysis.alert_rules.reading import Reading, read
from analysis.alert_rules.terms import Kind
from analysis.clock import Clock
from analysis.errors import BadInput
from analysis.incidents.levels import Level
from handlers.alert_rules.measuring import Asked, Measured, measure
from handlers.alert_rules.results import Outlook, SeriesNow
from handlers.alert_rules.scope import missing
from handlers.freshness import Freshness, SourceFreshness, freshness_of
from handlers.turns import Turns
from queries.dimensions import Dimensions
from queries.engines.base import Engine
from storage.records.alert_rule import AlertRuleDraft

CURVE_DAYS = 30
"""Days that a story draws."""

NO_SOURCE = "There is no data yet."


@dataclass(frozen=True, slots=True)
class LookedAt:
    """One series of a rule, as one look found it.

    Attributes:
        member: which one; None: the only one.
        verdict: where it stands.
        series: its figures; None: of freshness.
        why_not: why nothing can be said, a sentence; empty: it can.
    """

    member: str | None
    verdict: Verdict
    series: DailySeries | None = None
    why_not: str = ""


@dataclass(frozen=True, slots=True)
class Before:
    """Where a series stood: what hysteresis goes by.

    Attributes:
        level: that it had; what is no trouble counts as ok.
        day: that had been judged.
    """

    level: Level = Level.OK
    day: date | None = None


@dataclass(frozen=True, slots=True)
class Question:
    """A rule to be looked at.

    Attributes:
        rule: it.
        before: where its series stood, those that are open; they are looked at in any case.
    """

    rule: AlertRuleDraft
    before: Mapping[str | None, Before] = field(default_factory=dict["str | None", Before])


@dataclass(frozen=True, slots=True)
class RuleView:
    """What a look found of a rule.

    Attributes:
        today: the day that is on, in the rule's zone.
        series: of each member.
        measured: the figures; None: of freshness.
    """

    today: date
    series: tuple[LookedAt, ...]
    measured: Measured | None = None


@dataclass(frozen=True, slots=True)
class Looking:
    """Looks at rules.

    Attributes:
        engine: of the deployment.
        dimensions: of the deployment.
        clock: the present.
        stale_after_hours: of a source.
    """

    engine: Engine
    dimensions: Dimensions
    clock: Clock
    stale_after_hours: float

    async def at(self, questions: Sequence[Question], days: int | None = None) -> list[RuleView]:
        """How some rules stand, in their order, with few questions to the engine.

        Args:
            questions: the rules.
            days: how many days before today the series hold besides those that they are compared
                with; None: as many as it takes to judge the last complete one.

        Raises:
            Unavailable: the engine cannot answer.
        """
        freshness = self.freshness()
        daily = [one for one in questions if one.rule.terms.kind is not Kind.FRESHNESS]
        asked = [
            Asked(one.rule, frozenset(member for member in one.before if member is not None))
            for one in daily
        ]
        # A source that is not stale has facts of these days, and the last of them is complete.
        least = int(self.stale_after_hours // 24) + 2
        figures = iter(await measure(self.engine, self.dimensions, asked, freshness, days or least))
        views: list[RuleView] = []
        turns = Turns()
        for one in questions:
            if one.rule.terms.kind is Kind.FRESHNESS:
                views.append(_by_age(one, freshness))
            else:
                views.append(_by_day(one, next(figures)))
            await turns.take()
        return views

    async def outlook(self, rule: AlertRuleDraft, days: int) -> Outlook:
        """What a rule says now, and would have said in some days before.

        Raises:
            BadInput: it names a dimension that this deployment does not have.
            Unavailable: the engine cannot answer.
        """
        lacking = missing(rule, self.dimensions)
        if lacking:
            sentence = f"This deployment has no dimension {lacking[0]} any more."
            raise BadInput(sentence, "Change the rule's filters, or delete it.")
        view = (await self.at([Question(rule)], days))[0]
        found: list[SeriesNow] = []
        turns = Turns()
        for one in view.series:
            past: tuple[Verdict, ...] = ()
            if one.series is not None and one.series.last > date.min:
                past = replay(rule.terms, one.series, latest(days, one.series.last))
            found.append(SeriesNow(one.member, one.verdict, past))
            await turns.take()
        found.sort(key=_worst_first)
        stale = () if view.measured is None else view.measured.stale
        return Outlook(
            rule=rule,
            series=tuple(found),
            today=view.today,
            days=days,
            stale=tuple(one.source.value for one in stale),
            left_out=0 if view.measured is None else view.measured.left_out,
        )

    async def drawn(
        self, rules: Sequence[tuple[AlertRuleDraft, frozenset[str]]]
    ) -> list[Mapping[str | None, DailySeries]]:
        """The last 30 days of some series, as a story draws them.

        Args:
            rules: each with its members, none of a rule that has a single series.

        Raises:
            Unavailable: the engine cannot answer.
        """
        asked = [Asked(rule, members, is_kept_only=True) for rule, members in rules]
        freshness = self.freshness()
        found = await measure(self.engine, self.dimensions, asked, freshness, CURVE_DAYS + 1)
        return [one.series for one in found]

    def freshness(self) -> Freshness:
        """How old the sources are."""
        return freshness_of(self.engine.snapshot(), self.clock(), self.stale_after_hours)


def _by_age(question: Question, freshness: Freshness) -> RuleView:
    rule = question.rule
    today = freshness.now.astimezone(rule.zone).date()
    series: list[LookedAt] = []
    for source in freshness.sources:
        if rule.source is not None and rule.source != source.source.value:
            continue
        age = age_of(source, freshness)
        reading = Reading(age, age)
        before = question.before.get(source.source.value, Before())
        level = judge(rule.terms, reading, before.level)
        series.append(LookedAt(source.source.value, Verdict(level, None, reading)))
    if not series:
        nothing = Verdict(Level.UNKNOWN, None, None)
        series.append(LookedAt(rule.source, nothing, why_not=NO_SOURCE))
    return RuleView(today, tuple(series))


def _by_day(question: Question, measured: Measured) -> RuleView:
    why_not = _why_not(measured)
    series = tuple(
        LookedAt(
            member,
            _verdict(question, measured, member, some, is_known=not why_not),
            some,
            why_not,
        )
        for member, some in measured.series.items()
    )
    return RuleView(measured.today, series, measured)


def _verdict(
    question: Question,
    measured: Measured,
    member: str | None,
    series: DailySeries,
    *,
    is_known: bool,
) -> Verdict:
    """Where a series stands: never ok while its data is stale."""
    terms = question.rule.terms
    before = question.before.get(member, Before())
    day = measured.today if terms.is_today else series.last
    if not is_known:
        return Verdict(Level.NO_DATA, day if day > date.min else None, None)
    if not terms.is_today and not series.knows(day):
        return Verdict(Level.UNKNOWN, None, None)
    # What a day has come to so far says nothing of the day before.
    held = before.level if not terms.is_today or before.day == day else Level.OK
    reading = read(terms, series, day)
    return Verdict(judge(terms, reading, held), day, reading)


def _why_not(measured: Measured) -> str:
    if not measured.is_known:
        return NO_SOURCE
    if measured.stale:
        names = " and ".join(one.source.value for one in measured.stale)
        verb = "have" if len(measured.stale) > 1 else "has"
        newest = min(one.data_until for one in measured.stale)
        return (
            f"Source {names} {verb} gone stale: the newest fact is of {newest:%Y-%m-%d %H:%M} UTC."
        )
    return ""


def age_of(source: SourceFreshness, freshness: Freshness) -> Decimal:
    """Hours since the newest fact of a source; 0 where it lies ahead."""
    seconds = int((freshness.now - source.data_until).total_seconds())
    return max(Decimal(seconds) / 3600, Decimal(0))


def _worst_first(series: SeriesNow) -> tuple[int, int, Decimal, str]:
    reading = series.now.reading
    stake = Decimal(0) if reading is None else reading.stake
    return -series.now.level.rank, -len(series.fired), -stake, series.member or ""
