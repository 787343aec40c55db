"""What people see when something did not work: a sentence, and the next step."""

from __future__ import annotations

from analysis.errors import Refused, Unfit
from bot.blocks.answer import Answer, section
from bot.blocks.text import escape


def refusal_answer(refusal: Refused) -> Answer:
    """An expected error: what is wrong, and what would work; several things each in a line."""
    if isinstance(refusal, Unfit) and len(refusal.faults) > 1:
        lines = ["Nothing was kept, for this cannot be used:"]
        lines += [f"• {escape(fault)}" for fault in refusal.faults.values()]
        return Answer(text="\n".join(lines), blocks=(section("\n".join(lines), "refusal"),))
    sentence, hint = escape(refusal.sentence), escape(refusal.hint)
    return Answer(
        text=f"{sentence} {hint}".strip(),
        blocks=(section(f"{sentence}\n{hint}".strip(), "refusal"),),
    )


def failure_answer(error_id: str) -> Answer:
    """An unexpected error: the id under which the log has the rest."""
    text = (
        f"Something went wrong on costbot's side, and it has been logged as `{error_id}`. "
        "Try again; if it stays, give that id to whoever runs costbot."
    )
    return Answer(text=text, blocks=(section(f":x: {text}", "failure"),))


def unavailable_answer(what: str) -> Answer:
    """A part that had to answer did not."""
    text = f"{escape(what)} Nothing was changed; try again in a minute."
    return Answer(text=text, blocks=(section(f":hourglass: {text}", "unavailable"),))


def stranger_answer(team_id: str, user_id: str) -> Answer:
    """The person is not listed: they see nothing, and learn who can change that."""
    text = (
        "I don't know you yet, so I can't show you any costs. Ask an admin of costbot to run "
        f"`costbot people add {escape(user_id)} --team {escape(team_id)} --organization …`"
    )
    return Answer(text=text, blocks=(section(text, "stranger"),))


def fetching_answer(what: str) -> Answer:
    """The answer takes longer than Slack waits: what is being fetched."""
    text = f"Fetching {escape(what)} …"
    return Answer(text=text, blocks=(section(f":hourglass_flowing_sand: {text}", "fetching"),))
