"""Rules and what they found in plain words; names from the data are not escaped."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal

from analysis.alert_rules.judging import Verdict
from analysis.alert_rules.reading import FROM_NOTHING, Reading
from analysis.alert_rules.terms import Baseline, Direction, Kind, Terms, Unit
from analysis.incidents.levels import Level
from analysis.series import Measure
from analysis.written import count, money, percent, plural
from storage.records.alert_rule import AlertRuleDraft

BASELINES: Mapping[Baseline, str] = {
    Baseline.WEEK_BEFORE: "the average of the 7 days before",
    Baseline.WEEKDAY: "the usual for that weekday",
    Baseline.PRIOR_WEEK: "the average day of the week before",
    Baseline.PRIOR_MONTH: "the average day of the month before",
    Baseline.FOUR_WEEKS: "its 28 days before",
}

_MOST_NAMED = 3

_OF_WHAT = {Kind.FAILURE_COST: " of the cost", Kind.UNPRICED: " of the requests"}
"""What their shares are of."""


def called(rule: AlertRuleDraft) -> str:
    """What is looked at, as a sentence begins with it: "Cost per request"."""
    terms = rule.terms
    match terms.kind:
        case Kind.ABSOLUTE | Kind.RELATIVE:
            if _counts_requests(terms):
                return "Requests"
            return "Infrastructure cost" if terms.is_infrastructure else "Cost"
        case Kind.REQUEST_COST:
            return "Cost per request"
        case Kind.FAILURE_COST:
            return "Cost of failed requests"
        case Kind.UNPRICED:
            return "Unpriced requests"
        case Kind.FRESHNESS:
            return "Freshness"
        case Kind.UTILIZATION:
            return "GPU utilization"


def title_of(rule: AlertRuleDraft, member: str | None = None) -> str:
    """The subject in a phrase: "Cost of model gpt-4o, product api"."""
    if rule.terms.kind is Kind.FRESHNESS:
        return "Freshness of the data" if member is None else f"Freshness of source {member}"
    names = scope_names(rule, member)
    return f"{called(rule)} of {', '.join(names)}" if names else called(rule)


def scope_names(rule: AlertRuleDraft, member: str | None = None) -> list[str]:
    """What it watches, each filter a phrase, its member first."""
    names: list[str] = []
    if member is not None and rule.each is not None:
        names.append(f"{_dimension(rule.each)} {member}")
    names += [
        f"{_dimension(name)} {_listed(values)}"
        for name, values in rule.filters.items()
        if member is None or name != rule.each
    ]
    if rule.organization is not None:
        names.append(f"organization {rule.organization}")
    return names


def condition(rule: AlertRuleDraft) -> str:
    """What has to be for it to be told: "cost of a day above $500.00"."""
    terms = rule.terms
    side = terms.direction.value
    mark = written(terms, terms.warning)
    match terms.kind:
        case Kind.ABSOLUTE:
            noun = called(rule)[0].lower() + called(rule)[1:]
            span = f"{noun} so far today" if terms.is_today else f"{noun} a day"
            return f"{span} {side} {mark}"
        case Kind.RELATIVE | Kind.REQUEST_COST:
            noun = called(rule)[0].lower() + called(rule)[1:]
            if terms.baseline is None:
                return f"{noun} {side} {mark}"
            span = f"{noun} a day" if terms.kind is Kind.RELATIVE else noun
            return f"{span} {mark} {side} {BASELINES[terms.baseline]}"
        case Kind.FAILURE_COST:
            of = _OF_WHAT[terms.kind] if terms.unit is Unit.SHARE else ""
            return f"failed requests cost more than {mark}{of} a day"
        case Kind.UNPRICED:
            of = _OF_WHAT[terms.kind] if terms.unit is Unit.SHARE else ""
            span = "so far today" if terms.is_today else "a day"
            return f"more than {mark}{of} without a price {span}"
        case Kind.FRESHNESS:
            return f"newest data older than {mark}"
        case Kind.UTILIZATION:
            return f"GPU utilization below {mark}"


def thresholds(terms: Terms) -> str:
    """All thresholds: "notice 10 %, warning 30 %, critical 60 %"."""
    return ", ".join(f"{level.value} {written(terms, at)}" for level, at in terms.thresholds[::-1])


def settings(rule: AlertRuleDraft) -> list[str]:
    """The rest of what was decided, each a phrase."""
    terms = rule.terms
    said = [f"over once it is back by {short_percent(terms.margin)} of its threshold"]
    if terms.floor:
        said.insert(0, f"only where at least {money(terms.floor)} are at stake")
    if rule.customers_only:
        said.insert(0, "customers only")
    if rule.source is not None:
        said.insert(0, f"source {rule.source}")
    if rule.remind_after is not None:
        said.append(f"told again after {lasting(rule.remind_after)}")
    return said


def written(terms: Terms, value: Decimal) -> str:
    """A threshold, or a figure in its unit."""
    match terms.unit:
        case Unit.USD:
            return money(value)
        case Unit.REQUESTS:
            number = int(value) if value == int(value) else value
            return f"{number:,} {'request' if number == 1 else 'requests'}"
        case Unit.SHARE:
            return short_percent(value)
        case Unit.HOURS:
            return hours(value)


def short_percent(value: Decimal) -> str:
    """A share that somebody has set, as they would write it: "30 %"."""
    return percent(value).replace(".0 %", " %")


def actual(terms: Terms, value: Decimal) -> str:
    """What a day came to; of rules with a baseline that has another unit than their thresholds."""
    if terms.baseline is None:
        return written(terms, value)
    if terms.kind is Kind.RELATIVE and _counts_requests(terms):
        whole = int(value.to_integral_value())
        return plural(whole, "request")
    return money(value)


def summary(rule: AlertRuleDraft, member: str | None, verdict: Verdict, today: date) -> str:
    """What was found, a sentence with the figures and the threshold."""
    terms, reading = rule.terms, verdict.reading
    if reading is None:
        return f"{title_of(rule, member)}: nothing can be said."
    if terms.kind is Kind.FRESHNESS:
        source = "the data" if member is None else f"source {member}"
        return (
            f"The newest fact of {source} is {hours(reading.actual)} old{_beyond(terms, verdict)}."
        )
    when, verb = _when(verdict.day, today)
    subject = title_of(rule, member)
    is_plural = terms.kind is Kind.UNPRICED or called(rule) == "Requests"
    if is_plural:
        verb = "were" if verb == "was" else "are"
    figure = actual(terms, reading.actual)
    if is_plural:
        figure = figure.removesuffix(" requests").removesuffix(" request")
    if terms.unit is Unit.SHARE:
        figure += _OF_WHAT.get(terms.kind, "")
    return f"{subject} {verb} {figure} {when}{_against(terms, reading)}{_beyond(terms, verdict)}."


def days_line(verdict: Verdict, rule: AlertRuleDraft, member: str | None = None) -> str:
    """A day of a preview: "Fri 2026-11-20: critical, $812.00 against $471.00 (+72.3 %)"."""
    reading = verdict.reading
    day = "" if verdict.day is None else f"{verdict.day:%a %Y-%m-%d}: "
    who = "" if member is None else f"{member}, "
    if reading is None:
        return f"{day}{who}{verdict.level.value}"
    figure = actual(rule.terms, reading.actual)
    if reading.usual is not None:
        figure += f" against {actual(rule.terms, reading.usual)}"
        if reading.value != FROM_NOTHING:
            figure += f" ({percent(_change(rule.terms, reading), sign=True)})"
    still = "" if _is_beyond(rule.terms, verdict) else "still "
    return f"{day}{who}{still}{verdict.level.value}, {figure}"


def hours(value: Decimal) -> str:
    """Hours, or days where they are many: "7.5 hours", "3.2 days"."""
    if value >= 72:
        return f"{_one_digit(value / 24)} days"
    text = _one_digit(value)
    return f"{text} hour" if text == "1" else f"{text} hours"


def lasting(span: timedelta) -> str:
    """A length of time: "1 day", "12 hours"."""
    whole = int(span.total_seconds()) // 3600
    if whole % 24 == 0:
        return plural(whole // 24, "day")
    return plural(whole, "hour")


def state_words(level: Level) -> str:
    """How a series stands, as a list says it."""
    return {Level.UNKNOWN: "too little history", Level.NO_DATA: "no data"}.get(level, level.value)


def _against(terms: Terms, reading: Reading) -> str:
    if reading.usual is None or terms.baseline is None:
        return ""
    usual = actual(terms, reading.usual)
    name = BASELINES[terms.baseline]
    if reading.value == FROM_NOTHING:
        return f"; {name} is nothing"
    change = _change(terms, reading)
    if not change:
        return f", as {name} ({usual})"
    side = "above" if change > 0 else "below"
    return f", {percent(abs(change))} {side} {name} ({usual})"


def _beyond(terms: Terms, verdict: Verdict) -> str:
    """The threshold that was crossed, or the first that was not."""
    marks = dict(terms.thresholds)
    crossed = marks.get(verdict.level)
    if crossed is None:
        return f"; told {_from(terms)} {written(terms, terms.thresholds[-1][1])}"
    if not _is_beyond(terms, verdict):
        back = written(terms, crossed)
        return (
            f", not yet back behind the threshold of {back} ({verdict.level.value}) by the margin"
        )
    return f"; {verdict.level.value} {_from(terms)} {written(terms, crossed)}"


def _is_beyond(terms: Terms, verdict: Verdict) -> bool:
    """Whether the figure lies beyond the threshold of its level; else its margin holds it."""
    crossed = dict(terms.thresholds).get(verdict.level)
    if crossed is None or verdict.reading is None:
        return True
    value = verdict.reading.value
    return value > crossed if terms.rises else value < crossed


def _from(terms: Terms) -> str:
    return "above" if terms.rises else "below"


def _change(terms: Terms, reading: Reading) -> Decimal:
    return reading.value if terms.direction is Direction.ABOVE else -reading.value


def _when(day: date | None, today: date) -> tuple[str, str]:
    if day is None:
        return "now", "is"
    if day == today:
        return f"so far today ({day})", "is"
    return f"on {day:%a %Y-%m-%d}", "was"


def _counts_requests(terms: Terms) -> bool:
    return terms.unit is Unit.REQUESTS or terms.measure is Measure.REQUESTS


def _dimension(name: str) -> str:
    return name.replace("_", " ")


def _listed(values: tuple[str, ...]) -> str:
    shown = values[:_MOST_NAMED]
    rest = len(values) - len(shown)
    if rest:
        return f"{', '.join(shown)} and {count(rest)} more"
    return " or ".join(shown)


def _one_digit(value: Decimal) -> str:
    text = f"{value:,.1f}"
    return text.removesuffix(".0")
