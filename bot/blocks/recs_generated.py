"""`/recs generate`: what is asked before, how far it has got, and what came of it."""

from __future__ import annotations

from decimal import Decimal

from slackblocks import ActionsBlock, Block

from analysis.written import plural
from bot.blocks.answer import Answer, section
from bot.blocks.budget_words import bar
from bot.blocks.recs_buttons import ask_buttons, generate_button
from bot.blocks.recs_figures import whose
from bot.blocks.text import count, escape
from bot.grammar.recs_commands import RecsGenerateCommand
from bot.grammar.recs_write import write_recs
from handlers.recommendations.results import Failure, Generated


def asks_to_generate(command: RecsGenerateCommand) -> Answer:
    """Whether all organizations are meant, before theirs are drawn."""
    days = plural(command.days, "complete day")
    lines = [
        f"*Draw the recommendations of all organizations anew, from the last {days}?*",
        "New ones are added, open ones brought up to date, those no longer true expire. What "
        "people have accepted, rejected or snoozed stays as it is.",
    ]
    asked = write_recs(RecsGenerateCommand(command.days, is_meant=True))
    blocks: list[Block] = [
        section("\n".join(lines), "recs-asked"),
        ActionsBlock([generate_button(asked)], block_id="recs-next"),
    ]
    return Answer(text=lines[0].replace("*", ""), blocks=tuple(blocks))


def progress_answer(command: RecsGenerateCommand, what: str, done: float) -> Answer:
    """How far it has got.

    Args:
        command: what was asked for.
        what: is being done.
        done: of the whole, 0 to 1.
    """
    whom = "" if command.organization is None else f" for {whose(command.organization)}"
    head = f"Drawing recommendations{whom} from the last {plural(command.days, 'complete day')}"
    step = f"{escape(what)}, {round(done * 100)} %"
    share = round(done * 100)
    text = f":hourglass_flowing_sand: {head} …\n`{bar(Decimal(share) / 100)}` {step}"
    return Answer(text=f"{head} … {step}", blocks=(section(text, "recs-progress"),))


def generated_answer(done: Generated) -> Answer:
    """What came of it."""
    whom = "" if done.organizations == 1 else f" of {plural(done.organizations, 'organization')}"
    found = plural(done.found, "recommendation")
    head = f"*Drawn: {found}{whom}*, from {done.first_day} to {done.last_day} (UTC)"
    counts = {
        "new": done.created,
        "brought up to date": done.updated,
        "back again": done.came_back,
        "expired": done.expired,
        "archived": done.archived,
    }
    told = [f"{count(number)} {words}" for words, number in counts.items() if number]
    lines = [head, " · ".join(told) if told else "Nothing has changed"]
    if done.opportunities:
        lines.append(plural(done.opportunities, "opportunity", "opportunities"))
    lines += [_failure(one) for one in done.failed]
    buttons = ask_buttons([("Show them", "list"), ("Opportunities", "opportunities")])
    blocks: list[Block] = [
        section("\n".join(lines), "recs-generated"),
        ActionsBlock(list(buttons), block_id="recs-next"),
    ]
    return Answer(text=" · ".join(lines[:2]).replace("*", ""), blocks=tuple(blocks))


def _failure(failure: Failure) -> str:
    times = failure.organizations
    whom = f" ({plural(times, 'organization')})" if times is not None and times > 1 else ""
    kind, reason = escape(failure.kind), escape(failure.reason)
    return f":warning: {kind} could not be drawn{whom}: {reason} What is there of it stays"
