"""`/cost replay`: what would have been told with other settings, beside what was."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from slackblocks import ActionsBlock, Block

from bot.blocks.anomaly_words import figures, mark, name_of, when
from bot.blocks.answer import Answer, button, context, section
from bot.blocks.table import Lines, fitted_table
from bot.blocks.text import count, money, plural
from bot.grammar.anomalies import ReplayCommand, write_anomalies
from handlers.anomalies.naming import day_name
from handlers.anomalies.replayed import Fired, Replay, ReplayDay, Used
from handlers.anomalies.requests import TrialSettings

MOST_NAMED = 5

_CALMER = TrialSettings(bands=(3.0, 4.5, 6.0), least_usd=Decimal(20), least_ratio=0.4)


def replay_answer(result: Replay) -> Answer:
    """The message that answers a replay."""
    headline = _headline(result)
    lines = [headline, _settings("Tried", result.tried)]
    if result.tried != result.present:
        lines.append(_settings("In force", result.present))
    blocks: list[Block] = [section("\n".join(lines), "replay")]
    days = [day for day in reversed(result.days) if day.would or day.did]
    if days:
        blocks.append(
            fitted_table(
                lambda shown: _lines(days, shown), len(days), names=1, block_id="replay-days"
            )
        )
    blocks += _named("Would be new", result.new, "replay-new")
    blocks += _named("Would be gone", result.gone, "replay-gone")
    if not result.new and not result.gone and result.would:
        firsts = tuple(one for day in result.days for one in day.starts_would)
        blocks += _named("What is told", firsts, "replay-told")
    blocks.append(context(_notes(result), "replay-notes"))
    blocks.append(_next(result))
    return Answer(text=headline.replace("*", ""), blocks=tuple(blocks))


def _headline(result: Replay) -> str:
    would, did = result.would, result.did
    span = f"{result.first} to {result.last}"
    line = (
        f"*{plural(would, 'message')}* would have been sent ({_a_week(result, would)} a week), "
        f"{span}"
    )
    if result.tried == result.present and would == did and not result.new and not result.gone:
        return f"{line}: the same as with the settings in force."
    return f"{line}; as it is *{count(did)}* ({_a_week(result, did)} a week)."


def _a_week(result: Replay, number: int) -> str:
    return f"{result.a_week(number):.1f}"


def _settings(name: str, used: Used) -> str:
    bands = "/".join(f"{band:g}" for band in used.bands)
    ratio = f"{used.least_ratio * 100:g} %"
    falls = "rises and falls" if used.falls else "rises alone"
    least = f"at least {money(used.least_usd)} a day"
    return f"{name}: bands {bands}, {least}, at least {ratio} of what was expected, {falls}"


def _lines(days: Sequence[ReplayDay], shown: int) -> Lines:
    header = ["Day", "Would", "Did", "New", "Gone", "Messages would", "did"]
    body = [
        [
            day_name(day.day) + ("" if day.was_looked_at else " †"),
            count(len(day.would)),
            count(len(day.did)),
            count(len(day.new)),
            count(len(day.gone)),
            count(len(day.starts_would)),
            count(len(day.starts_did)),
        ]
        for day in days[:shown]
    ]
    rest = len(days) - shown
    more = [[f"{count(rest)} more days", *[""] * 6]] if rest > 0 else []
    return [header, *body, *more]


def _named(title: str, fired: tuple[Fired, ...], block_id: str) -> list[Block]:
    if not fired:
        return []
    lines = [
        f"{mark(one.level)} {name_of(one.key)}, {one.level}, {when(one)}: "
        f"{figures(one, one.key.measure)}"
        for one in fired[:MOST_NAMED]
    ]
    rest = len(fired) - len(lines)
    if rest:
        lines.append(f"and {count(rest)} more")
    return [section("\n".join([f"*{title}*", *lines]), block_id)]


def _notes(result: Replay) -> list[str]:
    lines = [
        f"{count(result.series)} series, each day judged by what was known of it then; what lasts "
        "is found on each of its days and sends one message"
    ]
    if any(not day.was_looked_at and (day.would or day.did) for day in result.days):
        lines.append("† nobody looked at that day: what the settings in force find stands there")
    if result.labels:
        said = plural(result.labels, "label")
        lines.append(f"With what people have said by now: {said}")
    if result.tried != result.present:
        lines.append(
            "To keep such settings: `COSTBOT_ANOMALY_BANDS`, `COSTBOT_ANOMALY_LEAST_USD`, "
            "`COSTBOT_ANOMALY_LEAST_RATIO`, `COSTBOT_ANOMALY_FALLS`"
        )
    return lines


def _next(result: Replay) -> ActionsBlock:
    request = result.request
    tried = [
        ("As it is", TrialSettings()),
        ("Calmer", _CALMER),
        ("From $50", TrialSettings(least_usd=Decimal(50))),
        ("Rises alone", TrialSettings(falls=False)),
    ]
    texts = [
        (label, write_anomalies(ReplayCommand(replace(request, settings=one))))
        for label, one in tried
        if one != request.settings
    ]
    buttons = [
        button(label, f"ask_{place}", text[:2000]) for place, (label, text) in enumerate(texts)
    ]
    file = write_anomalies(ReplayCommand(request, csv=True))
    buttons.append(button("CSV", "csv", file[:2000], hint="Day by day as a CSV file"))
    return ActionsBlock(list(buttons), block_id="replay-next")
