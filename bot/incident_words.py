"""An incident in sentences, alike in Slack, e-mail, Linear and a terminal; nothing is escaped."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from analysis.incidents.deciding import Move
from analysis.incidents.levels import Level
from analysis.written import money, plural
from bot.alert_words import moment_of
from handlers.incidents.signal import Story
from handlers.incidents.telling import Telling, policy_of, story_of
from storage.records.incident import Incident, Label

MARKS = {
    "notice": "🔵",
    "warning": "🟡",
    "critical": "🔴",
    "no data": "⚪",
    "ok": "🟢",
}
"""Always beside the word: nobody has to tell colours apart."""

LABELS: dict[Label, str] = {
    "real": "real",
    "expected": "expected",
    "planned": "planned",
    "too_small": "too small",
}

BLOCKS_NOTHING = "Nothing is blocked."


def state_word(incident: Incident) -> str:
    """How it stands, in a word or two: "critical", "no data", "over"."""
    if incident.closed_at is not None:
        is_said = incident.label is not None and incident.closed_at == incident.labelled_at
        return "closed" if is_said or incident.level != "ok" else "over"
    return "quiet for now" if incident.level == "ok" else incident.level


def is_in_trouble(incident: Incident) -> bool:
    """Whether something is wrong with it now, as far as is known."""
    return incident.closed_at is None and Level(incident.level).is_trouble


def mark(incident: Incident) -> str:
    """The mark that stands before the word."""
    return MARKS["ok"] if incident.closed_at is not None else MARKS[incident.level]


def headline(incident: Incident, story: Story) -> str:
    """Such as "Critical: Cost of gpt-4o"."""
    return f"{_capital(state_word(incident))}: {story.title}"


def subject(telling: Telling) -> str:
    """What has happened, in a line: "Now critical: Cost of gpt-4o"."""
    incident, title = telling.incident, telling.story.title
    level = incident.level
    match telling.move:
        case Move.ESCALATED:
            return f"Now {level}: {title}"
        case Move.REMINDER:
            return f"Still {level}: {title}"
        case Move.NO_DATA:
            return f"No data: {title}"
        case Move.DATA_BACK:
            return f"There is data again, and it is at {level}: {title}"
        case Move.RECOVERED:
            return f"Over: {title}"
        case _:
            return headline(incident, telling.story)


def happened(telling: Telling, zone: ZoneInfo) -> list[str]:
    """What is new, a sentence each."""
    incident, story = telling.incident, telling.story
    match telling.move:
        case Move.NO_DATA:
            words = incident.last_word or "Its data is late or missing."
            return [words, "Whether it is over cannot be said; it is not taken to be."]
        case Move.RECOVERED:
            return over_words(incident, zone)
        case Move.REMINDER:
            return [story.summary, f"It has lasted since {moment_of(incident.opened_at, zone)}."]
        case _:
            return [story.summary]


def over_words(incident: Incident, zone: ZoneInfo) -> list[str]:
    """That it is over: since when, how long it lasted, what it came to."""
    at = incident.closed_at
    if at is None:
        return []
    told = [incident.last_word] if incident.last_word else []
    since = f"Over since {moment_of(at, zone)}, after {lasted(at - incident.opened_at)}"
    return [*told, f"{since}{_came_to(incident)}."]


def at_stake(incident: Incident) -> str:
    """What it comes to a day; empty where that says nothing."""
    if not incident.usd or incident.level in ("ok", "no data"):
        return ""
    return f"About {money(incident.usd)} a day are at stake."


def promise(incident: Incident) -> str:
    """When more is to be heard of it, and that nothing is blocked."""
    if incident.closed_at is not None:
        return ""
    if incident.level == "no data":
        return f"This is told once; you hear of it again when there is data. {BLOCKS_NOTHING}"
    if incident.acknowledged_at is not None:
        heard = (
            "Since somebody is at it, you hear of it when it turns critical, and when it is over"
        )
        return f"{heard}. {BLOCKS_NOTHING}"
    remind = policy_of(incident).remind_after
    again = "" if remind is None else f", every {lasted(remind)} while it lasts"
    heard = f"You hear of this again when it gets worse{again}, and when it is over"
    return f"{heard}. {BLOCKS_NOTHING}"


def label_words(incident: Incident, names: dict[str, str], zone: ZoneInfo) -> list[str]:
    """What people said and did: they are named, not called."""
    lines: list[str] = []
    if incident.label is not None and incident.labelled_at is not None:
        name = names.get(incident.labelled_by or "", "somebody")
        at = moment_of(incident.labelled_at, zone)
        lines.append(f"{_capital(LABELS[incident.label])}, says {name}, {at}")
    if incident.note:
        lines.append(incident.note)
    if incident.acknowledged_at is not None:
        name = names.get(incident.acknowledged_by or "", "somebody")
        lines.append(f"Seen by {name}, {moment_of(incident.acknowledged_at, zone)}")
    return lines


def muted_words(incident: Incident, names: dict[str, str], at: datetime, zone: ZoneInfo) -> str:
    """That nothing is told for now; empty where it is."""
    if incident.muted_until is None or incident.muted_until <= at:
        return ""
    name = names.get(incident.muted_by or "", "somebody")
    until = moment_of(incident.muted_until, zone)
    return f"Muted by {name}: nothing is told until {until}, whatever happens"


def lasted(span: timedelta) -> str:
    """A span in the largest unit that says enough: "2 days", "3 hours", "15 minutes"."""
    minutes = max(int(span.total_seconds() // 60), 1)
    if minutes < 60:
        return plural(minutes, "minute")
    hours = round(minutes / 60)
    if hours < 48:
        return plural(hours, "hour")
    return plural(round(hours / 24), "day")


def is_above(story: Story) -> bool | None:
    """Whether the curve ends above what was expected; None: that is not known."""
    curve = story.curve
    if curve is None or not curve.actual or len(curve.expected) != len(curve.actual):
        return None
    actual, expected = curve.actual[-1], curve.expected[-1]
    if actual is None or expected is None or actual == expected:
        return None
    return actual > expected


def _came_to(incident: Incident) -> str:
    if not incident.usd_in_all:
        return ""
    amount = money(incident.usd_in_all)
    match is_above(story_of(incident)):
        case True:
            return f"; it cost about {amount} more than was to be expected"
        case False:
            return f"; it cost about {amount} less than was to be expected"
        case None:
            return f"; about {amount} were at stake in all"


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]


def level_word(level: Level | str) -> str:
    """A level with its mark: "🟡 warning"."""
    return f"{MARKS[str(level)]} {level}"
