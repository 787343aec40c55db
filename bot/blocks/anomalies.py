"""`/cost anomalies`: what was found lately, and everything about one."""

from __future__ import annotations

from collections.abc import Sequence

from slackblocks import ActionsBlock, Block, Option, SectionBlock, StaticSelectMenu, Text

from analysis.series import Measure, series_key
from analysis.written import plural
from bot.blocks.anomaly_words import STATES, figures, mark, name_of, state_words, when
from bot.blocks.answer import Answer, button, context, section
from bot.blocks.budget_buttons import plain
from bot.blocks.fit import MOST_SECTION, cut
from bot.blocks.incident import LABELS, UNDO, chart_of
from bot.blocks.routes import ADD
from bot.blocks.table import Lines, fitted_table
from bot.blocks.text import count, escape, moment, money, short
from bot.grammar.anomalies import AnomaliesCommand, ReplayCommand, write_anomalies
from handlers.anomalies.finding import About
from handlers.anomalies.labels import Said
from handlers.anomalies.listing import AnomalyList, AnomalyRow, ShownAnomaly
from handlers.anomalies.naming import day_name, title_of
from handlers.anomalies.permissions import Act
from handlers.anomalies.promising import KINDS
from handlers.anomalies.requests import ListAnomaliesRequest, ReplayRequest
from handlers.caller import Caller
from handlers.incidents.telling import story_of
from storage.records.anomaly import KeptFinding

CARDS = 6
"""Anomalies that stand with their button; the next ones in a table."""

LONGEST_DESCRIPTION = 400

MUTE = "anomaly_mute"

MUTES = {"week": ("a week", 7), "month": ("30 days", 30), "quarter": ("90 days", 90)}
"""For how long a series can be muted; the choice carries its word behind the id."""


def anomalies_answer(result: AnomalyList, caller: Caller) -> Answer:
    """The message that lists what was found."""
    headline = _headline(result)
    blocks: list[Block] = [section(headline, "anomalies")]
    blocks += [_card(row, place) for place, row in enumerate(result.rows[:CARDS])]
    if rest := result.rows[CARDS:]:
        blocks.append(
            fitted_table(
                lambda shown: _lines(rest, shown), len(rest), names=3, block_id="anomalies-table"
            )
        )
    blocks.append(context(_notes(result, caller), "anomalies-notes"))
    blocks.append(_next(result))
    named = "; ".join(_line(row.finding) for row in result.rows[:3])
    text = f"{headline} {named}".replace("*", "").strip()
    return Answer(text=text, blocks=tuple(blocks))


def anomaly_answer(shown: ShownAnomaly, caller: Caller) -> Answer:
    """The message with everything about one."""
    about = shown.about
    own = about.findings[0] if about.findings else None
    head = f"*{escape(short(about.title))}*"
    if own is not None:
        head = f"{mark(own.level)} {head} · {own.level} · {STATES[shown.state]}"
    lines = [head]
    if own is not None and about.key is not None:
        lines.append(escape(own.description))
    blocks: list[Block] = [section(cut("\n".join(lines), MOST_SECTION), "anomaly")]
    if own is not None and about.key is not None:
        blocks.append(section(_facts(own, about.key.measure), "anomaly-facts"))
    story = None if about.incident is None else story_of(about.incident)
    if story is not None and story.without:
        blocks.append(section(escape(story.without), "anomaly-without"))
    parts = about.findings[1:] if about.key is not None else about.findings
    if parts:
        blocks.append(section(_parts(parts), "anomaly-parts"))
    if shown.label is not None:
        said = shown.label
        words = f"{KINDS[said.kind].capitalize()}, says {escape(short(said.made_by_name))}, "
        note = f" “{escape(short(said.note))}”" if said.note else ""
        at = moment(said.made_at, caller.zone)
        blocks.append(section(f"*{words}{at}.*{note} {escape(shown.promise)}", "anomaly-said"))
    blocks += _actions(shown)
    text = "\n".join(lines).replace("*", "")
    chart = None if story is None else chart_of(story)
    return Answer(text=text, blocks=tuple(blocks), chart=chart)


def said_answer(said: Said) -> Answer:
    """What follows from what somebody said, with the way back."""
    about, label = said.about, said.label
    if label.undone_at is not None:
        text = escape(said.promise)
        return Answer(text=text, blocks=(section(text, "anomaly-undone"),))
    name = escape(short(about.title))
    before = "" if said.is_new else f" {escape(short(label.made_by_name))} said so before."
    text = f"*{name}: {KINDS[label.kind]}.*{before} {escape(said.promise)}"
    row = ActionsBlock(
        [button("Undo", UNDO, key_of(about), hint="Take back what was said")],
        block_id="anomaly-undo",
    )
    return Answer(text=text.replace("*", ""), blocks=(section(text, "anomaly-said"), row))


def key_of(about: About) -> str:
    """What buttons carry: the id of what was found, or of what was told of several."""
    if about.key is not None and about.findings:
        return str(about.findings[0].id)
    return "" if about.incident is None else str(about.incident.id)


def _headline(result: AnomalyList) -> str:
    if result.last is None or result.first is None:
        return "*Nothing was looked at yet.*\nThere is no complete day of data."
    if result.looked_at is None:
        return (
            "*Nothing was looked at yet.*\nCostbot looks once a day while it serves; "
            "`costbot anomalies look` does it now."
        )
    number = len(result.rows)
    kind = "open anomaly" if result.request.only_open else "anomaly"
    kinds = "open anomalies" if result.request.only_open else "anomalies"
    whose = "".join(
        f", {escape(name)} {escape(short(value))}"
        for name, values in result.request.filters.items()
        for value in values
    )
    what = plural(number, kind, kinds) if number else f"No {kinds}"
    span = f"{result.first} to {result.last}"
    return f"*{what}{whose}*, {span}"


def _card(row: AnomalyRow, place: int) -> Block:
    finding = row.finding
    key = series_key(finding.series)
    head = f"{mark(finding.level)} *{name_of(key)}* · {finding.level} · {when(finding)}"
    description = cut(escape(finding.description), LONGEST_DESCRIPTION)
    days = f" · {plural(row.days, 'day')}" if row.days > 1 else ""
    lines = [head, description, f"_{state_words(row)}{days}_"]
    question = f"anomalies show {finding.id.hex[:8]}"
    return SectionBlock(
        Text("\n".join(lines)),
        block_id=f"anomaly-{place}",
        accessory=button("Details", f"ask_{place}", question, hint="Everything about it"),
    )


def _lines(rows: Sequence[AnomalyRow], shown: int) -> Lines:
    header = ["Id", "What", "When", "Severity", "Figures", "State"]
    body = [
        [
            row.finding.id.hex[:8],
            name_of(series_key(row.finding.series)),
            when(row.finding),
            row.finding.level,
            figures(row.finding, series_key(row.finding.series).measure),
            row.state if row.label is None else KINDS[row.label.kind],
        ]
        for row in rows[:shown]
    ]
    rest = len(rows) - shown
    more = [["", f"{count(rest)} more", "", "", "", ""]] if rest > 0 else []
    return [header, *body, *more]


def _line(finding: KeptFinding) -> str:
    key = series_key(finding.series)
    return f"{name_of(key)} {when(finding)}: {figures(finding, key.measure)}"


def _notes(result: AnomalyList, caller: Caller) -> list[str]:
    lines: list[str] = []
    if result.looked_at is not None:
        at = ""
        if result.looked_when is not None:
            at = f", {moment(result.looked_when, caller.zone)}"
        lines.append(f"Last looked at: {day_name(result.looked_at)}{at}. Unfinished days never are")
    if result.rows:
        lines.append(
            "What only repeats something larger is folded into it; USD is what it moved in a day"
        )
    if not result.is_told:
        lines.append(f":warning: No route takes anomalies, so none is sent. Make one: {ADD}")
    lines.append("`/cost anomalies 30d all csv` has them all, `/cost replay` tries other settings")
    return lines


def _next(result: AnomalyList) -> ActionsBlock:
    request = result.request
    asked = [
        ("7 days", ListAnomaliesRequest(days=7, filters=request.filters)),
        ("30 days", ListAnomaliesRequest(days=30, filters=request.filters)),
        ("Open", ListAnomaliesRequest(only_open=True, filters=request.filters)),
    ]
    others = [(label, one) for label, one in asked if one != request]
    questions = [(label, write_anomalies(AnomaliesCommand(one))) for label, one in others]
    if Act.REPLAY in result.may:
        replay = ReplayCommand(ReplayRequest(filters=request.filters))
        questions.append(("Replay", write_anomalies(replay)))
    buttons = [
        button(label, f"ask_{CARDS + place}", text[:2000])
        for place, (label, text) in enumerate(questions)
    ]
    if result.rows:
        file = write_anomalies(AnomaliesCommand(request, csv=True))
        buttons.append(button("CSV", "csv", file[:2000], hint="All of them as a CSV file"))
    return ActionsBlock(list(buttons), block_id="anomalies-next")


def _facts(finding: KeptFinding, measure: Measure) -> str:
    lines = [
        f"*Day:* {day_name(finding.day)}",
        f"*Figures:* {figures(finding, measure)}",
        f"*Score:* {finding.score:.1f} robust standard deviations, from "
        f"{count(finding.history_days)} days of history",
    ]
    return "\n".join(lines)


def _parts(parts: tuple[KeptFinding, ...]) -> str:
    lines = [f"• {_line(one)}" for one in parts[:8]]
    rest = len(parts) - len(lines)
    if rest > 0:
        lines.append(f"• and {rest} more")
    return cut("\n".join(["*It shows in:*", *lines]), MOST_SECTION)


def _actions(shown: ShownAnomaly) -> list[Block]:
    key = key_of(shown.about)
    elements: list[object] = []
    if Act.LABEL in shown.may and key:
        if shown.label is None:
            elements += [button(label, action, key) for label, action in LABELS]
            options = [
                Option(plain(f"Mute for {text}"), value=f"{key}:{word}")
                for word, (text, _) in MUTES.items()
            ]
            elements.append(
                StaticSelectMenu(action_id=MUTE, options=options, placeholder=plain("Mute …"))
            )
        else:
            elements.append(button("Undo", UNDO, key, hint="Take back what was said"))
    ask = None if shown.about.incident is None else story_of(shown.about.incident).ask
    if ask:
        elements.append(button("Look", "ask_0", ask[:2000], hint=f"Ask: {short(ask)}"))
    if not elements:
        return []
    row: Block = ActionsBlock(
        elements,  # pyright: ignore[reportArgumentType]
        block_id="anomaly-next",
    )
    return [row]


def plan_about(about: About) -> str:
    """What a form is about, a line; escaped."""
    title = about.title if about.key is None else title_of(about.key)
    return f"*{escape(short(title))}*, {day_name(about.day)}, {money(about.usd, sign=True)} a day"
