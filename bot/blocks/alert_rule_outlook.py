"""What a rule says now and would have said: the preview before it counts, and what `show` tells."""

from __future__ import annotations

from analysis.alert_rules.judging import Verdict
from analysis.alert_rules.terms import Kind
from analysis.incidents.levels import Level
from bot.blocks.alert_rule_words import MARKS, bound_line, level_words
from bot.blocks.text import enumerate_names, escape, plural
from handlers.alert_rules.results import Outlook, Previewed, SeriesNow
from handlers.alert_rules.wording import days_line, summary

MOST_DAYS = 7
"""Days of a preview that are named."""

MOST_SERIES = 5
"""Series of which it is told how they stand."""

TOO_OFTEN = 3
"""Of ten days: a rule that fires on more of them will not be read for long."""


def preview_lines(previewed: Previewed) -> list[str]:
    """A preview, paragraph by paragraph; escaped."""
    lines = outlook_lines(previewed.outlook, would=True)
    if previewed.unseen:
        names = enumerate_names(previewed.unseen, most=5)
        lines.append(f":information_source: No cost has had these lately: {names}.")
    return lines


def outlook_lines(outlook: Outlook, *, would: bool) -> list[str]:
    """What it says now, and on which days it would have fired; escaped.

    Args:
        outlook: of the rule.
        would: the rule is not kept yet.
    """
    lines = [past_words(outlook, would=would), now_words(outlook)]
    if bound := bound_line(outlook.rule, outlook.left_out):
        lines.append(bound)
    return [line for line in lines if line]


def past_words(outlook: Outlook, *, would: bool) -> str:
    """On how many days it would have fired, with the latest of them."""
    if outlook.rule.terms.kind is Kind.FRESHNESS:
        return "How old the data was in the past is not kept, so there is nothing to look back on."
    judged = max((_judged(series) for series in outlook.series), default=0)
    span = f"the last {plural(outlook.days, 'day')}"
    if not judged:
        return f"Of {span} nothing can be said: there is too little history."
    days = outlook.days_fired
    verb = "this would have fired" if would else "it would have fired"
    if not days:
        text = f"*In {span} {verb} on no day.*"
    else:
        told = plural(outlook.incidents, "incident")
        text = f"*In {span} {verb} on {plural(len(days), 'day')}*, told as {told}:"
        text += "".join(f"\n• {line}" for line in _fired(outlook)[:MOST_DAYS])
        rest = len(_fired(outlook)) - MOST_DAYS
        text += f"\n… and {rest:,} more" if rest > 0 else ""
        if len(days) * 10 > judged * TOO_OFTEN:
            text += (
                "\n:warning: That is more than three days in ten: another threshold is read longer."
            )
    if judged < outlook.days:
        text += f"\nOnly {plural(judged, 'day')} of these could be judged: before, history lacks."
    return text


def now_words(outlook: Outlook) -> str:
    """How its series stand now, the worst first."""
    if outlook.stale:
        names = " and ".join(escape(name) for name in outlook.stale)
        return f"{level_words(Level.NO_DATA)}: the data of {names} has gone stale."
    shown = [_now(outlook, series) for series in outlook.series[:MOST_SERIES]]
    if not shown:
        return "Nothing of it has had a cost in the last 7 days."
    rest = len(outlook.series) - len(shown)
    lines = [f"*Now:* {shown[0]}" if len(shown) == 1 else "*Now:*"]
    if len(shown) > 1:
        lines += [f"• {line}" for line in shown]
    if rest:
        lines.append(f"… and {plural(rest, 'series', 'series')} more, none of them worse")
    return "\n".join(lines)


def _now(outlook: Outlook, series: SeriesNow) -> str:
    now = series.now
    if now.reading is None:
        who = f"{escape(series.member)}: " if series.member is not None else ""
        return f"{who}{level_words(now.level)}"
    said = summary(outlook.rule, series.member, now, outlook.today)
    return f"{level_words(now.level)}. {escape(said)}"


def _fired(outlook: Outlook) -> list[str]:
    found: list[tuple[Verdict, str | None]] = [
        (verdict, series.member) for series in outlook.series for verdict in series.fired
    ]
    found.sort(key=lambda pair: (str(pair[0].day), pair[0].level.rank, pair[1] or ""), reverse=True)
    return [
        f"{MARKS[verdict.level]} {escape(days_line(verdict, outlook.rule, member))}"
        for verdict, member in found
    ]


def _judged(series: SeriesNow) -> int:
    return sum(one.level is not Level.UNKNOWN for one in series.past)
