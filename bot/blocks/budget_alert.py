"""An alert of a budget in Slack: the one root message of its period, and what goes below it."""

from __future__ import annotations

from slackblocks import ActionsBlock, Block, Option, StaticSelectMenu

from analysis.budgets.alerts import Notice
from analysis.budgets.levels import Level
from bot.alert_words import consequence, facts, moment_of, promise, subject
from bot.blocks.answer import Answer, button, context, section
from bot.blocks.budget_buttons import RAISE, SHOW, plain
from bot.blocks.budget_words import MARKS, bar, doubts, level_word, scope_words
from bot.blocks.text import escape, short
from handlers.budget_watch.acting import Mute
from handlers.budget_watch.alert import Alert

ACKNOWLEDGE = "alert_acknowledge"
MUTE = "alert_mute"
UNMUTE = "alert_unmute"

MUTES = {
    Mute.DAY: "for a day",
    Mute.WEEK: "for a week",
    Mute.PERIOD: "to the end of the period",
}
"""What can be chosen; the choice carries its word behind the ids."""


def root_answer(alert: Alert) -> Answer:
    """The message that stands for the period: what holds now, and what can be done."""
    status = alert.status
    headline = f"{MARKS[status.level]} *{escape(subject(alert))}*"
    blocks: list[Block] = [
        section(f"{headline}\n`{bar(status.utilization)}` {level_word(status)}", "alert-head"),
        section(
            "\n".join(escape(line) for line in (*facts(alert), consequence(alert))), "alert-facts"
        ),
    ]
    if alert.drivers:
        driven = escape(" ".join(alert.drivers))
        blocks.append(section(f"*What drives it:* {driven}", "alert-drivers"))
    blocks.append(context(_notes(alert), "alert-notes"))
    blocks.append(_buttons(alert))
    return Answer(text=_text(alert), blocks=tuple(blocks))


def news_answer(alert: Alert) -> Answer:
    """What has changed, for the thread below the root."""
    lines = [f"{MARKS[alert.status.level]} *{escape(subject(alert))}*"]
    lines += [escape(line) for line in (*facts(alert), consequence(alert), *_promised(alert))]
    blocks: list[Block] = [section("\n".join(lines), "alert-news")]
    if alert.drivers:
        driven = escape(" ".join(alert.drivers))
        blocks.append(section(f"*What drives it:* {driven}", "alert-drivers"))
    return Answer(text=_text(alert), blocks=tuple(blocks))


def is_loud(alert: Alert) -> bool:
    """Whether the channel has to see it, and not only who follows the thread."""
    return alert.decision is not None and alert.decision.notice in (
        Notice.ALERT,
        Notice.ESCALATION,
    )


def _text(alert: Alert) -> str:
    return escape(f"{subject(alert)}. {facts(alert)[0]} {consequence(alert)}")


def _promised(alert: Alert) -> list[str]:
    told = promise(alert.decision) if alert.decision is not None else ""
    return [told] if told else []


def _notes(alert: Alert) -> list[str]:
    budget, state = alert.budget, alert.state
    scope = scope_words(budget.scope)
    lines = [f"Counts {scope}" if scope else "Counts everything"]
    lines += [escape(line) for line in _promised(alert)]
    lines += doubts(alert.status)
    if state.acknowledged_at is not None:
        name = _name(alert, state.acknowledged_by)
        lines.append(f"Seen by {name}, {moment_of(state.acknowledged_at, budget.zone)}")
    if state.muted_until is not None and alert.at < state.muted_until:
        name = _name(alert, state.muted_by)
        lines.append(f"Muted by {name} until {moment_of(state.muted_until, budget.zone)}")
    lines.append(f"As of {moment_of(alert.at, budget.zone)}; days in {escape(budget.zone.key)}")
    return lines


def _name(alert: Alert, key: str | None) -> str:
    return escape(short(alert.names.get(key or "", "somebody")))


def _buttons(alert: Alert) -> ActionsBlock:
    """What can be done: each carries the ids of the budget and of its period alone."""
    ids = f"{alert.budget.id}:{alert.state.period_first}"
    elements: list[object] = [button("Details", SHOW, str(alert.budget.id))]
    is_alarming = alert.status.level > Level.OK or alert.state.forecast_told
    if is_alarming and alert.state.acknowledged_at is None:
        elements.append(button("Acknowledge", ACKNOWLEDGE, ids))
    is_muted = alert.state.muted_until is not None and alert.at < alert.state.muted_until
    if is_muted:
        elements.append(button("Unmute", UNMUTE, ids))
    elif is_alarming:
        elements.append(_mutes(alert, ids))
    elements.append(button("Ask for a raise", RAISE, str(alert.budget.id)))
    return ActionsBlock(elements, block_id="alert-next")  # pyright: ignore[reportArgumentType]


def _mutes(alert: Alert, ids: str) -> StaticSelectMenu:
    options = [Option(plain(f"Mute {text}"), value=f"{ids}:{mute}") for mute, text in MUTES.items()]
    return StaticSelectMenu(action_id=MUTE, options=options, placeholder=plain("Mute …"))
