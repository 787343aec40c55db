"""A raise: the form that asks for it, the message to decide by, and what became of it."""

from __future__ import annotations

from collections.abc import Mapping

from slackblocks import ActionsBlock, Block

from bot.blocks.answer import Answer, Payload, button, context, section
from bot.blocks.budget import raise_line, standing_lines
from bot.blocks.budget_buttons import WITHDRAW, raise_buttons
from bot.blocks.budget_words import title
from bot.blocks.modal import day, input_block, modal, number, text_block, typed
from bot.blocks.text import escape, money, plural, short
from handlers.budgets.results import NamedRaise, RaiseAnswer, Standing
from handlers.workspaces.addresses import bare, is_person
from storage.records.budget import Budget

ASK_FORM = "budget_raise"
REJECT_FORM = "raise_reject"
"""`callback_id` of the two forms."""

LONGEST_REASON = 1000


def ask_view(standing: Standing, metadata: Mapping[str, object]) -> Payload:
    """The form in which a raise is asked for."""
    lines = "\n".join([title(standing.budget), *standing_lines(standing)])
    return modal(
        "Ask for a raise",
        [
            text_block(lines, "raise-budget"),
            input_block("amount", "US dollars on top of the limit", number("")),
            input_block(
                "last_day",
                "Until, that day included",
                day(str(standing.status.period.last)),
                hint="It ends by itself after that day.",
            ),
            input_block("reason", "Why", typed("", longest=LONGEST_REASON, multiline=True)),
        ],
        submit="Ask",
        callback_id=ASK_FORM,
        metadata=metadata,
    )


def reject_view(metadata: Mapping[str, object]) -> Payload:
    """The form in which a rejection is given its reason."""
    reason = input_block("reason", "Why not", typed("", longest=LONGEST_REASON, multiline=True))
    return modal(
        "Reject the raise", [reason], submit="Reject", callback_id=REJECT_FORM, metadata=metadata
    )


def raise_answer(result: RaiseAnswer) -> Answer:
    """A raise: to be decided on by button, or with who decided and when in the buttons' place."""
    return raise_message(result.budget, result.raise_, result.standing)


def raise_message(budget: Budget, named: NamedRaise, standing: Standing | None) -> Answer:
    """The same; without where the budget stands, where that is not known."""
    lines = _lines(budget, named, standing)
    blocks: list[Block] = [section("\n".join(lines), "raise")]
    if named.raise_.state == "pending":
        blocks.append(raise_buttons(named.raise_.id))
        blocks.append(context([f"Id `{named.raise_.id}`"], "raise-id"))
    text = " · ".join(lines).replace("*", "")
    return Answer(text=text, blocks=tuple(blocks))


def raise_lines(result: RaiseAnswer) -> list[str]:
    """The raise, line by line; escaped, and pinging nobody."""
    return _lines(result.budget, result.raise_, result.standing)


def _lines(budget: Budget, named: NamedRaise, standing: Standing | None) -> list[str]:
    raise_ = named.raise_
    asker = escape(short(named.asked_by))
    reason = escape(" ".join(raise_.reason.split()))
    lines = [
        f"*Raise of {money(raise_.amount)}* for {title(budget)}",
        f"{raise_.first_day} to {raise_.last_day} · asked by {asker}: {reason}",
        *(standing_lines(standing) if standing is not None else []),
    ]
    if raise_.state == "pending":
        lines.append("Somebody else with the right decides; it counts for nothing until then")
        return lines
    return [*lines, _decision(budget, named)]


def _decision(budget: Budget, named: NamedRaise) -> str:
    raise_ = named.raise_
    if raise_.state == "expired":
        return "⌛ *Expired*: nobody decided in time"
    mark = {"approved": "✅", "rejected": "❌"}.get(raise_.state, "↩️")
    by = escape(short(named.decided_by or "somebody"))
    at = raise_.decided_at
    zone = budget.zone
    when = f", {at.astimezone(zone):%Y-%m-%d %H:%M} {zone.key}" if at else ""
    reason = " ".join(named.decision_reason.split())
    why = f": {escape(reason)}" if reason else ""
    return f"{mark} *{raise_.state.capitalize()}* by {by}{when}{why}"


def asked_answer(result: RaiseAnswer) -> Answer:
    """What who asked in a line reads; the decision is asked for elsewhere."""
    lines = asked_lines(result)
    withdraw = button("Withdraw", WITHDRAW, str(result.raise_.raise_.id))
    blocks = (section("\n".join(lines), "raise"), ActionsBlock([withdraw], block_id="raise-next"))
    return Answer(text=" ".join(lines).replace("*", ""), blocks=blocks)


def asked_lines(result: RaiseAnswer) -> list[str]:
    """What who asked reads at the end."""
    told = result.told
    lines = [f"*Asked:* a raise for {title(result.budget)}", raise_line(result.raise_)]
    channels = [f"<#{escape(bare(one))}>" for one in told if not is_person(one)]
    people = len(told) - len(channels)
    where = [*channels, *([plural(people, "person", "people")] if people else [])]
    if where:
        lines.append(f"Somebody else with the right decides; asked: {', '.join(where)}.")
    else:
        lines.append(
            ":warning: Nobody is told of this budget in Slack: ask somebody with the right to look "
            "at `/budget show`."
        )
    return lines
