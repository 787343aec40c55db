"""What every message about a recommendation is written with: its savings, its state, its names."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, time
from zoneinfo import ZoneInfo

from analysis.recommendations.kept.states import State
from analysis.recommendations.proposal import Difficulty, Proposal, QualityImpact
from analysis.recommendations.together import Together
from bot.alert_words import moment_of
from bot.blocks.text import escape, money, percent, short
from storage.records.recommendation import Recommendation

DIFFICULTIES: Mapping[Difficulty, str] = {
    Difficulty.EASY: "easy to do",
    Difficulty.MEDIUM: "some work",
    Difficulty.HARD: "much work",
}

QUALITY: Mapping[QualityImpact, str] = {
    QualityImpact.NONE: "quality stays",
    QualityImpact.LOW: "little effect on quality",
    QualityImpact.MEDIUM: "some effect on quality",
    QualityImpact.HIGH: "large effect on quality",
}

MARKS: Mapping[State, str] = {
    State.PENDING: "💡",
    State.ACCEPTED: "✅",
    State.REJECTED: "❌",
    State.SNOOZED: "💤",
    State.IMPLEMENTED: "🔧",
    State.VERIFIED: "🏁",
    State.ARCHIVED: "📦",
    State.EXPIRED: "⌛",
}
"""Always beside the word. Tables show no `:name:` of Slack's."""

LONGEST_TITLE = 200
LONGEST_WHY = 400


def whose(organization: str | None) -> str:
    """Whose it is; escaped."""
    return escape(short(organization)) if organization is not None else "the deployment itself"


def title_of(row: Recommendation) -> str:
    """Its title; escaped."""
    return escape(_cut(row.content.title, LONGEST_TITLE))


def why_of(row: Recommendation) -> str:
    """What was seen, in a sentence or two; escaped."""
    return escape(_cut(row.content.description, LONGEST_WHY))


def savings_words(content: Proposal) -> str:
    """What it saves, with its range and share."""
    savings = content.savings
    share = f", {percent(content.savings_share)} of {money(content.current_cost)}"
    return (
        f"Saves *{money(savings.likely)} a month* (90 %: {money(savings.low)} to "
        f"{money(savings.high)}){share if content.current_cost else ''}"
    )


def promise_words(content: Proposal) -> str:
    """How sure it is, how much work, and what it does to quality."""
    quality = QUALITY[content.quality_impact]
    if content.quality_change is not None:
        sign = "+" if content.quality_change > 0 else "−" if content.quality_change < 0 else "±"
        quality += f" ({sign}{abs(content.quality_change):f} on a scale to 1)"
    confidence = f"confidence {percent(content.confidence)}"
    return f"{confidence} · {DIFFICULTIES[content.difficulty]} · {quality}"


def state_words(row: Recommendation, names: Mapping[str, str], zone: ZoneInfo) -> str:
    """Where it stands, by whose decision and since when; empty while it is pending. Escaped."""
    standing, state = row.standing, row.state
    mark, word = MARKS[state], state.value.capitalize()
    when = moment_of(standing.since, zone)
    match state:
        case State.PENDING:
            return ""
        case State.EXPIRED:
            return f"{mark} *{word}*, {when}: no longer true, or not drawn anew in time"
        case State.ARCHIVED:
            return f"{mark} *{word}*, {when}"
        case _:
            by = escape(short(names.get(standing.decided_by or "", "somebody")))
            line = f"{mark} *{word}* by {by}, {when}"
    if state is State.VERIFIED and standing.verified_savings is not None:
        line += f": saves {money(standing.verified_savings)} a month"
    if standing.decided_reason:
        line += f": {escape(' '.join(standing.decided_reason.split()))}"
    if state is State.SNOOZED and standing.snoozed_until is not None:
        line += f" · comes back {until_words(standing.snoozed_until, zone)}"
    if state is State.REJECTED and standing.dismissed_until is not None:
        line += f" · not proposed again before {until_words(standing.dismissed_until, zone)}"
    return line


def until_words(instant: datetime, zone: ZoneInfo) -> str:
    """A day where it begins at that instant in the zone, else the instant."""
    local = instant.astimezone(zone)
    return str(local.date()) if local.time() == time() else moment_of(instant, zone)


def together_words(savings: Together) -> str:
    """What several save: together, and why that is not the plain sum."""
    if savings.counted_twice <= savings.alone / 200:
        return f"together {money(savings.together)} a month"
    return (
        f"together {money(savings.together)} a month, not the plain sum of "
        f"{money(savings.alone)}: they overlap"
    )


def _cut(text: str, longest: int) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= longest else f"{flat[: longest - 1]}…"
