"""An incident in Slack: its one root message, and what goes below it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from slackblocks import ActionsBlock, Block, Option, StaticSelectMenu

from bot import incident_words as words
from bot.alert_words import moment_of
from bot.blocks.answer import Answer, button, context, section
from bot.blocks.budget_buttons import plain
from bot.blocks.fit import cut
from bot.blocks.text import escape, short
from bot.pictures.chart import Band, Chart, DailyChart, Line, Mark
from handlers.incidents.muting import MuteLength
from handlers.incidents.signal import Story
from handlers.incidents.telling import Telling, story_of
from storage.records.incident import Incident

ACKNOWLEDGE = "incident_acknowledge"
MUTE = "incident_mute"
UNMUTE = "incident_unmute"
SHOW = "incident_show"

LABELS = (
    ("Real", "anomaly_real"),
    ("Expected", "anomaly_expected"),
    ("Planned …", "anomaly_planned"),
    ("Too small", "anomaly_small"),
)
"""What can be said of an anomaly."""

UNDO = "anomaly_undo"

MUTES = {
    MuteLength.TOMORROW: "until tomorrow 9:00",
    MuteLength.WEEK: "for a week",
    MuteLength.MONTH: "for a month",
}
"""What can be chosen; the choice carries its word behind the id."""

LONGEST_HEAD, LONGEST_LINE, LONGEST_PART = 150, 300, 600
"""Characters: no part may leave too little room for the buttons at the end."""

MOST_LINES = 6
"""Of the cause, and of the breakdown: what is further down explains little."""


@dataclass(frozen=True, slots=True)
class Shown:
    """An incident as it is shown at a moment.

    Attributes:
        incident: as it is kept.
        at: the present instant, UTC.
        zone: in which times are written.
        names: how people are called, by `Actor.key`; not escaped.
    """

    incident: Incident
    at: datetime
    zone: ZoneInfo
    names: Mapping[str, str]

    @property
    def story(self) -> Story:
        """Of its trouble."""
        return story_of(self.incident)

    @property
    def is_muted(self) -> bool:
        """Whether nothing is told now."""
        until = self.incident.muted_until
        return until is not None and self.at < until


def root_answer(shown: Shown) -> Answer:
    """The message that stands for the incident: how it stands now, in four parts, and what to do.

    What happened, why, where, and what to do about it; edited whenever the state changes.
    """
    incident, story = shown.incident, shown.story
    title = cut(escape(words.headline(incident, story)), LONGEST_HEAD)
    summary = cut(escape(story.summary), LONGEST_PART)
    head = f"{words.mark(incident)} *{title}*\n{summary}"
    blocks: list[Block] = [section(head, "incident-head")]
    blocks += _state(shown)
    blocks += _parts(story, with_advice=incident.closed_at is None)
    blocks.append(context(_notes(shown), "incident-notes"))
    blocks += _actions(shown)
    text = f"{words.headline(incident, story)}. {story.summary} {story.advice}".strip()
    return Answer(text=escape(text), blocks=tuple(blocks), chart=chart_of(story))


def news_answer(telling: Telling, zone: ZoneInfo) -> Answer:
    """What has changed, for the thread below the root."""
    incident, story = telling.incident, telling.story
    head = f"{words.mark(incident)} *{cut(escape(words.subject(telling)), LONGEST_HEAD)}*"
    lines = [cut(escape(line), LONGEST_PART) for line in words.happened(telling, zone)]
    blocks: list[Block] = [section("\n".join([head, *lines]), "incident-news")]
    if telling.move is not None and words.is_in_trouble(incident):
        blocks += _why(story)
        blocks += _advice(story)
    if promised := words.promise(incident):
        blocks.append(context([escape(promised)], "incident-promise"))
    text = f"{words.subject(telling)}. {' '.join(words.happened(telling, zone))}"
    return Answer(text=escape(text), blocks=tuple(blocks))


def chart_of(story: Story) -> Chart | None:
    """The curve as a picture; None: there is none to draw."""
    curve = story.curve
    if curve is None or not curve.actual:
        return None
    lines = [Line(name="actual", values=curve.actual)]
    if curve.expected:
        name, style = ("threshold", "limit") if curve.is_threshold else ("expected", "expected")
        lines.append(Line(name=name, values=curve.expected, style=style))
    bands = ()
    if curve.lower and curve.upper:
        bands = (Band(name="usual range", lower=curve.lower, upper=curve.upper),)
    last = curve.first + timedelta(days=len(curve.actual) - 1)
    return DailyChart(
        title=curve.title,
        alt=story.summary,
        unit=curve.unit,
        first=curve.first,
        lines=tuple(lines),
        bands=bands,
        marks=(Mark(day=last, label=f"{last:%a} {last.day} {last:%b}"),),
    )


def mute_menu(incident: Incident) -> StaticSelectMenu:
    """For how long nothing is to be heard."""
    options = [
        Option(plain(f"Mute {text}"), value=f"{incident.id}:{length}")
        for length, text in MUTES.items()
    ]
    return StaticSelectMenu(action_id=MUTE, options=options, placeholder=plain("Mute …"))


def _state(shown: Shown) -> list[Block]:
    """What the state adds to the story: that it is over, that there is no data, what was said."""
    incident, names = shown.incident, dict(shown.names)
    lines: list[str] = []
    if words.state_word(incident) == "over":
        lines += words.over_words(incident, shown.zone)
    elif incident.level == "no data" and incident.closed_at is None:
        told = incident.last_word or "Its data is late or missing."
        lines += [told, "Whether it is over cannot be said; it is not taken to be."]
    lines += [
        f"{line}." if not line.endswith(".") else line
        for line in words.label_words(incident, names, shown.zone)
    ]
    if muted := words.muted_words(incident, names, shown.at, shown.zone):
        lines.append(f"{muted}.")
    lines = [line for line in lines if line != shown.story.summary]
    if not lines:
        return []
    written = [cut(escape(line), LONGEST_PART) for line in lines]
    return [section("\n".join(written), "incident-state")]


def _parts(story: Story, *, with_advice: bool) -> list[Block]:
    blocks = _why(story)
    where = _bullets(story.breakdown)
    if story.without:
        where.append(cut(escape(story.without), LONGEST_PART))
    if where:
        blocks.append(section("\n".join(["*Where:*", *where]), "incident-where"))
    return [*blocks, *(_advice(story) if with_advice else [])]


def _advice(story: Story) -> list[Block]:
    if not story.advice:
        return []
    advice = cut(escape(story.advice), LONGEST_PART)
    return [section(f"*What to do:* {advice}", "incident-advice")]


def _why(story: Story) -> list[Block]:
    if not story.cause:
        return []
    return [section("\n".join(["*Why:*", *_bullets(story.cause)]), "incident-why")]


def _bullets(lines: Sequence[str]) -> list[str]:
    shown = [f"• {cut(escape(line), LONGEST_LINE)}" for line in lines[:MOST_LINES]]
    rest = len(lines) - len(shown)
    return [*shown, f"• and {rest} more"] if rest else shown


def _notes(shown: Shown) -> list[str]:
    incident, zone = shown.incident, shown.zone
    lines: list[str] = []
    if incident.closed_at is None:
        since = f"Since {moment_of(incident.opened_at, zone)}"
        worst = f"; at worst {incident.worst}" if incident.worst != incident.level else ""
        stake = words.at_stake(incident)
        lines.append(f"{since}{worst if incident.worst != 'ok' else ''}. {stake}".strip())
        if not shown.is_muted:
            lines.append(words.promise(incident))
    is_of_a_day = incident.day is not None and words.is_in_trouble(incident)
    day = f"The figures are those of {incident.day}. " if is_of_a_day else ""
    lines.append(f"{day}As of {moment_of(shown.at, zone)}")
    return [escape(line) for line in lines]


def _actions(shown: Shown) -> list[Block]:
    """What can be done: each carries the id alone, or a question that is asked like a typed one."""
    incident, key = shown.incident, str(shown.incident.id)
    is_open = incident.closed_at is None
    elements: list[object] = []
    if incident.kind == "anomaly":
        if incident.label is None:
            elements += [button(label, action, key) for label, action in LABELS]
        else:
            elements.append(button("Undo", UNDO, key, hint="Take back what was said"))
    elif is_open and incident.acknowledged_at is None:
        elements.append(button("Acknowledge", ACKNOWLEDGE, key))
    if is_open:
        elements.append(button("Unmute", UNMUTE, key) if shown.is_muted else mute_menu(incident))
    if shown.story.ask:
        elements.append(
            button("Look", "ask_0", shown.story.ask[:2000], hint=f"Ask: {short(shown.story.ask)}")
        )
    if not elements:
        return []
    row: Block = ActionsBlock(
        elements,  # pyright: ignore[reportArgumentType]
        block_id="incident-next",
    )
    return [row]
