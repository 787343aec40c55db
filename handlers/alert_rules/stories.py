"""What a rule found, as it is told: a signal with its story in four parts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

from analysis.alert_rules.baselines import usual
from analysis.alert_rules.figures import DailySeries
from analysis.alert_rules.judging import Verdict, latest
from analysis.alert_rules.reading import FROM_NOTHING, Reading, cost_of, counted, read
from analysis.alert_rules.terms import Kind, Terms, Unit
from analysis.complete_days import DAY
from analysis.incidents.levels import Level
from handlers.alert_rules.drivers import UNKNOWN, Drivers
from handlers.alert_rules.looking import CURVE_DAYS
from handlers.alert_rules.scope import ORGANIZATION, subject_of
from handlers.alert_rules.wording import scope_names, summary, title_of
from handlers.incidents.signal import Curve, Policy, Signal, Story, Target, TargetChannel
from storage.records.alert_rule import AlertRule

PRODUCT = "product"

_CHANNELS: Mapping[str, TargetChannel] = {
    "slack": "slack",
    "email": "email",
    "webhook": "webhook",
    "linear": "linear",
}

_UNITS: Mapping[Unit, Literal["USD", "requests", "%"]] = {
    Unit.USD: "USD",
    Unit.REQUESTS: "requests",
    Unit.SHARE: "%",
}


@dataclass(frozen=True, slots=True)
class Found:
    """What a look found of one series of a rule.

    Attributes:
        rule: it.
        member: which series; None: the only one.
        verdict: where it stands.
        series: its figures; None: of freshness, or there are none.
        today: the day that is on, in the rule's zone.
        why_not: why nothing can be said, a sentence; empty: it can.
    """

    rule: AlertRule
    member: str | None
    verdict: Verdict
    series: DailySeries | None
    today: date
    why_not: str = ""

    @property
    def subject(self) -> str:
        """See `Signal.subject`."""
        return subject_of(self.rule, self.member)


def signal_of(found: Found, drivers: Drivers = UNKNOWN) -> Signal:
    """What is handed to the desk."""
    rule, verdict = found.rule, found.verdict
    is_day = verdict.day if rule.terms.kind is not Kind.FRESHNESS else None
    return Signal(
        subject=found.subject,
        kind="rule",
        organization=rule.organization,
        about_organization=_about(found, ORGANIZATION) or rule.organization,
        product=_about(found, PRODUCT),
        level=verdict.level,
        day=is_day,
        story=story_of(found, drivers),
        usd=abs(verdict.reading.stake) if verdict.reading is not None else Decimal(0),
        rule_id=rule.id,
        targets=targets_of(rule),
        policy=Policy(least=rule.terms.least, remind_after=rule.remind_after),
    )


def targets_of(rule: AlertRule) -> tuple[Target, ...]:
    """Where it is told in place of the routes."""
    return tuple(Target(_CHANNELS[channel], address) for channel, address in rule.targets)


def story_of(found: Found, drivers: Drivers = UNKNOWN) -> Story:
    """What is told, in four parts; names are not escaped."""
    rule, verdict = found.rule, found.verdict
    title = title_of(rule, found.member)
    if verdict.level is Level.NO_DATA:
        return Story(
            title=title,
            summary=f"{title}: nothing can be said. {found.why_not}".strip(),
            advice="Bring the data up to date: `/cost about` shows how old each source is.",
            ask="about",
            facts=_facts(found),
        )
    if verdict.level is Level.OK:
        back = summary(rule, found.member, verdict, found.today)
        return Story(title=title, summary=back, facts=_facts(found))
    return Story(
        title=title,
        summary=summary(rule, found.member, verdict, found.today),
        cause=drivers.cause,
        breakdown=drivers.breakdown,
        advice=drivers.advice or _advice(rule.terms),
        ask=question(found),
        facts=_facts(found),
        curve=curve_of(found),
    )


def question(found: Found) -> str | None:
    """The question that leads on."""
    rule, day = found.rule, found.verdict.day
    words = _scope_words(found)
    match rule.terms.kind:
        case Kind.FRESHNESS:
            return "about"
        case Kind.UTILIZATION:
            return " ".join(["utilization", *([str(day)] if day else []), *words])
        case Kind.FAILURE_COST:
            return " ".join(["failures", *([str(day)] if day else []), *words])
        case Kind.UNPRICED:
            return " ".join([*([str(day)] if day else ["today"]), "by model", *words])
        case _:
            if day is None or day == found.today:
                return " ".join(["why", "today", *words])
            return " ".join(["why", str(day), "vs", str(day - 7 * DAY), *words])


def curve_of(found: Found) -> Curve | None:
    """The last 30 days, with the threshold as what was expected at most."""
    rule, series, day = found.rule, found.series, found.verdict.day
    if series is None or day is None or rule.terms.kind is Kind.FRESHNESS:
        return None
    terms = rule.terms
    days = latest(CURVE_DAYS, day)
    actual = [_drawn(terms, series, one, is_last=one == day) for one in days]
    limits = [_limit(terms, series, one) for one in days]
    unit = _UNITS.get(terms.unit, "USD")
    if terms.kind is Kind.RELATIVE:
        unit = "requests" if terms.measure.value == "requests" else "USD"
    if terms.kind is Kind.REQUEST_COST:
        unit = "USD"
    scale = 100 if unit == "%" else 1
    return Curve(
        title=title_of(rule, found.member),
        first=days[0],
        actual=tuple(None if one is None else float(one) * scale for one in actual),
        expected=tuple(None if one is None else float(one) * scale for one in limits),
        unit=unit,
        is_threshold=True,
    )


def _drawn(terms: Terms, series: DailySeries, day: date, *, is_last: bool) -> Decimal | None:
    if not is_last and not series.knows(day):
        return None
    if terms.kind is Kind.RELATIVE:
        return counted(terms, series.on(day))
    if terms.kind is Kind.REQUEST_COST:
        figures = series.on(day)
        return cost_of(terms, figures) / figures.priced if figures.priced > 0 else None
    reading = read(terms, series, day)
    return None if reading is None else reading.actual


def _limit(terms: Terms, series: DailySeries, day: date) -> Decimal | None:
    """The first threshold on a day, in the unit of what is drawn."""
    threshold = terms.thresholds[-1][1]
    if terms.baseline is None:
        return threshold
    sign = 1 if terms.direction.value == "above" else -1
    if terms.kind is Kind.REQUEST_COST:
        reading = read(terms, series, day)
        usual_cost = None if reading is None else reading.usual
        return None if usual_cost is None else usual_cost * (1 + sign * threshold)
    expected = usual(terms.baseline, series, day, lambda one: counted(terms, one))
    return None if expected is None else expected * (1 + sign * threshold)


def _facts(found: Found) -> dict[str, str | int | float | None]:
    rule, verdict = found.rule, found.verdict
    reading = verdict.reading
    threshold = dict(rule.terms.thresholds).get(verdict.level)
    return {
        "rule": rule.name,
        "rule_id": str(rule.id),
        "kind": rule.terms.kind.value,
        "unit": rule.terms.unit.value,
        "direction": rule.terms.direction.value,
        "level": verdict.level.value,
        "scope": ", ".join(scope_names(rule, found.member)) or "everything",
        "member": found.member,
        "day": None if verdict.day is None else str(verdict.day),
        "value": _plain(reading, "value"),
        "actual": _plain(reading, "actual"),
        "usual": _plain(reading, "usual"),
        "threshold": None if threshold is None else f"{threshold:f}",
    }


def _plain(reading: Reading | None, name: str) -> str | None:
    value: Decimal | None = None if reading is None else getattr(reading, name)
    if value is None or value == FROM_NOTHING:
        return None
    return f"{round(value, 6):f}"


def _about(found: Found, dimension: str) -> str | None:
    """The only value of a dimension that it is about; None: there are several, or none."""
    if found.rule.each == dimension:
        return found.member
    values = found.rule.filters.get(dimension, ())
    return values[0] if len(values) == 1 else None


def _scope_words(found: Found) -> list[str]:
    """The filters as they are typed."""
    rule = found.rule
    pairs = [
        (name, value)
        for name, values in rule.filters.items()
        for value in values
        if found.member is None or name != rule.each
    ]
    if rule.organization is not None:
        pairs.append((ORGANIZATION, rule.organization))
    if rule.each is not None and found.member is not None:
        pairs.append((rule.each, found.member))
    words = [f"{name} {_typed(value)}" for name, value in pairs]
    if rule.customers_only and rule.terms.kind is not Kind.UTILIZATION:
        words.append("customers")
    if rule.terms.is_infrastructure and rule.terms.kind in (Kind.ABSOLUTE, Kind.RELATIVE):
        words.append("infrastructure")
    return words


def _typed(value: str) -> str:
    is_plain = value and not any(one.isspace() or one in "\"'“”„«»‘’" for one in value)
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return value if is_plain else f'"{escaped}"'


def _advice(terms: Terms) -> str:
    match terms.kind:
        case Kind.FRESHNESS:
            return (
                "Look at the import or the sync of that source: `costbot jobs` tells how it went."
            )
        case Kind.ABSOLUTE | Kind.RELATIVE if terms.direction.value == "below":
            return "Find out whether the traffic has moved, failed or stopped being recorded."
        case _:
            return "Look at what drives it, then decide whether it is meant to be so."
