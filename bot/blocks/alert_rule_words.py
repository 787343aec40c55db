"""What every message about an alert rule is written with; escaped."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from analysis.incidents.levels import Level
from bot.blocks.text import enumerate_names, escape, moment, plural, short
from handlers.alert_rules.scope import MOST_MEMBERS
from handlers.alert_rules.wording import condition, settings, thresholds
from handlers.workspaces.addresses import bare, is_person
from storage.records.alert_rule import AlertRule, AlertRuleDraft

MARKS = {
    Level.UNKNOWN: "⚪",
    Level.OK: "🟢",
    Level.NOTICE: "🔵",
    Level.WARNING: "🟡",
    Level.CRITICAL: "🔴",
    Level.NO_DATA: "⚪",
}
"""Always beside the word: nobody has to tell colours apart."""

WORDS = {Level.UNKNOWN: "too little history"}


def level_words(level: Level) -> str:
    """A level with its mark: "🟡 warning"."""
    return f"{MARKS[level]} {WORDS.get(level, level.value)}"


def title(rule: AlertRuleDraft) -> str:
    """The rule's name in bold, and whose it is."""
    owner = "all organizations" if rule.organization is None else short(rule.organization)
    return f"*{escape(short(rule.name))}* · {escape(owner)}"


def terms_line(rule: AlertRuleDraft) -> str:
    """What it watches, in a sentence."""
    what = condition(rule)
    text = escape(what[0].upper() + what[1:])
    if scope := scope_words(rule):
        text += f", {scope}"
    return f"{text}."


def scope_words(rule: AlertRuleDraft) -> str:
    """What it watches besides: "model gpt-4o · each product"; empty: everything."""
    parts = [
        f"{escape(name.replace('_', ' '))} {enumerate_names(values)}"
        for name, values in rule.filters.items()
    ]
    if rule.each is not None:
        parts.append(f"each {escape(rule.each.replace('_', ' '))} by itself")
    if rule.source is not None:
        parts.append(f"source {escape(rule.source)}")
    return " · ".join(parts)


def settings_line(rule: AlertRuleDraft) -> str:
    """Its thresholds and the rest, small."""
    parts = [thresholds(rule.terms), *settings(rule), f"days of {rule.zone.key}"]
    return escape(" · ".join(parts))


def target_words(rule: AlertRuleDraft, *, is_told: bool = True) -> str:
    """Where it is told, without pinging anybody.

    Args:
        rule: whose places these are.
        is_told: somebody would hear of what it finds.
    """
    if not is_told:
        return (
            ":warning: Told to nobody: it names no place, and no route takes it. "
            "`/cost route add to #channel` makes one."
        )
    if not rule.targets:
        return "Told where the routes say: `/cost route`"
    by_channel: dict[str, list[str]] = {}
    for channel, address in rule.targets:
        by_channel.setdefault(channel, []).append(address)
    slack = by_channel.get("slack", [])
    people = [one for one in slack if is_person(one)]
    parts = [f"<#{escape(bare(one))}>" for one in slack if one not in people]
    if people:
        parts.append(plural(len(people), "person", "people"))
    parts += [escape(short(one)) for one in by_channel.get("email", ())]
    parts += [f"webhook {escape(short(one))}" for one in by_channel.get("webhook", ())]
    parts += [f"Linear {escape(short(one))}" for one in by_channel.get("linear", ())]
    return f"Told: {', '.join(parts)}"


def state_line(rule: AlertRule) -> str:
    """Whether it is paused, or cannot be evaluated; empty: it is looked at."""
    if rule.fault is not None:
        return f":warning: It is not looked at: {escape(rule.fault)} Change its filters."
    if not rule.paused:
        return ""
    if rule.paused_until is None:
        return "⏸ Paused until it is resumed."
    return f"⏸ Paused until {moment(rule.paused_until, ZoneInfo(rule.zone.key))}."


def bound_line(rule: AlertRuleDraft, left_out: int) -> str:
    """That not every member is watched; empty: all are."""
    if not left_out or rule.each is None:
        return ""
    most = f"the {MOST_MEMBERS} largest of the last 7 days are watched"
    return f":information_source: Of each {escape(rule.each)}, {most}; {left_out:,} more are not."
